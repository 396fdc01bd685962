/*
 * Frames: struct page, mem_map, and the way between frame numbers, struct pages and addresses.
 * Condenses include/linux/mm.h and mm_types.h.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include <lib/list.h>
#include <asm/atomic.h>
#include <asm/page.h>
#include <mm/memmap.h>
#include <mm/mmzone.h>

struct kmem_cache;

/*
 * One for each frame, in mem_map: 8 words, a power of two, so that a frame's number and its struct
 * page lead to each other by a shift. Half the fields change their meaning with the frame's use,
 * which the flags tell.
 */
struct page {
	unsigned long flags; /* PG_ bits; the zone's number in the top bits */
	atomic_t _count;     /* users: 0, and the frame is free or part of a larger block */
	union {
		atomic_t _mapcount;  /* page-table entries that map it, less one */
		struct {	     /* PG_slab: */
			u16 inuse;   /* objects handed out, those on the CPU's freelist included */
			u16 objects; /* objects there is room for */
		};
	} __aligned(sizeof(long));
	union {
		unsigned long private;	 /* PG_buddy: the block's order; else the owner's */
		struct kmem_cache *slab; /* PG_slab: the cache */
		struct page *first_page; /* PG_tail: the compound page's head */
	};
	union {
		void *mapping;	/* whose contents it holds; NULL: nobody's */
		void *freelist; /* PG_slab: the first free object */
	};
	union {
		unsigned long index;	     /* which page of its mapping it is */
		unsigned int compound_order; /* PG_head: of the compound page */
	};
	struct list_head lru; /* the one list it is on: free blocks, partial slabs, ... */
};
_Static_assert(sizeof(struct page) == 8 * sizeof(long), "struct page: 8 words, a power of two");

#include <mm/page-flags.h>

/*
 * The frame table. Entry 0 is frame 0. Where there is RAM there are entries, a whole block of
 * MAX_ORDER_NR_PAGES at a time; those of small holes are marked PG_reserved. In large holes there
 * may be nothing at all: see <mm/memmap.h>.
 */
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

/* @vaddr: in the linear mapping. */
#define virt_to_page(vaddr) pfn_to_page(virt_to_pfn(vaddr))

/*
 * The frame that the linear mapping has at an address. It may be any address: for one below
 * PAGE_OFFSET the number wraps to a very large one, above the mapping it is larger than lowmem's,
 * so that lowmem_pfn_valid() tells all of them.
 */
static inline unsigned long linear_pfn(const void *vaddr)
{
	return PFN_DOWN((unsigned long)vaddr - PAGE_OFFSET);
}

/**
 * virt_addr_valid - may virt_to_page() be asked about this address?
 * @vaddr: any
 *
 * Yes, if it lies in the linear mapping, where there is RAM, or in the image.
 */
bool virt_addr_valid(unsigned long vaddr);

static inline phys_addr_t page_to_phys(const struct page *page)
{
	return PFN_PHYS(page_to_pfn(page));
}

static inline int page_count(const struct page *page)
{
	return atomic_read(&page->_count);
}

/* The compound page's head, or the page itself. */
static inline struct page *compound_head(struct page *page)
{
	return PageTail(page) ? page->first_page : page;
}

static inline unsigned int compound_order(const struct page *page)
{
	return PageHead(page) ? page->compound_order : 0;
}

/* One more user: pair with put_page(). A compound page is counted at its head. */
static inline void get_page(struct page *page)
{
	atomic_inc(&compound_head(page)->_count);
}

/* Returns true if that was the last user. */
static inline bool put_page_testzero(struct page *page)
{
	return atomic_dec_and_test(&page->_count);
}

/**
 * put_page - one user less; the last one's call frees the page
 * @page: any page of a compound page, or a single one
 */
void put_page(struct page *page);

static inline struct zone *page_zone(const struct page *page)
{
	return &contig_page_data.node_zones[page->flags >> ZONES_PGSHIFT];
}

static inline bool PageHighMem(const struct page *page)
{
	return is_highmem_idx(page->flags >> ZONES_PGSHIFT);
}

/**
 * free_area_init - set up zones and mem_map, every frame reserved
 * @zones_size: frames that each zone spans, from frame 0 on without gaps between the zones
 * @zholes_size: how many of them are no RAM
 *
 * memmap must say by then where RAM is.
 */
void free_area_init(const unsigned long *zones_size, const unsigned long *zholes_size);

/**
 * __free_pages_bootmem - hand a run of RAM to the page allocator for the first time
 * @start_pfn: its first frame, @end_pfn: exclusive; reserved until now
 */
void __free_pages_bootmem(unsigned long start_pfn, unsigned long end_pfn);

/**
 * page_alloc_init - the page allocator may be used from here on
 *
 * Watermarks, reserves and per-CPU lists, by how much each zone was given.
 */
void page_alloc_init(void);

/* arch: hand all of RAM to the page allocator and say how much there is. */
void mem_init(void);

#endif
