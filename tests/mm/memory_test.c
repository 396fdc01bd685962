/* mm/memory.c: each kind of fault, by the frames, entries and counts that it leaves. */
#include <mm/highmem.h>
#include <mm/pagewalk.h>
#include <mm/uaccess.h>
#include <asm/tlbflush.h>
#include "memory_tools.h"

static bool is_zero_page(pte_t pte)
{
	return pte_pfn(pte) == page_to_pfn(zero_page);
}

/* --- anonymous memory ------------------------------------------------------------------------- */

static void a_read_of_fresh_memory_maps_the_zero_page_read_only(struct kunit *test)
{
	const int count = page_count(zero_page), mapcount = page_mapcount(zero_page);

	map(0, 2, PROT_RW);
	KUNIT_ASSERT_EQ(test, fault(1, READ), 0);
	KUNIT_EXPECT_TRUE(test, is_zero_page(pte_at(1)));
	KUNIT_EXPECT_FALSE(test, pte_write(pte_at(1)));
	KUNIT_EXPECT_TRUE(test, pte_none(pte_at(0)));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 0);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 1);
	KUNIT_EXPECT_EQ(test, page_count(zero_page), count);
	KUNIT_EXPECT_EQ(test, page_mapcount(zero_page), mapcount);
	KUNIT_EXPECT_TRUE(test, page_is_filled(zero_page, 0));
}

static void a_write_to_fresh_memory_maps_a_frame_of_zeros(struct kunit *test)
{
	map(0, 1, PROT_RW);
	KUNIT_ASSERT_EQ(test, fault(0, WRITE), 0);
	KUNIT_ASSERT_NOT_NULL(test, page_at(0));
	KUNIT_EXPECT_TRUE(test, page_is_filled(page_at(0), 0));
	KUNIT_EXPECT_EQ(test, page_count(page_at(0)), 1);
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(0)), 1);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)) && pte_dirty(pte_at(0)));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
}

static void a_write_where_the_zero_page_was_gets_a_frame_of_its_own(struct kunit *test)
{
	const int count = page_count(zero_page);

	map(0, 1, PROT_RW);
	fault(0, READ);
	KUNIT_ASSERT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_FALSE(test, is_zero_page(pte_at(0)));
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)));
	KUNIT_EXPECT_TRUE(test, page_is_filled(page_at(0), 0));
	KUNIT_EXPECT_EQ(test, page_count(page_at(0)), 1);
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(0)), 1);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
	KUNIT_EXPECT_EQ(test, page_count(zero_page), count);
}

static void a_fault_that_is_settled_already_changes_nothing(struct kunit *test)
{
	pte_t before;

	map(0, 2, PROT_RW);
	fault(0, READ);
	fault(1, WRITE);
	before = pte_at(0);
	KUNIT_EXPECT_EQ(test, fault(0, READ), 0);
	KUNIT_EXPECT_TRUE(test, pte_same(pte_at(0), before));
	before = pte_at(1);
	KUNIT_EXPECT_EQ(test, fault(1, READ), 0);
	KUNIT_EXPECT_EQ(test, fault(1, WRITE), 0);
	KUNIT_EXPECT_TRUE(test, pte_same(pte_at(1), before));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
}

static void entries_are_the_users_never_global_and_run_only_if_allowed(struct kunit *test)
{
	struct page_walk data, text;

	map(0, 1, PROT_RW);
	map(1, 1, PROT_READ | PROT_EXEC);
	fault(0, WRITE);
	fault(1, READ);
	KUNIT_ASSERT_TRUE(test, page_walk(current->mm->pgd, at(0), &data));
	KUNIT_ASSERT_TRUE(test, page_walk(current->mm->pgd, at(1), &text));
	KUNIT_EXPECT_EQ(test, data.flags & (_PAGE_USER | _PAGE_RW), _PAGE_USER | _PAGE_RW);
	KUNIT_EXPECT_EQ(test, text.flags & (_PAGE_USER | _PAGE_RW), _PAGE_USER);
	KUNIT_EXPECT_EQ(test, (data.flags | text.flags) & _PAGE_GLOBAL, 0);
	KUNIT_EXPECT_EQ(test, data.flags & _PAGE_NX, __supported_pte_mask & _PAGE_NX);
	KUNIT_EXPECT_EQ(test, text.flags & _PAGE_NX, 0);
}

static void frames_and_tables_come_from_high_memory_where_there_is_some(struct kunit *test)
{
	if (!totalhigh_pages)
		kunit_skip(test, "this machine has no high memory");
	map(0, 1, PROT_RW);
	fault(0, WRITE);
	KUNIT_EXPECT_TRUE(test, PageHighMem(page_at(0)));
	KUNIT_EXPECT_TRUE(test, PageHighMem(table_of(0)));
}

static void a_page_table_serves_all_pages_that_it_covers(struct kunit *test)
{
	const unsigned long per_table = PMD_SIZE >> PAGE_SHIFT;

	map(0, 3 * per_table, PROT_RW);
	fault(0, WRITE);
	fault(per_table - 1, READ);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 1);
	fault(per_table, READ);
	fault(2 * per_table + 5, WRITE);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 3);
	KUNIT_EXPECT_PTR_NE(test, table_of(0), table_of(per_table));
}

/* --- copy-on-write ---------------------------------------------------------------------------- */

static struct mm_struct *child;

static void fork_here(struct kunit *test)
{
	child = dup_mm(current->mm);
	KUNIT_ASSERT_NOT_NULL(test, child);
}

static void end_child(void)
{
	if (child)
		mmput(child);
	child = NULL;
}

static void exit_case(struct kunit *test)
{
	end_child();
	mm_end(test);
}

static void the_first_to_write_gets_a_copy_the_last_keeps_the_frame(struct kunit *test)
{
	struct page *page;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	page = page_at(0);
	fill_page(page, 0x5A);
	fork_here(test);
	KUNIT_ASSERT_EQ(test, fault_in(child, 0, WRITE), 0);
	KUNIT_EXPECT_PTR_NE(test, page_in(child, 0), page);
	KUNIT_EXPECT_TRUE(test, page_is_filled(page_in(child, 0), 0x5A));
	KUNIT_EXPECT_EQ(test, page_mapcount(page_in(child, 0)), 1);
	KUNIT_EXPECT_EQ(test, page_count(page_in(child, 0)), 1);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_in(child, 0)));
	KUNIT_EXPECT_PTR_EQ(test, page_at(0), page);
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_FALSE(test, pte_write(pte_at(0)));
	KUNIT_ASSERT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_PTR_EQ(test, page_at(0), page);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)) && pte_dirty(pte_at(0)));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
	KUNIT_EXPECT_EQ(test, child->rss, 1);
}

static void when_the_child_is_gone_the_parent_takes_the_frame_over(struct kunit *test)
{
	struct page *page;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	page = page_at(0);
	fork_here(test);
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 2);
	end_child();
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 1);
	KUNIT_EXPECT_FALSE(test, pte_write(pte_at(0)));
	KUNIT_ASSERT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_PTR_EQ(test, page_at(0), page);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)));
}

/* The other user may be no process at all: a device that the frame was handed to. */
static void a_frame_that_somebody_else_holds_is_copied_not_taken_over(struct kunit *test)
{
	struct page *held;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	fork_here(test);
	end_child();
	held = page_at(0);
	get_page(held);
	KUNIT_EXPECT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_PTR_NE(test, page_at(0), held);
	KUNIT_EXPECT_EQ(test, page_count(held), 1);
	KUNIT_EXPECT_EQ(test, page_mapcount(held), 0);
	put_page(held);
}

static char seen_at(unsigned long nr)
{
	char c = 0;

	return get_user(c, (const char __user *)at(nr)) ? '?' : c;
}

/* The address space is loaded, and the TLB remembers the old frame: read through it before. */
static void a_copy_is_seen_at_once(struct kunit *test)
{
	map(0, 1, PROT_RW);
	fault(0, WRITE);
	fill_page(page_at(0), 'o');
	fork_here(test);
	KUNIT_EXPECT_EQ(test, seen_at(0), 'o');
	KUNIT_ASSERT_EQ(test, fault(0, WRITE), 0);
	fill_page(page_at(0), 'n');
	KUNIT_EXPECT_EQ(test, seen_at(0), 'n');
	KUNIT_EXPECT_TRUE(test, page_is_filled(page_in(child, 0), 'o'));
}

static void a_takeover_flushes_nothing(struct kunit *test)
{
	struct tlb_flushes before;
	unsigned long slots;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	fork_here(test);
	end_child();
	slots = PageHighMem(table_of(0)) ? 1 : 0; /* kmap_atomic() flushes its own */
	before = tlb_flushes;
	fault(0, WRITE);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all);
	KUNIT_EXPECT_EQ(test, tlb_flushes.one, before.one + slots);
}

/* --- objects ---------------------------------------------------------------------------------- */

static void a_write_to_shared_memory_maps_the_objects_own_frame(struct kunit *test)
{
	map_with(0, 2, PROT_RW, MAP_SHARED);
	KUNIT_ASSERT_EQ(test, fault(1, WRITE), 0);
	KUNIT_EXPECT_EQ(test, page_count(page_at(1)), 2);
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(1)), 1);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(1)) && pte_dirty(pte_at(1)));
	KUNIT_EXPECT_TRUE(test, page_is_filled(page_at(1), 0));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
}

static void a_read_of_shared_memory_never_maps_the_zero_page(struct kunit *test)
{
	map_with(0, 1, PROT_RW, MAP_SHARED);
	KUNIT_ASSERT_EQ(test, fault(0, READ), 0);
	KUNIT_EXPECT_FALSE(test, is_zero_page(pte_at(0)));
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(0)), 1);
}

static struct page *shown;

static int show_page(struct vm_area_struct *vma __unused, struct vm_fault *vmf)
{
	get_page(shown);
	vmf->page = shown;
	return 0;
}

static int show_nothing(struct vm_area_struct *vma __unused, struct vm_fault *vmf __unused)
{
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct one_page_ops = { .fault = show_page };
static const struct vm_operations_struct no_page_ops = { .fault = show_nothing };

/* A private mapping of an object, as files will have them. */
static void map_object(struct kunit *test, const struct vm_operations_struct *ops)
{
	map(0, 1, PROT_RW);
	find_vma(current->mm, at(0))->vm_ops = ops;
	shown = alloc_page(GFP_HIGHUSER);
	KUNIT_ASSERT_NOT_NULL(test, shown);
	fill_page(shown, 0x77);
}

static void a_private_read_shows_the_objects_frame_and_a_write_copies_it(struct kunit *test)
{
	map_object(test, &one_page_ops);
	KUNIT_EXPECT_EQ(test, fault(0, READ), 0);
	KUNIT_EXPECT_PTR_EQ(test, page_at(0), shown);
	KUNIT_EXPECT_FALSE(test, pte_write(pte_at(0)));
	KUNIT_EXPECT_EQ(test, page_mapcount(shown), 1);
	KUNIT_EXPECT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_PTR_NE(test, page_at(0), shown);
	KUNIT_EXPECT_TRUE(test, page_is_filled(page_at(0), 0x77));
	KUNIT_EXPECT_EQ(test, page_mapcount(shown), 0);
	KUNIT_EXPECT_EQ(test, page_count(shown), 1);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
	put_page(shown);
}

static void a_private_first_write_copies_the_objects_frame_at_once(struct kunit *test)
{
	map_object(test, &one_page_ops);
	KUNIT_EXPECT_EQ(test, fault(0, WRITE), 0);
	KUNIT_EXPECT_PTR_NE(test, page_at(0), shown);
	KUNIT_EXPECT_TRUE(test, page_is_filled(page_at(0), 0x77));
	KUNIT_EXPECT_EQ(test, page_count(shown), 1);
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(0)), 1);
	put_page(shown);
}

static void what_the_object_refuses_the_process_is_refused(struct kunit *test)
{
	map_object(test, &no_page_ops);
	KUNIT_EXPECT_EQ(test, fault(0, READ), VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, pte_none(pte_at(0)));
	put_page(shown);
}

/* --- what goes wrong -------------------------------------------------------------------------- */

static void an_entry_that_means_nothing_is_reported_and_left_alone(struct kunit *test)
{
	const pte_t bad = __pte(0x1000);
	pte_t *pte;

	map(0, 2, PROT_RW);
	fault(1, WRITE);
	pte = pte_offset_map(mm_find_pmd(current->mm, at(0)), at(0));
	set_pte(pte, bad);
	pte_unmap(pte);
	KUNIT_EXPECT_EQ(test, fault(0, READ), VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, pte_same(pte_at(0), bad));
	pte = pte_offset_map(mm_find_pmd(current->mm, at(0)), at(0));
	pte_clear(pte);
	pte_unmap(pte);
}

static bool write_one(void)
{
	return !fault(0, WRITE);
}

/* Tables made before the failure stay, and need not be made by the next fault. */
static void a_fault_without_memory_says_so_and_works_later(struct kunit *test)
{
	map(0, 1, PROT_RW);
	KUNIT_EXPECT_EQ(test, succeeds_at_last(set_fail_page_alloc, write_one), pud_folded ? 2 : 3);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 1);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
}

static void a_copy_without_memory_leaves_both_sharing(struct kunit *test)
{
	struct page *page;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	page = page_at(0);
	fork_here(test);
	KUNIT_EXPECT_EQ(test, succeeds_at_last(set_fail_page_alloc, write_one), 1);
	KUNIT_EXPECT_PTR_NE(test, page_at(0), page);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_PTR_EQ(test, page_in(child, 0), page);
}

static void shared_memory_without_memory_says_so_and_works_later(struct kunit *test)
{
	map_with(0, 2, PROT_RW, MAP_SHARED);
	KUNIT_EXPECT_EQ(test, fault(1, WRITE), 0);
	KUNIT_EXPECT_EQ(test, succeeds_at_last(set_fail_page_alloc, write_one), 1);
	KUNIT_EXPECT_EQ(test, page_mapcount(page_at(0)), 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_read_of_fresh_memory_maps_the_zero_page_read_only),
	KUNIT_CASE(a_write_to_fresh_memory_maps_a_frame_of_zeros),
	KUNIT_CASE(a_write_where_the_zero_page_was_gets_a_frame_of_its_own),
	KUNIT_CASE(a_fault_that_is_settled_already_changes_nothing),
	KUNIT_CASE(entries_are_the_users_never_global_and_run_only_if_allowed),
	KUNIT_CASE(frames_and_tables_come_from_high_memory_where_there_is_some),
	KUNIT_CASE(a_page_table_serves_all_pages_that_it_covers),
	KUNIT_CASE(the_first_to_write_gets_a_copy_the_last_keeps_the_frame),
	KUNIT_CASE(when_the_child_is_gone_the_parent_takes_the_frame_over),
	KUNIT_CASE(a_frame_that_somebody_else_holds_is_copied_not_taken_over),
	KUNIT_CASE(a_copy_is_seen_at_once),
	KUNIT_CASE(a_takeover_flushes_nothing),
	KUNIT_CASE(a_write_to_shared_memory_maps_the_objects_own_frame),
	KUNIT_CASE(a_read_of_shared_memory_never_maps_the_zero_page),
	KUNIT_CASE(a_private_read_shows_the_objects_frame_and_a_write_copies_it),
	KUNIT_CASE(a_private_first_write_copies_the_objects_frame_at_once),
	KUNIT_CASE(what_the_object_refuses_the_process_is_refused),
	KUNIT_CASE(an_entry_that_means_nothing_is_reported_and_left_alone),
	KUNIT_CASE(a_fault_without_memory_says_so_and_works_later),
	KUNIT_CASE(a_copy_without_memory_leaves_both_sharing),
	KUNIT_CASE(shared_memory_without_memory_says_so_and_works_later),
	{},
};

static struct kunit_suite suite = {
	.name = "memory", .init = mm_begin, .exit = exit_case, .test_cases = cases
};
kunit_test_suite(suite);
