/*
 * page_walk() on a small tree of tables made by hand, which the CPU never sees.
 *
 *      pgd[..] --> (pud[..]) --> (pmd[..]) --> pte[..] --> FRAME
 */
#include <tests/kunit.h>
#include <tests/pgtable.h>
#include <mm/pagewalk.h>

#define ENTRIES (PAGE_SIZE / sizeof(pteval_t))
#define FRAME	0x1234UL
#define VADDR	(5 * PMD_SIZE + 7 * PAGE_SIZE + 0x321)

static pgd_t pgd_table[ENTRIES] __aligned(PAGE_SIZE);
static pud_t pud_table[ENTRIES] __aligned(PAGE_SIZE);
static pmd_t pmd_table[ENTRIES] __aligned(PAGE_SIZE);
static pte_t pte_table[ENTRIES] __aligned(PAGE_SIZE);

static struct page_walk walk;

static pmd_t *pmd_of(unsigned long vaddr)
{
	return pmd_offset(pud_offset(pgd_table + pgd_index(vaddr), vaddr), vaddr);
}

/* The upper levels lead down to pmd_table; the pmd is the case's own affair. */
static int build_upper_levels(struct kunit *test __unused)
{
	memset(pgd_table, 0, sizeof(pgd_table));
	memset(pmd_table, 0, sizeof(pmd_table));
	memset(pte_table, 0, sizeof(pte_table));
	memset(&walk, 0xAA, sizeof(walk));
	hook_pmd_table(pgd_table, pud_table, pmd_table, VADDR);
	return 0;
}

static void map_page(pgprot_t prot)
{
	set_pmd(pmd_of(VADDR), __pmd(__pa(pte_table) | _PAGE_TABLE));
	set_pte(&pte_table[pte_index(VADDR)], pfn_pte(FRAME, prot));
}

static void an_empty_top_entry_ends_the_walk(struct kunit *test)
{
	memset(pgd_table, 0, sizeof(pgd_table));
	KUNIT_EXPECT_FALSE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_FALSE(test, walk.present);
	KUNIT_ASSERT_EQ(test, walk.nr_steps, 1);
	KUNIT_EXPECT_STREQ(test, walk.steps[0].level, "pgd");
	KUNIT_EXPECT_EQ(test, walk.steps[0].index, pgd_index(VADDR));
	KUNIT_EXPECT_EQ(test, walk.steps[0].entry, 0);
	KUNIT_EXPECT_EQ(test, walk.size, PGDIR_SIZE);
}

static void an_empty_pmd_ends_the_walk(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_EQ(test, walk.nr_steps, NR_LEVELS - 1);
	KUNIT_EXPECT_EQ(test, walk.size, PMD_SIZE);
}

static void an_empty_pte_ends_the_walk(struct kunit *test)
{
	map_page(PAGE_KERNEL);
	pte_clear(&pte_table[pte_index(VADDR)]);
	KUNIT_EXPECT_FALSE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_FALSE(test, walk.present);
	KUNIT_EXPECT_EQ(test, walk.size, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, walk.flags, 0);
}

/* Of an entry that is not present the CPU looks at no other bit. */
static void an_entry_that_is_not_present_maps_nothing_whatever_else_it_holds(struct kunit *test)
{
	map_page(PAGE_UNMAPPED);
	KUNIT_EXPECT_FALSE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_EQ(test, walk.steps[walk.nr_steps - 1].entry, FRAME << PAGE_SHIFT);
	set_pmd(pmd_of(VADDR), __pmd(_PAGE_PSE | _PAGE_RW));
	KUNIT_EXPECT_FALSE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_EQ(test, walk.size, PMD_SIZE);
}

static void a_page_is_found_with_every_step_to_it(struct kunit *test)
{
	const struct page_walk_step *last;

	map_page(PAGE_KERNEL_RO);
	KUNIT_ASSERT_TRUE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_TRUE(test, walk.present);
	KUNIT_EXPECT_EQ(test, walk.pa, (FRAME << PAGE_SHIFT) + 0x321);
	KUNIT_EXPECT_EQ(test, walk.size, PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, walk.nr_steps, NR_LEVELS);
	last = &walk.steps[walk.nr_steps - 1];
	KUNIT_EXPECT_STREQ(test, last->level, "pte");
	KUNIT_EXPECT_EQ(test, last->index, pte_index(VADDR));
	KUNIT_EXPECT_EQ(test, last->entry, pte_val(pte_table[pte_index(VADDR)]));
	KUNIT_EXPECT_EQ(test, last[-1].entry, pmd_val(*pmd_of(VADDR)));
}

static void flags_are_those_of_the_page(struct kunit *test)
{
	map_page(PAGE_KERNEL_NOCACHE);
	KUNIT_ASSERT_TRUE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_EQ(test, walk.flags, pgprot_val(PAGE_KERNEL_NOCACHE) & __supported_pte_mask);
	map_page(PAGE_KERNEL_RX);
	KUNIT_ASSERT_TRUE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_EQ(test, walk.flags, pgprot_val(PAGE_KERNEL_RX) & __supported_pte_mask);
}

static void a_page_below_a_read_only_table_is_read_only(struct kunit *test)
{
	map_page(PAGE_KERNEL);
	set_pmd(pmd_of(VADDR), __pmd(pmd_val(*pmd_of(VADDR)) & ~(pteval_t)_PAGE_RW));
	KUNIT_ASSERT_TRUE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_FALSE(test, walk.flags & _PAGE_RW);
}

static void a_page_below_a_no_execute_table_is_no_execute(struct kunit *test)
{
	if (!_PAGE_NX)
		kunit_skip(test, "entries of two levels have no such bit");
	map_page(PAGE_KERNEL_EXEC);
	set_pmd(pmd_of(VADDR), __pmd(pmd_val(*pmd_of(VADDR)) | _PAGE_NX));
	KUNIT_ASSERT_TRUE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_TRUE(test, walk.flags & _PAGE_NX);
	KUNIT_EXPECT_EQ(test, walk.pa, (FRAME << PAGE_SHIFT) + 0x321);
}

static void a_large_page_ends_the_walk_at_its_pmd(struct kunit *test)
{
	set_pmd(pmd_of(VADDR), pfn_pmd(3 * PTRS_PER_PTE, PAGE_KERNEL));
	KUNIT_ASSERT_TRUE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_EQ(test, walk.size, PMD_SIZE);
	KUNIT_EXPECT_EQ(test, walk.pa, 3 * PMD_SIZE + 7 * PAGE_SIZE + 0x321);
	KUNIT_EXPECT_TRUE(test, walk.flags & _PAGE_PSE);
	KUNIT_EXPECT_EQ(test, walk.nr_steps, NR_LEVELS - 1);
}

static void the_next_address_lies_behind_the_page_or_hole(struct kunit *test)
{
	map_page(PAGE_KERNEL);
	page_walk(pgd_table, VADDR, &walk);
	KUNIT_EXPECT_EQ(test, page_walk_next(&walk, VADDR), 5 * PMD_SIZE + 8 * PAGE_SIZE);
	page_walk(pgd_table, VADDR + PMD_SIZE, &walk);
	KUNIT_EXPECT_EQ(test, page_walk_next(&walk, VADDR + PMD_SIZE), 7 * PMD_SIZE);
}

/* A large page two levels up, where there is such a level and the CPU may have such pages. */
static void a_huge_page_ends_the_walk_at_its_pud(struct kunit *test)
{
	if (pud_folded)
		kunit_skip(test, "the pud is folded: no entry of it maps a page");
	set_pud(&pud_table[pud_index(VADDR)], pfn_pud(0, PAGE_KERNEL));
	KUNIT_ASSERT_TRUE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_EQ(test, walk.nr_steps, 2);
	KUNIT_EXPECT_EQ(test, walk.size, PUD_SIZE);
	KUNIT_EXPECT_EQ(test, walk.pa, VADDR);
}

static void a_level_above_the_pmd_can_take_rights_away(struct kunit *test)
{
	if (pud_folded)
		kunit_skip(test, "no level above the pmd has rights");
	map_page(PAGE_KERNEL);
	pgd_table[pgd_index(VADDR)] = __pgd(__pa(pud_table) | _PAGE_PRESENT);
	KUNIT_ASSERT_TRUE(test, page_walk(pgd_table, VADDR, &walk));
	KUNIT_EXPECT_EQ(test, walk.flags & _PAGE_RW, 0);
}

static void an_address_that_does_not_exist_has_no_step(struct kunit *test)
{
	const unsigned long none = 1UL << (BITS_PER_LONG - 2);

	if (skip_address_hole(none) == none)
		kunit_skip(test, "every number is an address");
	KUNIT_EXPECT_FALSE(test, page_walk(pgd_table, none, &walk));
	KUNIT_EXPECT_EQ(test, walk.nr_steps, 0);
	KUNIT_EXPECT_EQ(test, page_walk_next(&walk, none), skip_address_hole(none));
}

static void behind_the_last_hole_comes_0(struct kunit *test)
{
	page_walk(pgd_table, ~0UL, &walk);
	KUNIT_EXPECT_EQ(test, page_walk_next(&walk, ~0UL), 0);
}

/* From hole to page to hole: as the monitor's ptdump goes. */
static void walking_on_and_on_meets_each_page_once(struct kunit *test)
{
	unsigned long vaddr = 0, pages = 0;

	map_page(PAGE_KERNEL);
	set_pte(&pte_table[0], pfn_pte(FRAME, PAGE_KERNEL));
	set_pmd(pmd_of(VADDR + PMD_SIZE), pfn_pmd(0, PAGE_KERNEL));
	do {
		pages += page_walk(pgd_table, vaddr, &walk);
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr);
	KUNIT_EXPECT_EQ(test, pages, 3);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_empty_top_entry_ends_the_walk),
	KUNIT_CASE(an_empty_pmd_ends_the_walk),
	KUNIT_CASE(an_empty_pte_ends_the_walk),
	KUNIT_CASE(an_entry_that_is_not_present_maps_nothing_whatever_else_it_holds),
	KUNIT_CASE(a_page_is_found_with_every_step_to_it),
	KUNIT_CASE(flags_are_those_of_the_page),
	KUNIT_CASE(a_page_below_a_read_only_table_is_read_only),
	KUNIT_CASE(a_page_below_a_no_execute_table_is_no_execute),
	KUNIT_CASE(a_large_page_ends_the_walk_at_its_pmd),
	KUNIT_CASE(the_next_address_lies_behind_the_page_or_hole),
	KUNIT_CASE(a_huge_page_ends_the_walk_at_its_pud),
	KUNIT_CASE(a_level_above_the_pmd_can_take_rights_away),
	KUNIT_CASE(an_address_that_does_not_exist_has_no_step),
	KUNIT_CASE(behind_the_last_hole_comes_0),
	KUNIT_CASE(walking_on_and_on_meets_each_page_once),
	{},
};

static struct kunit_suite suite = { .name = "pagewalk",
				    .init = build_upper_levels,
				    .test_cases = cases };
kunit_test_suite(suite);
