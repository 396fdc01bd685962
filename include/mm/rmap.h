/*
 * From a frame back to the entries that map it: by now, how many there are.
 *
 *      _mapcount    -1: no entry leads here      0: one      n - 1: n of them
 *
 * Each entry that comes counts here, and each that goes. Which entries they are (struct anon_vma)
 * will be found from these same places, once frames can be taken away from processes. Condenses
 * include/linux/rmap.h.
 */
#ifndef MM_RMAP_H
#define MM_RMAP_H

#include <mm/mm.h>

struct vm_area_struct;

/* How many page table entries lead to the frame. */
static inline int page_mapcount(const struct page *page)
{
	return atomic_read(&page->_mapcount) + 1;
}

static inline bool page_mapped(const struct page *page)
{
	return page_mapcount(page) > 0;
}

/* A fresh frame of anonymous memory gets its first entry, at @address of @vma. */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address);

/* An entry for a frame that belongs to an object: shared memory, a file. */
static inline void page_add_file_rmap(struct page *page)
{
	atomic_inc(&page->_mapcount);
}

/* fork(): the child's entry leads to the same frame. */
static inline void page_dup_rmap(struct page *page)
{
	atomic_inc(&page->_mapcount);
}

/* Log that a frame has lost more entries than it had. */
void report_mapcount_underflow(struct page *page);

/* An entry is gone. */
static inline void page_remove_rmap(struct page *page)
{
	atomic_dec(&page->_mapcount);
	if (unlikely(atomic_read(&page->_mapcount) < -1))
		report_mapcount_underflow(page);
}

#endif
