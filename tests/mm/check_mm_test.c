/*
 * mm/check_mm.c: a fault is sown by hand in an address space, the walker must name the rule that it
 * breaks, and all is clean again when the fault is taken away.
 */
#include "check_tools.h"
#include "mm_tools.h"
#include <mm/check_mm.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/pgalloc.h>
#include <mm/rmap.h>
#include <tests/expect_found.h>

#define OTHER_PAGE 40 /* where no VMA is, below the same table */

/* Does the walker say that this rule is broken? */
static bool finds(const char *rule)
{
	walk_for(rule, check_mms);
	return last_walk.hits;
}

static bool clean(void)
{
	walk_for("", check_mms);
	return !last_walk.reports;
}

/* Page 0 was written, page 1 only read, page 2 is not there yet; page 4 is read-only, and there. */
static int map_pages(struct kunit *test)
{
	mm_begin(test);
	KUNIT_ASSERT_EQ(test, map(0, 3, PROT_RW), 0);
	KUNIT_ASSERT_EQ(test, map(4, 1, PROT_RW), 0);
	KUNIT_ASSERT_EQ(test, make_pages_present(at(0), at(1)), 0);
	KUNIT_ASSERT_EQ(test, make_pages_present(at(4), at(5)), 0);
	KUNIT_ASSERT_EQ(test, protect(4, 1, PROT_READ), 0);
	KUNIT_ASSERT_EQ(test, handle_mm_fault(current->mm, find_vma(current->mm, at(1)), at(1), 0),
			0);
	return 0;
}

/* What the entry of page @nr is, and then another. */
static pte_t change_entry(unsigned long nr, pte_t to)
{
	pte_t *pte = pte_offset_map(mm_find_pmd(current->mm, at(nr)), at(nr));
	pte_t was = *pte;

	set_pte(pte, to);
	pte_unmap(pte);
	return was;
}

static pte_t entry(unsigned long nr)
{
	const pte_t was = change_entry(nr, __pte(0));

	change_entry(nr, was);
	return was;
}

static struct page *frame(unsigned long nr)
{
	return pte_page(entry(nr));
}

static pte_t entry_for(struct page *page, pgprot_t prot)
{
	return pfn_pte(page_to_pfn(page), prot);
}

/* The rule must be found broken while page @nr has the entry @wrong. */
static void expect_found_at(struct kunit *test, const char *rule, unsigned long nr, pte_t wrong)
{
	const bool clean_before = clean();
	const pte_t right = change_entry(nr, wrong);
	const bool found = finds(rule);

	change_entry(nr, right);
	KUNIT_EXPECT_TRUE(test, clean_before);
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void nothing_is_found_where_nothing_is_wrong(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, clean());
	KUNIT_EXPECT_EQ(test, page_mapcount(frame(0)), 1);
	KUNIT_EXPECT_EQ(test, page_count(frame(0)), 1);
}

static void frames_shared_by_fork_are_no_violation(struct kunit *test)
{
	struct mm_struct *child = dup_mm(current->mm);

	KUNIT_ASSERT_NOT_NULL(test, child);
	KUNIT_EXPECT_EQ(test, page_mapcount(frame(0)), 2);
	KUNIT_EXPECT_TRUE(test, clean());
	mmput(child);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void pages_of_prot_none_are_no_violation(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, protect(0, 1, PROT_NONE), 0);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void a_mapcount_too_high_is_found(struct kunit *test)
{
	struct page *page = frame(0);

	get_page(page);
	EXPECT_FOUND(test, "_mapcount", page->_mapcount, (atomic_t)ATOMIC_INIT(1));
	put_page(page);
}

static void a_mapcount_too_low_is_found(struct kunit *test)
{
	EXPECT_FOUND(test, "_mapcount", frame(0)->_mapcount, (atomic_t)ATOMIC_INIT(-1));
}

static void a_mapcount_of_a_frame_that_nobody_maps_is_found(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	EXPECT_FOUND(test, "_mapcount", page->_mapcount, (atomic_t)ATOMIC_INIT(0));
	__free_page(page);
}

static void a_frame_with_fewer_users_than_entries_is_found(struct kunit *test)
{
	struct mm_struct *child = dup_mm(current->mm);
	struct page *page = frame(0);

	KUNIT_ASSERT_NOT_NULL(test, child);
	EXPECT_FOUND(test, "mapped-frame-has-users", page->_count, (atomic_t)ATOMIC_INIT(1));
	mmput(child);
}

static void an_entry_of_a_free_frame_is_found(struct kunit *test)
{
	EXPECT_FOUND(test, "mapped-frame-is-a-process's", frame(0)->_count,
		     (atomic_t)ATOMIC_INIT(0));
}

static void an_entry_of_the_kernels_frame_is_found(struct kunit *test)
{
	expect_found_at(test, "mapped-frame-is-a-process's", 2,
			entry_for(virt_to_page(test->name), PAGE_READONLY));
	expect_found_at(test, "mapped-frame-is-a-process's", 2,
			entry_for(virt_to_page(current), PAGE_READONLY));
}

static void an_entry_of_no_frame_is_found(struct kunit *test)
{
	expect_found_at(test, "mapped-frame-is-a-process's", 2, pfn_pte(max_mapnr, PAGE_READONLY));
}

static void an_entry_outside_of_vmas_is_found(struct kunit *test)
{
	expect_found_at(test, "entry-lies-in-a-vma", OTHER_PAGE, entry(1));
	expect_found_at(test, "entry-lies-in-a-vma", 3, entry(1));
}

static void an_entry_that_permits_more_than_its_vma_is_found(struct kunit *test)
{
	const pteval_t read_only = pte_val(entry(4));

	expect_found_at(test, "entry-permits-what-its-vma-does", 4, __pte(read_only | _PAGE_RW));
	if (__supported_pte_mask & _PAGE_NX)
		expect_found_at(test, "entry-permits-what-its-vma-does", 4,
				__pte(read_only & ~(pteval_t)_PAGE_NX));
}

static void an_entry_of_a_vma_that_permits_nothing_is_found(struct kunit *test)
{
	const pte_t readable = entry(0);

	KUNIT_ASSERT_EQ(test, protect(0, 1, PROT_NONE), 0);
	expect_found_at(test, "entry-permits-what-its-vma-does", 0, pte_wrprotect(readable));
}

static void a_writable_entry_of_a_shared_frame_is_found(struct kunit *test)
{
	struct mm_struct *child = dup_mm(current->mm);

	KUNIT_ASSERT_NOT_NULL(test, child);
	expect_found_at(test, "shared-frame-is-read-only", 0, pte_mkwrite(entry(0)));
	mmput(child);
}

static void a_writable_entry_of_the_zero_page_is_found(struct kunit *test)
{
	expect_found_at(test, "shared-frame-is-read-only", 1, pte_mkwrite(entry(1)));
}

static void a_global_entry_is_found(struct kunit *test)
{
	expect_found_at(test, "user-entry-not-global", 0, __pte(pte_val(entry(0)) | _PAGE_GLOBAL));
}

static void an_entry_that_is_not_the_users_is_found(struct kunit *test)
{
	expect_found_at(test, "user-entry-is-a-user's", 0,
			__pte(pte_val(entry(0)) & ~(pteval_t)_PAGE_USER));
}

static void a_wrong_rss_is_found(struct kunit *test)
{
	EXPECT_FOUND(test, "rss", current->mm->rss, current->mm->rss + 1);
	expect_found_at(test, "rss", 0, __pte(0));
}

static void a_wrong_number_of_page_tables_is_found(struct kunit *test)
{
	EXPECT_FOUND(test, "nr_ptes", current->mm->nr_ptes, current->mm->nr_ptes - 1);
}

static void a_page_table_that_is_free_is_found(struct kunit *test)
{
	struct page *table = pmd_page(*mm_find_pmd(current->mm, at(0)));

	EXPECT_FOUND(test, "process-table-in-use", table->_count, (atomic_t)ATOMIC_INIT(0));
}

static void a_page_table_with_two_users_is_found(struct kunit *test)
{
	struct page *table = pmd_page(*mm_find_pmd(current->mm, at(0)));

	EXPECT_FOUND(test, "process-table-in-use", table->_count, (atomic_t)ATOMIC_INIT(2));
}

static void a_page_table_that_is_mapped_is_found(struct kunit *test)
{
	struct page *table = pmd_page(*mm_find_pmd(current->mm, at(0)));

	EXPECT_FOUND(test, "process-table-in-use", table->_mapcount, (atomic_t)ATOMIC_INIT(0));
}

static void a_kernel_part_of_ones_own_is_found(struct kunit *test)
{
	EXPECT_FOUND(test, "kernel-part-of-pgd", current->mm->pgd[PTRS_PER_PGD - 1],
		     __pgd(pgd_val(current->mm->pgd[PTRS_PER_PGD - 1]) ^ _PAGE_PCD));
}

static void a_broken_list_of_address_spaces_is_found(struct kunit *test)
{
	EXPECT_FOUND(test, "mm-list-links", current->mm->mmlist.prev, &current->mm->mmlist);
}

static void a_broken_rule_of_vmas_is_found_too(struct kunit *test)
{
	EXPECT_FOUND(test, "map_count", current->mm->map_count, 0);
}

static void what_is_just_being_changed_is_left_out(struct kunit *test)
{
	down_write(&current->mm->mmap_sem);
	current->mm->rss++;
	KUNIT_EXPECT_TRUE(test, clean());
	current->mm->rss--;
	up_write(&current->mm->mmap_sem);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(nothing_is_found_where_nothing_is_wrong),
	KUNIT_CASE(frames_shared_by_fork_are_no_violation),
	KUNIT_CASE(pages_of_prot_none_are_no_violation),
	KUNIT_CASE(a_mapcount_too_high_is_found),
	KUNIT_CASE(a_mapcount_too_low_is_found),
	KUNIT_CASE(a_mapcount_of_a_frame_that_nobody_maps_is_found),
	KUNIT_CASE(a_frame_with_fewer_users_than_entries_is_found),
	KUNIT_CASE(an_entry_of_a_free_frame_is_found),
	KUNIT_CASE(an_entry_of_the_kernels_frame_is_found),
	KUNIT_CASE(an_entry_of_no_frame_is_found),
	KUNIT_CASE(an_entry_outside_of_vmas_is_found),
	KUNIT_CASE(an_entry_that_permits_more_than_its_vma_is_found),
	KUNIT_CASE(an_entry_of_a_vma_that_permits_nothing_is_found),
	KUNIT_CASE(a_writable_entry_of_a_shared_frame_is_found),
	KUNIT_CASE(a_writable_entry_of_the_zero_page_is_found),
	KUNIT_CASE(a_global_entry_is_found),
	KUNIT_CASE(an_entry_that_is_not_the_users_is_found),
	KUNIT_CASE(a_wrong_rss_is_found),
	KUNIT_CASE(a_wrong_number_of_page_tables_is_found),
	KUNIT_CASE(a_page_table_that_is_free_is_found),
	KUNIT_CASE(a_page_table_with_two_users_is_found),
	KUNIT_CASE(a_page_table_that_is_mapped_is_found),
	KUNIT_CASE(a_kernel_part_of_ones_own_is_found),
	KUNIT_CASE(a_broken_list_of_address_spaces_is_found),
	KUNIT_CASE(a_broken_rule_of_vmas_is_found_too),
	KUNIT_CASE(what_is_just_being_changed_is_left_out),
	{},
};
static struct kunit_suite suite = {
	.name = "check_mm", .init = map_pages, .exit = mm_end, .test_cases = cases
};
kunit_test_suite(suite);
