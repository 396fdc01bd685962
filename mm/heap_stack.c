/*
 * The heap and the stack, the two parts of a process that grow from where exec put them.
 *
 *      [program][heap ->|  free page  ...            ... guard gap  |<- stack]
 *               ^       ^                                           ^
 *               start_brk, brk: sys_brk() moves it                  vm_start: a page fault below it,
 *                                                                   or find_extend_vma(), moves it
 *
 * The heap is what lies there, VMAs like all others; a stack has VM_GROWSDOWN. Condenses brk() and
 * expand_stack() of mm/mmap.c of Linux 3.10.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include "vma.h"

/* --- the heap --------------------------------------------------------------------------------- */

unsigned long do_brk(unsigned long addr, unsigned long len)
{
	const unsigned long start = addr;

	len = PAGE_ALIGN(len);
	if (!len)
		return addr;
	addr = get_unmapped_area(NULL, addr, len, 0, MAP_FIXED);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (current->mm->map_count > DEFAULT_MAX_MAP_COUNT)
		return -ENOMEM;
	return mmap_region(start, len, VM_DATA_DEFAULT_FLAGS, start >> PAGE_SHIFT);
}

unsigned long vm_brk(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	unsigned long ret;

	down_write(&mm->mmap_sem);
	ret = do_brk(addr, len);
	up_write(&mm->mmap_sem);
	return ret;
}

/* A page stays free behind the heap, so that running over its end is a fault. */
static bool grow_heap(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *prev, *next = find_vma_prev(mm, start, &prev);
	const unsigned long nr_pages = (end - start) >> PAGE_SHIFT;

	if (next && end + PAGE_SIZE > vm_start_gap(next))
		return false;
	if (start < MMAP_MIN_ADDR || mm->map_count > DEFAULT_MAX_MAP_COUNT)
		return false;
	if (!may_expand_vm(mm, nr_pages) || !vm_enough_memory(nr_pages, VM_DATA_DEFAULT_FLAGS))
		return false;
	return !fill_gap(mm, prev, start, end, VM_DATA_DEFAULT_FLAGS, start >> PAGE_SHIFT);
}

/* Returns whether the heap may end at @brk now: then all pages below it are there. */
static bool move_brk(struct mm_struct *mm, unsigned long brk)
{
	const unsigned long oldend = PAGE_ALIGN(mm->brk), newend = PAGE_ALIGN(brk);
	const unsigned long data = mm->end_data - mm->start_data, limit = rlimit(RLIMIT_DATA);

	if (brk < mm->start_brk || brk > TASK_SIZE)
		return false;
	if (limit < RLIM_INFINITY && brk - mm->start_brk + data > limit)
		return false;
	if (newend > oldend)
		return grow_heap(mm, oldend, newend);
	return newend == oldend || !do_munmap(mm, newend, oldend - newend);
}

/* The answer to a wish that cannot be granted is where the heap ends still; brk(0) only asks. */
long sys_brk(unsigned long brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long ret;

	down_write(&mm->mmap_sem);
	if (move_brk(mm, brk))
		mm->brk = brk;
	ret = mm->brk;
	up_write(&mm->mmap_sem);
	return (long)ret;
}

/* --- stacks ----------------------------------------------------------------------------------- */

/* Lab 12 */
/* May a stack be so large, with @grow pages more than it has? */
static bool may_grow_stack(const struct vm_area_struct *vma, unsigned long size, unsigned long grow)
{
	const struct mm_struct *mm = vma->vm_mm;

	return may_expand_vm(mm, grow) && size <= rlimit(RLIMIT_STACK) &&
	       !(vma->vm_flags & VM_LOCKED && !may_lock_vm(mm, grow)) &&
	       vm_enough_memory(grow, vma->vm_flags);
}

/* Lab 12 */
/* Two stacks may meet, and what cannot be accessed is as good as a gap. */
static bool guard_gap_is_taken(const struct vm_area_struct *vma, unsigned long address)
{
	const struct vm_area_struct *prev = vma->vm_prev;
	const bool keep_away =
		prev && prev->vm_flags & VM_ACCESS_FLAGS && !(prev->vm_flags & VM_GROWSDOWN);

	return prev && address < prev->vm_end + (keep_away ? STACK_GUARD_GAP : 0);
}

/* Lab 12 */
int expand_stack(struct vm_area_struct *vma, unsigned long address)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long grow;
	int err = 0;

	address &= PAGE_MASK;
	if (address < MMAP_MIN_ADDR)
		return -EPERM;
	if (guard_gap_is_taken(vma, address))
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (address < vma->vm_start) { /* nobody was faster */
		grow = (vma->vm_start - address) >> PAGE_SHIFT;
		if (grow <= vma->vm_pgoff && may_grow_stack(vma, vma->vm_end - address, grow))
			vma_resize(vma, address, vma->vm_end);
		else
			err = -ENOMEM;
	}
	spin_unlock(&mm->page_table_lock);
	return err;
}

/* Lab 12 */
struct vm_area_struct *find_extend_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr & PAGE_MASK);

	if (!vma || vma->vm_start <= addr)
		return vma;
	return vma->vm_flags & VM_GROWSDOWN && !expand_stack(vma, addr) ? vma : NULL;
}
