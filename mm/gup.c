/*
 * The frames behind a process's addresses, without the process: what is mapped now, or after faults
 * taken on its behalf.
 *
 *      follow_page          looks
 *      get_user_pages       looks, faults until there is something to see, holds what it found
 *      make_pages_present   the same for its side effect: mlock(), MAP_POPULATE
 *
 * Condenses mm/gup.c.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <kernel/sched.h>
#include <mm/memory.h>
#include <mm/mmap.h>
#include <mm/pgalloc.h>

/* With a count, taken before somebody else can unmap it; NULL: not there, or not to be written. */
static struct page *grab_page(struct mm_struct *mm, unsigned long address, bool write)
{
	pmd_t *pmd = mm_find_pmd(mm, address);
	struct page *page = NULL;
	pte_t *pte;

	if (!pmd)
		return NULL;
	pte = pte_offset_map_lock(mm, pmd, address);
	if (pte_present(*pte) && (!write || pte_write(*pte))) {
		page = pte_page(*pte);
		get_page(page);
	}
	pte_unmap_unlock(mm, pte);
	return page;
}

struct page *follow_page(struct mm_struct *mm, unsigned long address)
{
	struct page *page = grab_page(mm, address, false);

	if (page)
		put_page(page);
	return page;
}

/* One page, with a count for the caller, or an ERR_PTR. */
static struct page *get_user_page(struct mm_struct *mm, struct vm_area_struct *vma,
				  unsigned long address, bool write)
{
	struct page *page;

	while (!(page = grab_page(mm, address, write))) {
		int ret = handle_mm_fault(mm, vma, address, write ? FAULT_FLAG_WRITE : 0);

		if (ret)
			return ERR_PTR(ret & VM_FAULT_OOM ? -ENOMEM : -EFAULT);
		cond_resched();
	}
	return page;
}

/* What may be written or run may be read: the CPU knows no other way. */
static bool may_access(const struct vm_area_struct *vma, bool write)
{
	return vma && vma->vm_flags & (write ? VM_WRITE : VM_ACCESS_FLAGS);
}

long get_user_pages(struct mm_struct *mm, unsigned long start, unsigned long nr_pages, bool write,
		    struct page **pages)
{
	struct vm_area_struct *vma = NULL;
	struct page *page;

	for (unsigned long i = 0; i < nr_pages; i++, start += PAGE_SIZE) {
		if (!vma || start >= vma->vm_end)
			vma = find_extend_vma(mm, start);
		page = may_access(vma, write) ? get_user_page(mm, vma, start, write)
					      : ERR_PTR(-EFAULT);
		if (IS_ERR(page))
			return i ? (long)i : PTR_ERR(page);
		if (pages)
			pages[i] = page;
		else
			put_page(page);
	}
	return (long)nr_pages;
}

/* A VMA that may be written is written to: its pages are its own then. */
int make_pages_present(unsigned long start, unsigned long end)
{
	struct mm_struct *mm = current->mm;

	while (start < end) {
		struct vm_area_struct *vma = find_vma(mm, start);
		unsigned long stop = vma ? min(end, vma->vm_end) : end;
		long nr = (long)((stop - start) >> PAGE_SHIFT), got;

		got = get_user_pages(mm, start, (unsigned long)nr, vma && vma->vm_flags & VM_WRITE,
				     NULL);
		if (got < nr)
			return got < 0 ? (int)got : -ENOMEM;
		start = stop;
	}
	return 0;
}
