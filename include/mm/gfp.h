/*
 * Asking for frames: GFP flags ("get free page") and the calls that take them.
 *
 *      which zone        __GFP_DMA, __GFP_DMA32, none (NORMAL), __GFP_HIGHMEM: that zone, else one
 *                        below it; where the architecture has no such zone, the next best
 *      how hard          __GFP_WAIT may sleep and reclaim; __GFP_HIGH may dip into the reserve
 *      what to do to it  __GFP_ZERO, __GFP_COMP
 *      what to say       __GFP_NOWARN
 *
 * Condenses include/linux/gfp.h.
 */
#ifndef MM_GFP_H
#define MM_GFP_H

#include <mm/mm.h>

#define __GFP_DMA     0x0001U
#define __GFP_HIGHMEM 0x0002U
#define __GFP_DMA32   0x0004U
#define __GFP_WAIT    0x0010U /* the caller may sleep */
#define __GFP_HIGH    0x0020U /* urgent: half of the min watermark may be used */
#define __GFP_IO      0x0040U /* may start disk I/O to get memory back */
#define __GFP_FS      0x0080U /* may call into file systems for that */
#define __GFP_NOWARN  0x0200U /* no report when it fails: the caller expects that */
#define __GFP_NORETRY 0x1000U /* fail instead of trying hard */
#define __GFP_COMP    0x4000U /* make the block a compound page */
#define __GFP_ZERO    0x8000U /* zeroed */

#define GFP_ZONEMASK  (__GFP_DMA | __GFP_HIGHMEM | __GFP_DMA32)
/* Every flag there is. */
#define GFP_MASK                                                                       \
	(GFP_ZONEMASK | __GFP_WAIT | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_NOWARN | \
	 __GFP_NORETRY | __GFP_COMP | __GFP_ZERO)

#define GFP_ATOMIC   (__GFP_HIGH)
#define GFP_NOIO     (__GFP_WAIT)
#define GFP_NOFS     (__GFP_WAIT | __GFP_IO)
#define GFP_KERNEL   (__GFP_WAIT | __GFP_IO | __GFP_FS)
#define GFP_USER     (__GFP_WAIT | __GFP_IO | __GFP_FS)
#define GFP_HIGHUSER (__GFP_WAIT | __GFP_IO | __GFP_FS | __GFP_HIGHMEM)
/* A page fault's: who gets no frame goes to the out-of-memory killer, which has words of its own. */
#define GFP_FAULT (GFP_HIGHUSER | __GFP_NOWARN)
#define GFP_DMA	  (__GFP_DMA)
#define GFP_DMA32 (__GFP_DMA32)

/* How hard to try, for memory that is needed on the way to the memory asked for. */
#define GFP_RECLAIM_MASK \
	(__GFP_WAIT | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_NOWARN | __GFP_NORETRY)

/* The highest zone that will do. Several zone flags at once make no sense; the lowest is safe. */
static inline enum zone_type gfp_zone(gfp_t gfp)
{
	if (gfp & __GFP_DMA)
		return ZONE_DMA;
	if (gfp & __GFP_DMA32)
		return OPT_ZONE_DMA32;
	return gfp & __GFP_HIGHMEM ? OPT_ZONE_HIGHMEM : ZONE_NORMAL;
}

/**
 * alloc_pages - a block of frames that follow each other
 * @gfp: GFP_KERNEL, GFP_HIGHUSER ...
 * @order: 2^@order frames, 0 to MAX_ORDER - 1; the first one's number is a multiple of that
 *
 * The first frame comes with a count of 1. Without __GFP_COMP the others count for nothing of their
 * own: the block goes back as it came, with __free_pages(page, @order).
 *
 * Returns the first frame's struct page, or NULL, with a report unless __GFP_NOWARN.
 * Without __GFP_WAIT it may be called in an interrupt. Takes zone->lock.
 */
struct page *alloc_pages(gfp_t gfp, unsigned int order);

#define alloc_page(gfp) alloc_pages(gfp, 0)

/**
 * __free_pages - let go of a block
 * @page: as alloc_pages() returned it, @order: as it was asked for
 *
 * The block is free once nobody else holds its first frame. What cannot be right (a frame that is
 * free or reserved, a slab, the middle of a block, another order) is reported and left alone.
 * May be called in an interrupt. Takes zone->lock.
 */
void __free_pages(struct page *page, unsigned int order);

#define __free_page(page) __free_pages(page, 0)

/**
 * __get_free_pages - a block by its address in the linear mapping
 * @gfp: without __GFP_HIGHMEM: a highmem frame has no such address, and asking is refused
 * @order: as for alloc_pages()
 *
 * Returns the kernel virtual address of the first byte, or 0.
 */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);

#define __get_free_page(gfp) __get_free_pages(gfp, 0)

/* One zeroed frame, by its address; or 0. */
unsigned long get_zeroed_page(gfp_t gfp);

/**
 * free_pages - let go of a block by its address
 * @addr: as __get_free_pages() returned it; 0 is allowed and does nothing
 */
void free_pages(unsigned long addr, unsigned int order);

#define free_page(addr) free_pages(addr, 0)

/**
 * alloc_pages_exact - a block of no more frames than needed
 * @size: bytes, rounded up to whole frames
 * @gfp: without __GFP_HIGHMEM and __GFP_COMP
 *
 * The frames beyond @size, up to the power of two that the buddy allocator deals in, go back.
 *
 * Returns the kernel virtual address, or NULL. Give it back with free_pages_exact().
 */
void *alloc_pages_exact(size_t size, gfp_t gfp);
void free_pages_exact(void *addr, size_t size);

/**
 * alloc_pages_bulk - many single frames at once
 * @gfp: as for alloc_pages()
 * @nr_pages: how many entries @page_array has
 * @page_array: only its NULL entries are filled
 *
 * Returns how many of the first entries are filled now; fewer than @nr_pages when memory is short.
 */
unsigned long alloc_pages_bulk(gfp_t gfp, unsigned long nr_pages, struct page **page_array);

/**
 * release_pages - put_page() for many
 * @pages: the frames, @nr: how many
 *
 * Those that make up a whole block, side by side, go back as one.
 */
void release_pages(struct page **pages, unsigned long nr);

/**
 * split_page - make single frames of a block
 * @page: its first frame, not compound, count 1
 *
 * Each has a count of 1 then, and goes back by itself.
 */
void split_page(struct page *page, unsigned int order);

/* Give the frames on the per-CPU lists back to the zones, so that they can merge. */
void drain_all_pages(void);

/* Frames free in all zones; per-CPU lists included. */
unsigned long nr_free_pages(void);

/**
 * show_free_areas - log what each zone has: free frames, watermarks, blocks by order
 *
 * For reports of failure; the monitor has buddyinfo and zoneinfo.
 */
void show_free_areas(void);

/* Log that a request failed, unless it has __GFP_NOWARN or there were too many such reports. */
void warn_alloc(gfp_t gfp, unsigned int order);

#endif
