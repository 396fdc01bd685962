/*
 * mm/buddy.c by itself: a zone of the tests' own, with the frames of one block of the largest order,
 * which the page allocator lent. Frames are told by their distance from the block's first.
 */
#include <tests/kunit.h>
#include <mm/gfp.h>
#include <mm/page_placement.h>

#define MAX_BLOCK (MAX_ORDER - 1)

static struct zone zone;
static struct page *block;

static int borrow_a_block(struct kunit *test __unused)
{
	memset(&zone, 0, sizeof(zone));
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&zone.free_area[order].free_list);
	block = alloc_pages(GFP_HIGHUSER | __GFP_NOWARN, MAX_BLOCK);
	return block ? 0 : -1;
}

static void give_the_block_back(struct kunit *test __unused)
{
	if (!block)
		return;
	for (unsigned long i = 0; i < MAX_ORDER_NR_PAGES; i++)
		ClearPageBuddy(&block[i]);
	__free_pages(block, MAX_BLOCK);
}

static void put(unsigned long frame, unsigned int order)
{
	buddy_placement.put(&zone, block + frame, order);
}

/* Which frame; -1 for none. */
static long take(unsigned int order)
{
	struct page *page = buddy_placement.take(&zone, order);

	return page ? page - block : -1;
}

static long first_free(unsigned int order)
{
	const struct free_area *area = &zone.free_area[order];

	if (list_empty(&area->free_list))
		return -1;
	return list_first_entry(&area->free_list, struct page, lru) - block;
}

static unsigned long nr_free(unsigned int order)
{
	return zone.free_area[order].nr_free;
}

/* A number from 0 to 1023 for each of them, each once, in no order. */
static unsigned long scramble(unsigned long i)
{
	return (i * 577 + 13) % MAX_ORDER_NR_PAGES;
}

static void a_split_leaves_the_upper_halves(struct kunit *test)
{
	put(0, MAX_BLOCK);
	KUNIT_EXPECT_EQ(test, take(0), 0);
	for (unsigned int order = 0; order < MAX_BLOCK; order++) {
		KUNIT_EXPECT_EQ(test, nr_free(order), 1);
		KUNIT_EXPECT_EQ(test, first_free(order), 1L << order);
		KUNIT_EXPECT_TRUE(test, PageBuddy(&block[1UL << order]));
		KUNIT_EXPECT_EQ(test, block[1UL << order].private, order);
	}
	KUNIT_EXPECT_EQ(test, nr_free(MAX_BLOCK), 0);
}

static void every_order_comes_and_goes(struct kunit *test)
{
	put(0, MAX_BLOCK);
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		KUNIT_EXPECT_EQ(test, take(order), 0);
		KUNIT_EXPECT_EQ(test, zone.free_pages, MAX_ORDER_NR_PAGES - (1UL << order));
		put(0, order);
		KUNIT_EXPECT_EQ(test, first_free(MAX_BLOCK), 0);
		KUNIT_EXPECT_EQ(test, zone.free_pages, MAX_ORDER_NR_PAGES);
	}
}

static void the_smallest_block_that_will_do_is_split(struct kunit *test)
{
	put(512, 9);
	put(32, 5);
	put(8, 3);
	KUNIT_EXPECT_EQ(test, take(2), 8);
	KUNIT_EXPECT_EQ(test, first_free(2), 12);
	KUNIT_EXPECT_EQ(test, first_free(5), 32);
	KUNIT_EXPECT_EQ(test, first_free(9), 512);
}

static void the_block_put_last_is_taken_first(struct kunit *test)
{
	put(0, 0);
	put(8, 0);
	KUNIT_EXPECT_EQ(test, take(0), 8);
	KUNIT_EXPECT_EQ(test, take(0), 0);
}

static void buddies_merge_up_to_the_largest_order(struct kunit *test)
{
	for (unsigned long i = 0; i < MAX_ORDER_NR_PAGES; i++) {
		KUNIT_EXPECT_EQ(test, nr_free(MAX_BLOCK), 0);
		put(scramble(i), 0);
		KUNIT_EXPECT_EQ(test, zone.free_pages, i + 1);
	}
	KUNIT_EXPECT_EQ(test, first_free(MAX_BLOCK), 0);
	for (unsigned int order = 0; order < MAX_BLOCK; order++)
		KUNIT_EXPECT_EQ(test, nr_free(order), 0);
	KUNIT_EXPECT_FALSE(test, PageBuddy(&block[512]));
}

/* 1 and 2 are neighbours, but the buddies are 0 and 1, 2 and 3. */
static void neighbours_that_are_no_buddies_stay_apart(struct kunit *test)
{
	put(1, 0);
	put(2, 0);
	KUNIT_EXPECT_EQ(test, nr_free(0), 2);
	KUNIT_EXPECT_EQ(test, nr_free(1), 0);
}

static void a_buddy_that_is_in_parts_is_none(struct kunit *test)
{
	put(2, 0);
	put(0, 1);
	KUNIT_EXPECT_EQ(test, first_free(0), 2);
	KUNIT_EXPECT_EQ(test, first_free(1), 0);
	put(3, 0);
	KUNIT_EXPECT_EQ(test, first_free(2), 0);
}

static void a_buddy_in_use_is_none_whatever_it_holds(struct kunit *test)
{
	block[1].private = 0; /* as if of order 0 */
	put(0, 0);
	KUNIT_EXPECT_EQ(test, nr_free(0), 1);
	KUNIT_EXPECT_EQ(test, nr_free(1), 0);
}

static void buddies_of_different_zones_stay_apart(struct kunit *test)
{
	const unsigned long other_zone = 1UL << ZONES_PGSHIFT;

	block[512].flags ^= other_zone;
	put(0, 9);
	put(512, 9);
	block[512].flags ^= other_zone;
	KUNIT_EXPECT_EQ(test, nr_free(9), 2);
	KUNIT_EXPECT_EQ(test, nr_free(MAX_BLOCK), 0);
}

static void blocks_begin_at_multiples_of_their_size(struct kunit *test)
{
	put(0, MAX_BLOCK);
	for (unsigned long i = 0; zone.free_pages; i++) {
		unsigned int order = scramble(i) % 4;
		long frame = take(order);

		if (frame < 0)
			frame = take(order = 0);
		KUNIT_ASSERT_EQ(test, frame & ((1L << order) - 1), 0);
		KUNIT_ASSERT_EQ(test, page_to_pfn(block + frame) & ((1UL << order) - 1), 0);
	}
}

static void each_frame_is_taken_once(struct kunit *test)
{
	static bool taken[MAX_ORDER_NR_PAGES];

	memset(taken, 0, sizeof(taken));
	put(0, MAX_BLOCK);
	for (unsigned long i = 0; i < MAX_ORDER_NR_PAGES; i++) {
		long frame = take(0);

		KUNIT_ASSERT_TRUE(test, frame >= 0 && !taken[frame]);
		taken[frame] = true;
	}
	KUNIT_EXPECT_EQ(test, take(0), -1);
}

static void without_a_block_that_is_large_enough_nothing_changes(struct kunit *test)
{
	put(0, 3);
	put(16, 3);
	KUNIT_EXPECT_EQ(test, take(4), -1);
	KUNIT_EXPECT_EQ(test, nr_free(3), 2);
	KUNIT_EXPECT_EQ(test, zone.free_pages, 16);
}

static void a_block_taken_says_free_no_more(struct kunit *test)
{
	put(0, 0);
	KUNIT_EXPECT_TRUE(test, PageBuddy(block));
	take(0);
	KUNIT_EXPECT_FALSE(test, PageBuddy(block));
}

static void expand_keeps_the_lowest_part(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, expand(&zone, block + 16, 1, 4), block + 16);
	KUNIT_EXPECT_EQ(test, first_free(1), 18);
	KUNIT_EXPECT_EQ(test, first_free(2), 20);
	KUNIT_EXPECT_EQ(test, first_free(3), 24);
	KUNIT_EXPECT_EQ(test, zone.free_pages, 14);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_split_leaves_the_upper_halves),
	KUNIT_CASE(every_order_comes_and_goes),
	KUNIT_CASE(the_smallest_block_that_will_do_is_split),
	KUNIT_CASE(the_block_put_last_is_taken_first),
	KUNIT_CASE(buddies_merge_up_to_the_largest_order),
	KUNIT_CASE(neighbours_that_are_no_buddies_stay_apart),
	KUNIT_CASE(a_buddy_that_is_in_parts_is_none),
	KUNIT_CASE(a_buddy_in_use_is_none_whatever_it_holds),
	KUNIT_CASE(buddies_of_different_zones_stay_apart),
	KUNIT_CASE(blocks_begin_at_multiples_of_their_size),
	KUNIT_CASE(each_frame_is_taken_once),
	KUNIT_CASE(without_a_block_that_is_large_enough_nothing_changes),
	KUNIT_CASE(a_block_taken_says_free_no_more),
	KUNIT_CASE(expand_keeps_the_lowest_part),
	{},
};

static struct kunit_suite suite = {
	.name = "buddy",
	.init = borrow_a_block,
	.exit = give_the_block_back,
	.test_cases = cases,
};
kunit_test_suite(suite);
