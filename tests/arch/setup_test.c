/* What setup_arch() made of this machine: limits, the memory map, and what is kept from the users. */
#include <tests/kunit.h>
#include <kernel/resource.h>
#include <mm/mm.h>
#include <asm/highmem.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/setup.h>

/* Are all frames that the range touches, as far as there are any, out of the allocator's reach? */
static bool all_reserved(u64 start, u64 end)
{
	const u64 limit = min(end, (u64)max_mapnr << PAGE_SHIFT);
	unsigned long pfn = (unsigned long)(start >> PAGE_SHIFT);

	for_each_valid_pfn (pfn, (unsigned long)((limit + ~PAGE_MASK) >> PAGE_SHIFT)) {
		if (!PageReserved(pfn_to_page(pfn)))
			return false;
	}
	return true;
}

static void lowmem_ends_where_high_memory_begins(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, highstart_pfn, max_low_pfn);
	KUNIT_EXPECT_EQ(test, highend_pfn, max_pfn);
	KUNIT_EXPECT_LE(test, highstart_pfn, highend_pfn);
	KUNIT_EXPECT_PTR_EQ(test, high_memory, pfn_to_virt(max_low_pfn));
}

static void lowmem_is_neither_too_small_nor_too_large(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, max_low_pfn, MIN_LOWMEM_PFN);
	KUNIT_EXPECT_LE(test, max_low_pfn, MAXMEM >> PAGE_SHIFT);
	KUNIT_EXPECT_LE(test, __pa(_end), PFN_PHYS(max_low_pfn));
}

static void no_frame_is_beyond_what_an_entry_can_hold(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, (u64)max_pfn << PAGE_SHIFT, 1ULL << boot_cpu_data.phys_bits);
	KUNIT_EXPECT_EQ(test, PFN_DOWN(PFN_PHYS(max_pfn - 1)), max_pfn - 1);
}

static void the_memory_map_is_sorted_and_without_overlap(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, e820.nr_map > 0);
	for (unsigned int i = 1; i < e820.nr_map; i++)
		KUNIT_EXPECT_LE(test, e820.map[i - 1].addr + e820.map[i - 1].size,
				e820.map[i].addr);
}

static void ram_in_use_is_no_more_than_the_map_has(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, max_pfn, e820_end_pfn(&e820));
	KUNIT_EXPECT_LT(test, totalram_pages, e820_ram_pages(&e820, 0, max_pfn));
	KUNIT_EXPECT_LE(test, totalhigh_pages, e820_ram_pages(&e820, highstart_pfn, highend_pfn));
}

static void the_bios_keeps_its_frames(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, all_reserved(0, PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, all_reserved(0xA0000, SZ_1M));
}

static void the_kernel_keeps_its_frames(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, all_reserved(__pa(_text), __pa(_end)));
}

static void boot_information_and_modules_keep_their_frames(struct kunit *test)
{
	KUNIT_EXPECT_LT(test, boot_params.info_start, boot_params.info_end);
	KUNIT_EXPECT_TRUE(test, all_reserved(boot_params.info_start, boot_params.info_end));
	for (unsigned int i = 0; i < boot_params.nr_modules; i++)
		KUNIT_EXPECT_TRUE(test, all_reserved(boot_params.modules[i].start,
						     boot_params.modules[i].end));
}

static void what_was_reserved_early_is_reserved_still(struct kunit *test)
{
	for (unsigned int i = 0; i < nr_early_res; i++)
		KUNIT_EXPECT_TRUE(test, all_reserved(early_res[i].start, early_res[i].end));
}

static void what_is_not_ram_is_never_handed_out(struct kunit *test)
{
	u64 last_end = 0;

	for (unsigned int i = 0; i < e820.nr_map; i++) {
		const struct e820entry *entry = &e820.map[i];

		KUNIT_EXPECT_TRUE(test, all_reserved(last_end, entry->addr));
		if (entry->type == E820_RAM)
			last_end = entry->addr + entry->size;
	}
}

/* The range of that name below @res, at any depth; or NULL. */
static const struct resource *find_resource(const struct resource *res, const char *name)
{
	const struct resource *child, *found = strcmp(res->name, name) ? NULL : res;

	for (child = res->child; child && !found; child = child->sibling)
		found = find_resource(child, name);
	return found;
}

static void iomem_shows_the_kernel_within_ram(struct kunit *test)
{
	const struct resource *code = find_resource(&iomem_resource, "Kernel code");

	KUNIT_ASSERT_NOT_NULL(test, code);
	KUNIT_EXPECT_EQ(test, code->start, __pa(_stext));
	KUNIT_EXPECT_EQ(test, code->end, __pa(_etext) - 1);
	KUNIT_ASSERT_NOT_NULL(test, code->parent);
	KUNIT_ASSERT_NOT_NULL(test, code->parent->parent);
	KUNIT_EXPECT_STREQ(test, code->parent->name, "Kernel");
	KUNIT_EXPECT_STREQ(test, code->parent->parent->name, "System RAM");
}

static void iomem_shows_each_entry_of_the_map(struct kunit *test)
{
	const struct resource *res = iomem_resource.child;

	for (unsigned int i = 0; i < e820.nr_map; i++) {
		while (res && res->start < e820.map[i].addr)
			res = res->sibling;
		KUNIT_ASSERT_NOT_NULL(test, res);
		KUNIT_EXPECT_EQ(test, res->start, e820.map[i].addr);
		KUNIT_EXPECT_EQ(test, res->end, e820.map[i].addr + e820.map[i].size - 1);
		KUNIT_EXPECT_STREQ(test, res->name, e820_type_name(e820.map[i].type));
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lowmem_ends_where_high_memory_begins),
	KUNIT_CASE(lowmem_is_neither_too_small_nor_too_large),
	KUNIT_CASE(no_frame_is_beyond_what_an_entry_can_hold),
	KUNIT_CASE(the_memory_map_is_sorted_and_without_overlap),
	KUNIT_CASE(ram_in_use_is_no_more_than_the_map_has),
	KUNIT_CASE(the_bios_keeps_its_frames),
	KUNIT_CASE(the_kernel_keeps_its_frames),
	KUNIT_CASE(boot_information_and_modules_keep_their_frames),
	KUNIT_CASE(what_was_reserved_early_is_reserved_still),
	KUNIT_CASE(what_is_not_ram_is_never_handed_out),
	KUNIT_CASE(iomem_shows_the_kernel_within_ram),
	KUNIT_CASE(iomem_shows_each_entry_of_the_map),
	{},
};

static struct kunit_suite suite = { .name = "setup", .test_cases = cases };
kunit_test_suite(suite);
