/*
 * What the files that change VMAs share: mmap.c, mprotect.c, mremap.c, madvise.c, mlock.c. The tree
 * and the list are vma.c's alone.
 *
 * "Locked" is for writing here. vma_link(), vma_unlink() and vma_resize() keep map_count, total_vm and
 * locked_vm by themselves: these are what the VMAs add up to at any moment.
 */
#ifndef MM_VMA_H
#define MM_VMA_H

#include <mm/mm.h>
#include <mm/mmap.h>
#include <asm/task_size.h>

/* Another one for the same range of the same object, which is told: vm_ops->open(). Or NULL. */
struct vm_area_struct *vma_dup(const struct vm_area_struct *vma, struct mm_struct *mm);

/* Into list and tree, right after @prev (NULL: in front). Nothing lies in its way. Locked. */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev);

/* Out of list and tree; its own vm_next still leads on. Locked. */
void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma);

/* Move its ends, not over a neighbour; vm_pgoff goes along with vm_start. Locked. */
void vma_resize(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/**
 * vma_change_flags - let a part of a VMA have other flags: by a neighbour's growth, or by splitting
 * @prev: what lies before @start: the VMA before @vma, or @vma itself
 * @start, @end: within @vma
 *
 * Returns the VMA that holds the part now, or NULL: no memory, or one VMA too many. No entry is
 * changed. Locked.
 */
struct vm_area_struct *vma_change_flags(struct vm_area_struct *vma, struct vm_area_struct *prev,
					unsigned long start, unsigned long end,
					unsigned long vm_flags);

/* What is looked for: room for @length bytes between two addresses, from the top or the bottom. */
struct vm_unmapped_area_info {
	unsigned long length, low_limit, high_limit;
	bool topdown;
};

/* Returns the highest, or the lowest, address that fits, or -ENOMEM. O(log n). */
unsigned long vm_unmapped_area(struct mm_struct *mm, const struct vm_unmapped_area_info *info);

/* --- what mmap() and brk() share: mmap.c --------------------------------------------------------- */

/* Private or shared anonymous memory at [addr, addr + len) of current->mm, in place of what is there. */
unsigned long mmap_region(unsigned long addr, unsigned long len, unsigned long vm_flags,
			  unsigned long pgoff);

/* The last step of it: nothing lies in [addr, end), @prev is what comes before. 0 or -ENOMEM. */
int fill_gap(struct mm_struct *mm, struct vm_area_struct *prev, unsigned long addr,
	     unsigned long end, unsigned long vm_flags, unsigned long pgoff);

/* --- limits: mmap.c, mlock.c -------------------------------------------------------------------- */

/* Pages of [start, end) that lie in VMAs with all of these flags; 0: in any. */
unsigned long count_vma_pages_range(struct mm_struct *mm, unsigned long start, unsigned long end,
				    unsigned long vm_flags);

/* Does RLIMIT_AS leave room for so many pages more? */
bool may_expand_vm(const struct mm_struct *mm, unsigned long nr_pages);

/* Would so many pages with these flags ever fit? More than all RAM at once: no. */
bool vm_enough_memory(unsigned long nr_pages, unsigned long vm_flags);

/* Does RLIMIT_MEMLOCK leave room for so many pages more? */
bool may_lock_vm(const struct mm_struct *mm, unsigned long nr_pages);

#endif
