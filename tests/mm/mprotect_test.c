/* mm/mprotect.c, madvise.c and mlock.c: parts of VMAs that become another kind. */
#include "mm_tools.h"
#include <mm/memory.h>

static unsigned long flags_at(unsigned long nr)
{
	return find_vma(current->mm, at(nr))->vm_flags;
}

/* --- mprotect --------------------------------------------------------------------------------- */

static void the_middle_becomes_a_vma_and_merges_back(struct kunit *test)
{
	map(2, 6, PROT_RW);
	KUNIT_EXPECT_EQ(test, protect(4, 2, PROT_READ), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][rr][ww]");
	KUNIT_EXPECT_EQ(test, protect(4, 2, PROT_RW), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwww]");
}

static void the_border_of_two_vmas_moves(struct kunit *test)
{
	const struct vm_area_struct *low, *high;

	map(2, 4, PROT_RW);
	map(6, 4, PROT_READ);
	low = find_vma(current->mm, at(2));
	high = low->vm_next;
	KUNIT_EXPECT_EQ(test, protect(4, 2, PROT_READ), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][rrrrrr]");
	KUNIT_EXPECT_EQ(test, protect(4, 5, PROT_RW), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwwww][r]");
	KUNIT_EXPECT_PTR_EQ(test, find_vma(current->mm, at(2)), low);
	KUNIT_EXPECT_PTR_EQ(test, low->vm_next, high);
	KUNIT_EXPECT_EQ(test, high->vm_pgoff, at(9) >> PAGE_SHIFT);
}

static void one_call_goes_over_many_vmas(struct kunit *test)
{
	map(2, 2, PROT_RW);
	map(4, 2, PROT_READ);
	map(6, 2, PROT_NONE);
	map_with(8, 1, PROT_RW, MAP_SHARED);
	KUNIT_EXPECT_EQ(test, protect(3, 6, PROT_READ | PROT_EXEC), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w][xxxxx][S]");
	KUNIT_EXPECT_EQ(test, flags_at(8) & VM_ACCESS_FLAGS, VM_READ | VM_EXEC);
}

static void a_hole_ends_it_after_what_lies_before(struct kunit *test)
{
	map(2, 2, PROT_RW);
	map(5, 2, PROT_RW);
	KUNIT_EXPECT_EQ(test, protect(3, 3, PROT_READ), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w][r].[ww]");
	KUNIT_EXPECT_EQ(test, protect(1, 2, PROT_READ), -ENOMEM);
	KUNIT_EXPECT_EQ(test, protect(10, 1, PROT_READ), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w][r].[ww]");
}

static void what_a_vma_may_never_be_is_refused(struct kunit *test)
{
	map(2, 1, PROT_RW);
	map(3, 1, PROT_READ);
	find_vma(current->mm, at(3))->vm_flags &= ~VM_MAYWRITE;
	KUNIT_EXPECT_EQ(test, protect(2, 2, PROT_WRITE), -EACCES);
	KUNIT_EXPECT_EQ(test, protect(3, 1, PROT_EXEC), 0);
}

static void bad_arguments_of_mprotect_are_told_apart(struct kunit *test)
{
	map(2, 2, PROT_RW);
	KUNIT_EXPECT_EQ(test, sys_mprotect(at(2) + 1, PAGE_SIZE, PROT_READ), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_mprotect(at(2), 0, PROT_READ), 0);
	KUNIT_EXPECT_EQ(test, sys_mprotect(at(2), -1UL, PROT_READ), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sys_mprotect(at(2), -PAGE_SIZE, PROT_READ), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sys_mprotect(at(2), PAGE_SIZE, 0x10), -EINVAL);
	KUNIT_EXPECT_EQ(test, protect(2, 1, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), -EINVAL);
	KUNIT_EXPECT_EQ(test, protect(2, 1, PROT_READ | PROT_GROWSDOWN), -EINVAL);
	KUNIT_EXPECT_EQ(test, protect(2, 1, PROT_READ | PROT_GROWSUP), -EINVAL);
	KUNIT_EXPECT_EQ(test, protect(2, 1, PROT_RW | PROT_SEM), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww]");
}

static void prot_growsdown_reaches_to_the_start_of_the_stack(struct kunit *test)
{
	map_with(2, 4, PROT_RW, MAP_GROWSDOWN);
	KUNIT_EXPECT_EQ(test, protect(4, 1, PROT_READ | PROT_GROWSDOWN), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[sss][s]");
	KUNIT_EXPECT_FALSE(test, flags_at(2) & VM_WRITE);
	KUNIT_EXPECT_TRUE(test, flags_at(5) & VM_WRITE);
}

/* --- madvise ---------------------------------------------------------------------------------- */

static long advise(unsigned long nr, unsigned long nr_pages, int behaviour)
{
	return sys_madvise(at(nr), nr_pages << PAGE_SHIFT, behaviour);
}

static void advice_is_kept_in_the_vma(struct kunit *test)
{
	map(2, 6, PROT_RW);
	KUNIT_EXPECT_EQ(test, advise(4, 2, MADV_RANDOM), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][ww][ww]");
	KUNIT_EXPECT_TRUE(test, flags_at(4) & VM_RAND_READ);
	KUNIT_EXPECT_EQ(test, advise(4, 2, MADV_SEQUENTIAL), 0);
	KUNIT_EXPECT_EQ(test, flags_at(4) & (VM_RAND_READ | VM_SEQ_READ), VM_SEQ_READ);
	KUNIT_EXPECT_EQ(test, advise(2, 6, MADV_NORMAL), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwww]");
	KUNIT_EXPECT_EQ(test, advise(2, 6, MADV_DONTFORK), 0);
	KUNIT_EXPECT_TRUE(test, flags_at(2) & VM_DONTCOPY);
	KUNIT_EXPECT_EQ(test, advise(2, 6, MADV_DOFORK), 0);
	KUNIT_EXPECT_FALSE(test, flags_at(2) & VM_DONTCOPY);
}

static void advice_goes_over_holes_but_tells_of_them(struct kunit *test)
{
	map(2, 2, PROT_RW);
	map(6, 2, PROT_RW);
	KUNIT_EXPECT_EQ(test, advise(1, 6, MADV_RANDOM), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, flags_at(2) & VM_RAND_READ);
	KUNIT_EXPECT_TRUE(test, flags_at(6) & VM_RAND_READ);
	KUNIT_EXPECT_FALSE(test, flags_at(7) & VM_RAND_READ);
	KUNIT_EXPECT_EQ(test, advise(7, 2, MADV_RANDOM), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, flags_at(7) & VM_RAND_READ);
}

static void dontneed_leaves_the_vma_and_takes_the_page(struct kunit *test)
{
	map(2, 2, PROT_RW);
	KUNIT_ASSERT_EQ(test, make_pages_present(at(2), at(4)), 0);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 2);
	KUNIT_EXPECT_EQ(test, advise(2, 1, MADV_DONTNEED), 0);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, at(2)));
	KUNIT_EXPECT_NOT_NULL(test, follow_page(current->mm, at(3)));
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww]");
}

static void bad_arguments_of_madvise_are_told_apart(struct kunit *test)
{
	map(2, 2, PROT_RW);
	KUNIT_EXPECT_EQ(test, sys_madvise(at(2) + 1, PAGE_SIZE, MADV_NORMAL), -EINVAL);
	KUNIT_EXPECT_EQ(test, advise(2, 1, 1000), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_madvise(at(2), -1UL, MADV_NORMAL), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_madvise(at(2), -PAGE_SIZE, MADV_NORMAL), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_madvise(at(9), 0, MADV_NORMAL), 0);
	KUNIT_EXPECT_EQ(test, advise(9, 1, MADV_NORMAL), -ENOMEM);
	sys_mlock(at(2), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, advise(2, 1, MADV_DONTNEED), -EINVAL);
	KUNIT_EXPECT_EQ(test, advise(3, 1, MADV_DONTNEED), 0);
	KUNIT_EXPECT_EQ(test, advise(2, 2, MADV_WILLNEED), 0);
}

/* --- mlock ------------------------------------------------------------------------------------ */

static void mlock_covers_every_page_that_is_touched(struct kunit *test)
{
	map(2, 6, PROT_RW);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(4) - 1, 2), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w][ll][www]");
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, 2);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 2);
	KUNIT_EXPECT_EQ(test, sys_munlock(at(3), PAGE_SIZE), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][l][www]");
	KUNIT_EXPECT_EQ(test, sys_munlock(at(2), 6 * PAGE_SIZE), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwww]");
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, 0);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 2);
}

static void rlimit_memlock_bounds_what_is_locked(struct kunit *test)
{
	current->rlim[RLIMIT_MEMLOCK].rlim_cur = 2 * PAGE_SIZE;
	map(2, 4, PROT_RW);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(2), 3 * PAGE_SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(2), 2 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(2), PAGE_SIZE), 0); /* not counted twice */
	KUNIT_EXPECT_EQ(test, sys_mlock(at(4), PAGE_SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, map_with(10, 1, PROT_RW, MAP_LOCKED), -EAGAIN);
	current->rlim[RLIMIT_MEMLOCK].rlim_cur = 0;
	KUNIT_EXPECT_EQ(test, sys_mlock(at(2), PAGE_SIZE), -EPERM);
	KUNIT_EXPECT_EQ(test, map_with(10, 1, PROT_RW, MAP_LOCKED), -EPERM);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ll][ww]");
}

static void holes_and_forbidden_pages_cannot_be_locked(struct kunit *test)
{
	map(2, 1, PROT_RW);
	map(4, 1, PROT_NONE);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(2), 2 * PAGE_SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(1), 2 * PAGE_SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(4), PAGE_SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(2), -PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_mlock(at(2), 0), 0);
	KUNIT_EXPECT_EQ(test, sys_munlock(at(3), PAGE_SIZE), -ENOMEM);
}

static void map_locked_and_map_populate_bring_pages_in_at_once(struct kunit *test)
{
	map_with(2, 3, PROT_RW, MAP_LOCKED);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 3);
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, 3);
	map_with(8, 2, PROT_RW, MAP_POPULATE);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 5);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[lll]...[ww]");
	unmap(2, 8);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 0);
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_middle_becomes_a_vma_and_merges_back),
	KUNIT_CASE(the_border_of_two_vmas_moves),
	KUNIT_CASE(one_call_goes_over_many_vmas),
	KUNIT_CASE(a_hole_ends_it_after_what_lies_before),
	KUNIT_CASE(what_a_vma_may_never_be_is_refused),
	KUNIT_CASE(bad_arguments_of_mprotect_are_told_apart),
	KUNIT_CASE(prot_growsdown_reaches_to_the_start_of_the_stack),
	KUNIT_CASE(advice_is_kept_in_the_vma),
	KUNIT_CASE(advice_goes_over_holes_but_tells_of_them),
	KUNIT_CASE(dontneed_leaves_the_vma_and_takes_the_page),
	KUNIT_CASE(bad_arguments_of_madvise_are_told_apart),
	KUNIT_CASE(mlock_covers_every_page_that_is_touched),
	KUNIT_CASE(rlimit_memlock_bounds_what_is_locked),
	KUNIT_CASE(holes_and_forbidden_pages_cannot_be_locked),
	KUNIT_CASE(map_locked_and_map_populate_bring_pages_in_at_once),
	{},
};

static struct kunit_suite suite = {
	.name = "mprotect",
	.init = mm_begin,
	.exit = mm_end,
	.test_cases = cases,
};
kunit_test_suite(suite);
