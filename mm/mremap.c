/*
 * mremap(): a mapping becomes larger, smaller, or another place's, and keeps its pages.
 *
 *      smaller                unmap the tail
 *      larger, room behind    move vm_end
 *      larger, no room        MREMAP_MAYMOVE: a new VMA elsewhere, the entries of the page tables
 *      MREMAP_FIXED           move over to it, the old range is unmapped: nothing is copied
 *
 * A shared mapping of old_len 0 is not moved but doubled: both show the same pages. Condenses
 * mm/mremap.c.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/memory.h>
#include "vma.h"

/* What was asked for; lengths in whole pages. */
struct remap {
	unsigned long addr, old_len, new_len, flags, new_addr;
};

/* The VMA that is to grow or move, if all of it may; else an error. */
static struct vm_area_struct *vma_to_resize(struct mm_struct *mm, const struct remap *r)
{
	struct vm_area_struct *vma = find_vma(mm, r->addr);
	const unsigned long growth = (r->new_len - r->old_len) >> PAGE_SHIFT;

	if (!vma || vma->vm_start > r->addr)
		return ERR_PTR(-EFAULT);
	if (!r->old_len && !(vma->vm_flags & VM_SHARED))
		return ERR_PTR(-EINVAL);
	if (r->old_len > vma->vm_end - r->addr)
		return ERR_PTR(-EFAULT);
	if (r->new_len == r->old_len)
		return vma;
	if (linear_page_index(vma, r->addr) + (r->new_len >> PAGE_SHIFT) < vma->vm_pgoff)
		return ERR_PTR(-EINVAL);
	if (vma->vm_flags & VM_DONTEXPAND)
		return ERR_PTR(-EFAULT);
	if (vma->vm_flags & VM_LOCKED && !may_lock_vm(mm, growth))
		return ERR_PTR(-EAGAIN);
	if (!may_expand_vm(mm, growth) || !vm_enough_memory(growth, vma->vm_flags))
		return ERR_PTR(-ENOMEM);
	return vma;
}

/* Is there nothing behind a VMA for so many bytes? */
static bool vma_expandable(const struct vm_area_struct *vma, unsigned long growth)
{
	const unsigned long end = vma->vm_end + growth;

	if (end < vma->vm_end || end > TASK_SIZE)
		return false;
	return !vma->vm_next || end <= vma->vm_next->vm_start;
}

/* A VMA at the new place, for the same part of the same object. */
static struct vm_area_struct *copy_vma(struct vm_area_struct *vma, const struct remap *r)
{
	struct mm_struct *mm = vma->vm_mm;
	const unsigned long pgoff = linear_page_index(vma, r->addr), end = r->new_addr + r->new_len;
	struct vm_area_struct *prev, *new;

	find_vma_prev(mm, r->new_addr, &prev);
	new = vma_merge(mm, prev, r->new_addr, end, vma->vm_flags, vma->vm_file, pgoff);
	if (new)
		return new;
	new = vma_dup(vma, mm);
	if (!new)
		return NULL;
	new->vm_start = r->new_addr;
	new->vm_end = end;
	new->vm_pgoff = pgoff;
	vma_link(mm, new, prev);
	return new;
}

/*
 * The range at @new_addr is free. Where a page table for it cannot be had, what was moved moves back,
 * for which the tables are still there.
 */
static unsigned long move_vma(struct vm_area_struct *vma, const struct remap *r)
{
	struct mm_struct *mm = vma->vm_mm;
	const bool locked = vma->vm_flags & VM_LOCKED;
	struct vm_area_struct *new;
	unsigned long moved;

	if (mm->map_count >= DEFAULT_MAX_MAP_COUNT - 3) /* both ends of the hole, and the new one */
		return -ENOMEM;
	new = copy_vma(vma, r);
	if (!new)
		return -ENOMEM;
	moved = move_page_tables(vma, r->addr, new, r->new_addr, r->old_len);
	if (moved < r->old_len) {
		move_page_tables(new, r->new_addr, vma, r->addr, moved);
		do_munmap(mm, r->new_addr, r->new_len);
		return -ENOMEM;
	}
	if (r->old_len)
		do_munmap(mm, r->addr, r->old_len);
	if (locked)
		make_pages_present(r->new_addr, r->new_addr + r->new_len);
	return r->new_addr;
}

static bool overlap(const struct remap *r)
{
	return r->addr + r->old_len > r->new_addr && r->new_addr + r->new_len > r->addr;
}

/* To the place that was asked for, in place of what is there. */
static unsigned long mremap_to(struct mm_struct *mm, struct remap *r)
{
	struct vm_area_struct *vma;
	unsigned long addr;
	int err;

	if (r->new_addr & ~PAGE_MASK || r->new_len > TASK_SIZE ||
	    r->new_addr > TASK_SIZE - r->new_len || overlap(r))
		return -EINVAL;
	addr = get_unmapped_area(NULL, r->new_addr, r->new_len, 0, MAP_FIXED);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (mm->map_count + 2 >= DEFAULT_MAX_MAP_COUNT - 3)
		return -ENOMEM;
	err = do_munmap(mm, r->new_addr, r->new_len);
	if (!err && r->old_len > r->new_len) {
		err = do_munmap(mm, r->addr + r->new_len, r->old_len - r->new_len);
		r->old_len = r->new_len;
	}
	if (err)
		return err;
	vma = vma_to_resize(mm, r);
	return IS_ERR(vma) ? (unsigned long)PTR_ERR(vma) : move_vma(vma, r);
}

/* In place if there is room, else to wherever there is. */
static unsigned long mremap_grow(struct mm_struct *mm, struct remap *r)
{
	struct vm_area_struct *vma = vma_to_resize(mm, r);
	const unsigned long end = r->addr + r->new_len;

	if (IS_ERR(vma))
		return PTR_ERR(vma);
	if (r->addr + r->old_len == vma->vm_end && vma_expandable(vma, r->new_len - r->old_len)) {
		vma_resize(vma, vma->vm_start, end);
		if (vma->vm_flags & VM_LOCKED)
			make_pages_present(r->addr + r->old_len, end);
		return r->addr;
	}
	if (!(r->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	r->new_addr = get_unmapped_area(vma->vm_file, 0, r->new_len, vma->vm_pgoff, 0);
	return IS_ERR_VALUE(r->new_addr) ? r->new_addr : move_vma(vma, r);
}

unsigned long do_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
			unsigned long flags, unsigned long new_addr)
{
	struct remap r = { addr, PAGE_ALIGN(old_len), PAGE_ALIGN(new_len), flags, new_addr };
	struct mm_struct *mm = current->mm;
	int err;

	if (flags & ~(unsigned long)(MREMAP_FIXED | MREMAP_MAYMOVE) || addr & ~PAGE_MASK)
		return -EINVAL;
	if ((flags & MREMAP_FIXED && !(flags & MREMAP_MAYMOVE)) || !r.new_len)
		return -EINVAL;
	if (!find_vma_intersection(mm, addr, addr + 1))
		return -EFAULT;
	if (flags & MREMAP_FIXED)
		return mremap_to(mm, &r);
	if (r.old_len < r.new_len)
		return mremap_grow(mm, &r);
	err = r.old_len > r.new_len ? do_munmap(mm, addr + r.new_len, r.old_len - r.new_len) : 0;
	return err ? (unsigned long)err : addr;
}

long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr)
{
	struct mm_struct *mm = current->mm;
	unsigned long ret;

	down_write(&mm->mmap_sem);
	ret = do_mremap(addr, old_len, new_len, flags, new_addr);
	up_write(&mm->mmap_sem);
	return (long)ret;
}
