/*
 * mprotect(): other rights for what is mapped. A VMA has one set of rights, so a part that gets
 * others becomes a VMA of its own, unless a neighbour already is what it is to be:
 *
 *      [ rw       ]   middle to r:   [ rw ][ r ][ rw ]   back to rw:   [ rw       ]
 *      [ rw ][ r  ]   border to r:   [rw][ r     ]                     no VMA more, none less
 *
 * Entries that are there are changed by change_protection() of memory.c. Condenses mm/mprotect.c.
 */
#include <lib/errno.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/memory.h>
#include "vma.h"

__landmark int mprotect_fixup(struct vm_area_struct *vma, struct vm_area_struct **pprev,
			      unsigned long start, unsigned long end, unsigned long newflags)
{
	struct vm_area_struct *prev = *pprev;

	*pprev = vma;
	if (newflags == vma->vm_flags)
		return 0;
	/* What can be written from now on is charged now. */
	if (!(vma->vm_flags & (VM_WRITE | VM_SHARED)) &&
	    !vm_enough_memory((end - start) >> PAGE_SHIFT, newflags))
		return -ENOMEM;
	vma = vma_change_flags(vma, prev, start, end, newflags);
	if (!vma)
		return -ENOMEM;
	change_protection(vma, start, end, vma->vm_page_prot);
	*pprev = vma;
	return 0;
}

/*
 * Where it begins: with PROT_GROWSDOWN at the start of the stack that @start lies in. Returns the
 * first VMA, or NULL and in *@err why.
 */
static struct vm_area_struct *first_vma(unsigned long *start, unsigned long end,
					unsigned long grows, int *err)
{
	struct vm_area_struct *vma = find_vma(current->mm, *start);

	*err = -ENOMEM;
	if (!vma || vma->vm_start >= end || (!(grows & PROT_GROWSDOWN) && vma->vm_start > *start))
		return NULL;
	*err = -EINVAL;
	if (grows & PROT_GROWSUP || (grows && !(vma->vm_flags & VM_GROWSDOWN)))
		return NULL;
	if (grows)
		*start = vma->vm_start;
	*err = 0;
	return vma;
}

/* VMA after VMA; what was changed before one that cannot be, stays changed. */
static int protect_range(unsigned long start, unsigned long end, unsigned long prot,
			 unsigned long grows)
{
	struct vm_area_struct *vma, *prev;
	unsigned long newflags;
	int err;

	vma = first_vma(&start, end, grows, &err);
	if (!vma)
		return err;
	prev = start > vma->vm_start ? vma : vma->vm_prev;
	for (; start < end; start = prev->vm_end, vma = prev->vm_next) {
		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		newflags = prot | (vma->vm_flags & ~VM_ACCESS_FLAGS);
		if (newflags & ~(newflags >> 4) & VM_ACCESS_FLAGS)
			return -EACCES;
		err = mprotect_fixup(vma, &prev, start, min(vma->vm_end, end), newflags);
		if (err)
			return err;
	}
	return 0;
}

long sys_mprotect(unsigned long start, size_t len, unsigned long prot)
{
	const unsigned long grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len);
	int err;

	prot &= ~grows;
	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || start & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	if (end <= start)
		return -ENOMEM;
	if (prot & ~(unsigned long)(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM))
		return -EINVAL;
	down_write(&mm->mmap_sem);
	err = protect_range(start, end, prot & VM_ACCESS_FLAGS, grows);
	up_write(&mm->mmap_sem);
	return err;
}
