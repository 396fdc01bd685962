/*
 * What maps, pagemap, walk and ptdump say of a process: the runs that pages are shown in, the names
 * of VMAs, and numbers that are no process's.
 */
#include <lib/printf.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/pgalloc.h>
#include <mm/rmap.h>
#include <monitor/monitor.h>
#include "../../monitor/address_space.h"
#include "../mm/mm_tools.h"

static void touch(unsigned long nr, unsigned int flags)
{
	handle_mm_fault(current->mm, find_vma(current->mm, at(nr)), at(nr), flags);
}

static struct vm_area_struct *vma_of(unsigned long nr)
{
	return find_vma(current->mm, at(nr));
}

static unsigned int count_runs(unsigned long nr)
{
	struct page_run run;
	unsigned int count = 0;

	for_each_page_run (&run, vma_of(nr))
		count++;
	return count;
}

static int run_with_pid(const char *before, const char *after)
{
	char line[64];

	snprintf(line, sizeof(line), "%s%d%s", before, current->pid, after);
	return monitor_run_line(line);
}

static int run(const char *text)
{
	char line[64];

	strscpy(line, text, sizeof(line));
	return monitor_run_line(line);
}

static void what_was_never_touched_has_no_run(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, map(0, 4, PROT_RW), 0);
	KUNIT_EXPECT_EQ(test, count_runs(0), 0U);
}

static void a_page_is_found_wherever_it_lies(struct kunit *test)
{
	struct page_run run;

	KUNIT_ASSERT_EQ(test, map(0, 4000, PROT_RW), 0);
	touch(3333, FAULT_FLAG_WRITE);
	KUNIT_ASSERT_TRUE(test, next_page_run(vma_of(0), at(0), &run));
	KUNIT_EXPECT_EQ(test, run.start, at(3333));
	KUNIT_EXPECT_EQ(test, run.end, at(3334));
	KUNIT_EXPECT_EQ(test, run.pfn, page_to_pfn(follow_page(current->mm, at(3333))));
	KUNIT_EXPECT_EQ(test, run.mapcount, 1);
	KUNIT_EXPECT_TRUE(test, run.flags & _PAGE_RW);
	KUNIT_EXPECT_FALSE(test, next_page_run(vma_of(0), run.end, &run));
}

static void pages_of_the_zero_page_are_one_run(struct kunit *test)
{
	struct page_run run;

	KUNIT_ASSERT_EQ(test, map(0, 8, PROT_RW), 0);
	for (unsigned long nr = 2; nr < 6; nr++)
		touch(nr, 0);
	KUNIT_ASSERT_TRUE(test, next_page_run(vma_of(0), at(0), &run));
	KUNIT_EXPECT_EQ(test, run.start, at(2));
	KUNIT_EXPECT_EQ(test, run.end, at(6));
	KUNIT_EXPECT_TRUE(test, is_zero_pfn(run.pfn));
}

static void a_written_page_parts_them(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, map(0, 8, PROT_RW), 0);
	for (unsigned long nr = 0; nr < 8; nr++)
		touch(nr, 0);
	touch(4, FAULT_FLAG_WRITE);
	KUNIT_EXPECT_EQ(test, count_runs(0), 3U);
}

static void a_run_ends_where_frames_do_not_follow_each_other(struct kunit *test)
{
	struct page_run run;
	struct page *first, *page;

	KUNIT_ASSERT_EQ(test, map(0, 32, PROT_RW), 0);
	for (unsigned long nr = 0; nr < 32; nr++)
		touch(nr, FAULT_FLAG_WRITE);
	for_each_page_run (&run, vma_of(0)) {
		first = follow_page(current->mm, run.start);
		for (unsigned long addr = run.start; addr < run.end; addr += PAGE_SIZE) {
			page = follow_page(current->mm, addr);
			KUNIT_EXPECT_EQ(test, page_to_pfn(page),
					page_to_pfn(first) + ((addr - run.start) >> PAGE_SHIFT));
		}
	}
}

/* The address of the second page of a run, in a VMA of 32 pages at page 0 that are all there. */
static unsigned long second_page_of_a_run(struct kunit *test)
{
	struct page_run run;

	KUNIT_ASSERT_EQ(test, map(0, 32, PROT_RW), 0);
	for (unsigned long nr = 0; nr < 32; nr++)
		touch(nr, FAULT_FLAG_WRITE);
	for_each_page_run (&run, vma_of(0))
		if (run.end - run.start > PAGE_SIZE)
			return run.start + PAGE_SIZE;
	kunit_skip(test, "no two of the 32 frames follow each other");
}

static void a_frame_that_more_entries_lead_to_parts_a_run(struct kunit *test)
{
	struct page *page = follow_page(current->mm, second_page_of_a_run(test));
	const unsigned int before = count_runs(0);
	unsigned int after;

	page_dup_rmap(page);
	after = count_runs(0);
	page_remove_rmap(page);
	KUNIT_EXPECT_GT(test, after, before);
}

static void an_entry_that_permits_less_parts_a_run(struct kunit *test)
{
	const unsigned long addr = second_page_of_a_run(test);
	const unsigned int before = count_runs(0);
	pte_t *pte = pte_offset_map(mm_find_pmd(current->mm, addr), addr);

	set_pte(pte, pte_wrprotect(*pte));
	pte_unmap(pte);
	KUNIT_EXPECT_GT(test, count_runs(0), before);
}

static void what_fork_shares_is_no_run_with_what_it_does_not(struct kunit *test)
{
	struct mm_struct *child;
	struct page_run run;

	KUNIT_ASSERT_EQ(test, map(0, 1, PROT_RW), 0);
	touch(0, FAULT_FLAG_WRITE);
	child = dup_mm(current->mm);
	KUNIT_ASSERT_NOT_NULL(test, child);
	KUNIT_EXPECT_TRUE(test, next_page_run(vma_of(0), at(0), &run));
	KUNIT_EXPECT_EQ(test, run.mapcount, 2);
	KUNIT_EXPECT_FALSE(test, run.flags & _PAGE_RW);
	mmput(child);
	KUNIT_EXPECT_TRUE(test, next_page_run(vma_of(0), at(0), &run));
	KUNIT_EXPECT_EQ(test, run.mapcount, 1);
}

static void pages_of_prot_none_are_there_but_not_present(struct kunit *test)
{
	struct page_run run;

	KUNIT_ASSERT_EQ(test, map(0, 1, PROT_RW), 0);
	touch(0, FAULT_FLAG_WRITE);
	KUNIT_ASSERT_EQ(test, protect(0, 1, PROT_NONE), 0);
	KUNIT_ASSERT_TRUE(test, next_page_run(vma_of(0), at(0), &run));
	KUNIT_EXPECT_FALSE(test, run.flags & _PAGE_PRESENT);
	KUNIT_EXPECT_EQ(test, run.mapcount, 1);
}

static void rights_are_written_as_in_proc(struct kunit *test)
{
	char buf[VMA_RIGHTS_SIZE];

	KUNIT_ASSERT_EQ(test, map(0, 1, PROT_RW), 0);
	KUNIT_ASSERT_EQ(test, map(2, 1, PROT_READ | PROT_EXEC), 0);
	KUNIT_ASSERT_EQ(test, map_with(4, 1, PROT_NONE, MAP_SHARED), 0);
	KUNIT_EXPECT_STREQ(test, format_vma_rights(buf, vma_of(0)), "rw-p");
	KUNIT_EXPECT_STREQ(test, format_vma_rights(buf, vma_of(2)), "r-xp");
	KUNIT_EXPECT_STREQ(test, format_vma_rights(buf, vma_of(4)), "---s");
}

static void vmas_are_named_by_what_exec_noted(struct kunit *test)
{
	struct mm_struct *mm = current->mm;

	for (unsigned long nr = 0; nr < 10; nr += 2)
		KUNIT_ASSERT_EQ(test, map(nr, 1, nr ? PROT_RW : PROT_READ | PROT_EXEC), 0);
	mm->start_code = at(0) + 52;
	mm->end_code = at(0) + 2000;
	mm->start_data = at(2) + 100;
	mm->end_data = at(2) + 300;
	mm->start_brk = at(4);
	mm->brk = at(4) + 16;
	mm->start_stack = at(6) + 3000;
	KUNIT_EXPECT_STREQ(test, vma_name(vma_of(0)), "[text]");
	KUNIT_EXPECT_STREQ(test, vma_name(vma_of(2)), "[data]");
	KUNIT_EXPECT_STREQ(test, vma_name(vma_of(4)), "[heap]");
	KUNIT_EXPECT_STREQ(test, vma_name(vma_of(6)), "[stack]");
	KUNIT_EXPECT_STREQ(test, vma_name(vma_of(8)), "");
}

static void the_commands_take_a_process_and_let_go_of_it(struct kunit *test)
{
	const int users = atomic_read(&current->mm->mm_users);

	KUNIT_ASSERT_EQ(test, map(0, 2, PROT_RW), 0);
	touch(0, FAULT_FLAG_WRITE);
	touch(1, 0);
	KUNIT_EXPECT_EQ(test, run_with_pid("maps ", ""), 0);
	KUNIT_EXPECT_EQ(test, run_with_pid("pagemap ", ""), 0);
	KUNIT_EXPECT_EQ(test, run_with_pid("walk 0x10000000 ", ""), 0);
	KUNIT_EXPECT_EQ(test, run_with_pid("walk 0x10001000 ", ""), 0);
	KUNIT_EXPECT_EQ(test, run_with_pid("walk 0 ", ""), 0);
	KUNIT_EXPECT_EQ(test, run_with_pid("ptdump ", ""), 0);
	KUNIT_EXPECT_EQ(test, run_with_pid("ptdump -s ", ""), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&current->mm->mm_users), users);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&current->mm->mmap_sem));
}

static void what_is_no_process_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run("maps 0"), -EINVAL); /* the idle thread */
	KUNIT_EXPECT_EQ(test, run("maps 31000"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("maps 4000000000"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("maps init"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("pagemap 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("walk 0 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("ptdump 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("ptdump 1 2"), -EINVAL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_was_never_touched_has_no_run),
	KUNIT_CASE(a_page_is_found_wherever_it_lies),
	KUNIT_CASE(pages_of_the_zero_page_are_one_run),
	KUNIT_CASE(a_written_page_parts_them),
	KUNIT_CASE(a_run_ends_where_frames_do_not_follow_each_other),
	KUNIT_CASE(a_frame_that_more_entries_lead_to_parts_a_run),
	KUNIT_CASE(an_entry_that_permits_less_parts_a_run),
	KUNIT_CASE(what_fork_shares_is_no_run_with_what_it_does_not),
	KUNIT_CASE(pages_of_prot_none_are_there_but_not_present),
	KUNIT_CASE(rights_are_written_as_in_proc),
	KUNIT_CASE(vmas_are_named_by_what_exec_noted),
	KUNIT_CASE(the_commands_take_a_process_and_let_go_of_it),
	KUNIT_CASE(what_is_no_process_is_refused),
	{},
};
static struct kunit_suite suite = {
	.name = "maps", .init = mm_begin, .exit = mm_end, .test_cases = cases
};
kunit_test_suite(suite);
