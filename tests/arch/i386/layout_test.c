/* The layout table of the i386 kernels: lowmem, with the image in it, and the window above. */
#include <tests/kunit.h>
#include <mm/layout.h>
#include <asm/highmem.h>

static char buf[32];

static const char *name_at(unsigned long vaddr)
{
	const struct layout_region *region = layout_find(vaddr);

	return region ? region->name : "none";
}

static void lowmem_begins_where_the_process_ends(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, layout_row("user")->end, PAGE_OFFSET);
	KUNIT_EXPECT_EQ(test, layout_row("lowmem")->start, PAGE_OFFSET);
	KUNIT_EXPECT_EQ(test, layout_row("lowmem")->end, (unsigned long)high_memory);
}

static void the_window_holds_vmalloc_pkmap_and_fixmap_apart(struct kunit *test)
{
	const struct layout_region *vmalloc = layout_row("vmalloc"), *pkmap = layout_row("pkmap");

	KUNIT_EXPECT_GE(test, vmalloc->start, (unsigned long)high_memory + 8 * SZ_1M);
	KUNIT_EXPECT_LT(test, vmalloc->end, pkmap->start);
	KUNIT_EXPECT_EQ(test, pkmap->end - pkmap->start, PMD_SIZE);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(pkmap->start, PMD_SIZE));
	KUNIT_EXPECT_LE(test, pkmap->end, layout_row("fixmap")->start);
}

static void a_region_is_found_from_its_first_to_its_last_byte(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, name_at(0), "user");
	KUNIT_EXPECT_STREQ(test, name_at(PAGE_OFFSET - 1), "user");
	KUNIT_EXPECT_STREQ(test, name_at(PAGE_OFFSET), "lowmem");
	KUNIT_EXPECT_STREQ(test, name_at((unsigned long)high_memory - 1), "lowmem");
	KUNIT_EXPECT_STREQ(test, name_at(VMALLOC_START), "vmalloc");
	KUNIT_EXPECT_STREQ(test, name_at(VMALLOC_END - 1), "vmalloc");
	KUNIT_EXPECT_STREQ(test, name_at(PKMAP_BASE), "pkmap");
	KUNIT_EXPECT_STREQ(test, name_at(FIXADDR_TOP - 1), "fixmap");
}

static void holes_belong_to_nobody(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, layout_find((unsigned long)high_memory));
	KUNIT_EXPECT_NULL(test, layout_find(VMALLOC_START - 1));
	KUNIT_EXPECT_NULL(test, layout_find(VMALLOC_END));
	KUNIT_EXPECT_NULL(test, layout_find(PKMAP_BASE - 1));
	KUNIT_EXPECT_NULL(test, layout_find(FIXADDR_START - 1));
	KUNIT_EXPECT_NULL(test, layout_find(FIXADDR_TOP));
	KUNIT_EXPECT_NULL(test, layout_find(~0UL));
	KUNIT_EXPECT_STREQ(test, layout_owner(FIXADDR_TOP, buf, sizeof(buf)), "hole");
}

static void owners_in_the_fixmap_are_told_apart(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, layout_owner(fix_to_virt(FIX_BOOT_INFO), buf, sizeof(buf)),
			   "fixmap:BOOT_INFO");
	KUNIT_EXPECT_STREQ(test, layout_owner(fix_to_virt(FIX_KMAP_BEGIN) + 123, buf, sizeof(buf)),
			   "fixmap:KMAP_0");
	KUNIT_EXPECT_STREQ(test, layout_owner(FIXADDR_START, buf, sizeof(buf)), "fixmap:KMAP_15");
	KUNIT_EXPECT_STREQ(test, layout_owner(PKMAP_BASE, buf, sizeof(buf)), "pkmap");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lowmem_begins_where_the_process_ends),
	KUNIT_CASE(the_window_holds_vmalloc_pkmap_and_fixmap_apart),
	KUNIT_CASE(a_region_is_found_from_its_first_to_its_last_byte),
	KUNIT_CASE(holes_belong_to_nobody),
	KUNIT_CASE(owners_in_the_fixmap_are_told_apart),
	{},
};

static struct kunit_suite suite = { .name = "layout_i386", .test_cases = cases };
kunit_test_suite(suite);
