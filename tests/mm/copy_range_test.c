/* mm/copy_range.c and dup_mm(): what a child has, and what becomes of the parent's entries. */
#include <mm/highmem.h>
#include <asm/tlbflush.h>
#include "memory_tools.h"

static struct mm_struct *child;

static void fork_here(struct kunit *test)
{
	child = dup_mm(current->mm);
	KUNIT_ASSERT_NOT_NULL(test, child);
}

static void end_child(struct kunit *test)
{
	if (child)
		mmput(child);
	child = NULL;
	mm_end(test);
}

static void a_private_page_is_shared_read_only_by_both(struct kunit *test)
{
	map(0, 1, PROT_RW);
	fault(0, WRITE);
	fork_here(test);
	KUNIT_EXPECT_PTR_EQ(test, page_in(child, 0), page_at(0));
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(0)), 2);
	KUNIT_EXPECT_EQ(test, page_count(page_at(0)), 2);
	KUNIT_EXPECT_FALSE(test, pte_write(pte_at(0)));
	KUNIT_EXPECT_TRUE(test, pte_same(pte_in(child, 0), pte_at(0)));
	KUNIT_EXPECT_EQ(test, child->rss, 1);
	KUNIT_EXPECT_EQ(test, child->nr_ptes, 1);
}

static void shared_memory_stays_writable_in_both(struct kunit *test)
{
	map_with(0, 1, PROT_RW, MAP_SHARED);
	fault(0, WRITE);
	fork_here(test);
	KUNIT_EXPECT_PTR_EQ(test, page_in(child, 0), page_at(0));
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)) && pte_write(pte_in(child, 0)));
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(0)), 2);
	KUNIT_EXPECT_EQ(test, page_count(page_at(0)), 3);
}

static void shared_memory_touched_after_the_fork_is_the_same_frame(struct kunit *test)
{
	map_with(0, 1, PROT_RW, MAP_SHARED);
	fork_here(test);
	fault_in(child, 0, WRITE);
	fault(0, READ);
	KUNIT_ASSERT_NOT_NULL(test, page_at(0));
	KUNIT_EXPECT_PTR_EQ(test, page_in(child, 0), page_at(0));
}

static void the_zero_page_is_inherited_but_not_counted(struct kunit *test)
{
	const int count = page_count(zero_page), mapcount = page_mapcount(zero_page);

	map(0, 1, PROT_RW);
	fault(0, READ);
	fork_here(test);
	KUNIT_EXPECT_PTR_EQ(test, page_in(child, 0), zero_page);
	KUNIT_EXPECT_EQ(test, child->rss, 0);
	KUNIT_EXPECT_EQ(test, page_count(zero_page), count);
	KUNIT_EXPECT_EQ(test, page_mapcount(zero_page), mapcount);
}

static void what_is_not_there_is_not_copied_nor_its_table(struct kunit *test)
{
	const unsigned long per_table = PMD_SIZE >> PAGE_SHIFT;

	map(0, 4 * per_table, PROT_RW);
	fault(3 * per_table + 1, WRITE);
	fork_here(test);
	KUNIT_EXPECT_EQ(test, child->nr_ptes, 1);
	KUNIT_EXPECT_EQ(test, child->rss, 1);
	KUNIT_EXPECT_TRUE(test, pte_none(pte_in(child, 3 * per_table)));
	KUNIT_EXPECT_PTR_EQ(test, page_in(child, 3 * per_table + 1), page_at(3 * per_table + 1));
}

static void pages_of_prot_none_are_inherited_too(struct kunit *test)
{
	map(0, 1, PROT_RW);
	fault(0, WRITE);
	protect(0, 1, PROT_NONE);
	fork_here(test);
	KUNIT_EXPECT_PTR_EQ(test, page_in(child, 0), page_at(0));
	KUNIT_EXPECT_FALSE(test, pte_val(pte_in(child, 0)) & _PAGE_PRESENT);
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(0)), 2);
}

/* The parent is loaded, and the TLB would let it write to what the child sees. */
static void the_parent_forgets_that_it_might_write(struct kunit *test)
{
	struct tlb_flushes before;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	before = tlb_flushes;
	fork_here(test);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all + 1);
}

static void a_chain_of_forks_shares_one_frame(struct kunit *test)
{
	struct mm_struct *chain[20];
	struct page *page;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	page = page_at(0);
	for (int i = 0; i < 20; i++) {
		chain[i] = dup_mm(i ? chain[i - 1] : current->mm);
		KUNIT_ASSERT_NOT_NULL(test, chain[i]);
	}
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 21);
	KUNIT_EXPECT_EQ(test, fault_in(chain[10], 0, WRITE), 0);
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 20);
	KUNIT_EXPECT_PTR_EQ(test, page_in(chain[11], 0), page);
	for (int i = 0; i < 20; i++)
		mmput(chain[i]);
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 1);
}

static void what_the_books_say_of_a_process_is_inherited(struct kunit *test)
{
	current->mm->start_code = 0x1000;
	current->mm->start_brk = current->mm->brk = at(4);
	fork_here(test);
	KUNIT_EXPECT_EQ(test, child->start_code, 0x1000);
	KUNIT_EXPECT_EQ(test, child->brk, at(4));
	KUNIT_EXPECT_EQ(test, child->mmap_base, current->mm->mmap_base);
	KUNIT_EXPECT_PTR_NE(test, child->pgd, current->mm->pgd);
}

/* --- without memory --------------------------------------------------------------------------- */

static bool fork_and_end(void)
{
	struct mm_struct *mm = dup_mm(current->mm);

	if (mm)
		mmput(mm);
	return mm;
}

/* mm_end() finds out whether a frame was lost. */
static void a_fork_that_fails_for_want_of_frames_loses_nothing(struct kunit *test)
{
	const unsigned long per_table = PMD_SIZE >> PAGE_SHIFT;
	struct page *page;

	map(0, 2 * per_table, PROT_RW);
	fault(0, WRITE);
	fault(per_table, WRITE);
	page = page_at(0);
	KUNIT_EXPECT_GE(test, succeeds_at_last(set_fail_page_alloc, fork_and_end), 2);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 1);
	KUNIT_EXPECT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_PTR_EQ(test, page_at(0), page);
}

static void a_fork_that_fails_for_want_of_objects_loses_nothing(struct kunit *test)
{
	map(0, 1, PROT_RW);
	map(2, 1, PROT_READ);
	map_with(4, 1, PROT_RW, MAP_SHARED);
	fault(0, WRITE);
	fault(4, WRITE);
	KUNIT_EXPECT_EQ(test, succeeds_at_last(set_failslab, fork_and_end), 5);
	KUNIT_EXPECT_EQ(test, page_count(page_at(0)), 1);
	KUNIT_EXPECT_EQ(test, page_count(page_at(4)), 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_private_page_is_shared_read_only_by_both),
	KUNIT_CASE(shared_memory_stays_writable_in_both),
	KUNIT_CASE(shared_memory_touched_after_the_fork_is_the_same_frame),
	KUNIT_CASE(the_zero_page_is_inherited_but_not_counted),
	KUNIT_CASE(what_is_not_there_is_not_copied_nor_its_table),
	KUNIT_CASE(pages_of_prot_none_are_inherited_too),
	KUNIT_CASE(the_parent_forgets_that_it_might_write),
	KUNIT_CASE(a_chain_of_forks_shares_one_frame),
	KUNIT_CASE(what_the_books_say_of_a_process_is_inherited),
	KUNIT_CASE(a_fork_that_fails_for_want_of_frames_loses_nothing),
	KUNIT_CASE(a_fork_that_fails_for_want_of_objects_loses_nothing),
	{},
};

static struct kunit_suite suite = {
	.name = "copy_range", .init = mm_begin, .exit = end_child, .test_cases = cases
};
kunit_test_suite(suite);
