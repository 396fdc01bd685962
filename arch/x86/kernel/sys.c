/*
 * mmap() in the forms in which programs call it: they differ in how the offset comes, and mm/, which
 * does the work, knows no open files. Condenses arch/i386/kernel/sys_i386.c and
 * arch/x86_64/kernel/sys_x86_64.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <kernel/syscalls.h>
#include <mm/mmap.h>
#include <fs/fs.h>
#include <asm/syscall.h>
#include <asm/uaccess.h>

/* Files have no mappings yet. */
static noinline long mmap_file(unsigned int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	fput(file);
	return -ENODEV;
}

/* i386's mmap2: in pages. */
long sys_mmap2(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
	       unsigned long fd, unsigned long pgoff)
{
	if (!(flags & MAP_ANONYMOUS))
		return mmap_file((unsigned int)fd);
	return sys_mmap_pgoff(addr, len, prot, flags, fd, pgoff);
}

/* x86_64's mmap: in bytes. */
long sys_mmap_offset(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
		     unsigned long fd, unsigned long offset)
{
	if (offset & ~PAGE_MASK)
		return -EINVAL;
	return sys_mmap2(addr, len, prot, flags, fd, offset >> PAGE_SHIFT);
}

/* i386's first mmap, from before calls could have six arguments: all lie in memory. */
struct mmap_arg_struct {
	unsigned long addr, len, prot, flags, fd, offset;
};

long sys_old_mmap(const struct mmap_arg_struct __user *arg)
{
	struct mmap_arg_struct a;

	if (copy_from_user(&a, arg, sizeof(a)))
		return -EFAULT;
	return sys_mmap_offset(a.addr, a.len, a.prot, a.flags, a.fd, a.offset);
}
