/* Zones and mem_map as boot left them: do the numbers add up, and do the ways between them close? */
#include <tests/kunit.h>
#include <mm/bootmem.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <asm/dma.h>

static void a_struct_page_is_at_most_32_bytes(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, sizeof(struct page), 8 * sizeof(long));
}

static void zones_follow_each_other_from_frame_0_to_the_last(struct kunit *test)
{
	const struct zone *zone;
	unsigned long pfn = 0;

	for_each_zone (zone) {
		KUNIT_EXPECT_EQ(test, zone->zone_start_pfn, pfn);
		pfn += zone->spanned_pages;
	}
	KUNIT_EXPECT_EQ(test, pfn, max_pfn);
	KUNIT_EXPECT_EQ(test, pfn, max_mapnr);
}

/* Frames that the zones of high memory, or the others, span. */
static unsigned long spanned(bool high)
{
	const struct zone *zone;
	unsigned long nr = 0;

	for_each_zone (zone)
		nr += is_highmem(zone) == high ? zone->spanned_pages : 0;
	return nr;
}

static void each_zone_ends_where_its_kind_of_ram_does(struct kunit *test)
{
	const struct zone *dma = &contig_page_data.node_zones[ZONE_DMA];

	KUNIT_EXPECT_EQ(test, dma->spanned_pages, min(MAX_DMA_PFN, max_low_pfn));
	KUNIT_EXPECT_EQ(test, spanned(false), max_low_pfn);
	KUNIT_EXPECT_EQ(test, spanned(true), highend_pfn - highstart_pfn);
}

static void a_zone_has_no_more_ram_than_it_spans(struct kunit *test)
{
	const struct zone *zone;

	for_each_zone (zone) {
		KUNIT_EXPECT_LE(test, zone->present_pages, zone->spanned_pages);
		KUNIT_EXPECT_LE(test, zone->free_pages, zone->present_pages);
		KUNIT_EXPECT_EQ(test, populated_zone(zone), zone->present_pages > 0);
	}
}

/* Frames of a zone that the page allocator was given. */
static unsigned long count_unreserved(const struct zone *zone)
{
	unsigned long nr = 0, pfn = zone->zone_start_pfn;

	for_each_valid_pfn (pfn, zone->zone_start_pfn + zone->spanned_pages)
		nr += !PageReserved(pfn_to_page(pfn));
	return nr;
}

static void frames_not_reserved_are_those_handed_over(struct kunit *test)
{
	unsigned long nr = 0, nr_high = 0;
	const struct zone *zone;

	for_each_zone (zone) {
		nr += count_unreserved(zone);
		if (is_highmem(zone))
			nr_high += count_unreserved(zone);
	}
	KUNIT_EXPECT_EQ(test, nr, totalram_pages);
	KUNIT_EXPECT_EQ(test, nr_high, totalhigh_pages);
}

static void zones_manage_what_was_handed_over(struct kunit *test)
{
	const struct zone *zone;
	unsigned long nr = 0;

	for_each_zone (zone)
		nr += zone->managed_pages;
	KUNIT_EXPECT_EQ(test, nr, totalram_pages);
}

static void a_frame_knows_its_zone(struct kunit *test)
{
	struct zone *zone;

	for_each_zone (zone) {
		unsigned long start = zone->zone_start_pfn, end = start + zone->spanned_pages;

		if (start == end || !pfn_valid(start) || !pfn_valid(end - 1))
			continue;
		KUNIT_EXPECT_PTR_EQ(test, page_zone(pfn_to_page(start)), zone);
		KUNIT_EXPECT_PTR_EQ(test, page_zone(pfn_to_page(end - 1)), zone);
		KUNIT_EXPECT_EQ(test, PageHighMem(pfn_to_page(start)), start >= highstart_pfn);
		KUNIT_EXPECT_EQ(test, PageHighMem(pfn_to_page(end - 1)), end > highstart_pfn);
	}
}

static void mem_map_is_reserved_itself(struct kunit *test)
{
	unsigned long pfn = 0;

	KUNIT_EXPECT_PTR_EQ(test, contig_page_data.node_mem_map, mem_map);
	for_each_valid_pfn (pfn, max_mapnr) {
		struct page_walk walk;

		KUNIT_ASSERT_TRUE(
			test, page_walk(swapper_pg_dir, (unsigned long)pfn_to_page(pfn), &walk));
		KUNIT_ASSERT_LT(test, PFN_DOWN(walk.pa), max_low_pfn);
		KUNIT_ASSERT_TRUE(test, PageReserved(pfn_to_page(PFN_DOWN(walk.pa))));
		pfn |= PAGE_SIZE / sizeof(struct page) - 1; /* the rest of this page of mem_map */
	}
}

static void page_and_frame_number_lead_to_each_other(struct kunit *test)
{
	const unsigned long pfns[] = { 0, 1, 256, max_low_pfn - 1, max_mapnr - 1 };

	for (size_t i = 0; i < ARRAY_SIZE(pfns); i++) {
		const struct page *page = pfn_to_page(pfns[i]);

		KUNIT_EXPECT_EQ(test, page_to_pfn(page), pfns[i]);
		KUNIT_EXPECT_EQ(test, page_to_phys(page) >> PAGE_SHIFT, pfns[i]);
		KUNIT_EXPECT_TRUE(test, pfn_valid(pfns[i]));
	}
	KUNIT_EXPECT_FALSE(test, pfn_valid(max_mapnr));
}

static void every_byte_of_a_page_leads_to_its_struct_page(struct kunit *test)
{
	char *const page = pfn_to_virt(virt_to_pfn(&mem_map));

	KUNIT_EXPECT_PTR_EQ(test, virt_to_page(page), virt_to_page(page + PAGE_SIZE - 1));
	KUNIT_EXPECT_PTR_EQ(test, virt_to_page(page) + 1, virt_to_page(page + PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, page_to_phys(virt_to_page(page)), __pa(page));
	KUNIT_EXPECT_PTR_EQ(test, __va(page_to_phys(virt_to_page(page))), page);
}

static void frames_above_4_gb_keep_their_address(struct kunit *test)
{
	const unsigned long pfn = 0x123456;

	if (sizeof(phys_addr_t) == sizeof(u32))
		kunit_skip(test, "no such frame without PAE");
	KUNIT_EXPECT_EQ(test, (u64)PFN_PHYS(pfn), 0x123456000ULL);
	KUNIT_EXPECT_EQ(test, PFN_DOWN((phys_addr_t)0x123456FFFULL), pfn);
	KUNIT_EXPECT_EQ(test, PFN_UP((phys_addr_t)0x123456001ULL), pfn + 1);
}

static void reserving_a_frame_changes_nothing_else_about_it(struct kunit *test)
{
	const struct zone *zone = &contig_page_data.node_zones[MAX_NR_ZONES - 1];
	struct page page = { .flags = (MAX_NR_ZONES - 1UL) << ZONES_PGSHIFT };

	SetPageReserved(&page);
	KUNIT_EXPECT_TRUE(test, PageReserved(&page));
	KUNIT_EXPECT_TRUE(test, page_zone(&page) == zone);
	ClearPageReserved(&page);
	KUNIT_EXPECT_FALSE(test, PageReserved(&page));
	KUNIT_EXPECT_TRUE(test, page_zone(&page) == zone);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_struct_page_is_at_most_32_bytes),
	KUNIT_CASE(zones_follow_each_other_from_frame_0_to_the_last),
	KUNIT_CASE(each_zone_ends_where_its_kind_of_ram_does),
	KUNIT_CASE(a_zone_has_no_more_ram_than_it_spans),
	KUNIT_CASE(frames_not_reserved_are_those_handed_over),
	KUNIT_CASE(zones_manage_what_was_handed_over),
	KUNIT_CASE(a_frame_knows_its_zone),
	KUNIT_CASE(mem_map_is_reserved_itself),
	KUNIT_CASE(page_and_frame_number_lead_to_each_other),
	KUNIT_CASE(every_byte_of_a_page_leads_to_its_struct_page),
	KUNIT_CASE(frames_above_4_gb_keep_their_address),
	KUNIT_CASE(reserving_a_frame_changes_nothing_else_about_it),
	{},
};

static struct kunit_suite suite = { .name = "zones", .test_cases = cases };
kunit_test_suite(suite);
