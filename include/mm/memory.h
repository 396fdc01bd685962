/*
 * The page tables of a process, and the faults that fill them.
 *
 *      do_page_fault()      arch/x86/mm/fault.c: which VMA, may it?
 *        handle_mm_fault()  make the tables on the way down
 *          handle_pte_fault()
 *            do_anonymous_page()   nothing there: zero page for a read, a fresh frame for a write
 *            do_fault()            vm_ops->fault: shared memory now, files later
 *            (do_swap_page())      its place: an entry that is not present, but not empty
 *            do_wp_page()          a write to a frame that others may see: copy, or take it over
 *
 * "Locked": the caller holds mm->mmap_sem. Entries change under mm->page_table_lock only. Page
 * tables may lie in high memory: reach entries with pte_offset_map(). Condenses the part of
 * include/linux/mm.h that mm/memory.c of Linux is declared in.
 */
#ifndef MM_MEMORY_H
#define MM_MEMORY_H

#include <mm/mm.h>
#include <mm/mm_types.h>
#include <mm/pgalloc.h>

#define FAULT_FLAG_WRITE 0x01U
#define FAULT_FLAG_USER	 0x02U /* from ring 3, not from copy_to_user() and the like */

/* What came of it: 0 is well. */
#define VM_FAULT_OOM	0x0001
#define VM_FAULT_SIGBUS 0x0002
#define VM_FAULT_ERROR	(VM_FAULT_OOM | VM_FAULT_SIGBUS)

/* One frame of zeros, mapped read-only wherever anonymous memory is read before it is written. */
extern struct page *zero_page;
#define ZERO_PAGE(vaddr) zero_page

static inline bool is_zero_pfn(unsigned long pfn)
{
	return pfn_to_page(pfn) == zero_page;
}

/* The frame that an entry counts for; NULL: it leads to the zero page, whose users nobody counts. */
static inline struct page *vm_normal_page(pte_t pte)
{
	struct page *page = pte_page(pte);

	return page == zero_page ? NULL : page;
}

/* Called by mm_alloc_init(). */
void init_zero_page(void);

/**
 * handle_mm_fault - bring in the page of an address, or make it writable
 * @vma: holds @address, and allows the access
 * @flags: FAULT_FLAG_WRITE for a write
 *
 * Returns 0 or VM_FAULT_ bits. May sleep. Locked for reading.
 */
int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address,
		    unsigned int flags);

/**
 * copy_page_range - fork(): give a child what the parent has of one VMA
 * @dst: the child's mm, @src: the parent's, @vma: the parent's
 *
 * Private writable pages become read-only in both, and shared; so the parent's TLB must be flushed
 * once all is copied, also after a failure. Returns 0 or -ENOMEM. Both locked.
 */
int copy_page_range(struct mm_struct *dst, struct mm_struct *src, struct vm_area_struct *vma);

/**
 * unmap_region - take away the pages of some VMAs, and the tables that nobody else needs
 * @vma: the first; already out of list and tree
 * @prev: the VMA before the hole, or NULL
 * @start, @end: the hole; the VMAs from @vma on that begin in it are unmapped
 *
 * Flushes the TLB. Locked for writing.
 */
void unmap_region(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev,
		  unsigned long start, unsigned long end);

/* Take away the pages of a part of one VMA; its tables stay. MADV_DONTNEED. Locked for reading. */
void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long size);

/* All pages and tables of a process: exit_mmap()'s. @vma: the first one of all. */
void unmap_all(struct mm_struct *mm, struct vm_area_struct *vma);

/**
 * change_protection - give the entries that are there other rights
 * @newprot: the VMA's new vm_page_prot
 *
 * A private page that others may see stays read-only. Flushes the TLB. Locked for writing.
 */
void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       pgprot_t newprot);

/**
 * move_page_tables - mremap(): the entries of one range go to another
 * @vma: the old place's, @new_vma: the new one's
 * @len: bytes, whole pages
 *
 * Flushes the TLB. Returns how many bytes were moved: less than @len for want of a table. Locked for writing.
 */
unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len);

/* Fault in what [start, end) has not yet: mlock(), MAP_POPULATE. 0, -ENOMEM, -EFAULT. Locked. */
int make_pages_present(unsigned long start, unsigned long end);

/**
 * get_user_pages - the frames of a process, by address, faulted in as needed
 * @start: page-aligned, @nr_pages: how many
 * @write: they will be written to: copies are made now
 * @pages: filled in, a count each: put_page() them; or NULL
 *
 * Returns how many were had, or -EFAULT. Locked for reading; may sleep.
 */
long get_user_pages(struct mm_struct *mm, unsigned long start, unsigned long nr_pages, bool write,
		    struct page **pages);

/**
 * follow_page - the frame that is mapped at an address now
 *
 * Returns NULL where none is. The frame has no count for the caller. Locked for reading.
 */
struct page *follow_page(struct mm_struct *mm, unsigned long address);

/* MAP_SHARED | MAP_ANONYMOUS: give @vma an object whose frames all who inherit it share. 0, -ENOMEM. */
int shmem_zero_setup(struct vm_area_struct *vma);

#endif
