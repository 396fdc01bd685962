/* Which frames have a struct page: on made-up machines, some larger than any that runs this. */
#include <tests/kunit.h>
#include <mm/mm.h>

#define PFN_GB ((u64)SZ_1M * SZ_1K >> PAGE_SHIFT)
#define PFN_TB (PFN_GB * SZ_1K)
#define BLOCK  MAX_ORDER_NR_PAGES

static struct memmap map;

static int start_empty(struct kunit *test __unused)
{
	map.nr_runs = 0;
	return 0;
}

static void mem_map_grows_with_ram_and_not_with_the_highest_address(struct kunit *test)
{
	memory_present(&map, 0, 3 * PFN_GB);
	memory_present(&map, PFN_TB, PFN_TB + PFN_GB);
	KUNIT_EXPECT_EQ(test, map.nr_runs, 2);
	KUNIT_EXPECT_EQ(test, memmap_size(&map), 4 * PFN_GB * sizeof(struct page));
}

static void frames_of_a_hole_have_no_struct_page(struct kunit *test)
{
	memory_present(&map, 0, 3 * PFN_GB);
	memory_present(&map, PFN_TB, PFN_TB + PFN_GB);
	KUNIT_EXPECT_TRUE(test, in_memmap(&map, 0));
	KUNIT_EXPECT_TRUE(test, in_memmap(&map, 3 * PFN_GB - 1));
	KUNIT_EXPECT_FALSE(test, in_memmap(&map, 3 * PFN_GB));
	KUNIT_EXPECT_FALSE(test, in_memmap(&map, PFN_TB - 1));
	KUNIT_EXPECT_TRUE(test, in_memmap(&map, PFN_TB));
	KUNIT_EXPECT_FALSE(test, in_memmap(&map, PFN_TB + PFN_GB));
}

/* A free block's buddy is looked at: it must be there, RAM or not. */
static void blocks_are_whole(struct kunit *test)
{
	memory_present(&map, 5 * BLOCK + 1, 5 * BLOCK + 2);
	KUNIT_EXPECT_EQ(test, map.runs[0].start_pfn, 5 * BLOCK);
	KUNIT_EXPECT_EQ(test, map.runs[0].end_pfn, 6 * BLOCK);
}

static void small_holes_do_not_part_runs(struct kunit *test)
{
	memory_present(&map, 0, 159);
	memory_present(&map, 256, BLOCK + 1);
	memory_present(&map, 2 * BLOCK, 3 * BLOCK);
	KUNIT_EXPECT_EQ(test, map.nr_runs, 1);
	KUNIT_EXPECT_EQ(test, map.runs[0].end_pfn, 3 * BLOCK);
}

static void an_empty_range_is_nothing(struct kunit *test)
{
	memory_present(&map, 7, 7);
	memory_present(&map, 8, 7);
	KUNIT_EXPECT_EQ(test, map.nr_runs, 0);
	KUNIT_EXPECT_FALSE(test, in_memmap(&map, 7));
}

static void valid_frames_are_met_once_each_and_in_order(struct kunit *test)
{
	unsigned long pfn = 0, nr = 0, wanted = 0;

	for (unsigned long at = 0; at < max_mapnr; at++)
		wanted += pfn_valid(at);
	for_each_valid_pfn (pfn, max_mapnr)
		nr++;
	KUNIT_EXPECT_EQ(test, nr, wanted);
	KUNIT_EXPECT_FALSE(test, pfn_valid(max_mapnr));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(mem_map_grows_with_ram_and_not_with_the_highest_address),
	KUNIT_CASE(frames_of_a_hole_have_no_struct_page),
	KUNIT_CASE(blocks_are_whole),
	KUNIT_CASE(small_holes_do_not_part_runs),
	KUNIT_CASE(an_empty_range_is_nothing),
	KUNIT_CASE(valid_frames_are_met_once_each_and_in_order),
	{},
};

static struct kunit_suite suite = { .name = "memmap", .init = start_empty, .test_cases = cases };
kunit_test_suite(suite);
