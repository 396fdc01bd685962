/* The layout table: its rows as they stand at run time, and the questions that are put to it. */
#include <tests/kunit.h>
#include <mm/layout.h>
#include <asm/highmem.h>
#include <asm/sections.h>
#include <asm/stack.h>

static char buf[32];

static const char *name_at(unsigned long vaddr)
{
	const struct layout_region *region = layout_find(vaddr);

	return region ? region->name : "none";
}

static void regions_follow_each_other_without_overlap(struct kunit *test)
{
	const struct layout_region *region;
	unsigned long last_end = 0;

	for_each_layout_region (region) {
		if (region->part)
			continue;
		KUNIT_EXPECT_LT(test, region->start, region->end);
		KUNIT_EXPECT_GE(test, region->start, last_end);
		last_end = region->end;
	}
	KUNIT_EXPECT_EQ(test, last_end, FIXADDR_TOP);
}

static void parts_lie_in_the_region_before_them(struct kunit *test)
{
	const struct layout_region *region, *whole = layout;

	for_each_layout_region (region) {
		if (!region->part)
			whole = region;
		KUNIT_EXPECT_GE(test, region->start, whole->start);
		KUNIT_EXPECT_LE(test, region->end, whole->end);
	}
}

static void the_part_is_found_before_the_whole(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)_stext), "kernel text");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)_etext - 1), "kernel text");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)_srodata), "kernel rodata");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)swapper_pg_dir), "kernel boot tables");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)buf), "kernel suites' data");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)&high_memory), "kernel bss");
}

static void the_stack_guard_is_a_part_of_bss_of_its_own(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)init_stack_guard), "stack guard");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)init_stack - 1), "stack guard");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)init_stack), "kernel bss");
	KUNIT_EXPECT_EQ(test, pgprot_val(layout_row("stack guard")->prot), 0);
}

static void regions_that_every_kernel_has_are_found(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, name_at(0), "user");
	KUNIT_EXPECT_STREQ(test, name_at(PAGE_OFFSET), "lowmem");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)high_memory - 1), "lowmem");
	KUNIT_EXPECT_STREQ(test, name_at(VMALLOC_START), "vmalloc");
	KUNIT_EXPECT_STREQ(test, name_at(VMALLOC_END - 1), "vmalloc");
	KUNIT_EXPECT_STREQ(test, name_at(FIXADDR_TOP - 1), "fixmap");
}

static void holes_belong_to_nobody_in_any_kernel(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, layout_find((unsigned long)high_memory));
	KUNIT_EXPECT_NULL(test, layout_find(VMALLOC_START - 1));
	KUNIT_EXPECT_NULL(test, layout_find(VMALLOC_END));
	KUNIT_EXPECT_NULL(test, layout_find(~0UL));
	KUNIT_EXPECT_STREQ(test, layout_owner(FIXADDR_TOP, buf, sizeof(buf)), "hole");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(regions_follow_each_other_without_overlap),
	KUNIT_CASE(parts_lie_in_the_region_before_them),
	KUNIT_CASE(the_part_is_found_before_the_whole),
	KUNIT_CASE(the_stack_guard_is_a_part_of_bss_of_its_own),
	KUNIT_CASE(regions_that_every_kernel_has_are_found),
	KUNIT_CASE(holes_belong_to_nobody_in_any_kernel),
	{},
};

static struct kunit_suite suite = { .name = "layout", .test_cases = cases };
kunit_test_suite(suite);
