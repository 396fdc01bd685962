/*
 * Which free block to take, and how to put one back: the page allocator's policy, as a table of two
 * functions, so that another one can be plugged in and compared.
 */
#ifndef MM_PAGE_PLACEMENT_H
#define MM_PAGE_PLACEMENT_H

#include <mm/mm.h>

/* Both are called with zone->lock held and keep free_area[] and free_pages right. */
struct page_placement {
	const char *name;
	/* Take a block of 2^order frames off the zone's free lists; NULL when there is none. */
	struct page *(*take)(struct zone *zone, unsigned int order);
	/* Put one on them, merged with its free neighbours. */
	void (*put)(struct zone *zone, struct page *page, unsigned int order);
};

/* The binary buddy system: mm/buddy.c. */
extern const struct page_placement buddy_placement;

/* The one in force; any that leaves the free lists as the buddy system has them may replace it. */
extern const struct page_placement *page_placement;

/* For policies: put a free block's first frame on its order's list, or take it off. */
void add_to_free_area(struct zone *zone, struct page *page, unsigned int order);
void del_from_free_area(struct zone *zone, struct page *page, unsigned int order);

/**
 * expand - cut a block that was taken down to size
 * @page: of order @high, on no list; @low: the order wanted
 *
 * The upper half of each cut goes on the free lists; the lowest block is returned.
 */
struct page *expand(struct zone *zone, struct page *page, unsigned int low, unsigned int high);

#endif
