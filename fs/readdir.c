/*
 * Listing a folder: getdents64(). f_pos counts names, `.` and `..` first. Condenses fs/readdir.c.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <mm/uaccess.h>
#include <fs/syscalls.h>

/* What a program reads; the name follows, and room up to a multiple of 8. */
struct linux_dirent64 {
	u64 d_ino;
	s64 d_off; /* f_pos of the next one */
	u16 d_reclen;
	u8 d_type; /* the mode's S_IFMT, four bits */
	char d_name[];
};
#define D_NAME_OFFSET 19 /* no padding: the compiler's sizeof would have some */

/* A listing on its way. */
struct listing {
	char __user *to;
	unsigned int left; /* bytes */
	char entry[D_NAME_OFFSET + NAME_MAX + 1 + 8] __aligned(8);
};

/* Returns 0, -EINVAL if it does not fit, -EFAULT. */
static int put_entry(struct listing *listing, const char *name, const struct inode *inode,
		     loff_t next)
{
	struct linux_dirent64 *entry = (struct linux_dirent64 *)listing->entry;
	const size_t length = strlen(name);
	const unsigned int size = (unsigned int)ALIGN(D_NAME_OFFSET + length + 1, sizeof(u64));

	if (size > listing->left)
		return -EINVAL;
	memset(listing->entry, 0, size);
	entry->d_ino = inode->i_ino;
	entry->d_off = next;
	entry->d_reclen = (u16)size;
	entry->d_type = (u8)((inode->i_mode & S_IFMT) >> 12);
	memcpy(listing->entry + D_NAME_OFFSET, name, length);
	if (copy_to_user(listing->to, listing->entry, size))
		return -EFAULT;
	listing->to += size;
	listing->left -= size;
	return 0;
}

/* The names from f_pos on, until the buffer is full. */
static int list_names(struct file *file, struct listing *listing)
{
	struct dentry *folder = file->f_dentry, *dentry;
	loff_t at = 2;
	int err = 0;

	if (file->f_pos == 0 && !(err = put_entry(listing, ".", folder->d_inode, 1)))
		file->f_pos = 1;
	if (file->f_pos == 1 && !(err = put_entry(listing, "..", folder->d_parent->d_inode, 2)))
		file->f_pos = 2;
	list_for_each_entry (dentry, &folder->d_subdirs, d_child) {
		if (err)
			break;
		if (at++ < file->f_pos)
			continue;
		err = put_entry(listing, dentry->d_name, dentry->d_inode, at);
		if (!err)
			file->f_pos = at;
	}
	return err;
}

static long list_folder(struct file *file, char __user *buf, unsigned int size)
{
	struct listing *listing;
	long result;

	if (!file->f_inode || !S_ISDIR(file->f_inode->i_mode))
		return -ENOTDIR;
	listing = kmalloc(sizeof(*listing), GFP_KERNEL);
	if (!listing)
		return -ENOMEM;
	listing->to = buf;
	listing->left = size;
	result = list_names(file, listing);
	if (listing->left < size)
		result = (long)(size - listing->left);
	kfree(listing);
	return result;
}

long sys_getdents64(unsigned int fd, void __user *buf, unsigned int size)
{
	struct file *file = fget(fd);
	long result;

	if (!file)
		return -EBADF;
	result = list_folder(file, buf, size);
	fput(file);
	return result;
}
