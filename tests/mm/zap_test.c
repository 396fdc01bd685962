/* mm/zap.c and mmu_gather.c: frames and tables come back, in the right order, and no others. */
#include <mm/highmem.h>
#include <mm/page_debug.h>
#include <mm/tlb.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>
#include "memory_tools.h"
#include "slab_tools.h"

#define PER_TABLE (PMD_SIZE >> PAGE_SHIFT)

/* More than a bundle, and than a frame of pointers. */
#define MANY (PAGE_SIZE / sizeof(void *) + 100)

static void unmapped_frames_are_free_at_once(struct kunit *test)
{
	unsigned long before;

	map(0, 5, PROT_RW);
	fault_range(0, 5, WRITE);
	before = settled_free_pages();
	KUNIT_EXPECT_EQ(test, unmap(1, 3), 0);
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before + 3);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 2);
	KUNIT_EXPECT_TRUE(test, pte_none(pte_at(1)) && pte_none(pte_at(3)));
	KUNIT_EXPECT_TRUE(test, pte_present(pte_at(0)) && pte_present(pte_at(4)));
}

static void a_frame_that_others_use_stays_theirs(struct kunit *test)
{
	struct page *page;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	page = page_at(0);
	get_page(page);
	unmap(0, 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, page_mapcount(page), 0);
	put_page(page);
}

static void the_zero_page_is_never_given_back(struct kunit *test)
{
	const int count = page_count(zero_page), mapcount = page_mapcount(zero_page);

	map(0, 3, PROT_RW);
	fault_range(0, 3, READ);
	unmap(0, 3);
	KUNIT_EXPECT_EQ(test, page_count(zero_page), count);
	KUNIT_EXPECT_EQ(test, page_mapcount(zero_page), mapcount);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 0);
}

/* --- tables ----------------------------------------------------------------------------------- */

static void the_last_mapping_takes_its_table_along(struct kunit *test)
{
	const unsigned long before = settled_free_pages();

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	unmap(0, 1);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 0);
	KUNIT_EXPECT_NULL(test, table_of(0));
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
}

static void a_table_that_a_neighbour_needs_stays(struct kunit *test)
{
	map(0, 1, PROT_RW);
	map(2, 1, PROT_RW);
	map(4, 1, PROT_RW);
	fault(0, WRITE);
	fault(2, WRITE);
	fault(4, WRITE);
	unmap(2, 1);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 1);
	unmap(0, 1);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 1);
	KUNIT_EXPECT_TRUE(test, pte_present(pte_at(4)));
	unmap(4, 1);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 0);
}

/* at(0) is the first page of a table. */
static void tables_in_the_middle_of_a_hole_go_those_at_its_ends_stay(struct kunit *test)
{
	map(0, 4 * PER_TABLE, PROT_RW);
	for (unsigned long nr = 0; nr < 4; nr++)
		fault(nr * PER_TABLE, WRITE);
	fault(4 * PER_TABLE - 1, WRITE);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 4);
	unmap(1, 4 * PER_TABLE - 2);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 2);
	KUNIT_EXPECT_NULL(test, table_of(PER_TABLE));
	KUNIT_EXPECT_NULL(test, table_of(2 * PER_TABLE));
	KUNIT_EXPECT_TRUE(test, pte_present(pte_at(0)));
	KUNIT_EXPECT_TRUE(test, pte_present(pte_at(4 * PER_TABLE - 1)));
}

static void mappings_that_share_a_table_lose_it_together(struct kunit *test)
{
	map(0, 1, PROT_RW);
	map(2, 1, PROT_READ);
	map(9, 1, PROT_RW);
	fault(0, WRITE);
	fault(9, WRITE);
	unmap(0, 10);
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 0);
}

/* A table at an address has nothing in it that a later one there may find. */
static void a_new_table_is_empty(struct kunit *test)
{
	map(0, 2, PROT_RW);
	fault_range(0, 2, WRITE);
	unmap(0, 2);
	map(0, 2, PROT_RW);
	fault(1, READ);
	KUNIT_EXPECT_TRUE(test, pte_none(pte_at(0)));
}

static void a_process_far_and_wide_leaves_nothing_behind(struct kunit *test)
{
	const unsigned long last = (TASK_SIZE - SHOWN_BASE) >> PAGE_SHIFT;
	const unsigned long step = last / 7;

	for (unsigned long nr = 0; nr + 1 < last; nr += step) {
		KUNIT_EXPECT_EQ(test, map(nr, 1, PROT_RW), 0);
		KUNIT_EXPECT_EQ(test, fault(nr, WRITE), 0);
	}
	KUNIT_EXPECT_GE(test, current->mm->nr_ptes, 7);
}

/* --- the TLB ---------------------------------------------------------------------------------- */

static struct tlb_flushes flushes_of_unmapping(unsigned long nr_pages)
{
	struct tlb_flushes before;

	map(0, nr_pages, PROT_RW);
	map(nr_pages + 1, 1, PROT_RW);
	fault_range(0, nr_pages, WRITE);
	before = tlb_flushes;
	unmap(0, nr_pages);
	return (struct tlb_flushes){ tlb_flushes.one - before.one, tlb_flushes.all - before.all };
}

/*
 * kmap_atomic() flushes its own slot: for a table in high memory, not more than three of those; and for
 * each frame and table that page_poison or init_on_free fills as it goes.
 */
static unsigned long slot_flushes(unsigned long nr_pages)
{
	return page_debug_enabled ? 3 + nr_pages + 2 : 3;
}

static void few_pages_are_flushed_one_by_one(struct kunit *test)
{
	struct tlb_flushes flushes = flushes_of_unmapping(3);

	KUNIT_EXPECT_EQ(test, flushes.all, 0);
	KUNIT_EXPECT_GE(test, flushes.one, 3);
	KUNIT_EXPECT_LE(test, flushes.one, 3 + slot_flushes(3));
}

static void many_pages_are_flushed_with_all_the_rest_seldom(struct kunit *test)
{
	struct tlb_flushes flushes = flushes_of_unmapping(MANY);

	KUNIT_EXPECT_EQ(test, flushes.all, 2);
	KUNIT_EXPECT_LE(test, flushes.one, 7 + slot_flushes(MANY));
}

static void what_was_never_touched_owes_no_flush(struct kunit *test)
{
	struct tlb_flushes before = tlb_flushes;

	map(0, 64, PROT_RW);
	unmap(0, 64);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all);
	KUNIT_EXPECT_EQ(test, tlb_flushes.one, before.one);
}

/* Once another address space is loaded, the TLB knows nothing of the one that ends. */
static void the_end_of_a_process_is_a_single_flush(struct kunit *test)
{
	struct mm_struct *child;
	unsigned long before, flags;

	map(0, 100, PROT_RW);
	fault_range(0, 100, WRITE);
	child = dup_mm(current->mm);
	KUNIT_ASSERT_NOT_NULL(test, child);
	local_irq_save(flags);
	switch_mm(child);
	local_irq_restore(flags);
	before = tlb_flushes.all;
	mmput(child);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before + 1);
}

/* The CPU could still write to it by what the TLB remembers. */
static void no_frame_is_free_before_the_flush(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	struct mmu_gather tlb;

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	tlb_gather_mmu(&tlb, current->mm);
	tlb_remove_tlb_entry(&tlb, at(0));
	tlb_remove_page(&tlb, page);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	tlb_finish_mmu(&tlb);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	put_page(page);
}

static void without_a_frame_for_pointers_there_are_flushes_more(struct kunit *test)
{
	const struct fault_attr always = { .probability = 100, .times = -1 };
	struct tlb_flushes before;

	map(0, 100, PROT_RW);
	map(101, 1, PROT_RW);
	fault_range(0, 100, WRITE);
	before = tlb_flushes;
	set_fail_page_alloc(&always);
	unmap(0, 100);
	set_fail_page_alloc(NULL);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all);
	KUNIT_EXPECT_GE(test, tlb_flushes.one, before.one + 100);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 0);
}

/* --- parts of a mapping ----------------------------------------------------------------------- */

static void madvise_dontneed_takes_pages_but_not_the_mapping(struct kunit *test)
{
	map(0, 3, PROT_RW);
	fault_range(0, 3, WRITE);
	fill_page(page_at(1), 0x11);
	KUNIT_EXPECT_EQ(test, sys_madvise(at(1), PAGE_SIZE, MADV_DONTNEED), 0);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 2);
	KUNIT_EXPECT_TRUE(test, pte_none(pte_at(1)));
	KUNIT_EXPECT_EQ(test, current->mm->nr_ptes, 1);
	KUNIT_EXPECT_EQ(test, fault(1, WRITE), 0);
	KUNIT_EXPECT_TRUE(test, page_is_filled(page_at(1), 0));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(unmapped_frames_are_free_at_once),
	KUNIT_CASE(a_frame_that_others_use_stays_theirs),
	KUNIT_CASE(the_zero_page_is_never_given_back),
	KUNIT_CASE(the_last_mapping_takes_its_table_along),
	KUNIT_CASE(a_table_that_a_neighbour_needs_stays),
	KUNIT_CASE(tables_in_the_middle_of_a_hole_go_those_at_its_ends_stay),
	KUNIT_CASE(mappings_that_share_a_table_lose_it_together),
	KUNIT_CASE(a_new_table_is_empty),
	KUNIT_CASE(a_process_far_and_wide_leaves_nothing_behind),
	KUNIT_CASE(few_pages_are_flushed_one_by_one),
	KUNIT_CASE(many_pages_are_flushed_with_all_the_rest_seldom),
	KUNIT_CASE(what_was_never_touched_owes_no_flush),
	KUNIT_CASE(the_end_of_a_process_is_a_single_flush),
	KUNIT_CASE(no_frame_is_free_before_the_flush),
	KUNIT_CASE(without_a_frame_for_pointers_there_are_flushes_more),
	KUNIT_CASE(madvise_dontneed_takes_pages_but_not_the_mapping),
	{},
};

static struct kunit_suite suite = {
	.name = "zap", .init = mm_begin, .exit = mm_end, .test_cases = cases
};
kunit_test_suite(suite);
