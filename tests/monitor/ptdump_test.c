/*
 * Ranges of a page table, merged: on tables of our own, which no CPU ever walks, and on the kernel's.
 *
 *      pgd --> (pud_table) --> (pmd_table) --> page_table: the page at BASE is entry 0
 */
#include <tests/kunit.h>
#include <tests/pgtable.h>
#include "../../monitor/ptdump.h"

#define BASE \
	(4 * SZ_1M) /* of a program's part: one owner, and no kernel mapping is mistaken for it */
#define TOP (~0UL & PMD_MASK)

static pgd_t pgd[PTRS_PER_PGD] __aligned(PAGE_SIZE);
static pud_t pud_table[PTRS_PER_PUD] __aligned(PAGE_SIZE);
static pmd_t pmd_table[PTRS_PER_PMD] __aligned(PAGE_SIZE);
static pte_t page_table[PTRS_PER_PTE] __aligned(PAGE_SIZE);

static int empty_tables(struct kunit *test __unused)
{
	memset(pgd, 0, sizeof(pgd));
	memset(pud_table, 0, sizeof(pud_table));
	memset(pmd_table, 0, sizeof(pmd_table));
	memset(page_table, 0, sizeof(page_table));
	return 0;
}

/* Let @vaddr's pmd hold @entry. */
static void hook(unsigned long vaddr, pteval_t entry)
{
	hook_pmd_table(pgd, pud_table, pmd_table, vaddr);
	set_pmd(pmd_offset(pud_offset(pgd + pgd_index(vaddr), vaddr), vaddr), __pmd(entry));
}

static void hook_page_table(unsigned long vaddr)
{
	hook(vaddr, __pa(page_table) | _PAGE_TABLE);
}

static void map(unsigned int index, pteval_t flags)
{
	set_pte(&page_table[index], __pte(((pteval_t)index << PAGE_SHIFT) | _PAGE_PRESENT | flags));
}

static unsigned int count_ranges(void)
{
	struct pt_range range;
	unsigned int count = 0;

	for_each_pt_range(&range, pgd) count++;
	return count;
}

static void empty_tables_have_no_range(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, count_ranges(), 0);
	hook_page_table(BASE);
	KUNIT_EXPECT_EQ(test, count_ranges(), 0);
}

static void like_neighbours_are_one_range(struct kunit *test)
{
	struct pt_range range;

	hook_page_table(BASE);
	for (unsigned int i = 2; i < 7; i++)
		map(i, _PAGE_RW);
	KUNIT_ASSERT_TRUE(test, next_pt_range(pgd, 0, &range));
	KUNIT_EXPECT_EQ(test, range.start, BASE + 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, range.last, BASE + 7 * PAGE_SIZE - 1);
	KUNIT_EXPECT_EQ(test, range.page_size, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, range.flags, _PAGE_RW);
	KUNIT_EXPECT_STREQ(test, range.owner, "user");
	KUNIT_EXPECT_FALSE(test, next_pt_range(pgd, range.last + 1, &range));
}

static void accessed_and_dirty_do_not_part_neighbours(struct kunit *test)
{
	hook_page_table(BASE);
	map(0, _PAGE_RW);
	map(1, _PAGE_RW | _PAGE_ACCESSED);
	map(2, _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY);
	KUNIT_EXPECT_EQ(test, count_ranges(), 1);
}

static void every_lasting_bit_parts_neighbours(struct kunit *test)
{
	static const pteval_t parting[] = { _PAGE_RW,  _PAGE_USER,   _PAGE_PWT,
					    _PAGE_PCD, _PAGE_GLOBAL, _PAGE_NX };

	hook_page_table(BASE);
	for (size_t i = 0; i < ARRAY_SIZE(parting); i++) {
		map(0, 0);
		map(1, parting[i]);
		KUNIT_EXPECT_EQ(test, count_ranges(), parting[i] ? 2 : 1);
	}
}

static void a_hole_parts_neighbours(struct kunit *test)
{
	hook_page_table(BASE);
	map(0, _PAGE_RW);
	map(2, _PAGE_RW);
	KUNIT_EXPECT_EQ(test, count_ranges(), 2);
}

static void the_page_size_parts_neighbours(struct kunit *test)
{
	struct pt_range range;

	hook_page_table(BASE);
	map(PTRS_PER_PTE - 1, 0);
	hook(BASE + PMD_SIZE, _PAGE_PRESENT | _PAGE_PSE);
	KUNIT_EXPECT_EQ(test, count_ranges(), 2);
	KUNIT_ASSERT_TRUE(test, next_pt_range(pgd, BASE + PMD_SIZE, &range));
	KUNIT_EXPECT_EQ(test, range.page_size, PMD_SIZE);
	KUNIT_EXPECT_EQ(test, range.last, BASE + 2 * PMD_SIZE - 1);
}

static void another_owner_parts_neighbours(struct kunit *test)
{
	struct pt_range range;

	hook_page_table(TOP);
	map(PTRS_PER_PTE - 3, 0);
	map(PTRS_PER_PTE - 2, 0);
	KUNIT_EXPECT_EQ(test, count_ranges(), 2);
	KUNIT_ASSERT_TRUE(test, next_pt_range(pgd, ~0UL - 2 * PAGE_SIZE + 1, &range));
	KUNIT_EXPECT_STREQ(test, range.owner, "fixmap:BOOT_INFO");
}

static void the_last_page_of_all_ends_the_list(struct kunit *test)
{
	struct pt_range range;

	hook_page_table(TOP);
	map(PTRS_PER_PTE - 1, 0);
	KUNIT_EXPECT_EQ(test, count_ranges(), 1);
	KUNIT_ASSERT_TRUE(test, next_pt_range(pgd, 0, &range));
	KUNIT_EXPECT_EQ(test, range.last, ~0UL);
}

static void the_pmd_can_take_rights_away(struct kunit *test)
{
	struct pt_range range;

	hook(BASE, __pa(page_table) | _PAGE_PRESENT | _PAGE_NX);
	map(0, _PAGE_RW | _PAGE_USER | _PAGE_GLOBAL);
	KUNIT_ASSERT_TRUE(test, next_pt_range(pgd, 0, &range));
	KUNIT_EXPECT_EQ(test, range.flags, _PAGE_GLOBAL | _PAGE_NX);
}

static void tables_are_counted_once_each(struct kunit *test)
{
	struct pt_cost cost;

	hook_page_table(BASE);
	hook(BASE + PMD_SIZE, _PAGE_PRESENT | _PAGE_PSE);
	count_tables(pgd, 0, &cost);
	KUNIT_ASSERT_EQ(test, cost.nr_levels, NR_LEVELS);
	KUNIT_EXPECT_STREQ(test, cost.levels[0].level, "pgd");
	KUNIT_EXPECT_EQ(test, cost.levels[0].size, sizeof(pgd));
	for (unsigned int i = 0; i < cost.nr_levels; i++)
		KUNIT_EXPECT_EQ(test, cost.levels[i].nr_tables, 1);
	KUNIT_EXPECT_STREQ(test, cost.levels[cost.nr_levels - 1].level, "pte");
	KUNIT_EXPECT_EQ(test, cost.levels[cost.nr_levels - 1].size, PAGE_SIZE);
}

/* @end: 0 is the end of the address space. */
static unsigned long nr_mapped_pages(unsigned long start, unsigned long end)
{
	struct page_walk walk;
	unsigned long count = 0, next;

	for (unsigned long vaddr = start; vaddr != end; vaddr = next) {
		bool present = page_walk(swapper_pg_dir, vaddr, &walk);

		next = page_walk_next(&walk, vaddr);
		if (end - 1 < next - 1)
			next = end;
		count += present ? (next - vaddr) >> PAGE_SHIFT : 0;
	}
	return count;
}

static void the_kernels_ranges_hold_all_mapped_pages_and_no_other(struct kunit *test)
{
	struct pt_range range;
	unsigned long hole = 0;

	for_each_pt_range(&range, swapper_pg_dir)
	{
		unsigned long end = range.last + 1;

		KUNIT_ASSERT_TRUE(test, range.start >= hole);
		KUNIT_EXPECT_EQ(test, nr_mapped_pages(hole, range.start), 0);
		KUNIT_EXPECT_EQ(test, nr_mapped_pages(range.start, end),
				(end - range.start) >> PAGE_SHIFT);
		hole = end;
	}
	KUNIT_EXPECT_EQ(test, nr_mapped_pages(hole, 0), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(empty_tables_have_no_range),
	KUNIT_CASE(like_neighbours_are_one_range),
	KUNIT_CASE(accessed_and_dirty_do_not_part_neighbours),
	KUNIT_CASE(every_lasting_bit_parts_neighbours),
	KUNIT_CASE(a_hole_parts_neighbours),
	KUNIT_CASE(the_page_size_parts_neighbours),
	KUNIT_CASE(another_owner_parts_neighbours),
	KUNIT_CASE(the_last_page_of_all_ends_the_list),
	KUNIT_CASE(the_pmd_can_take_rights_away),
	KUNIT_CASE(tables_are_counted_once_each),
	KUNIT_CASE(the_kernels_ranges_hold_all_mapped_pages_and_no_other),
	{},
};
static struct kunit_suite suite = { .name = "ptdump", .init = empty_tables, .test_cases = cases };
kunit_test_suite(suite);
