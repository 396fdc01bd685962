/*
 * The VMAs of an address space: finding, inserting, merging, splitting, and the calls of a program
 * that change them. The rest of an address space, tables and faults, is in <mm/memory.h>.
 *
 * "Locked": the caller holds mm->mmap_sem, for writing where VMAs change. Condenses the part of
 * include/linux/mm.h that mm/mmap.c, mprotect.c, mremap.c, madvise.c and mlock.c of Linux are
 * declared in.
 */
#ifndef MM_MMAP_H
#define MM_MMAP_H

#include <mm/mm_types.h>
#include <mm/mman.h>

/* VMAs that one address space may have: Linux's default. */
#define DEFAULT_MAX_MAP_COUNT 65530

/* Nothing is ever mapped below: a NULL pointer, with an offset too, leads nowhere. Linux's default. */
#define MMAP_MIN_ADDR 0x10000UL

/* What stays free below a stack, so that an overflow meets nobody's memory. As in Linux: 1 MB. */
#define STACK_GUARD_GAP	      (256UL << PAGE_SHIFT)

#define for_each_vma(mm, vma) for (vma = (mm)->mmap; vma; vma = vma->vm_next)

static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/* Which page of its object an address of a VMA shows. */
static inline unsigned long linear_page_index(const struct vm_area_struct *vma, unsigned long addr)
{
	return vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
}

/* Where it begins, for whoever looks for room below it: a stack keeps its guard gap. */
static inline unsigned long vm_start_gap(const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return vma->vm_start;
	return vma->vm_start - min(vma->vm_start, STACK_GUARD_GAP);
}

/* After kmem_cache_init(): the caches of VMAs and of mm_structs. */
void mmap_init(void);

/* exec: where mmap() goes in a new address space, by the RLIMIT_STACK of the current process. */
void arch_pick_mmap_layout(struct mm_struct *mm);

/* --- looking; locked for reading ----------------------------------------------------------------- */

/**
 * find_vma - the first VMA that ends above an address
 *
 * Returns the one that holds @addr, else the next one above it, else NULL. O(log n), and at once
 * where it is the one that was found last.
 */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);

/* The same, and in @pprev the VMA before it (the last one, if it is NULL). */
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **pprev);

/* The first VMA that has a byte of [start, end), or NULL. */
static inline struct vm_area_struct *find_vma_intersection(struct mm_struct *mm,
							   unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	return vma && vma->vm_start < end ? vma : NULL;
}

/**
 * get_unmapped_area - where a new mapping goes
 * @addr: with MAP_FIXED, there; else a hint, 0 for none; @len: bytes, whole pages
 *
 * Downwards from mm->mmap_base, and if nothing is free there, upwards from TASK_UNMAPPED_BASE.
 * O(log n) by the gaps of the subtrees. What lies below MMAP_MIN_ADDR is never given out.
 *
 * Returns the address, or -ENOMEM, -EINVAL, -EPERM. Of current->mm, locked.
 */
unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				unsigned long pgoff, unsigned long flags);

/* --- changing; locked for writing ------------------------------------------------------------ */

/* Fields all zero, but for vm_mm. NULL: no memory. */
struct vm_area_struct *vma_alloc(struct mm_struct *mm);

/* One that is on no list: its object is told, and it is gone. */
void vma_free(struct vm_area_struct *vma);

/**
 * insert_vm_struct - put a VMA that the caller filled in into list and tree
 *
 * Counts it in map_count and total_vm, as all that changes VMAs does. Private anonymous memory gets
 * its vm_pgoff.
 *
 * Returns 0, or -ENOMEM where another one lies in its way.
 */
int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma);

/**
 * vma_merge - let neighbours take over a range, instead of making a VMA of it
 * @prev: the VMA before it, or NULL
 * @addr, @end: the range: new, or wholly one or several VMAs that would become like their neighbours
 * @vm_flags, @vm_file, @pgoff: what it is to be
 *
 * Returns the VMA that holds the range now, or NULL if none of its neighbours is alike.
 */
struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev,
				 unsigned long addr, unsigned long end, unsigned long vm_flags,
				 struct file *file, unsigned long pgoff);

/* Make two VMAs of one. @new_below: the new one is that below @addr. Returns 0 or -ENOMEM. */
int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below);

/**
 * do_mmap_pgoff - map memory into the current process
 * @file: NULL; files have no mappings yet: -ENODEV
 * @addr, @len: bytes; @prot: PROT_; @flags: MAP_; @pgoff: pages
 *
 * Returns the address, or -EINVAL, -ENOMEM, -EEXIST, -EPERM, -ENODEV ... cast to unsigned long.
 */
unsigned long do_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len,
			    unsigned long prot, unsigned long flags, unsigned long pgoff);

/* Unmap what lies in [start, start + len). Returns 0, -EINVAL, -ENOMEM (one split too many). */
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len);

/* Anonymous memory of fixed place, readable and writable: the heap. Returns @addr or an error. */
unsigned long do_brk(unsigned long addr, unsigned long len);

/* Move or resize a mapping. Returns the new address or an error. */
unsigned long do_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
			unsigned long flags, unsigned long new_addr);

/**
 * mprotect_fixup - give a part of one VMA other rights
 * @pprev: out: the VMA that ends up before what comes next
 *
 * Splits and merges as needed, and changes the entries that are there. Returns 0 or -ENOMEM.
 */
int mprotect_fixup(struct vm_area_struct *vma, struct vm_area_struct **pprev, unsigned long start,
		   unsigned long end, unsigned long newflags);

/**
 * expand_stack - let a VM_GROWSDOWN VMA reach down to an address
 *
 * Keeps STACK_GUARD_GAP bytes free above what lies below; at most RLIMIT_STACK bytes in all.
 * Returns 0, -ENOMEM or -EPERM. Locked for reading at least; takes page_table_lock.
 */
int expand_stack(struct vm_area_struct *vma, unsigned long address);

/* find_vma(), and where a stack can be grown down to @addr, that. NULL: nothing belongs there. */
struct vm_area_struct *find_extend_vma(struct mm_struct *mm, unsigned long addr);

/* --- whole calls: these take the lock themselves ------------------------------------------------ */

/* do_mmap_pgoff() and do_munmap() in the current process. @offset: bytes. May sleep. */
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset);
int vm_munmap(unsigned long start, size_t len);
unsigned long vm_brk(unsigned long addr, unsigned long len);

/* --- for mm/mm_alloc.c --------------------------------------------------------------------- */

/* Unmap all, free tables and VMAs. The last user is gone, so no lock. */
void exit_mmap(struct mm_struct *mm);

/**
 * dup_mmap - fork(): copy all VMAs, and share their frames copy-on-write
 * @mm: empty, @oldmm: locked for writing
 *
 * Returns 0 or -ENOMEM; then what was copied is there for exit_mmap() to undo.
 */
int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm);

/* Which entries a VMA with these flags gets: the x86 table of 16 rows, protection_map. */
pgprot_t vm_get_page_prot(unsigned long vm_flags);

#endif
