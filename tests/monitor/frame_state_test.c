/* What a frame is used for: found from any frame of a block, not only from its first. */
#include <mm/gfp.h>
#include <mm/slab.h>
#include <asm/pgtable.h>
#include <tests/kunit.h>
#include "../../monitor/frame_state.h"

static bool says(struct page *page, const char *words)
{
	char buf[FRAME_STATE_SIZE];

	return strstr(frame_state(page, buf), words);
}

/* Order 4 passes by the per-CPU lists. */
static void a_frame_knows_the_free_block_around_it(struct kunit *test)
{
	struct page *block = alloc_pages(GFP_KERNEL, 4), *first;

	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_NULL(test, free_block_around(block + 5));
	KUNIT_EXPECT_TRUE(test, says(block, "in use"));
	KUNIT_EXPECT_TRUE(test, says(block + 5, "in use"));
	__free_pages(block, 4);
	first = free_block_around(block + 5);
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_EXPECT_TRUE(test, PageBuddy(first));
	KUNIT_EXPECT_LT(test, page_to_pfn(block) + 15,
			page_to_pfn(first) + (1UL << first->private));
	KUNIT_EXPECT_TRUE(test, says(block + 5, "free"));
}

static void a_frame_knows_the_block_at_hand_around_it(struct kunit *test)
{
	struct page *block = alloc_pages(GFP_KERNEL, 2);
	unsigned int order;

	KUNIT_ASSERT_NOT_NULL(test, block);
	KUNIT_EXPECT_NULL(test, block_at_hand_around(block + 3, &order));
	drain_all_pages();
	__free_pages(block, 2);
	KUNIT_EXPECT_PTR_EQ(test, block_at_hand_around(block + 3, &order), block);
	KUNIT_EXPECT_EQ(test, order, 2);
	KUNIT_EXPECT_TRUE(test, says(block + 3, "at hand"));
}

static void the_tail_of_a_compound_page_has_its_heads_state(struct kunit *test)
{
	struct page *head = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);

	KUNIT_ASSERT_NOT_NULL(test, head);
	KUNIT_EXPECT_TRUE(test, says(head + 1, "compound page of order 1"));
	__free_pages(head, 1);
}

static void a_slab_tells_its_cache(struct kunit *test)
{
	void *object = kmalloc(100, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_TRUE(test, says(virt_to_page(object), "kmalloc-128"));
	kfree(object);
}

static void the_kernels_own_frames_are_reserved(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, says(virt_to_page(swapper_pg_dir), "reserved"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_frame_knows_the_free_block_around_it),
	KUNIT_CASE(a_frame_knows_the_block_at_hand_around_it),
	KUNIT_CASE(the_tail_of_a_compound_page_has_its_heads_state),
	KUNIT_CASE(a_slab_tells_its_cache),
	KUNIT_CASE(the_kernels_own_frames_are_reserved),
	{},
};
static struct kunit_suite suite = { .name = "frame_state", .test_cases = cases };
kunit_test_suite(suite);
