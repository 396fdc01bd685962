/*
 * Reaching a frame that has no address of its own. Condenses include/linux/highmem.h.
 */
#ifndef MM_HIGHMEM_H
#define MM_HIGHMEM_H

#include <lib/string.h>
#include <mm/mm.h>
#include <asm/highmem.h>

/* The address of a lowmem frame in the linear mapping. */
static inline void *lowmem_page_address(const struct page *page)
{
	return pfn_to_virt(page_to_pfn(page));
}

/**
 * kmap_atomic - map a frame for a moment
 * @page: any frame
 *
 * A highmem frame takes one of this CPU's fixmap slots, so whoever called must not sleep until
 * kunmap_atomic(), and mappings go in the order opposite to that in which they came. A lowmem frame
 * costs nothing.
 *
 * Returns the kernel virtual address of the frame's first byte. May be called in an interrupt.
 */
void *kmap_atomic(struct page *page);

/* @vaddr: as kmap_atomic() returned it. */
void kunmap_atomic(void *vaddr);

static inline void clear_highpage(struct page *page)
{
	void *vaddr = kmap_atomic(page);

	clear_page(vaddr);
	kunmap_atomic(vaddr);
}

#endif
