/*
 * What a file is: stat() in its forms. The structures that programs expect are of the architecture's
 * making, <asm/stat.h>; statx() has one for all. Condenses fs/stat.c of Linux.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/uaccess.h>
#include <fs/fcntl.h>
#include <fs/syscalls.h>
#include <asm/stat.h>

#define STATX_BASIC_STATS 0x7FFU

struct statx_timestamp {
	s64 tv_sec;
	u32 tv_nsec;
	s32 reserved;
};

struct statx {
	u32 stx_mask, stx_blksize;
	u64 stx_attributes;
	u32 stx_nlink, stx_uid, stx_gid;
	u16 stx_mode, reserved1;
	u64 stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	u32 stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
	u64 reserved2[14];
};
_Static_assert(sizeof(struct statx) == 256, "struct statx: as programs have it");

static const struct kstat pipe_stat = { .mode = S_IFIFO | 0600, .nlink = 1 };

static void inode_stat(const struct inode *inode, struct kstat *stat)
{
	*stat = (struct kstat){
		.ino = inode->i_ino,
		.mode = inode->i_mode,
		.nlink = inode->i_nlink,
		.uid = inode->i_uid,
		.gid = inode->i_gid,
		.rdev = inode->i_rdev,
		.mtime = inode->i_mtime,
		.size = inode->i_size,
	};
}

static long vfs_fstat(unsigned int fd, struct kstat *stat)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	if (file->f_inode)
		inode_stat(file->f_inode, stat);
	else
		*stat = pipe_stat;
	fput(file);
	return 0;
}

static bool path_is_empty(const char __user *path)
{
	char first;

	return !copy_from_user(&first, path, 1) && !first;
}

static long vfs_fstatat(int dfd, const char __user *path, int flags, struct kstat *stat)
{
	struct dentry *dentry;
	int err;

	if ((flags & AT_EMPTY_PATH) && dfd != AT_FDCWD && path_is_empty(path))
		return vfs_fstat((unsigned int)dfd, stat);
	err = user_path_at(dfd, path, !(flags & AT_SYMLINK_NOFOLLOW), &dentry);
	if (!err)
		inode_stat(dentry->d_inode, stat);
	return err;
}

static long put_stat(long err, const struct kstat *stat, struct user_stat __user *to)
{
	struct user_stat st;

	if (err)
		return err;
	memset(&st, 0, sizeof(st));
	fill_user_stat(&st, stat);
	return copy_to_user(to, &st, sizeof(st)) ? -EFAULT : 0;
}

long sys_newfstatat(int dfd, const char __user *path, struct user_stat __user *st, int flags)
{
	struct kstat stat;
	const long err = vfs_fstatat(dfd, path, flags, &stat);

	return put_stat(err, &stat, st);
}

long sys_newstat(const char __user *path, struct user_stat __user *st)
{
	return sys_newfstatat(AT_FDCWD, path, st, 0);
}

long sys_newlstat(const char __user *path, struct user_stat __user *st)
{
	return sys_newfstatat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

long sys_newfstat(unsigned int fd, struct user_stat __user *st)
{
	struct kstat stat;
	const long err = vfs_fstat(fd, &stat);

	return put_stat(err, &stat, st);
}

long sys_statx(int dfd, const char __user *path, unsigned int flags, unsigned int mask __unused,
	       struct statx __user *to)
{
	struct statx stx = { .stx_mask = STATX_BASIC_STATS, .stx_blksize = PAGE_SIZE };
	struct kstat stat;
	const long err = vfs_fstatat(dfd, path, (int)flags, &stat);

	if (err)
		return err;
	stx.stx_nlink = stat.nlink;
	stx.stx_uid = stat.uid;
	stx.stx_gid = stat.gid;
	stx.stx_mode = (u16)stat.mode;
	stx.stx_ino = stat.ino;
	stx.stx_size = stat.size;
	stx.stx_blocks = DIV_ROUND_UP(stat.size, 512);
	stx.stx_atime.tv_sec = stx.stx_ctime.tv_sec = stx.stx_mtime.tv_sec = stat.mtime;
	stx.stx_rdev_major = stat.rdev >> 8;
	stx.stx_rdev_minor = stat.rdev & 0xFF;
	return copy_to_user(to, &stx, sizeof(stx)) ? -EFAULT : 0;
}
