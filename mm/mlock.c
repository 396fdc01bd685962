/*
 * mlock(): pages that are there at once, and stay. VM_LOCKED is what reclaim will respect;
 * RLIMIT_MEMLOCK bounds how much of memory a process can take out of everybody's reach.
 *
 * Condenses mm/mlock.c.
 */
#include <lib/errno.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/memory.h>
#include "vma.h"

bool may_lock_vm(const struct mm_struct *mm, unsigned long nr_pages)
{
	return mm->locked_vm + nr_pages <= rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
}

/* Give or take away VM_LOCKED, VMA after VMA up to the first hole. */
static int do_mlock(unsigned long start, unsigned long end, unsigned long lock)
{
	struct vm_area_struct *prev, *vma = find_vma_prev(current->mm, start, &prev);
	unsigned long vm_flags;

	if (vma && start > vma->vm_start)
		prev = vma;
	for (; start < end; start = vma->vm_end, prev = vma, vma = vma->vm_next) {
		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		vm_flags = (vma->vm_flags & ~VM_LOCKED) | lock;
		if (vm_flags == vma->vm_flags)
			continue;
		vma = vma_change_flags(vma, prev, start, min(vma->vm_end, end), vm_flags);
		if (!vma)
			return -ENOMEM;
	}
	return 0;
}

/* Pages locked already are not counted twice. */
static bool may_lock_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	const unsigned long nr_pages = (end - start) >> PAGE_SHIFT;

	return may_lock_vm(mm, nr_pages) ||
	       may_lock_vm(mm, nr_pages - count_vma_pages_range(mm, start, end, VM_LOCKED));
}

/* What POSIX wants a program to see: ENOMEM where it has no access, EAGAIN for want of memory. */
static int populate_locked(unsigned long start, unsigned long end)
{
	const int err = make_pages_present(start, end);

	if (err == -EFAULT)
		return -ENOMEM;
	return err == -ENOMEM ? -EAGAIN : err;
}

/* Every page that the range touches, so its ends need not be aligned. */
static long lock_range(unsigned long start, size_t len, unsigned long lock)
{
	const unsigned long first = start & PAGE_MASK,
			    end = first + PAGE_ALIGN(len + start - first);
	struct mm_struct *mm = current->mm;
	long err;

	if (lock && !rlimit(RLIMIT_MEMLOCK))
		return -EPERM;
	down_write(&mm->mmap_sem);
	if (lock && end >= first && !may_lock_range(mm, first, end))
		err = -ENOMEM;
	else
		err = end < first ? -EINVAL : do_mlock(first, end, lock);
	if (lock && !err)
		err = populate_locked(first, end);
	up_write(&mm->mmap_sem);
	return err;
}

long sys_mlock(unsigned long start, size_t len)
{
	return lock_range(start, len, VM_LOCKED);
}

long sys_munlock(unsigned long start, size_t len)
{
	return lock_range(start, len, 0);
}
