/*
 * Character devices: a number, a name in /dev, and the functions behind them. Drivers register here;
 * null, zero and urandom need no driver. Condenses fs/char_dev.c and drivers/char/mem.c of Linux.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <kernel/printk.h>
#include <mm/uaccess.h>
#include <fs/fs.h>
#include "tree.h"

#define MAX_CHRDEVS 16

static struct {
	u32 rdev;
	const char *name;
	const struct file_operations *f_op;
} chrdevs[MAX_CHRDEVS];
static unsigned int nr_chrdevs;

void register_chrdev(u32 rdev, const char *name, const struct file_operations *f_op)
{
	if (nr_chrdevs == MAX_CHRDEVS) {
		pr_warn("chrdev: more than %d devices; %s is left out\n", MAX_CHRDEVS, name);
		return;
	}
	chrdevs[nr_chrdevs].rdev = rdev;
	chrdevs[nr_chrdevs].name = name;
	chrdevs[nr_chrdevs++].f_op = f_op;
}

const struct file_operations *chrdev_fops(u32 rdev)
{
	for (unsigned int i = 0; i < nr_chrdevs; i++)
		if (chrdevs[i].rdev == rdev)
			return chrdevs[i].f_op;
	return NULL;
}

/* A node for each: programs look for them, and few archives have any. */
void chrdev_make_nodes(void)
{
	for (unsigned int i = 0; i < nr_chrdevs; i++) {
		struct dentry *dentry = tree_add(chrdevs[i].name, 0);

		if (IS_ERR(dentry))
			continue;
		dentry->d_inode->i_mode = S_IFCHR | 0666;
		dentry->d_inode->i_rdev = chrdevs[i].rdev;
		dentry->d_inode->i_fop = chrdevs[i].f_op;
	}
}

static ssize_t read_null(struct file *file __unused, char __user *buf __unused,
			 size_t count __unused, loff_t *pos __unused)
{
	return 0;
}

static ssize_t write_null(struct file *file __unused, const char __user *buf __unused, size_t count,
			  loff_t *pos __unused)
{
	return (ssize_t)count;
}

static ssize_t read_zero(struct file *file __unused, char __user *buf, size_t count,
			 loff_t *pos __unused)
{
	const size_t left = clear_user(buf, count);

	return left == count && count ? -EFAULT : (ssize_t)(count - left);
}

static const struct file_operations null_fops = { .read = read_null, .write = write_null };
static const struct file_operations zero_fops = { .read = read_zero, .write = write_null };

void chrdev_init(void)
{
	register_chrdev(MKDEV(1, 3), "/dev/null", &null_fops);
	register_chrdev(MKDEV(1, 5), "/dev/zero", &zero_fops);
}
