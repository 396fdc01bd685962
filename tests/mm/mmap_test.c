/* mm/mmap.c: what mmap(), munmap(), brk() and growing stacks make of the VMAs. */
#include "mm_tools.h"
#include <mm/mm.h>
#include <mm/mm_alloc.h>
#include <asm/syscall.h>

#define ANON_PRIVATE (MAP_ANONYMOUS | MAP_PRIVATE)

static long mmap_at(unsigned long addr, unsigned long len, unsigned long flags)
{
	return sys_mmap_pgoff(addr, len, PROT_RW, flags, -1UL, 0);
}

static struct vm_area_struct *find(unsigned long nr)
{
	return find_vma(current->mm, at(nr));
}

/* --- mmap ------------------------------------------------------------------------------------- */

static void a_length_is_rounded_up_to_pages(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, mmap_at(at(2), 1, ANON_PRIVATE | MAP_FIXED), (long)at(2));
	KUNIT_EXPECT_EQ(test, mmap_at(at(4), PAGE_SIZE + 1, ANON_PRIVATE | MAP_FIXED), (long)at(4));
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w].[ww]");
}

static void without_an_address_the_place_is_right_below_mmap_base(struct kunit *test)
{
	current->mm->mmap_base = at(20);
	KUNIT_EXPECT_EQ(test, mmap_at(0, 2 * PAGE_SIZE, ANON_PRIVATE), (long)at(18));
	KUNIT_EXPECT_EQ(test, mmap_at(0, PAGE_SIZE, ANON_PRIVATE), (long)at(17));
	KUNIT_EXPECT_STREQ(test, vmas(), ".................[www]");
}

static void a_hint_is_rounded_down_and_taken_if_it_is_free(struct kunit *test)
{
	current->mm->mmap_base = at(20);
	KUNIT_EXPECT_EQ(test, mmap_at(at(3) + 5, PAGE_SIZE, ANON_PRIVATE), (long)at(3));
	KUNIT_EXPECT_EQ(test, mmap_at(at(2), 2 * PAGE_SIZE, ANON_PRIVATE), (long)at(18));
	KUNIT_EXPECT_EQ(test, mmap_at(1, PAGE_SIZE, ANON_PRIVATE), (long)MMAP_MIN_ADDR);
}

static void map_fixed_replaces_what_is_there(struct kunit *test)
{
	map(2, 6, PROT_RW);
	map(4, 2, PROT_READ);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][rr][ww]");
	map(1, 5, PROT_NONE);
	KUNIT_EXPECT_STREQ(test, vmas(), ".[-----][ww]");
	map(0, 8, PROT_RW);
	KUNIT_EXPECT_STREQ(test, vmas(), "[wwwwwwww]");
}

static void map_fixed_noreplace_leaves_alone_what_is_there(struct kunit *test)
{
	map(2, 2, PROT_RW);
	KUNIT_EXPECT_EQ(test, map_with(3, 4, PROT_READ, MAP_FIXED_NOREPLACE), -EEXIST);
	KUNIT_EXPECT_EQ(test, map_with(0, 3, PROT_READ, MAP_FIXED_NOREPLACE), -EEXIST);
	KUNIT_EXPECT_EQ(test, map_with(4, 1, PROT_READ, MAP_FIXED_NOREPLACE), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][r]");
}

static void a_vma_has_the_entries_that_its_rights_ask_for(struct kunit *test)
{
	map(0, 1, PROT_NONE);
	map(1, 1, PROT_READ);
	map(2, 1, PROT_WRITE);
	map(3, 1, PROT_READ | PROT_EXEC);
	map_with(4, 1, PROT_RW, MAP_SHARED);
	KUNIT_EXPECT_FALSE(test, pgprot_val(find(0)->vm_page_prot) & _PAGE_PRESENT);
	KUNIT_EXPECT_FALSE(test, pgprot_val(find(1)->vm_page_prot) & _PAGE_RW);
	KUNIT_EXPECT_FALSE(test, pgprot_val(find(2)->vm_page_prot) & _PAGE_RW);
	KUNIT_EXPECT_TRUE(test, pgprot_val(find(4)->vm_page_prot) & _PAGE_RW);
	KUNIT_EXPECT_FALSE(test, pgprot_val(find(3)->vm_page_prot) & _PAGE_NX);
	KUNIT_EXPECT_TRUE(test, (pgprot_val(find(4)->vm_page_prot) & _PAGE_NX) == _PAGE_NX);
	for (unsigned long nr = 1; nr < 5; nr++)
		KUNIT_EXPECT_TRUE(test, pgprot_val(find(nr)->vm_page_prot) & _PAGE_USER);
}

/* --- munmap ----------------------------------------------------------------------------------- */

static void munmap_takes_head_tail_middle_or_all(struct kunit *test)
{
	map(0, 10, PROT_RW);
	unmap(0, 1);
	KUNIT_EXPECT_STREQ(test, vmas(), ".[wwwwwwwww]");
	unmap(9, 1);
	KUNIT_EXPECT_STREQ(test, vmas(), ".[wwwwwwww]");
	unmap(4, 2);
	KUNIT_EXPECT_STREQ(test, vmas(), ".[www]..[www]");
	KUNIT_EXPECT_EQ(test, current->mm->total_vm, 6);
	unmap(0, 20);
	KUNIT_EXPECT_STREQ(test, vmas(), "");
	KUNIT_EXPECT_EQ(test, current->mm->total_vm, 0);
	KUNIT_EXPECT_EQ(test, current->mm->highest_vm_end, 0);
}

static void munmap_goes_over_many_vmas_and_holes(struct kunit *test)
{
	map(1, 2, PROT_RW);
	map(3, 1, PROT_READ);
	map(6, 3, PROT_RW);
	map(9, 2, PROT_NONE);
	KUNIT_EXPECT_EQ(test, unmap(2, 8), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), ".[w]........[-]");
	KUNIT_EXPECT_EQ(test, unmap(3, 4), 0);
}

/* --- errors ----------------------------------------------------------------------------------- */

static const struct {
	unsigned long addr, len, prot, flags, fd, pgoff;
	long error;
} bad_maps[] = {
	{ 0, 0, PROT_RW, ANON_PRIVATE, -1UL, 0, -EINVAL },
	{ 0, -1UL, PROT_RW, ANON_PRIVATE, -1UL, 0, -ENOMEM },
	{ 0, -PAGE_SIZE, PROT_RW, ANON_PRIVATE, -1UL, 0, -ENOMEM },
	{ 0, TASK_SIZE, PROT_NONE, ANON_PRIVATE, -1UL, 0, -ENOMEM },
	{ 0, PAGE_SIZE, PROT_RW, ANON_PRIVATE, -1UL, -1UL, -EOVERFLOW },
	{ 0, PAGE_SIZE, PROT_RW, MAP_ANONYMOUS, -1UL, 0, -EINVAL },
	{ 0, PAGE_SIZE, PROT_RW, ANON_PRIVATE | MAP_SHARED, -1UL, 0, -EINVAL },
	{ 0, PAGE_SIZE, PROT_RW, MAP_ANONYMOUS | MAP_SHARED | MAP_GROWSDOWN, -1UL, 0, -EINVAL },
	{ 0, PAGE_SIZE, PROT_RW, MAP_PRIVATE, -1UL, 0, -EBADF },
	{ 1, PAGE_SIZE, PROT_RW, ANON_PRIVATE | MAP_FIXED, -1UL, 0, -EINVAL },
	{ 0, PAGE_SIZE, PROT_RW, ANON_PRIVATE | MAP_FIXED, -1UL, 0, -EPERM },
	{ MMAP_MIN_ADDR - PAGE_SIZE, PAGE_SIZE, PROT_RW, ANON_PRIVATE | MAP_FIXED, -1UL, 0,
	  -EPERM },
	{ TASK_SIZE, PAGE_SIZE, PROT_RW, ANON_PRIVATE | MAP_FIXED, -1UL, 0, -ENOMEM },
	{ TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE, PROT_RW, ANON_PRIVATE | MAP_FIXED, -1UL, 0,
	  -ENOMEM },
	{ -PAGE_SIZE, PAGE_SIZE, PROT_RW, ANON_PRIVATE | MAP_FIXED, -1UL, 0, -ENOMEM },
};

static void bad_arguments_of_mmap_are_told_apart(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(bad_maps); i++) {
		const long ret =
			sys_mmap_pgoff(bad_maps[i].addr, bad_maps[i].len, bad_maps[i].prot,
				       bad_maps[i].flags, bad_maps[i].fd, bad_maps[i].pgoff);

		if (ret != bad_maps[i].error)
			KUNIT_FAIL(test, "row %u: %ld, not %ld", i, ret, bad_maps[i].error);
	}
	KUNIT_EXPECT_EQ(test, sys_mmap(0, PAGE_SIZE, PROT_RW, ANON_PRIVATE, -1UL, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, current->mm->map_count, 0);
}

static void bad_arguments_of_munmap_are_refused(struct kunit *test)
{
	map(2, 2, PROT_RW);
	KUNIT_EXPECT_EQ(test, sys_munmap(at(2) + 1, PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_munmap(at(2), 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_munmap(at(2), -PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_munmap(at(2), -1UL), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_munmap(TASK_SIZE, PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_munmap(TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, sys_munmap(-PAGE_SIZE, PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww]");
}

static void the_last_page_of_the_process_can_be_mapped(struct kunit *test)
{
	const unsigned long last = TASK_SIZE - PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, mmap_at(last, PAGE_SIZE, ANON_PRIVATE | MAP_FIXED), (long)last);
	KUNIT_EXPECT_EQ(test, current->mm->highest_vm_end, TASK_SIZE);
	KUNIT_EXPECT_EQ(test, sys_munmap(last, 1), 0);
}

/* --- limits ----------------------------------------------------------------------------------- */

static void rlimit_as_bounds_all_vmas_together(struct kunit *test)
{
	current->rlim[RLIMIT_AS].rlim_cur = 5 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, map(0, 4, PROT_RW), 0);
	KUNIT_EXPECT_EQ(test, map(8, 2, PROT_RW), -ENOMEM);
	KUNIT_EXPECT_EQ(test, map(2, 3, PROT_READ), 0); /* two of the three were counted already */
	KUNIT_EXPECT_EQ(test, map(8, 1, PROT_RW), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, vmas(), "[ww][rrr]");
}

static void a_mapping_larger_than_all_ram_needs_noreserve_or_no_writer(struct kunit *test)
{
	const unsigned long len = (totalram_pages + 1) << PAGE_SHIFT;

	if (len > TASK_SIZE / 2 || len < PAGE_SIZE)
		kunit_skip(test, "RAM is larger than a process");
	KUNIT_EXPECT_EQ(test, mmap_at(0, len, ANON_PRIVATE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, mmap_at(0, len, MAP_ANONYMOUS | MAP_SHARED), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sys_mmap_pgoff(at(0), len, PROT_NONE, ANON_PRIVATE, -1UL, 0),
			(long)at(0));
	KUNIT_EXPECT_EQ(test, sys_mprotect(at(0), len, PROT_RW), -ENOMEM);
	KUNIT_EXPECT_EQ(test, sys_munmap(at(0), len), 0);
	KUNIT_EXPECT_EQ(test, mmap_at(at(0), len, ANON_PRIVATE | MAP_NORESERVE), (long)at(0));
}

/* As if there were as many VMAs as there may be. */
static void one_vma_too_many_is_refused_before_anything_changes(struct kunit *test)
{
	struct mm_struct *mm = current->mm;
	long mapped, unmapped, protected;

	map(2, 6, PROT_RW);
	mm->map_count += DEFAULT_MAX_MAP_COUNT;
	mapped = map(20, 1, PROT_RW);
	unmapped = unmap(4, 2);
	protected = protect(4, 2, PROT_READ);
	mm->map_count -= DEFAULT_MAX_MAP_COUNT;
	KUNIT_EXPECT_EQ(test, mapped, -ENOMEM);
	KUNIT_EXPECT_EQ(test, unmapped, -ENOMEM);
	KUNIT_EXPECT_EQ(test, protected, -ENOMEM);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwww]");
}

/* --- brk -------------------------------------------------------------------------------------- */

static void begin_heap(unsigned long nr)
{
	current->mm->start_brk = current->mm->brk = at(nr) + 0x10;
}

static void the_heap_grows_and_shrinks_by_pages(struct kunit *test)
{
	begin_heap(2);
	KUNIT_EXPECT_EQ(test, sys_brk(0), (long)at(2) + 0x10);
	KUNIT_EXPECT_EQ(test, sys_brk(at(3)), (long)at(3));
	KUNIT_EXPECT_STREQ(test, vmas(), "");
	KUNIT_EXPECT_EQ(test, sys_brk(at(5) + 1), (long)at(5) + 1);
	KUNIT_EXPECT_STREQ(test, vmas(), "...[www]");
	KUNIT_EXPECT_EQ(test, sys_brk(at(8)), (long)at(8));
	KUNIT_EXPECT_STREQ(test, vmas(), "...[wwwww]");
	KUNIT_EXPECT_EQ(test, sys_brk(at(4) - 1), (long)at(4) - 1);
	KUNIT_EXPECT_STREQ(test, vmas(), "...[w]");
	KUNIT_EXPECT_EQ(test, sys_brk(at(2) + 0x10), (long)at(2) + 0x10);
	KUNIT_EXPECT_STREQ(test, vmas(), "");
}

static void the_heap_keeps_a_page_to_its_neighbour(struct kunit *test)
{
	begin_heap(2);
	map(10, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, sys_brk(at(9)), (long)at(9));
	KUNIT_EXPECT_EQ(test, sys_brk(at(9) + 1), (long)at(9));
	KUNIT_EXPECT_EQ(test, sys_brk(at(30)), (long)at(9));
	KUNIT_EXPECT_STREQ(test, vmas(), "...[wwwwww].[r]");
}

static void wishes_of_brk_that_cannot_be_are_answered_with_its_end(struct kunit *test)
{
	begin_heap(2);
	sys_brk(at(5));
	KUNIT_EXPECT_EQ(test, sys_brk(at(1)), (long)at(5));
	KUNIT_EXPECT_EQ(test, sys_brk(at(2)), (long)at(5));
	KUNIT_EXPECT_EQ(test, sys_brk(TASK_SIZE + 1), (long)at(5));
	KUNIT_EXPECT_EQ(test, sys_brk(-1UL), (long)at(5));
	KUNIT_EXPECT_STREQ(test, vmas(), "...[ww]");
}

static void rlimit_data_bounds_data_and_heap_together(struct kunit *test)
{
	begin_heap(2);
	current->mm->start_data = at(0);
	current->mm->end_data = at(1);
	current->rlim[RLIMIT_DATA].rlim_cur = 3 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, sys_brk(at(4) + 0x10), (long)at(4) + 0x10);
	KUNIT_EXPECT_EQ(test, sys_brk(at(4) + 0x11), (long)at(4) + 0x10);
}

/* --- stacks ----------------------------------------------------------------------------------- */

#define GUARD (STACK_GUARD_GAP >> PAGE_SHIFT)

/* One page of a stack, right above page @nr - 1. */
static struct vm_area_struct *map_stack(unsigned long nr)
{
	map_with(nr, 1, PROT_RW, MAP_GROWSDOWN);
	return find(nr);
}

static void a_stack_grows_down_to_the_address(struct kunit *test)
{
	struct vm_area_struct *stack = map_stack(50);

	KUNIT_EXPECT_PTR_EQ(test, find_extend_vma(current->mm, at(48) + 5), stack);
	KUNIT_EXPECT_EQ(test, stack->vm_start, at(48));
	KUNIT_EXPECT_EQ(test, stack->vm_pgoff, at(48) >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, current->mm->total_vm, 3);
	KUNIT_EXPECT_EQ(test, expand_stack(stack, at(49)), 0);
	KUNIT_EXPECT_EQ(test, stack->vm_start, at(48));
}

static void only_a_stack_grows_down(struct kunit *test)
{
	map(50, 1, PROT_RW);
	KUNIT_EXPECT_NULL(test, find_extend_vma(current->mm, at(49)));
	KUNIT_EXPECT_NULL(test, find_extend_vma(current->mm, at(51)));
	KUNIT_EXPECT_PTR_EQ(test, find_extend_vma(current->mm, at(50)), find(50));
}

static void a_stack_grows_to_rlimit_stack(struct kunit *test)
{
	struct vm_area_struct *stack = map_stack(50);

	current->rlim[RLIMIT_STACK].rlim_cur = 4 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, expand_stack(stack, at(46)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, expand_stack(stack, at(47)), 0);
	current->rlim[RLIMIT_AS].rlim_cur = 4 * PAGE_SIZE;
	current->rlim[RLIMIT_STACK].rlim_cur = RLIM_INFINITY;
	KUNIT_EXPECT_EQ(test, expand_stack(stack, at(46)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, stack->vm_start, at(47));
}

static void a_stack_keeps_its_guard_gap(struct kunit *test)
{
	struct vm_area_struct *stack = map_stack(GUARD + 20);

	map(2, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, expand_stack(stack, at(GUARD + 2)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, expand_stack(stack, at(GUARD + 3)), 0);
	KUNIT_EXPECT_EQ(test, stack->vm_start, at(GUARD + 3));
}

static void what_cannot_be_accessed_is_as_good_as_a_gap(struct kunit *test)
{
	struct vm_area_struct *stack = map_stack(30);

	map(2, 1, PROT_NONE);
	KUNIT_EXPECT_EQ(test, expand_stack(stack, at(2)), -ENOMEM);
	KUNIT_EXPECT_EQ(test, expand_stack(stack, at(3)), 0);
	KUNIT_EXPECT_EQ(test, stack->vm_start, at(3));
}

static void no_stack_reaches_below_mmap_min_addr(struct kunit *test)
{
	struct vm_area_struct *stack;

	sys_mmap_pgoff(MMAP_MIN_ADDR + PAGE_SIZE, PAGE_SIZE, PROT_RW,
		       ANON_PRIVATE | MAP_FIXED | MAP_GROWSDOWN, -1UL, 0);
	stack = current->mm->mmap;
	KUNIT_EXPECT_EQ(test, expand_stack(stack, MMAP_MIN_ADDR - 1), -EPERM);
	KUNIT_EXPECT_EQ(test, expand_stack(stack, MMAP_MIN_ADDR), 0);
}

static void the_heap_stays_away_from_a_stack(struct kunit *test)
{
	begin_heap(2);
	map_stack(GUARD + 20);
	KUNIT_EXPECT_EQ(test, sys_brk(at(20)), (long)at(2) + 0x10);
	KUNIT_EXPECT_EQ(test, sys_brk(at(19)), (long)at(19));
}

/* --- fork ------------------------------------------------------------------------------------- */

static void a_child_has_the_same_vmas(struct kunit *test)
{
	struct mm_struct *parent = current->mm, *child;

	map(2, 2, PROT_RW);
	map_with(6, 2, PROT_RW, MAP_SHARED);
	map_stack(10);
	map(12, 1, PROT_READ);
	child = dup_mm(parent);
	KUNIT_ASSERT_NOT_NULL(test, child);
	current->mm = child;
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww]..[SS]..[s].[r]");
	KUNIT_EXPECT_EQ(test, vma_violations(test), 0);
	KUNIT_EXPECT_EQ(test, child->map_count, 4);
	KUNIT_EXPECT_EQ(test, child->total_vm, 6);
	unmap(2, 1);
	current->mm = parent;
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww]..[SS]..[s].[r]");
	mmput(child);
}

static void a_child_inherits_no_lock_and_nothing_marked_dontfork(struct kunit *test)
{
	struct mm_struct *parent = current->mm, *child;

	map(2, 4, PROT_RW);
	sys_mlock(at(2), PAGE_SIZE);
	sys_madvise(at(4), PAGE_SIZE, MADV_DONTFORK);
	KUNIT_EXPECT_EQ(test, parent->locked_vm, 1);
	child = dup_mm(parent);
	KUNIT_ASSERT_NOT_NULL(test, child);
	current->mm = child;
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w][w].[w]");
	KUNIT_EXPECT_EQ(test, vma_violations(test), 0);
	KUNIT_EXPECT_EQ(test, child->locked_vm, 0);
	KUNIT_EXPECT_EQ(test, child->total_vm, 3);
	current->mm = parent;
	mmput(child);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_length_is_rounded_up_to_pages),
	KUNIT_CASE(without_an_address_the_place_is_right_below_mmap_base),
	KUNIT_CASE(a_hint_is_rounded_down_and_taken_if_it_is_free),
	KUNIT_CASE(map_fixed_replaces_what_is_there),
	KUNIT_CASE(map_fixed_noreplace_leaves_alone_what_is_there),
	KUNIT_CASE(a_vma_has_the_entries_that_its_rights_ask_for),
	KUNIT_CASE(munmap_takes_head_tail_middle_or_all),
	KUNIT_CASE(munmap_goes_over_many_vmas_and_holes),
	KUNIT_CASE(bad_arguments_of_mmap_are_told_apart),
	KUNIT_CASE(bad_arguments_of_munmap_are_refused),
	KUNIT_CASE(the_last_page_of_the_process_can_be_mapped),
	KUNIT_CASE(rlimit_as_bounds_all_vmas_together),
	KUNIT_CASE(a_mapping_larger_than_all_ram_needs_noreserve_or_no_writer),
	KUNIT_CASE(one_vma_too_many_is_refused_before_anything_changes),
	KUNIT_CASE(the_heap_grows_and_shrinks_by_pages),
	KUNIT_CASE(the_heap_keeps_a_page_to_its_neighbour),
	KUNIT_CASE(wishes_of_brk_that_cannot_be_are_answered_with_its_end),
	KUNIT_CASE(rlimit_data_bounds_data_and_heap_together),
	KUNIT_CASE(a_stack_grows_down_to_the_address),
	KUNIT_CASE(only_a_stack_grows_down),
	KUNIT_CASE(a_stack_grows_to_rlimit_stack),
	KUNIT_CASE(a_stack_keeps_its_guard_gap),
	KUNIT_CASE(what_cannot_be_accessed_is_as_good_as_a_gap),
	KUNIT_CASE(no_stack_reaches_below_mmap_min_addr),
	KUNIT_CASE(the_heap_stays_away_from_a_stack),
	KUNIT_CASE(a_child_has_the_same_vmas),
	KUNIT_CASE(a_child_inherits_no_lock_and_nothing_marked_dontfork),
	{},
};

static struct kunit_suite suite = {
	.name = "mmap",
	.init = mm_begin,
	.exit = mm_end,
	.test_cases = cases,
};
kunit_test_suite(suite);
