/*
 * The binary buddy system: which block to take, and how freed ones merge.
 *
 *      order 3   [ . . . . . . . . ]      one block of 8 frames
 *      order 2   [ . . . . ][ . . . . ]   its two halves are buddies: their frame numbers differ in
 *      order 1   [ . . ][ . . ]           bit `order` alone, so each finds the other by one XOR
 *
 *      take   split a larger block, leave the upper halves on the lists on the way down
 *      put    while the buddy is free too, take it off its list and go one order up
 *
 * page_alloc.c calls it through struct page_placement, with the zone locked; it touches the zone's
 * free lists and nothing else. Condenses the heart of mm/page_alloc.c.
 */
#include <mm/page_placement.h>

/* Lab 05 */
void add_to_free_area(struct zone *zone, struct page *page, unsigned int order)
{
	SetPageBuddy(page);
	page->private = order;
	list_add(&page->lru, &zone->free_area[order].free_list);
	zone->free_area[order].nr_free++;
	zone->free_pages += 1UL << order;
}

/* Lab 05 */
void del_from_free_area(struct zone *zone, struct page *page, unsigned int order)
{
	ClearPageBuddy(page);
	list_del(&page->lru);
	zone->free_area[order].nr_free--;
	zone->free_pages -= 1UL << order;
}

/* Lab 05 */
__landmark struct page *expand(struct zone *zone, struct page *page, unsigned int low,
			       unsigned int high)
{
	while (high > low) {
		high--;
		add_to_free_area(zone, page + (1UL << high), high);
	}
	return page;
}

/* Lab 05 */
/* The smallest block that is large enough. */
static struct page *__rmqueue_smallest(struct zone *zone, unsigned int order)
{
	for (unsigned int current_order = order; current_order < MAX_ORDER; current_order++) {
		struct free_area *area = &zone->free_area[current_order];
		struct page *page;

		if (list_empty(&area->free_list))
			continue;
		page = list_first_entry(&area->free_list, struct page, lru);
		del_from_free_area(zone, page, current_order);
		return current_order == order ? page : expand(zone, page, order, current_order);
	}
	return NULL;
}

/* Lab 05 */
/* mem_map reaches to the end of the last whole block, so every buddy has a struct page. */
static struct page *find_buddy(struct page *page, unsigned int order)
{
	return mem_map + (page_to_pfn(page) ^ (1UL << order));
}

/* Lab 05 */
/* Free as a whole, a block of the same order, and in the same zone? */
static bool page_is_buddy(const struct page *page, const struct page *buddy, unsigned int order)
{
	return PageBuddy(buddy) && buddy->private == order && page_zone(page) == page_zone(buddy);
}

/* Lab 05 */
/* Put a block on the lists: merged with its buddy, and that with its own, as far as it goes. */
static void __free_one_page(struct zone *zone, struct page *page, unsigned int order)
{
	for (; order < MAX_ORDER - 1; order++) {
		struct page *buddy = find_buddy(page, order);

		if (!page_is_buddy(page, buddy, order))
			break;
		del_from_free_area(zone, buddy, order);
		page = min(page, buddy);
	}
	add_to_free_area(zone, page, order);
}

const struct page_placement buddy_placement = {
	.name = "buddy",
	.take = __rmqueue_smallest,
	.put = __free_one_page,
};
