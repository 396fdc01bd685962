/*
 * Memory by hand: what alloc and free do to the free lists and to the table of handles, and what
 * they refuse. Handles that the user has already stay as they are.
 */
#include <lib/errno.h>
#include <lib/printf.h>
#include <mm/gfp.h>
#include <tests/kunit.h>
#include "../../monitor/frames.h"
#include "../../monitor/internal.h"

static int __printf(1, 2) run(const char *fmt, ...)
{
	char line[64];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	return monitor_run_line(line);
}

/* The number that the next alloc will get. */
static unsigned long next_handle(void)
{
	unsigned long number = 1;

	while (handle_of(number) && handle_of(number)->page)
		number++;
	return number;
}

static void alloc_takes_a_block_and_free_gives_it_back(struct kunit *test)
{
	unsigned long nr = next_handle(), free_before = nr_free_pages();
	struct page *page;

	KUNIT_ASSERT_EQ(test, run("alloc pages 3"), 0);
	page = handle_of(nr)->page;
	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_FALSE(test, PageHighMem(page));
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - 8);
	KUNIT_EXPECT_EQ(test, run("free %lu", nr), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
	KUNIT_EXPECT_NULL(test, handle_of(nr)->page);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

static void the_gfp_flags_of_the_command_are_those_of_the_call(struct kunit *test)
{
	unsigned long nr = next_handle();

	KUNIT_ASSERT_EQ(test, run("alloc pages 2 dma|__GFP_COMP"), 0);
	KUNIT_EXPECT_EQ(test, zone_idx(page_zone(handle_of(nr)->page)), ZONE_DMA);
	KUNIT_EXPECT_EQ(test, compound_order(handle_of(nr)->page), 2);
	KUNIT_EXPECT_EQ(test, run("free %lu", nr), 0);
}

static void a_block_may_lie_in_high_memory(struct kunit *test)
{
	unsigned long nr = next_handle();

	if (!totalhigh_pages)
		kunit_skip(test, "this machine has no high memory");
	KUNIT_ASSERT_EQ(test, run("alloc pages 0 GFP_HIGHUSER"), 0);
	KUNIT_EXPECT_TRUE(test, PageHighMem(handle_of(nr)->page));
	KUNIT_EXPECT_EQ(test, run("free %lu", nr), 0);
}

static void gfp_names_are_known_in_any_case_and_without_their_prefix(struct kunit *test)
{
	static const struct {
		const char *text;
		gfp_t gfp;
	} rows[] = {
		{ "GFP_KERNEL", GFP_KERNEL },
		{ "atomic", GFP_ATOMIC },
		{ "gfp_highuser", GFP_HIGHUSER },
		{ "dma", GFP_DMA },
		{ "GFP_KERNEL|__GFP_ZERO|__GFP_COMP", GFP_KERNEL | __GFP_ZERO | __GFP_COMP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[64];
		gfp_t gfp;

		strscpy(text, rows[i].text, sizeof(text));
		KUNIT_EXPECT_EQ(test, parse_gfp(text, &gfp), 0);
		KUNIT_EXPECT_EQ(test, gfp, rows[i].gfp);
	}
}

static void what_alloc_can_not_do_is_refused_and_takes_nothing(struct kunit *test)
{
	static const char *const bad[] = {
		"alloc pages",	       "alloc pages 11",	"alloc pages x",
		"alloc frames 1",      "alloc pages 1 GFP_NOT", "alloc pages 1 kernel|",
		"alloc kmalloc",       "alloc kmalloc 0",	"alloc kmalloc 5M",
		"alloc kmalloc 8 dma",
	};
	unsigned long free_before = nr_free_pages(), nr = next_handle();

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, run("%s", bad[i]), -EINVAL);
	KUNIT_EXPECT_EQ(test, next_handle(), nr);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

static void a_handle_is_freed_once(struct kunit *test)
{
	unsigned long nr = next_handle(), free_before;

	KUNIT_ASSERT_EQ(test, run("alloc pages 4"), 0);
	KUNIT_EXPECT_EQ(test, run("free %lu", nr), 0);
	free_before = nr_free_pages();
	KUNIT_EXPECT_EQ(test, run("free %lu", nr), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("free 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("free %d", NR_HANDLES + 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

static void a_full_table_of_handles_takes_nothing_more(struct kunit *test)
{
	bool ours[NR_HANDLES + 1] = { false };
	unsigned long nr, free_before;

	while ((nr = next_handle()) <= NR_HANDLES) {
		KUNIT_ASSERT_EQ(test, run("alloc pages 0"), 0);
		ours[nr] = true;
	}
	free_before = nr_free_pages();
	KUNIT_EXPECT_EQ(test, run("alloc pages 0"), -ENOMEM);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	for (nr = 1; nr <= NR_HANDLES; nr++) {
		if (ours[nr])
			KUNIT_EXPECT_EQ(test, run("free %lu", nr), 0);
	}
}

static void an_object_of_kmalloc_has_a_handle_too(struct kunit *test)
{
	unsigned long nr = next_handle();

	KUNIT_ASSERT_EQ(test, run("alloc kmalloc 100"), 0);
	KUNIT_ASSERT_NOT_NULL(test, handle_of(nr)->object);
	memset(handle_of(nr)->object, 0x55, 100);
	KUNIT_EXPECT_EQ(test, run("free %lu", nr), 0);
	KUNIT_EXPECT_NULL(test, handle_of(nr)->page);
}

/* Order 4 passes by the per-CPU lists: every frame that goes is missing from some order's list. */
static void the_picture_shows_where_the_frames_of_a_block_came_from(struct kunit *test)
{
	struct free_picture before, after;
	unsigned long nr = next_handle();
	long frames = 0;

	take_picture(&before);
	KUNIT_ASSERT_EQ(test, run("alloc pages 4"), 0);
	take_picture(&after);
	KUNIT_EXPECT_EQ(test, run("free %lu", nr), 0);
	for (int zone = 0; zone < MAX_NR_ZONES; zone++) {
		for (int order = 0; order < MAX_ORDER; order++)
			frames += (long)(before.zones[zone].nr_free[order] -
					 after.zones[zone].nr_free[order])
				  << order;
	}
	KUNIT_EXPECT_EQ(test, frames, 16);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(alloc_takes_a_block_and_free_gives_it_back),
	KUNIT_CASE(the_gfp_flags_of_the_command_are_those_of_the_call),
	KUNIT_CASE(a_block_may_lie_in_high_memory),
	KUNIT_CASE(gfp_names_are_known_in_any_case_and_without_their_prefix),
	KUNIT_CASE(what_alloc_can_not_do_is_refused_and_takes_nothing),
	KUNIT_CASE(a_handle_is_freed_once),
	KUNIT_CASE(a_full_table_of_handles_takes_nothing_more),
	KUNIT_CASE(an_object_of_kmalloc_has_a_handle_too),
	KUNIT_CASE(the_picture_shows_where_the_frames_of_a_block_came_from),
	{},
};
static struct kunit_suite suite = { .name = "frames", .test_cases = cases };
kunit_test_suite(suite);
