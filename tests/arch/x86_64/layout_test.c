/* The layout table of the x86_64 kernel: RAM, vmalloc, mem_map and the image, far apart. */
#include <tests/kunit.h>
#include <mm/gfp.h>
#include <mm/layout.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <asm/highmem.h>
#include <asm/sections.h>

static char buf[32];

static const char *name_at(unsigned long vaddr)
{
	const struct layout_region *region = layout_find(vaddr);

	return region ? region->name : "none";
}

/* What books, debuggers' scripts and the guide say. */
static void regions_begin_where_everybody_expects_them(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, layout_row("user")->end, 0x00007FFFFFFFF000);
	KUNIT_EXPECT_EQ(test, layout_row("lowmem")->start, 0xFFFF888000000000);
	KUNIT_EXPECT_EQ(test, layout_row("vmalloc")->start, 0xFFFFC90000000000);
	KUNIT_EXPECT_EQ(test, layout_row("mem_map")->start, 0xFFFFEA0000000000);
	KUNIT_EXPECT_EQ(test, layout_row("kernel")->start, 0xFFFFFFFF80100000);
}

static void lowmem_ends_where_ram_does(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, layout_row("lowmem")->end, PAGE_OFFSET + PFN_PHYS(max_pfn));
	KUNIT_EXPECT_EQ(test, highstart_pfn, highend_pfn);
	KUNIT_EXPECT_EQ(test, highend_pfn, max_pfn);
}

static void mem_map_ends_behind_the_last_frames_block(struct kunit *test)
{
	const unsigned long end = layout_row("mem_map")->end;

	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)pfn_to_page(0)), "mem_map");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)pfn_to_page(max_pfn) - 1), "mem_map");
	KUNIT_EXPECT_LT(test, end - (unsigned long)pfn_to_page(max_pfn),
			MAX_ORDER_NR_PAGES * sizeof(struct page));
}

static void holes_belong_to_nobody(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, layout_find(TASK_SIZE));
	KUNIT_EXPECT_NULL(test, layout_find(PAGE_OFFSET - 1));
	KUNIT_EXPECT_NULL(test, layout_find(VMEMMAP_START - 1));
	KUNIT_EXPECT_NULL(test, layout_find(layout_row("mem_map")->end));
	KUNIT_EXPECT_NULL(test, layout_find(__START_KERNEL_map));
	KUNIT_EXPECT_NULL(test, layout_find((unsigned long)_text - 1));
	KUNIT_EXPECT_NULL(test, layout_find((unsigned long)_end));
	KUNIT_EXPECT_NULL(test, layout_find(FIXADDR_START - 1));
}

/* The image is linked far above its frames; nothing else has addresses there. */
static void addresses_behind_the_image_are_no_frame_s(struct kunit *test)
{
	const unsigned long page = __get_free_page(GFP_KERNEL);
	const unsigned long alias = __START_KERNEL_map + __pa(page);
	int *object = kmalloc(sizeof(*object), GFP_KERNEL);

	KUNIT_EXPECT_TRUE(test, virt_addr_valid(page));
	KUNIT_EXPECT_TRUE(test, virt_addr_valid((unsigned long)_end - 1));
	KUNIT_EXPECT_FALSE(test, virt_addr_valid((unsigned long)_end));
	KUNIT_EXPECT_FALSE(test, virt_addr_valid(alias));
	free_pages(alias, 0);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(page)), 1);
	KUNIT_EXPECT_EQ(test, ksize((void *)(__START_KERNEL_map + __pa(object))), (size_t)0);
	kfree((void *)(__START_KERNEL_map + __pa(object)));
	KUNIT_EXPECT_EQ(test, ksize(object), (size_t)8);
	kfree(object);
	free_page(page);
}

static void holes_of_the_ram_are_no_frame_s(struct kunit *test)
{
	if (memmap.nr_runs == 1)
		kunit_skip(test, "RAM is in one piece");
	KUNIT_EXPECT_TRUE(test,
			  virt_addr_valid((unsigned long)pfn_to_virt(memmap.runs[0].end_pfn) - 1));
	KUNIT_EXPECT_FALSE(test,
			   virt_addr_valid((unsigned long)pfn_to_virt(memmap.runs[0].end_pfn)));
}

static void owners_in_the_fixmap_are_told_apart(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, layout_owner(fix_to_virt(FIX_BOOT_INFO), buf, sizeof(buf)),
			   "fixmap:BOOT_INFO");
	KUNIT_EXPECT_STREQ(test, layout_owner(FIXADDR_START, buf, sizeof(buf)), "fixmap:KMAP_15");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(regions_begin_where_everybody_expects_them),
	KUNIT_CASE(lowmem_ends_where_ram_does),
	KUNIT_CASE(mem_map_ends_behind_the_last_frames_block),
	KUNIT_CASE(holes_belong_to_nobody),
	KUNIT_CASE(addresses_behind_the_image_are_no_frame_s),
	KUNIT_CASE(holes_of_the_ram_are_no_frame_s),
	KUNIT_CASE(owners_in_the_fixmap_are_told_apart),
	{},
};

static struct kunit_suite suite = { .name = "layout_x86_64", .test_cases = cases };
kunit_test_suite(suite);
