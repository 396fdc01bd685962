/*
 * What only the i386 kernels' tables have: lowmem with the image in it, and the window's own tables.
 */
#include <tests/kunit.h>
#include <mm/bootmem.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <asm/highmem.h>
#include <asm/paging.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/stack.h>

/* From one mapping, or hole, to the next. @walk holds what is at @vaddr. */
#define for_each_mapping(vaddr, end, walk)                                        \
	for (; (vaddr) < (end) && (page_walk(swapper_pg_dir, vaddr, walk), true); \
	     (vaddr) = page_walk_next(walk, vaddr))

static unsigned long lowmem_end(void)
{
	return (unsigned long)high_memory;
}

/* Does the page or large page at @vaddr touch the image? */
static bool in_image(unsigned long vaddr, unsigned long size)
{
	return vaddr < (unsigned long)_end && vaddr + size > (unsigned long)_text;
}

static char spare_frames[2 * PAGE_SIZE] __aligned(PAGE_SIZE);
static const char constant[] = "not to be changed";

/* The guard page splits bss in the middle: a frame of lowmem that is mapped nowhere. */
static bool is_stack_guard(unsigned long vaddr)
{
	return vaddr == (unsigned long)init_stack_guard;
}

static void every_frame_of_lowmem_is_at_page_offset_plus_its_address(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		KUNIT_ASSERT_EQ(test, walk.present, !is_stack_guard(vaddr));
		if (walk.present)
			KUNIT_ASSERT_EQ(test, walk.pa, vaddr - PAGE_OFFSET);
	}
	KUNIT_EXPECT_EQ(test, vaddr, lowmem_end());
}

static void lowmem_outside_the_image_is_writable_data(struct kunit *test)
{
	const pteval_t wanted = pgprot_val(PAGE_KERNEL) & __supported_pte_mask;
	const pteval_t looked_at = wanted | _PAGE_USER | _PAGE_PCD | _PAGE_NX;
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		if (!in_image(vaddr, walk.size))
			KUNIT_ASSERT_EQ(test, walk.flags & looked_at, wanted);
	}
}

static void large_pages_map_lowmem_outside_the_image(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		unsigned long base = vaddr & PMD_MASK;
		bool large =
			cpu_has_pse && !in_image(base, PMD_SIZE) && lowmem_end() - base >= PMD_SIZE;

		KUNIT_ASSERT_EQ(test, walk.size, large ? PMD_SIZE : PAGE_SIZE);
	}
}

/* A CPU faults when it loads any other low bit. QEMU does not, and marks a PDPTE accessed itself. */
static void a_pdpte_holds_only_the_present_bit_and_cache_bits(struct kunit *test)
{
	const pteval_t allowed =
		_PAGE_PRESENT | _PAGE_PWT | _PAGE_PCD | _PAGE_ACCESSED | PTE_PFN_MASK;

	if (pmd_folded)
		kunit_skip(test, "two levels have no PDPTE");
	for (unsigned int i = 0; i < PTRS_PER_PGD; i++)
		KUNIT_EXPECT_EQ(test, pgd_val(swapper_pg_dir[i]) & ~allowed, 0);
	KUNIT_EXPECT_TRUE(test, pgd_val(swapper_pg_dir[PTRS_PER_PGD - 1]) & _PAGE_PRESENT);
}

static void pkmap_has_an_empty_page_table(struct kunit *test)
{
	struct page_walk walk;

	KUNIT_ASSERT_NOT_NULL(test, pkmap_page_table);
	page_walk(swapper_pg_dir, PKMAP_BASE, &walk);
	KUNIT_ASSERT_EQ(test, walk.size, PAGE_SIZE); /* there is a table, and it was asked */
	KUNIT_EXPECT_EQ(test, walk.steps[walk.nr_steps - 2].entry & PTE_PFN_MASK,
			__pa(pkmap_page_table));
	for (int i = 0; i < LAST_PKMAP; i++)
		KUNIT_EXPECT_TRUE(test, pte_none(pkmap_page_table[i]));
}

static void kmap_pte_is_the_entry_of_the_first_atomic_slot(struct kunit *test)
{
	__set_fixmap(FIX_KMAP_BEGIN, __pa(constant), PAGE_KERNEL_RO);
	KUNIT_EXPECT_EQ(test, pte_pfn(*kmap_pte), virt_to_pfn(constant));
	__set_fixmap(FIX_KMAP_BEGIN, 0, PAGE_UNMAPPED);
	KUNIT_EXPECT_TRUE(test, pte_none(*kmap_pte));
	__set_fixmap(FIX_KMAP_END, __pa(constant), PAGE_KERNEL_RO);
	KUNIT_EXPECT_EQ(test, pte_pfn(kmap_pte[FIX_KMAP_BEGIN - FIX_KMAP_END]),
			virt_to_pfn(constant));
	__set_fixmap(FIX_KMAP_END, 0, PAGE_UNMAPPED);
}

/* bootmem, started again with two frames of ours to give: see bootmem_test.c. */
static void give_bootmem_two_frames(void)
{
	static char bitmap[PAGE_SIZE] __aligned(PAGE_SIZE);

	init_bootmem(virt_to_pfn(bitmap), virt_to_pfn(spare_frames) + 2);
	free_bootmem(__pa(spare_frames), sizeof(spare_frames));
}

static void missing_tables_are_made_once_with_the_bits_of_their_level(struct kunit *test)
{
	pgd_t pgd = __pgd(0);
	pmd_t *pmd;
	pte_t *page_table;

	give_bootmem_two_frames();
	pmd = one_md_table_init(&pgd);
	if (pmd_folded)
		KUNIT_EXPECT_PTR_EQ(test, pmd, &pgd);
	else
		KUNIT_EXPECT_EQ(test, pgd_val(pgd), __pa(pmd) | _PAGE_PRESENT);
	page_table = one_page_table_init(pmd);
	KUNIT_EXPECT_EQ(test, pmd_val(*pmd), __pa(page_table) | _PAGE_TABLE);
	KUNIT_EXPECT_TRUE(test, pte_none(page_table[0]));
	KUNIT_EXPECT_PTR_EQ(test, one_md_table_init(&pgd), pmd);
	KUNIT_EXPECT_PTR_EQ(test, one_page_table_init(pmd), page_table);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), pmd_folded ? 1 : 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_frame_of_lowmem_is_at_page_offset_plus_its_address),
	KUNIT_CASE(lowmem_outside_the_image_is_writable_data),
	KUNIT_CASE(large_pages_map_lowmem_outside_the_image),
	KUNIT_CASE(a_pdpte_holds_only_the_present_bit_and_cache_bits),
	KUNIT_CASE(pkmap_has_an_empty_page_table),
	KUNIT_CASE(kmap_pte_is_the_entry_of_the_first_atomic_slot),
	KUNIT_CASE(missing_tables_are_made_once_with_the_bits_of_their_level),
	{},
};

static struct kunit_suite suite = { .name = "paging_i386", .test_cases = cases };
kunit_test_suite(suite);
