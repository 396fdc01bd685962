/*
 * Reading and writing through a number: find the file, hand the call to its f_op. Condenses
 * fs/read_write.c and ioctl.c of Linux.
 */
#include <lib/errno.h>
#include <mm/uaccess.h>
#include <fs/fcntl.h>
#include <fs/syscalls.h>

#define UIO_MAXIOV   1024
#define MAX_RW_COUNT 0x7FFFF000UL /* more is cut: what is done must fit a result */

struct iovec {
	void __user *iov_base;
	size_t iov_len;
};

static ssize_t vfs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	if ((file->f_flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	if (file->f_inode && S_ISDIR(file->f_inode->i_mode))
		return -EISDIR;
	if (!file->f_op->read)
		return -EINVAL;
	return file->f_op->read(file, buf, min_t(size_t, count, MAX_RW_COUNT), pos);
}

static ssize_t vfs_write(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	if ((file->f_flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (!file->f_op->write)
		return -EINVAL;
	return file->f_op->write(file, buf, min_t(size_t, count, MAX_RW_COUNT), pos);
}

ssize_t kernel_read(struct file *file, loff_t pos, void *buf, size_t count)
{
	return file->f_op->kernel_read ? file->f_op->kernel_read(file, buf, count, pos) : -EINVAL;
}

typedef ssize_t (*vfs_io)(struct file *file, char __user *buf, size_t count, loff_t *pos);

static long do_io(unsigned int fd, char __user *buf, size_t count, vfs_io io)
{
	struct file *file = fget(fd);
	long result;

	if (!file)
		return -EBADF;
	result = io(file, buf, count, &file->f_pos);
	fput(file);
	return result;
}

long sys_read(unsigned int fd, char __user *buf, size_t count)
{
	return do_io(fd, buf, count, vfs_read);
}

long sys_write(unsigned int fd, const char __user *buf, size_t count)
{
	return do_io(fd, (char __user *)buf, count, vfs_write);
}

long sys_pread64(unsigned int fd, char __user *buf, size_t count, unsigned long low,
		 unsigned long high)
{
	loff_t pos = sizeof(long) == 8 ? (loff_t)low : (loff_t)((u64)high << 32 | low);
	struct file *file;
	long result;

	if (pos < 0)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	result = file->f_dentry ? vfs_read(file, buf, count, &pos) : -ESPIPE;
	fput(file);
	return result;
}

/* Nothing is done where one of the parts makes no sense. 0, -EFAULT, -EINVAL. */
static int check_iov(const struct iovec __user *vec, unsigned long nr)
{
	size_t size;

	for (unsigned long i = 0; i < nr; i++) {
		if (get_user(size, &vec[i].iov_len))
			return -EFAULT;
		if ((ssize_t)size < 0)
			return -EINVAL;
	}
	return 0;
}

/* Part by part; a part that was not done wholly is the last. */
static long do_iov(struct file *file, const struct iovec __user *vec, unsigned long nr, vfs_io io)
{
	struct iovec part;
	long done = 0, result;

	for (unsigned long i = 0; i < nr; i++) {
		if (copy_from_user(&part, vec + i, sizeof(part)))
			return done ? done : -EFAULT;
		result = io(file, part.iov_base, part.iov_len, &file->f_pos);
		if (result < 0)
			return done ? done : result;
		done += result;
		if ((size_t)result < part.iov_len)
			break;
	}
	return done;
}

static long do_vector_io(unsigned int fd, const struct iovec __user *vec, unsigned long nr,
			 vfs_io io)
{
	struct file *file;
	long result;

	if (nr > UIO_MAXIOV)
		return -EINVAL;
	file = fget(fd);
	if (!file)
		return -EBADF;
	result = check_iov(vec, nr) ?: do_iov(file, vec, nr, io);
	fput(file);
	return result;
}

long sys_readv(unsigned int fd, const struct iovec __user *vec, unsigned long nr)
{
	return do_vector_io(fd, vec, nr, vfs_read);
}

long sys_writev(unsigned int fd, const struct iovec __user *vec, unsigned long nr)
{
	return do_vector_io(fd, vec, nr, vfs_write);
}

/* Only what lies in the ramdisk has places to go to. */
static loff_t vfs_llseek(struct file *file, loff_t offset, unsigned int whence)
{
	if (!file->f_inode || S_ISCHR(file->f_inode->i_mode))
		return -ESPIPE;
	if (whence == SEEK_CUR)
		offset += file->f_pos;
	else if (whence == SEEK_END)
		offset += (loff_t)file->f_inode->i_size;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

static loff_t seek(unsigned int fd, loff_t offset, unsigned int whence)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	offset = vfs_llseek(file, offset, whence);
	fput(file);
	return offset;
}

long sys_lseek(unsigned int fd, long offset, unsigned int whence)
{
	const loff_t result = seek(fd, offset, whence);

	return (long)result == result ? (long)result : -EOVERFLOW;
}

long sys_llseek(unsigned int fd, unsigned long high, unsigned long low, loff_t __user *result,
		unsigned int whence)
{
	const loff_t pos = seek(fd, (loff_t)((u64)high << 32 | low), whence);

	if (pos < 0)
		return (long)pos;
	return copy_to_user(result, &pos, sizeof(pos)) ? -EFAULT : 0;
}

long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);
	long result = -ENOTTY;

	if (!file)
		return -EBADF;
	if (file->f_op->ioctl)
		result = file->f_op->ioctl(file, cmd, arg);
	fput(file);
	return result;
}
