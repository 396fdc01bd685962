/*
 * mm/check.c: a fault is sown by hand, the walker must name the rule that it breaks, and all is
 * clean again when the fault is taken away. In between nothing may allocate: no EXPECT either.
 */
#include "check_tools.h"
#include <kernel/percpu.h>
#include <mm/check.h>
#include <mm/gfp.h>
#include <mm/page_placement.h>
#include <mm/pagewalk.h>
#include <mm/slab.h>
#include <tests/expect_found.h>
#include <tests/kunit.h>
#include <asm/sections.h>

static struct check_result result; /* of the last walk */

static void walk(check_report_t *report)
{
	result = check_invariants(report);
}

/* Does the walker say that this rule is broken? */
static bool finds(const char *rule)
{
	walk_for(rule, walk);
	return last_walk.hits;
}

static bool clean(void)
{
	walk_for("", walk);
	return !last_walk.reports;
}

/* The first block of the largest order that is free; there is one of two frames or more. */
static struct page *largest_free_block(struct kunit *test)
{
	for (int order = MAX_ORDER - 1; order > 0; order--) {
		struct zone *zone;

		for_each_zone (zone) {
			struct list_head *list = &zone->free_area[order].free_list;

			if (!list_empty(list))
				return list_first_entry(list, struct page, lru);
		}
	}
	KUNIT_FAIL(test, "no free block of two frames");
	kunit_abort(test);
}

static struct free_area *area_of(struct page *block)
{
	return &page_zone(block)->free_area[block->private];
}

/* A frame on this CPU's lists, which are nearly empty: none of them goes back to the zone. */
static struct page *page_at_hand(struct kunit *test)
{
	struct page *page;

	drain_all_pages();
	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_page(page);
	return page;
}

static struct page *get_block(struct kunit *test, gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	KUNIT_ASSERT_NOT_NULL(test, page);
	return page;
}

static void nothing_is_found_where_nothing_is_wrong(struct kunit *test)
{
	unsigned long nr_valid = 0;

	for (unsigned long pfn = 0; pfn < max_mapnr; pfn++)
		nr_valid += pfn_valid(pfn);
	KUNIT_EXPECT_TRUE(test, clean());
	KUNIT_EXPECT_EQ(test, result.violations, 0);
	KUNIT_EXPECT_EQ(test, result.frames, nr_valid);
}

static void blocks_in_use_of_every_order_are_no_violation(struct kunit *test)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		struct page *plain = alloc_pages(GFP_HIGHUSER | __GFP_NOWARN, order);
		struct page *compound =
			alloc_pages(GFP_HIGHUSER | __GFP_NOWARN | __GFP_COMP, order);

		KUNIT_EXPECT_TRUE(test, clean());
		if (plain)
			__free_pages(plain, order);
		if (compound)
			__free_pages(compound, order);
		KUNIT_EXPECT_TRUE(test, clean());
	}
}

static void a_wrong_number_of_free_blocks_is_found(struct kunit *test)
{
	struct free_area *area = area_of(largest_free_block(test));

	EXPECT_FOUND(test, "nr_free", area->nr_free, area->nr_free + 1);
}

static void a_wrong_number_of_free_frames_is_found(struct kunit *test)
{
	struct zone *zone = page_zone(largest_free_block(test));

	EXPECT_FOUND(test, "free_pages", zone->free_pages, zone->free_pages - 1);
}

static void a_wrong_count_of_a_per_cpu_list_is_found(struct kunit *test)
{
	struct per_cpu_pages *pcp = this_cpu_ptr(page_zone(page_at_hand(test))->pageset);

	EXPECT_FOUND(test, "pcp-count", pcp->count, pcp->count - 1);
}

static void a_next_pointer_that_leads_to_no_frame_is_not_followed(struct kunit *test)
{
	struct list_head *lru = &largest_free_block(test)->lru;

	EXPECT_FOUND(test, "list-links", lru->next, NULL);
	EXPECT_FOUND(test, "list-links", lru->next, LIST_POISON1);
	EXPECT_FOUND(test, "list-links", lru->next, (struct list_head *)((char *)lru + 1));
	EXPECT_FOUND(test, "list-links", lru->next, &pfn_to_page(max_mapnr)->lru);
}

static void a_broken_per_cpu_list_is_found(struct kunit *test)
{
	struct list_head *lru = &page_at_hand(test)->lru;

	EXPECT_FOUND(test, "list-links", lru->next, NULL);
	EXPECT_FOUND(test, "list-links", lru->prev, NULL);
}

static void a_circle_in_a_list_is_found(struct kunit *test)
{
	struct list_head *lru = &largest_free_block(test)->lru;

	EXPECT_FOUND(test, "list-links", lru->next, lru);
}

static void a_prev_pointer_that_does_not_lead_back_is_found(struct kunit *test)
{
	struct page *block = largest_free_block(test);

	EXPECT_FOUND(test, "list-links", block->lru.prev, &block->lru);
	EXPECT_FOUND(test, "list-links", area_of(block)->free_list.prev, NULL);
}

static void a_listed_block_that_is_not_marked_is_found(struct kunit *test)
{
	struct page *block = largest_free_block(test);

	EXPECT_FOUND(test, "block-on-list-of-its-order", block->flags,
		     block->flags & ~(1UL << PG_buddy));
	EXPECT_FOUND(test, "block-on-list-of-its-order", block->private, block->private - 1);
}

static void a_marked_frame_on_a_per_cpu_list_is_found(struct kunit *test)
{
	struct page *page = page_at_hand(test);

	EXPECT_FOUND(test, "block-on-list-of-its-order", page->flags,
		     page->flags | 1UL << PG_buddy);
}

static void a_marked_block_on_no_list_is_found(struct kunit *test)
{
	struct page *block = largest_free_block(test);
	struct zone *zone = page_zone(block);
	unsigned int order = block->private;
	bool found;

	del_from_free_area(zone, block, order);
	SetPageBuddy(block);
	found = finds("free-block-is-listed");
	add_to_free_area(zone, block, order);
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_EQ(test, last_walk.last_pfn, page_to_pfn(block));
	KUNIT_EXPECT_TRUE(test, clean());
}

static void a_free_block_within_a_free_block_is_found(struct kunit *test)
{
	struct page *block = largest_free_block(test);
	struct zone *zone = page_zone(block);
	bool found;

	add_to_free_area(zone, block + 1, 0);
	found = finds("frame-free-once");
	del_from_free_area(zone, block + 1, 0);
	block[1].private = 0;
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void a_free_frame_that_is_at_hand_too_is_found(struct kunit *test)
{
	struct page *block = largest_free_block(test);
	struct per_cpu_pages *pcp = this_cpu_ptr(page_zone(block)->pageset);
	bool found;

	list_add(&block[1].lru, &pcp->lists[0]);
	pcp->count++;
	found = finds("frame-free-once");
	list_del(&block[1].lru);
	pcp->count--;
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_EQ(test, last_walk.last_pfn, page_to_pfn(block) + 1);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void a_free_block_that_begins_at_no_multiple_of_its_size_is_found(struct kunit *test)
{
	struct page *block = get_block(test, GFP_KERNEL, 2);
	struct zone *zone = page_zone(block);
	bool found;

	add_to_free_area(zone, block + 1, 1);
	found = finds("block-aligned");
	del_from_free_area(zone, block + 1, 1);
	__free_pages(block, 2);
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void two_free_buddies_are_found(struct kunit *test)
{
	struct page *block = get_block(test, GFP_KERNEL, 1);
	struct zone *zone = page_zone(block);
	bool found;

	atomic_set(&block->_count, 0);
	add_to_free_area(zone, block, 0);
	add_to_free_area(zone, block + 1, 0);
	found = finds("buddies-merged");
	del_from_free_area(zone, block, 0);
	del_from_free_area(zone, block + 1, 0);
	atomic_set(&block->_count, 1);
	__free_pages(block, 1);
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_EQ(test, last_walk.last_pfn, page_to_pfn(block));
	KUNIT_EXPECT_EQ(test, last_walk.hits, 1); /* once, though there are two of them */
	KUNIT_EXPECT_TRUE(test, clean());
}

static void a_frame_that_says_another_zone_is_found(struct kunit *test)
{
	struct page *page = get_block(test, GFP_KERNEL, 0);

	EXPECT_FOUND(test, "frame-in-its-zone", page->flags, page->flags ^ (1UL << ZONES_PGSHIFT));
	EXPECT_FOUND(test, "frame-in-its-zone", page->flags, page->flags | 3UL << ZONES_PGSHIFT);
	__free_page(page);
}

static void a_block_on_another_zones_list_is_found(struct kunit *test)
{
	struct page *block = largest_free_block(test);
	struct zone *zone = page_zone(block);
	struct zone *other = &contig_page_data.node_zones[!zone_idx(zone)];
	unsigned int order = block->private;
	bool found;

	del_from_free_area(zone, block, order);
	add_to_free_area(other, block, order);
	found = finds("frame-in-its-zone");
	del_from_free_area(other, block, order);
	add_to_free_area(zone, block, order);
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void a_frame_in_two_states_is_found(struct kunit *test)
{
	struct page *block = largest_free_block(test);

	EXPECT_FOUND(test, "one-state", block[1].flags, block[1].flags | 1UL << PG_reserved);
	EXPECT_FOUND(test, "one-state", block->flags, block->flags | 1UL << PG_slab);
	EXPECT_FOUND(test, "one-state", mem_map->flags, mem_map->flags | 1UL << PG_head);
	EXPECT_FOUND(test, "one-state", block[1].flags,
		     block[1].flags | 1UL << (ZONES_PGSHIFT - 1));
}

static void a_count_that_does_not_fit_the_state_is_found(struct kunit *test)
{
	struct page *block = largest_free_block(test);
	const atomic_t one = { 1 }, minus_one = { -1 };

	EXPECT_FOUND(test, "count-fits-state", block->_count, one);
	EXPECT_FOUND(test, "count-fits-state", block[1]._count, one);
	EXPECT_FOUND(test, "count-fits-state", page_at_hand(test)->_count, one);
	EXPECT_FOUND(test, "count-fits-state", mem_map->_count, one);
	EXPECT_FOUND(test, "count-fits-state", block[1]._count, minus_one);
}

/* Single frames in a row: the one before a lost one can not be the head of its block. */
static void a_lost_frame_is_found(struct kunit *test)
{
	struct page *block = get_block(test, GFP_KERNEL, 2);
	const atomic_t none = { 0 };

	split_page(block, 2);
	EXPECT_FOUND(test, "no-frame-lost", block[2]._count, none);
	for (int i = 0; i < 4; i++)
		__free_page(&block[i]);
}

static void a_compound_page_that_does_not_hold_together_is_found(struct kunit *test)
{
	struct page *head = get_block(test, GFP_KERNEL | __GFP_COMP, 2);

	EXPECT_FOUND(test, "compound-whole", head[1].first_page, head + 1);
	EXPECT_FOUND(test, "compound-whole", head[3].flags, head->flags & ~PAGE_FLAGS_MASK);
	EXPECT_FOUND(test, "compound-whole", head->compound_order, 1);
	EXPECT_FOUND(test, "compound-whole", head->compound_order, MAX_ORDER);
	EXPECT_FOUND(test, "compound-whole", head->flags, head->flags & ~(1UL << PG_head));
	__free_pages(head, 2);
}

static void wrong_sums_of_frames_are_found(struct kunit *test)
{
	struct zone *zone = contig_page_data.node_zones;

	EXPECT_FOUND(test, "managed_pages", zone->managed_pages, zone->managed_pages + 1);
	EXPECT_FOUND(test, "managed_pages", zone->present_pages, 0);
	EXPECT_FOUND(test, "totalram_pages", totalram_pages, totalram_pages - 1);
	EXPECT_FOUND(test, "totalram_pages", totalhigh_pages, totalhigh_pages + 1);
}

static void watermarks_out_of_order_are_found(struct kunit *test)
{
	struct zone *zone = contig_page_data.node_zones;

	EXPECT_FOUND(test, "watermarks-ascend", zone->watermark[WMARK_LOW],
		     zone->watermark[WMARK_MIN] - 1);
	EXPECT_FOUND(test, "watermarks-ascend", zone->watermark[WMARK_HIGH], 0);
}

static void zones_that_do_not_adjoin_are_found(struct kunit *test)
{
	struct zone *last = &contig_page_data.node_zones[MAX_NR_ZONES - 1];

	EXPECT_FOUND(test, "zones-adjoin", last->zone_start_pfn, last->zone_start_pfn + 1);
	EXPECT_FOUND(test, "zones-adjoin", last->spanned_pages, last->spanned_pages + 1);
}

static void frames_of_the_kernel_must_be_reserved(struct kunit *test)
{
	struct page *text = pfn_to_page(PFN_DOWN(__pa(_text)));
	struct page_walk walk;
	struct page *map;

	KUNIT_ASSERT_TRUE(test, page_walk(swapper_pg_dir, (unsigned long)mem_map, &walk));
	map = pfn_to_page(PFN_DOWN(walk.pa));
	EXPECT_FOUND(test, "kernel-reserved", text->flags, text->flags & ~(1UL << PG_reserved));
	EXPECT_FOUND(test, "kernel-reserved", map->flags, map->flags & ~(1UL << PG_reserved));
}

static void a_free_frame_is_no_page_table(struct kunit *test)
{
	struct page_walk walk;
	struct page *table;

	page_walk(swapper_pg_dir, (unsigned long)_text, &walk);
	table = pfn_to_page(PFN_DOWN(walk.steps[walk.nr_steps - 2].entry & PTE_PFN_MASK));
	EXPECT_FOUND(test, "page-table-in-use", table->flags, table->flags & ~(1UL << PG_reserved));
}

/* The slabs' own rules are tested with the slab allocator: this is the way to them. */
static void what_the_slab_allocator_finds_is_told_too(struct kunit *test)
{
	EXPECT_FOUND(test, "cache-nr-partial", kmem_cache->node.nr_partial,
		     kmem_cache->node.nr_partial + 1);
}

static void only_so_many_violations_are_told_but_all_counted(struct kunit *test)
{
	struct page *block = largest_free_block(test);
	unsigned long nr = 1UL << block->private;

	for (unsigned long i = 0; i < nr; i++)
		atomic_set(&block[i]._count, 1);
	walk_for("", walk);
	for (unsigned long i = 0; i < nr; i++)
		atomic_set(&block[i]._count, 0);
	KUNIT_EXPECT_EQ(test, result.violations, nr);
	KUNIT_EXPECT_EQ(test, last_walk.reports, min(nr, CHECK_MAX_REPORTS + 0UL));
	KUNIT_EXPECT_TRUE(test, clean());
}

static struct kunit_case cases[] = {
	KUNIT_CASE(nothing_is_found_where_nothing_is_wrong),
	KUNIT_CASE(blocks_in_use_of_every_order_are_no_violation),
	KUNIT_CASE(a_wrong_number_of_free_blocks_is_found),
	KUNIT_CASE(a_wrong_number_of_free_frames_is_found),
	KUNIT_CASE(a_wrong_count_of_a_per_cpu_list_is_found),
	KUNIT_CASE(a_next_pointer_that_leads_to_no_frame_is_not_followed),
	KUNIT_CASE(a_broken_per_cpu_list_is_found),
	KUNIT_CASE(a_circle_in_a_list_is_found),
	KUNIT_CASE(a_prev_pointer_that_does_not_lead_back_is_found),
	KUNIT_CASE(a_listed_block_that_is_not_marked_is_found),
	KUNIT_CASE(a_marked_frame_on_a_per_cpu_list_is_found),
	KUNIT_CASE(a_marked_block_on_no_list_is_found),
	KUNIT_CASE(a_free_block_within_a_free_block_is_found),
	KUNIT_CASE(a_free_frame_that_is_at_hand_too_is_found),
	KUNIT_CASE(a_free_block_that_begins_at_no_multiple_of_its_size_is_found),
	KUNIT_CASE(two_free_buddies_are_found),
	KUNIT_CASE(a_frame_that_says_another_zone_is_found),
	KUNIT_CASE(a_block_on_another_zones_list_is_found),
	KUNIT_CASE(a_frame_in_two_states_is_found),
	KUNIT_CASE(a_count_that_does_not_fit_the_state_is_found),
	KUNIT_CASE(a_lost_frame_is_found),
	KUNIT_CASE(a_compound_page_that_does_not_hold_together_is_found),
	KUNIT_CASE(wrong_sums_of_frames_are_found),
	KUNIT_CASE(watermarks_out_of_order_are_found),
	KUNIT_CASE(zones_that_do_not_adjoin_are_found),
	KUNIT_CASE(frames_of_the_kernel_must_be_reserved),
	KUNIT_CASE(a_free_frame_is_no_page_table),
	KUNIT_CASE(what_the_slab_allocator_finds_is_told_too),
	KUNIT_CASE(only_so_many_violations_are_told_but_all_counted),
	{},
};
static struct kunit_suite suite = { .name = "check", .test_cases = cases };
kunit_test_suite(suite);
