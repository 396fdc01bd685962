/* mm/take_page.c: exactly the frame that was named, and the free lists whole before and after. */
#include <mm/check.h>
#include <mm/gfp.h>
#include <mm/take_page.h>
#include <tests/kunit.h>
#include <asm/sections.h>

static void ignore(const char *rule __unused, const char *function __unused,
		   unsigned long pfn __unused, const char *fact __unused)
{
}

static bool clean(void)
{
	return !check_invariants(ignore).violations;
}

/* The first block on the free lists of two frames or more. */
static struct page *free_block(struct kunit *test)
{
	drain_all_pages();
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

static void the_named_frame_is_taken_and_no_other(struct kunit *test)
{
	struct page *block = free_block(test);
	unsigned long nr = 1UL << block->private, free_before = nr_free_pages();
	const unsigned long offsets[] = { 0, 1, nr / 2 - 1, nr / 2, nr - 1 };

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		struct page *page = block + offsets[i];

		KUNIT_ASSERT_TRUE(test, take_page_off_buddy(page));
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		KUNIT_EXPECT_NULL(test, free_block_around(page));
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - 1);
		KUNIT_EXPECT_TRUE(test, clean());
		__free_page(page);
		drain_all_pages();
		KUNIT_EXPECT_PTR_EQ(test, free_block_around(page), block);
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	}
}

static void a_frame_at_hand_for_the_cpu_can_be_taken_too(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_page(page);
	KUNIT_EXPECT_NULL(test, free_block_around(page));
	KUNIT_ASSERT_TRUE(test, take_page_off_buddy(page));
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__free_page(page);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void what_is_reserved_or_in_use_is_left_alone(struct kunit *test)
{
	struct page *block = alloc_pages(GFP_KERNEL, 1);
	unsigned long free_before;

	KUNIT_ASSERT_NOT_NULL(test, block);
	free_before = nr_free_pages();
	KUNIT_EXPECT_FALSE(test, take_page_off_buddy(block));
	KUNIT_EXPECT_FALSE(test, take_page_off_buddy(block + 1));
	KUNIT_EXPECT_FALSE(test, take_page_off_buddy(virt_to_page(_text)));
	KUNIT_EXPECT_EQ(test, page_count(block), 1);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	__free_pages(block, 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_named_frame_is_taken_and_no_other),
	KUNIT_CASE(a_frame_at_hand_for_the_cpu_can_be_taken_too),
	KUNIT_CASE(what_is_reserved_or_in_use_is_left_alone),
	{},
};
static struct kunit_suite suite = { .name = "take_page", .test_cases = cases };
kunit_test_suite(suite);
