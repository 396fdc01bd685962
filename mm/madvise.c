/*
 * madvise(): what a program knows about how it will use its memory. A kind of advice is a row: flags
 * that the VMAs get or lose, or something that is done with their pages at once.
 *
 * Condenses mm/madvise.c.
 */
#include <lib/errno.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/memory.h>
#include "vma.h"

/* A later fault finds nothing, and brings in zeros. But a lock is a promise that pages stay. */
static int madvise_dontneed(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (vma->vm_flags & VM_LOCKED)
		return -EINVAL;
	zap_page_range(vma, start, end - start);
	return 0;
}

/* Anonymous pages that are not there cannot be read ahead from anywhere. */
static int madvise_willneed(struct vm_area_struct *vma __unused, unsigned long start __unused,
			    unsigned long end __unused)
{
	return 0;
}

static const struct advice {
	int behaviour;
	unsigned long clear, set; /* of vm_flags */
	int (*act)(struct vm_area_struct *vma, unsigned long start, unsigned long end);
} advices[] = {
	{ MADV_NORMAL, VM_RAND_READ | VM_SEQ_READ, 0, NULL },
	{ MADV_RANDOM, VM_SEQ_READ, VM_RAND_READ, NULL },
	{ MADV_SEQUENTIAL, VM_RAND_READ, VM_SEQ_READ, NULL },
	{ MADV_DONTFORK, 0, VM_DONTCOPY, NULL },
	{ MADV_DOFORK, VM_DONTCOPY, 0, NULL },
	{ MADV_WILLNEED, 0, 0, madvise_willneed },
	{ MADV_DONTNEED, 0, 0, madvise_dontneed },
};

static const struct advice *find_advice(int behaviour)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(advices); i++) {
		if (advices[i].behaviour == behaviour)
			return &advices[i];
	}
	return NULL;
}

/* For a part of one VMA; *@vma becomes the one that holds it afterwards. */
static int advise_vma(struct vm_area_struct **vma, struct vm_area_struct *prev, unsigned long start,
		      unsigned long end, const struct advice *advice)
{
	const unsigned long vm_flags = ((*vma)->vm_flags & ~advice->clear) | advice->set;

	if (advice->act)
		return advice->act(*vma, start, end);
	if (vm_flags == (*vma)->vm_flags)
		return 0;
	*vma = vma_change_flags(*vma, prev, start, end, vm_flags);
	return *vma ? 0 : -ENOMEM;
}

/* All that is mapped is advised about, holes or not; holes are an error nevertheless. */
static int advise_range(unsigned long start, unsigned long end, const struct advice *advice)
{
	struct vm_area_struct *prev, *vma = find_vma_prev(current->mm, start, &prev);
	int err, unmapped = 0;

	if (vma && start > vma->vm_start)
		prev = vma;
	for (; start < end; start = vma->vm_end, prev = vma, vma = vma->vm_next) {
		if (!vma || vma->vm_start >= end)
			return -ENOMEM;
		if (start < vma->vm_start) {
			unmapped = -ENOMEM;
			start = vma->vm_start;
		}
		err = advise_vma(&vma, prev, start, min(vma->vm_end, end), advice);
		if (err)
			return err;
	}
	return unmapped;
}

long sys_madvise(unsigned long start, size_t len, int behaviour)
{
	const struct advice *advice = find_advice(behaviour);
	struct mm_struct *mm = current->mm;
	const unsigned long end = start + PAGE_ALIGN(len);
	int err;

	if (!advice || start & ~PAGE_MASK || (len && !PAGE_ALIGN(len)) || end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	down_write(&mm->mmap_sem);
	err = advise_range(start, end, advice);
	up_write(&mm->mmap_sem);
	return err;
}
