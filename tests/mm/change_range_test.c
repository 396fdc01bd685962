/* mm/change_range.c: entries that get other rights, or another place, and keep their frames. */
#include <mm/highmem.h>
#include <mm/pagewalk.h>
#include <asm/tlbflush.h>
#include "memory_tools.h"

#define PER_TABLE (PMD_SIZE >> PAGE_SHIFT)

/* --- rights ----------------------------------------------------------------------------------- */

static void a_page_that_may_not_be_written_any_more_keeps_its_frame(struct kunit *test)
{
	struct page *page;

	map(0, 3, PROT_RW);
	fault_range(0, 3, WRITE);
	page = page_at(1);
	protect(1, 1, PROT_READ);
	KUNIT_EXPECT_PTR_EQ(test, page_at(1), page);
	KUNIT_EXPECT_FALSE(test, pte_write(pte_at(1)));
	KUNIT_EXPECT_TRUE(test, pte_dirty(pte_at(1)));
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)) && pte_write(pte_at(2)));
}

/* Whether others see the frame by then, the first write finds out. */
static void a_private_page_that_may_be_written_again_stays_read_only_until_it_is(struct kunit *test)
{
	struct page *page;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	page = page_at(0);
	protect(0, 1, PROT_READ);
	protect(0, 1, PROT_RW);
	KUNIT_EXPECT_FALSE(test, pte_write(pte_at(0)));
	KUNIT_EXPECT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)));
	KUNIT_EXPECT_PTR_EQ(test, page_at(0), page);
}

static void a_shared_page_is_writable_again_at_once(struct kunit *test)
{
	map_with(0, 1, PROT_RW, MAP_SHARED);
	fault(0, WRITE);
	protect(0, 1, PROT_READ);
	KUNIT_EXPECT_FALSE(test, pte_write(pte_at(0)));
	protect(0, 1, PROT_RW);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)));
}

static void a_page_of_prot_none_keeps_frame_and_contents(struct kunit *test)
{
	struct page_walk walk;
	struct page *page;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	page = page_at(0);
	fill_page(page, 0x3C);
	protect(0, 1, PROT_NONE);
	KUNIT_EXPECT_FALSE(test, page_walk(current->mm->pgd, at(0), &walk));
	KUNIT_EXPECT_EQ(test, pte_val(pte_at(0)) & (_PAGE_PRESENT | _PAGE_USER), 0);
	KUNIT_EXPECT_TRUE(test, pte_present(pte_at(0)) && !pte_none(pte_at(0)));
	KUNIT_EXPECT_PTR_EQ(test, page_at(0), page);
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 1);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
	protect(0, 1, PROT_RW);
	KUNIT_EXPECT_TRUE(test, page_walk(current->mm->pgd, at(0), &walk));
	KUNIT_EXPECT_EQ(test, PFN_DOWN(walk.pa), page_to_pfn(page));
	KUNIT_EXPECT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_PTR_EQ(test, page_at(0), page);
	KUNIT_EXPECT_TRUE(test, page_is_filled(page, 0x3C));
}

/* Under PAE the high half of an entry has frame bits, and one that says no-execute. */
static void a_frame_above_4_gb_survives_prot_none(struct kunit *test)
{
	const unsigned long pfn = 0x123456;
	pte_t pte = pfn_pte(pfn, PAGE_SHARED);

	if (sizeof(pteval_t) == 4)
		kunit_skip(test, "entries of two levels have no such frames");
	pte = pte_modify(pte_mkdirty(pte), PAGE_NONE);
	KUNIT_EXPECT_EQ(test, pte_pfn(pte), pfn);
	KUNIT_EXPECT_TRUE(test, pte_present(pte));
	pte = pte_modify(pte, PAGE_READONLY_EXEC);
	KUNIT_EXPECT_EQ(test, pte_val(pte),
			((pteval_t)pfn << PAGE_SHIFT) | pgprot_val(PAGE_READONLY_EXEC) |
				_PAGE_DIRTY);
}

static void an_unmapped_page_of_prot_none_comes_back(struct kunit *test)
{
	map(0, 1, PROT_RW);
	fault(0, WRITE);
	protect(0, 1, PROT_NONE);
	unmap(0, 1);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 0);
}

static void a_page_that_was_never_there_gets_no_entry(struct kunit *test)
{
	map(0, 3, PROT_RW);
	fault(0, WRITE);
	protect(0, 3, PROT_READ);
	KUNIT_EXPECT_TRUE(test, pte_none(pte_at(1)) && pte_none(pte_at(2)));
}

static struct tlb_flushes flushes_of_protecting(unsigned long nr_pages, unsigned long prot)
{
	struct tlb_flushes before = tlb_flushes;

	protect(0, nr_pages, prot);
	return (struct tlb_flushes){ tlb_flushes.one - before.one, tlb_flushes.all - before.all };
}

/* A kmap_atomic() of a table in high memory flushes its own slot. */
static void rights_taken_away_are_flushed_rights_given_are_not(struct kunit *test)
{
	unsigned long slots;

	map_with(0, 3, PROT_RW, MAP_SHARED);
	fault_range(0, 3, WRITE);
	slots = PageHighMem(table_of(0)) ? 1 : 0;
	KUNIT_EXPECT_EQ(test, flushes_of_protecting(3, PROT_READ).one, 3 + slots);
	KUNIT_EXPECT_EQ(test, flushes_of_protecting(3, PROT_RW).one, slots);
	KUNIT_EXPECT_EQ(test, flushes_of_protecting(3, PROT_NONE).one, 3 + slots);
	KUNIT_EXPECT_EQ(test, flushes_of_protecting(3, PROT_RW).one, slots);
	KUNIT_EXPECT_EQ(test, flushes_of_protecting(3, PROT_RW | PROT_EXEC).one, slots);
}

static void rights_taken_from_many_pages_are_one_flush(struct kunit *test)
{
	map_with(0, 64, PROT_RW, MAP_SHARED);
	fault_range(0, 64, WRITE);
	KUNIT_EXPECT_EQ(test, flushes_of_protecting(64, PROT_READ).all, 1);
	KUNIT_EXPECT_EQ(test, flushes_of_protecting(64, PROT_RW).all, 0);
}

/* --- place ------------------------------------------------------------------------------------ */

static void moved_pages_keep_frames_and_leave_nothing_behind(struct kunit *test)
{
	struct page *page;

	map(0, 3, PROT_RW);
	fault(0, WRITE);
	fault(2, READ);
	page = page_at(0);
	KUNIT_ASSERT_EQ(test, remap(0, 3, 3, MREMAP_MAYMOVE | MREMAP_FIXED, 20), 20);
	KUNIT_EXPECT_PTR_EQ(test, page_at(20), page);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(20)));
	KUNIT_EXPECT_TRUE(test, pte_none(pte_at(21)));
	KUNIT_EXPECT_PTR_EQ(test, page_at(22), zero_page);
	KUNIT_EXPECT_TRUE(test, pte_none(pte_at(0)) && pte_none(pte_at(2)));
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 1);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
}

/* Old and new place end their tables at different pages: never two of a kind in one go. */
static void pages_move_across_the_ends_of_tables(struct kunit *test)
{
	const unsigned long nr = PER_TABLE + 10, to = 4 * PER_TABLE - 7;
	struct page *pages[4];
	const unsigned long picked[4] = { 0, 6, 7, nr - 1 };

	map(3, nr, PROT_RW);
	for (int i = 0; i < 4; i++) {
		fault(3 + picked[i], WRITE);
		pages[i] = page_at(3 + picked[i]);
	}
	KUNIT_ASSERT_EQ(test, remap(3, nr, nr, MREMAP_MAYMOVE | MREMAP_FIXED, to), (long)to);
	for (int i = 0; i < 4; i++)
		KUNIT_EXPECT_PTR_EQ(test, page_at(to + picked[i]), pages[i]);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 4);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 3);
	KUNIT_EXPECT_NULL(test, table_of(3));
}

static void the_old_place_is_flushed(struct kunit *test)
{
	struct tlb_flushes before;

	map(0, 2, PROT_RW);
	fault_range(0, 2, WRITE);
	before = tlb_flushes;
	remap(0, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, 20);
	KUNIT_EXPECT_GE(test, tlb_flushes.one + tlb_flushes.all, before.one + before.all + 1);
}

static bool move_far(void)
{
	return remap(0, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, 5 * PER_TABLE) > 0;
}

static void a_move_without_memory_leaves_all_where_it_was(struct kunit *test)
{
	struct page *page;

	map(0, 2, PROT_RW);
	fault(0, WRITE);
	page = page_at(0);
	KUNIT_EXPECT_GE(test, succeeds_at_last(set_fail_page_alloc, move_far), 1);
	KUNIT_EXPECT_PTR_EQ(test, page_at(5 * PER_TABLE), page);
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_page_that_may_not_be_written_any_more_keeps_its_frame),
	KUNIT_CASE(a_private_page_that_may_be_written_again_stays_read_only_until_it_is),
	KUNIT_CASE(a_shared_page_is_writable_again_at_once),
	KUNIT_CASE(a_page_of_prot_none_keeps_frame_and_contents),
	KUNIT_CASE(a_frame_above_4_gb_survives_prot_none),
	KUNIT_CASE(an_unmapped_page_of_prot_none_comes_back),
	KUNIT_CASE(a_page_that_was_never_there_gets_no_entry),
	KUNIT_CASE(rights_taken_away_are_flushed_rights_given_are_not),
	KUNIT_CASE(rights_taken_from_many_pages_are_one_flush),
	KUNIT_CASE(moved_pages_keep_frames_and_leave_nothing_behind),
	KUNIT_CASE(pages_move_across_the_ends_of_tables),
	KUNIT_CASE(the_old_place_is_flushed),
	KUNIT_CASE(a_move_without_memory_leaves_all_where_it_was),
	{},
};

static struct kunit_suite suite = {
	.name = "change_range", .init = mm_begin, .exit = mm_end, .test_cases = cases
};
kunit_test_suite(suite);
