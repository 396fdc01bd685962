/*
 * Frames: struct page, mem_map, and the way between frame numbers, struct pages and addresses.
 * Condenses include/linux/mm.h and page-flags.h.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include <lib/list.h>
#include <asm/page.h>
#include <mm/mmzone.h>

/* One for each frame, in mem_map. Its size is a power of two: pages are counted without dividing. */
struct page {
	unsigned long flags;  /* PG_ bits below; the zone's number in the top bits */
	int _count;	      /* how many use the frame; 0: it is free */
	struct list_head lru; /* the list of free frames that it is on */
};
_Static_assert(sizeof(struct page) <= 8 * sizeof(long), "struct page has outgrown its budget");
_Static_assert((sizeof(struct page) & (sizeof(struct page) - 1)) == 0, "not a power of two");

enum pageflags {
	PG_reserved, /* never handed out: a hole, the BIOS, the kernel, its tables */
};

#define ZONES_SHIFT   2
#define ZONES_PGSHIFT (BITS_PER_LONG - ZONES_SHIFT)

/* The frame table. Entry 0 is frame 0; holes in RAM have entries too, marked PG_reserved. */
extern struct page *mem_map;
/* One past the last frame that mem_map knows. */
extern unsigned long max_mapnr;
/* One past the last frame of lowmem. */
extern unsigned long max_low_pfn;
/* One past the last frame of RAM that is used. */
extern unsigned long max_pfn;
/* HIGHMEM from its first frame to one past its last; equal where there is none. */
extern unsigned long highstart_pfn, highend_pfn;

/* Frames that were handed to the page allocator, of all zones and of HIGHMEM. */
extern unsigned long totalram_pages, totalhigh_pages;

static inline struct page *pfn_to_page(unsigned long pfn)
{
	return mem_map + pfn;
}

static inline unsigned long page_to_pfn(const struct page *page)
{
	return (unsigned long)(page - mem_map);
}

static inline bool pfn_valid(unsigned long pfn)
{
	return pfn < max_mapnr;
}

/* @vaddr: in the linear mapping. */
#define virt_to_page(vaddr) pfn_to_page(virt_to_pfn(vaddr))

static inline phys_addr_t page_to_phys(const struct page *page)
{
	return PFN_PHYS(page_to_pfn(page));
}

static inline bool PageReserved(const struct page *page)
{
	return page->flags & (1UL << PG_reserved);
}

static inline void SetPageReserved(struct page *page)
{
	page->flags |= 1UL << PG_reserved;
}

static inline void ClearPageReserved(struct page *page)
{
	page->flags &= ~(1UL << PG_reserved);
}

static inline int page_count(const struct page *page)
{
	return page->_count;
}

static inline struct zone *page_zone(const struct page *page)
{
	return &contig_page_data.node_zones[page->flags >> ZONES_PGSHIFT];
}

static inline bool PageHighMem(const struct page *page)
{
	return page->flags >> ZONES_PGSHIFT == ZONE_HIGHMEM;
}

/**
 * free_area_init - set up zones and mem_map, every frame reserved
 * @zones_size: frames that each zone spans, from frame 0 on without gaps between the zones
 * @zholes_size: how many of them are no RAM
 *
 * Allocates mem_map from bootmem.
 */
void free_area_init(const unsigned long *zones_size, const unsigned long *zholes_size);

/**
 * __free_pages_bootmem - hand a frame of RAM to the page allocator for the first time
 * @page: reserved until now
 */
void __free_pages_bootmem(struct page *page);

/* arch: hand all of RAM to the page allocator and say how much there is. */
void mem_init(void);

#endif
