/*
 * One particular frame out of a free block.
 *
 *      order 3   [ . . . . . X . . ]      X is wanted: the block that it lies in is cut, and
 *      order 2   [ . . . . ]              the half without X goes back, until X is alone
 *      order 1               [ . . ]
 *      order 0           [ . ]
 *
 * The monitor's kmap calls in here; it touches the free lists, with the zone locked. Condenses
 * take_page_off_buddy() of Linux's mm/page_alloc.c, a later name: 2.6 has no such thing.
 */
#include <mm/gfp.h>
#include <mm/page_debug.h>
#include <mm/page_placement.h>
#include <mm/take_page.h>

struct page *free_block_around(struct page *page)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		struct page *first = pfn_to_page(ALIGN_DOWN(page_to_pfn(page), 1UL << order));

		if (PageBuddy(first))
			return page < first + (1UL << first->private) ? first : NULL;
	}
	return NULL;
}

static void cut_out(struct zone *zone, struct page *block, struct page *page)
{
	unsigned int order = block->private;

	del_from_free_area(zone, block, order);
	while (order--) {
		struct page *upper = block + (1UL << order);

		if (page < upper) {
			add_to_free_area(zone, upper, order);
		} else {
			add_to_free_area(zone, block, order);
			block = upper;
		}
	}
}

static bool take_off_free_lists(struct page *page)
{
	struct zone *zone = page_zone(page);
	struct page *block;

	spin_lock(&zone->lock);
	block = free_block_around(page);
	if (block)
		cut_out(zone, block, page);
	spin_unlock(&zone->lock);
	return block;
}

/* What neither a count nor a flag says is somebody's may be at hand for the CPU. */
static bool may_be_at_hand(const struct page *page)
{
	return !page_count(page) && !(page->flags & PAGE_FLAGS_MASK);
}

bool take_page_off_buddy(struct page *page)
{
	unsigned long flags;
	bool taken;

	local_irq_save(flags);
	taken = take_off_free_lists(page);
	if (!taken && may_be_at_hand(page)) {
		drain_all_pages();
		taken = take_off_free_lists(page);
	}
	local_irq_restore(flags);
	if (!taken)
		return false;
	atomic_set(&page->_count, 1);
	page->private = 0;
	if (unlikely(page_debug_enabled))
		page_debug_alloc(page, 0);
	return true;
}
