/*
 * The commands that look: which frame and which owner they find, and what they refuse without
 * touching it. A fault in here would be the kernel's end.
 */
#include <lib/errno.h>
#include <lib/printf.h>
#include <mm/mm.h>
#include <asm/fixmap.h>
#include <asm/sections.h>
#include <asm/stack.h>
#include <monitor/monitor.h>
#include <tests/kunit.h>
#include "../../monitor/memory.h"

static int run(const char *text)
{
	char line[64];

	strscpy(line, text, sizeof(line));
	return monitor_run_line(line);
}

static int run_at(const char *command, unsigned long number, const char *more)
{
	char line[64];

	snprintf(line, sizeof(line), "%s 0x%lx %s", command, number, more);
	return monitor_run_line(line);
}

static void an_address_of_lowmem_has_its_frame(struct kunit *test)
{
	unsigned long pfn;

	KUNIT_ASSERT_TRUE(test, address_to_pfn(PAGE_OFFSET, &pfn));
	KUNIT_EXPECT_EQ(test, pfn, 0);
	KUNIT_ASSERT_TRUE(test, address_to_pfn((unsigned long)_text + 5, &pfn));
	KUNIT_EXPECT_EQ(test, pfn, LOAD_PHYSICAL_ADDR >> PAGE_SHIFT);
}

static void an_unmapped_guard_page_has_its_frame_too(struct kunit *test)
{
	unsigned long pfn;

	KUNIT_ASSERT_TRUE(test, address_to_pfn((unsigned long)init_stack_guard, &pfn));
	KUNIT_EXPECT_EQ(test, pfn, virt_to_pfn(init_stack_guard));
}

static void an_address_in_the_window_has_the_frame_that_it_shows(struct kunit *test)
{
	unsigned long vaddr = fix_to_virt(FIX_KMAP_END), pfn;

	KUNIT_EXPECT_FALSE(test, address_to_pfn(vaddr, &pfn));
	__set_fixmap(FIX_KMAP_END, PFN_PHYS(1234), PAGE_KERNEL);
	KUNIT_EXPECT_TRUE(test, address_to_pfn(vaddr + 77, &pfn));
	__set_fixmap(FIX_KMAP_END, 0, PAGE_UNMAPPED);
	KUNIT_EXPECT_EQ(test, pfn, 1234);
}

static void the_deepest_resource_is_the_answer(struct kunit *test)
{
	struct resource code = { .start = 0x1000, .end = 0x1fff, .name = "code" };
	struct resource ram = { .start = 0, .end = 0x9fff, .name = "RAM", .child = &code };
	struct resource root = { .start = 0, .end = ~0ULL, .child = &ram };

	KUNIT_EXPECT_PTR_EQ(test, deepest_resource(&root, 0x1000), &code);
	KUNIT_EXPECT_PTR_EQ(test, deepest_resource(&root, 0x1fff), &code);
	KUNIT_EXPECT_PTR_EQ(test, deepest_resource(&root, 0x2000), &ram);
	KUNIT_EXPECT_PTR_EQ(test, deepest_resource(&root, 0x100000000ULL), &root);
}

static void page_refuses_what_is_neither_frame_nor_mapped(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run_at("page", max_mapnr - 1, ""), 0);
	KUNIT_EXPECT_EQ(test, run_at("page", max_mapnr, ""), -EINVAL);
	if (memmap.nr_runs > 1)
		KUNIT_EXPECT_EQ(test, run_at("page", memmap.runs[0].end_pfn, ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, run_at("page", ~0UL, ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("page all"), -EINVAL);
}

static void x_stops_in_front_of_an_unmapped_page(struct kunit *test)
{
	unsigned long end = (unsigned long)init_stack_guard;

	KUNIT_EXPECT_EQ(test, run_at("x", end - 8, "2"), 0);
	KUNIT_EXPECT_EQ(test, run_at("x", end - 8, "3"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run_at("x", end - 2, "1"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run_at("x", ~0UL, ""), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("x 0"), -EINVAL);
}

static void x_bounds_the_number_of_words(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run_at("x", PAGE_OFFSET, "0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run_at("x", PAGE_OFFSET, "1"), 0);
	KUNIT_EXPECT_EQ(test, run_at("x", PAGE_OFFSET, "1025"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run_at("x", PAGE_OFFSET, "some"), -EINVAL);
}

static void walk_takes_any_address_but_only_numbers(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run_at("walk", 0, ""), 0);
	KUNIT_EXPECT_EQ(test, run_at("walk", ~0UL, ""), 0);
	KUNIT_EXPECT_EQ(test, run("walk home"), -EINVAL);
}

static void ptdump_knows_one_option(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run("ptdump -x"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("ptdump -s -s"), -EINVAL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_address_of_lowmem_has_its_frame),
	KUNIT_CASE(an_unmapped_guard_page_has_its_frame_too),
	KUNIT_CASE(an_address_in_the_window_has_the_frame_that_it_shows),
	KUNIT_CASE(the_deepest_resource_is_the_answer),
	KUNIT_CASE(page_refuses_what_is_neither_frame_nor_mapped),
	KUNIT_CASE(x_stops_in_front_of_an_unmapped_page),
	KUNIT_CASE(x_bounds_the_number_of_words),
	KUNIT_CASE(walk_takes_any_address_but_only_numbers),
	KUNIT_CASE(ptdump_knows_one_option),
	{},
};
static struct kunit_suite suite = { .name = "look", .test_cases = cases };
kunit_test_suite(suite);
