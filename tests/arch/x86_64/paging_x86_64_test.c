/*
 * What only the x86_64 kernel's tables have: all of RAM, the image beside it, and mem_map where there
 * is RAM.
 */
#include <tests/kunit.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <asm/e820.h>
#include <asm/highmem.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/stack.h>

/* From one mapping, or hole, to the next. @walk holds what is at @vaddr. */
#define for_each_mapping(vaddr, end, walk)                                        \
	for (; (vaddr) < (end) && (page_walk(swapper_pg_dir, vaddr, walk), true); \
	     (vaddr) = page_walk_next(walk, vaddr))

/* The first megabyte is mapped as a whole. */
#define ISA_END_PFN (SZ_1M >> PAGE_SHIFT)

static unsigned long lowmem_end(void)
{
	return (unsigned long)high_memory;
}

/* The image's alias in the linear mapping. */
static char *alias(const char *image)
{
	return __va(__pa(image));
}

static void every_frame_of_ram_is_at_page_offset_plus_its_address_and_no_hole_is(struct kunit *test)
{
	const unsigned long wanted =
		ISA_END_PFN + e820_ram_pages(&e820, ISA_END_PFN, max_low_pfn) - 1; /* the guard */
	unsigned long vaddr = PAGE_OFFSET, nr = 0;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		if (!walk.present)
			continue;
		KUNIT_ASSERT_EQ(test, walk.pa, vaddr - PAGE_OFFSET);
		nr += walk.size >> PAGE_SHIFT;
	}
	KUNIT_EXPECT_EQ(test, nr, wanted);
}

static void pages_are_as_large_as_the_cpu_has_them(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET, nr[3] = { 0 };
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		if (walk.present)
			nr[walk.size == PUD_SIZE ? 2 : walk.size == PMD_SIZE]++;
	}
	KUNIT_EXPECT_EQ(test, nr[1] > 0, cpu_has_pse);
	if (max_low_pfn < 2 * PUD_SIZE >> PAGE_SHIFT)
		kunit_skip(test, "no whole gigabyte of RAM without the image");
	KUNIT_EXPECT_EQ(test, nr[2] > 0, cpu_has_gbpages);
	KUNIT_EXPECT_TRUE(test, cpu_has_pse || !cpu_has_gbpages);
}

static void the_linear_mapping_is_never_executable(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	if (!(__supported_pte_mask & _PAGE_NX))
		kunit_skip(test, "no-execute is not in use");
	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		if (walk.present)
			KUNIT_ASSERT_TRUE(test, walk.flags & _PAGE_NX);
	}
}

static void the_image_is_read_only_by_either_address_or_by_none(struct kunit *test)
{
	for (const char *at = _text; at < _end; at += PAGE_SIZE) {
		struct page_walk image, linear;

		page_walk(swapper_pg_dir, (unsigned long)at, &image);
		page_walk(swapper_pg_dir, (unsigned long)alias(at), &linear);
		KUNIT_ASSERT_EQ(test, image.present, linear.present);
		KUNIT_ASSERT_EQ(test, image.pa, linear.pa);
		KUNIT_ASSERT_EQ(test, image.flags & _PAGE_RW, linear.flags & _PAGE_RW);
	}
}

static void what_is_written_to_the_image_is_seen_through_ram(struct kunit *test)
{
	static volatile char byte;

	byte = 'x';
	KUNIT_EXPECT_EQ(test, *(volatile char *)alias((const char *)&byte), 'x');
	byte = 'y';
	KUNIT_EXPECT_EQ(test, *(volatile char *)alias((const char *)&byte), 'y');
}

static void mem_map_is_where_there_is_ram_and_nowhere_else(struct kunit *test)
{
	unsigned long vaddr = VMEMMAP_START, size = 0;
	struct page_walk walk;

	for_each_mapping(vaddr, VMEMMAP_START + MAXMEM / PAGE_SIZE * sizeof(struct page), &walk)
		size += walk.present ? walk.size : 0;
	KUNIT_EXPECT_EQ(test, size, memmap_size(&memmap));
}

/* Not all of it need be RAM; but nobody is to pay for struct pages of a block without any. */
static void each_frame_of_ram_has_a_struct_page_and_no_empty_block_has(struct kunit *test)
{
	const struct memmap_run *run;
	unsigned long ram = 0;

	for_each_memmap_run (run) {
		for (unsigned long pfn = run->start_pfn; pfn < run->end_pfn;
		     pfn += MAX_ORDER_NR_PAGES) {
			unsigned long nr = e820_ram_pages(&e820, pfn, pfn + MAX_ORDER_NR_PAGES);

			KUNIT_ASSERT_NE(test, nr, 0);
			ram += nr;
		}
	}
	KUNIT_EXPECT_EQ(test, ram, e820_ram_pages(&e820, 0, max_pfn));
}

static unsigned long zone_end_pfn(enum zone_type nr)
{
	const struct zone *zone = &contig_page_data.node_zones[nr];

	return zone->zone_start_pfn + zone->spanned_pages;
}

static void zones_end_at_16_mb_at_4_gb_and_with_ram(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, zone_end_pfn(ZONE_DMA), min(16 * SZ_1M >> PAGE_SHIFT, max_pfn));
	KUNIT_EXPECT_EQ(test, zone_end_pfn(ZONE_DMA32),
			min(4 * SZ_1M * SZ_1K >> PAGE_SHIFT, max_pfn));
	KUNIT_EXPECT_EQ(test, zone_end_pfn(ZONE_NORMAL), max_pfn);
}

/* A process copies the kernel's entries once, and is never told of another. */
static void all_of_vmallocs_region_has_its_tables_in_the_pgd(struct kunit *test)
{
	for (unsigned long vaddr = VMALLOC_START; vaddr < VMALLOC_END; vaddr += PGDIR_SIZE) {
		const pgd_t pgd = *pgd_offset_k(vaddr);

		KUNIT_ASSERT_TRUE(test, pgd_present(pgd));
		KUNIT_ASSERT_NE(test, pgd_val(pgd), pgd_val(*pgd_offset_k(vaddr - PGDIR_SIZE)));
	}
}

static void addresses_go_on_behind_the_hole_between_the_halves(struct kunit *test)
{
	const unsigned long last_low = 0x00007FFFFFFFFFFF, first_high = 0xFFFF800000000000;

	KUNIT_EXPECT_EQ(test, skip_address_hole(0), 0);
	KUNIT_EXPECT_EQ(test, skip_address_hole(last_low), last_low);
	KUNIT_EXPECT_EQ(test, skip_address_hole(last_low + 1), first_high);
	KUNIT_EXPECT_EQ(test, skip_address_hole(first_high - 1), first_high);
	KUNIT_EXPECT_EQ(test, skip_address_hole(first_high), first_high);
	KUNIT_EXPECT_EQ(test, skip_address_hole(~0UL), ~0UL);
}

static void users_pages_are_forbidden_to_the_kernel_where_the_cpu_can(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_SMEP), cpu_has_smep);
	KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_SMAP), cpu_has_smap);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_frame_of_ram_is_at_page_offset_plus_its_address_and_no_hole_is),
	KUNIT_CASE(pages_are_as_large_as_the_cpu_has_them),
	KUNIT_CASE(the_linear_mapping_is_never_executable),
	KUNIT_CASE(the_image_is_read_only_by_either_address_or_by_none),
	KUNIT_CASE(what_is_written_to_the_image_is_seen_through_ram),
	KUNIT_CASE(mem_map_is_where_there_is_ram_and_nowhere_else),
	KUNIT_CASE(each_frame_of_ram_has_a_struct_page_and_no_empty_block_has),
	KUNIT_CASE(zones_end_at_16_mb_at_4_gb_and_with_ram),
	KUNIT_CASE(all_of_vmallocs_region_has_its_tables_in_the_pgd),
	KUNIT_CASE(addresses_go_on_behind_the_hole_between_the_halves),
	KUNIT_CASE(users_pages_are_forbidden_to_the_kernel_where_the_cpu_can),
	{},
};

static struct kunit_suite suite = { .name = "paging_x86_64", .test_cases = cases };
kunit_test_suite(suite);
