/*
 * Opening by name, and the other calls that take a path and change nothing.
 *
 *      getname() -> path_start() -> path_lookup() -> dentry_open() -> fd_install_from()
 *
 * The root is read-only: whoever wants to write a regular file gets EROFS. Condenses fs/open.c.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <mm/uaccess.h>
#include <fs/fcntl.h>
#include <fs/syscalls.h>

/* Returns 0, or why an inode cannot be opened like that. */
static int may_open(const struct inode *inode, unsigned int flags)
{
	const bool writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC;

	if (S_ISLNK(inode->i_mode))
		return -ELOOP; /* O_NOFOLLOW */
	if (S_ISDIR(inode->i_mode))
		return writes ? -EISDIR : 0;
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	if (S_ISREG(inode->i_mode))
		return writes ? -EROFS : 0;
	return inode->i_fop ? 0 : -ENXIO;
}

struct file *dentry_open(struct dentry *dentry, unsigned int flags)
{
	struct inode *inode = dentry->d_inode;
	const int err = may_open(inode, flags);
	struct file *file;

	if (err)
		return ERR_PTR(err);
	file = get_empty_filp(inode->i_fop,
			      flags & ~(unsigned int)(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC));
	if (!file)
		return ERR_PTR(-ENOMEM);
	file->f_inode = inode;
	file->f_dentry = dentry;
	return file;
}

struct file *open_exec(const char *path)
{
	struct dentry *from = current->files ? current->files->pwd : root_dentry, *dentry;
	const int err = path_lookup(from, path, true, &dentry);

	if (err)
		return ERR_PTR(err);
	if (!S_ISREG(dentry->d_inode->i_mode) || !(dentry->d_inode->i_mode & S_IXUGO))
		return ERR_PTR(-EACCES);
	return dentry_open(dentry, O_RDONLY);
}

int open_console(struct files_struct *files)
{
	struct dentry *dentry;
	struct file *file;

	if (path_lookup(root_dentry, "/dev/console", true, &dentry))
		return -ENOMEM; /* it is made at boot unless memory is short */
	file = dentry_open(dentry, O_RDWR);
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	for (unsigned int fd = 0; fd < 3; fd++) {
		__set_bit(fd, files->open_fds);
		files->fd[fd] = file;
	}
	atomic_set(&file->f_count, 3);
	return 0;
}

/* --- calls --------------------------------------------------------------------------------------- */

/* A name that is not there could be made only where something could be written. */
static long open_error(int err, unsigned int flags)
{
	return err == -ENOENT && flags & O_CREAT ? -EROFS : err;
}

long sys_openat(int dfd, const char __user *path, int user_flags, unsigned int mode __unused)
{
	const unsigned int flags = (unsigned int)user_flags;
	struct dentry *dentry;
	struct file *file;
	long fd = user_path_at(dfd, path, !(flags & O_NOFOLLOW), &dentry);

	if (fd)
		return open_error((int)fd, flags);
	if ((flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	file = dentry_open(dentry, flags);
	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = fd_install_from(file, 0, flags & O_CLOEXEC);
	if (fd < 0)
		fput(file);
	return fd;
}

long sys_open(const char __user *path, int flags, unsigned int mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

/* Everyone is root: only what the medium and the file itself forbid is forbidden. */
long sys_faccessat(int dfd, const char __user *path, int mode)
{
	struct dentry *dentry;
	const int err = user_path_at(dfd, path, true, &dentry);
	u32 i_mode;

	if (err)
		return err;
	if (mode & ~7)
		return -EINVAL;
	i_mode = dentry->d_inode->i_mode;
	if (mode & W_OK && !S_ISCHR(i_mode))
		return -EROFS;
	return mode & 1 && !(i_mode & S_IXUGO) ? -EACCES : 0;
}

long sys_access(const char __user *path, int mode)
{
	return sys_faccessat(AT_FDCWD, path, mode);
}

static long change_dir(struct dentry *dentry)
{
	if (!S_ISDIR(dentry->d_inode->i_mode))
		return -ENOTDIR;
	current->files->pwd = dentry;
	return 0;
}

long sys_chdir(const char __user *path)
{
	struct dentry *dentry;
	const int err = user_path_at(AT_FDCWD, path, true, &dentry);

	return err ? err : change_dir(dentry);
}

long sys_fchdir(unsigned int fd)
{
	struct dentry *dentry;
	const int err = path_start((int)fd, &dentry);

	return err ? err : change_dir(dentry);
}

long sys_getcwd(char __user *buf, unsigned long size)
{
	char *page = kmalloc(PATH_MAX, GFP_KERNEL), *path;
	long length;

	if (!page)
		return -ENOMEM;
	path = d_path(current->files->pwd, page, PATH_MAX);
	length = path ? (long)strlen(path) + 1 : -ENAMETOOLONG;
	if (length > 0 && size < (unsigned long)length)
		length = -ERANGE;
	if (length > 0 && copy_to_user(buf, path, (unsigned long)length))
		length = -EFAULT;
	kfree(page);
	return length;
}

static long read_link(struct dentry *dentry, char __user *buf, size_t size)
{
	struct file link = { .f_inode = dentry->d_inode };
	loff_t start = 0;

	if (!S_ISLNK(dentry->d_inode->i_mode))
		return -EINVAL;
	return ramdisk_fops.read(&link, buf, size, &start);
}

long sys_readlinkat(int dfd, const char __user *path, char __user *buf, int size)
{
	struct dentry *dentry;
	int err;

	if (size <= 0)
		return -EINVAL;
	err = user_path_at(dfd, path, false, &dentry);
	return err ? err : read_link(dentry, buf, (size_t)size);
}

long sys_readlink(const char __user *path, char __user *buf, int size)
{
	return sys_readlinkat(AT_FDCWD, path, buf, size);
}

/* Nothing can be made, so nothing is masked; programs ask all the same. */
long sys_umask(unsigned int mask __unused)
{
	return 022;
}
