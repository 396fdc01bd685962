/* mm/mremap.c: mappings that change their size or their place, and keep their frames. */
#include "mm_tools.h"
#include <mm/fault_inject.h>
#include <mm/memory.h>

#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

/* The frame behind a page of the picture, brought in if need be. */
static struct page *frame_at(unsigned long nr)
{
	struct page *page = follow_page(current->mm, at(nr));

	if (page)
		return page;
	make_pages_present(at(nr), at(nr + 1));
	return follow_page(current->mm, at(nr));
}

static void a_mapping_shrinks_in_place(struct kunit *test)
{
	map(2, 4, PROT_RW);
	KUNIT_EXPECT_EQ(test, remap(2, 4, 1, 0, 0), 2);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w]");
	KUNIT_EXPECT_EQ(test, remap(2, 1, 1, 0, 0), 2);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w]");
}

static void a_mapping_grows_in_place_where_there_is_room(struct kunit *test)
{
	struct page *frame;

	map(2, 2, PROT_RW);
	map(6, 1, PROT_READ);
	frame = frame_at(3);
	KUNIT_EXPECT_EQ(test, remap(2, 2, 4, 0, 0), 2);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwww][r]");
	KUNIT_EXPECT_EQ(test, current->mm->total_vm, 5);
	KUNIT_EXPECT_PTR_EQ(test, frame_at(3), frame);
	KUNIT_EXPECT_EQ(test, remap(2, 4, 5, 0, 0), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwww][r]");
}

static void only_the_end_of_a_vma_can_grow_in_place(struct kunit *test)
{
	map(2, 4, PROT_RW);
	KUNIT_EXPECT_EQ(test, remap(2, 2, 3, 0, 0), -ENOMEM);
	KUNIT_EXPECT_EQ(test, remap(4, 2, 3, 0, 0), 4);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwww]");
}

static void without_room_a_mapping_moves_with_its_frames(struct kunit *test)
{
	struct page *frames[2];

	current->mm->mmap_base = at(30);
	map(2, 2, PROT_RW);
	map(4, 1, PROT_READ);
	frames[0] = frame_at(2);
	frames[1] = frame_at(3);
	KUNIT_EXPECT_EQ(test, remap(2, 2, 3, MREMAP_MAYMOVE, 0), 27);
	KUNIT_EXPECT_STREQ(test, vmas(), "....[r]......................[www]");
	KUNIT_EXPECT_PTR_EQ(test, follow_page(current->mm, at(27)), frames[0]);
	KUNIT_EXPECT_PTR_EQ(test, follow_page(current->mm, at(28)), frames[1]);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, at(29)));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 2);
	KUNIT_EXPECT_EQ(test, current->mm->total_vm, 4);
}

static void a_mapping_moves_to_a_fixed_place_over_what_is_there(struct kunit *test)
{
	struct page *frame;

	map(2, 3, PROT_RW);
	map(10, 4, PROT_READ);
	frame_at(11);
	frame = frame_at(3);
	KUNIT_EXPECT_EQ(test, remap(3, 1, 2, FIXED, 11), 11);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[w].[w].....[r][ww][r]");
	KUNIT_EXPECT_PTR_EQ(test, follow_page(current->mm, at(11)), frame);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, at(12)));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1);
}

static void a_fixed_move_may_shrink(struct kunit *test)
{
	map(2, 4, PROT_RW);
	KUNIT_EXPECT_EQ(test, remap(2, 4, 2, FIXED, 20), 20);
	KUNIT_EXPECT_STREQ(test, vmas(), "....................[ww]");
}

static void a_move_merges_with_the_rest_that_it_comes_back_to(struct kunit *test)
{
	map(2, 4, PROT_RW);
	remap(4, 2, 2, FIXED, 20);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww]................[ww]");
	remap(20, 2, 2, FIXED, 4);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwww]");
}

static void a_shared_mapping_of_length_0_is_doubled(struct kunit *test)
{
	struct page *frame;

	map_with(2, 2, PROT_RW, MAP_SHARED);
	frame = frame_at(3);
	KUNIT_EXPECT_EQ(test, remap(2, 0, 2, FIXED, 10), 10);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[SS]......[SS]");
	KUNIT_EXPECT_PTR_EQ(test, frame_at(3), frame);
	KUNIT_EXPECT_PTR_EQ(test, frame_at(11), frame);
	map(20, 2, PROT_RW);
	KUNIT_EXPECT_EQ(test, remap(20, 0, 2, FIXED, 30), -EINVAL);
}

/* To where two page tables meet: the second one is not to be had when the first one's page is there. */
static void a_move_that_lacks_a_table_is_undone(struct kunit *test)
{
	const unsigned long target = 300 * PMD_SIZE - PAGE_SIZE;
	struct page *frames[2];
	unsigned int nth = 0;
	long ret;

	map(2, 2, PROT_RW);
	frames[0] = frame_at(2);
	frames[1] = frame_at(3);
	do {
		const struct fault_attr attr = { .probability = 100,
						 .interval = ++nth,
						 .times = 1 };

		KUNIT_EXPECT_PTR_EQ(test, follow_page(current->mm, at(2)), frames[0]);
		KUNIT_EXPECT_PTR_EQ(test, follow_page(current->mm, at(3)), frames[1]);
		set_fail_page_alloc(&attr);
		ret = sys_mremap(at(2), 2 * PAGE_SIZE, 2 * PAGE_SIZE, FIXED, target);
		set_fail_page_alloc(NULL);
	} while (ret == -ENOMEM && nth < 10);
	KUNIT_EXPECT_EQ(test, ret, (long)target);
	KUNIT_EXPECT_GT(test, nth, 2U);
	KUNIT_EXPECT_PTR_EQ(test, follow_page(current->mm, target + PAGE_SIZE), frames[1]);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 2);
}

static void locked_memory_stays_locked_and_present(struct kunit *test)
{
	map(2, 2, PROT_RW);
	sys_mlock(at(2), 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, remap(2, 2, 4, FIXED, 10), 10);
	KUNIT_EXPECT_STREQ(test, vmas(), "..........[llll]");
	KUNIT_EXPECT_EQ(test, current->mm->locked_vm, 4);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 4);
	KUNIT_EXPECT_EQ(test, remap(10, 4, 6, 0, 0), 10);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 6);
	current->rlim[RLIMIT_MEMLOCK].rlim_cur = 6 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, remap(10, 6, 7, 0, 0), -EAGAIN);
}

static void limits_hold_for_growth(struct kunit *test)
{
	map(2, 2, PROT_RW);
	current->rlim[RLIMIT_AS].rlim_cur = 3 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, remap(2, 2, 4, MREMAP_MAYMOVE, 0), -ENOMEM);
	KUNIT_EXPECT_EQ(test, remap(2, 2, 3, MREMAP_MAYMOVE, 0), 2);
	find_vma(current->mm, at(2))->vm_flags |= VM_DONTEXPAND;
	current->rlim[RLIMIT_AS].rlim_cur = RLIM_INFINITY;
	KUNIT_EXPECT_EQ(test, remap(2, 3, 4, MREMAP_MAYMOVE, 0), -EFAULT);
}

static const struct {
	unsigned long addr, old_len, new_len, flags, new_addr;
	long error;
} bad_remaps[] = {
	/* pages 2 and 3 are mapped, 4 otherwise, 10 again */
	{ SHOWN_BASE + 0x2001, PAGE_SIZE, PAGE_SIZE, 0, 0, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, 0, 0, 0, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, -1UL, MREMAP_MAYMOVE, 0, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, PAGE_SIZE, 4, 0, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, PAGE_SIZE, MREMAP_FIXED, SHOWN_BASE, -EINVAL },
	{ SHOWN_BASE + 0x6000, PAGE_SIZE, PAGE_SIZE, 0, 0, -EFAULT },
	{ SHOWN_BASE + 0x6000, PAGE_SIZE, 2 * PAGE_SIZE, MREMAP_MAYMOVE, 0, -EFAULT },
	{ SHOWN_BASE + 0x2000, 3 * PAGE_SIZE, 4 * PAGE_SIZE, MREMAP_MAYMOVE, 0, -EFAULT },
	{ SHOWN_BASE + 0x2000, 2 * PAGE_SIZE, TASK_SIZE, MREMAP_MAYMOVE, 0, -ENOMEM },
	{ SHOWN_BASE + 0x2000, 0, PAGE_SIZE, MREMAP_MAYMOVE, 0, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, PAGE_SIZE, FIXED, SHOWN_BASE + 0x2000, -EINVAL },
	{ SHOWN_BASE + 0x2000, 2 * PAGE_SIZE, PAGE_SIZE, FIXED, SHOWN_BASE + 0x3000, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, 2 * PAGE_SIZE, FIXED, SHOWN_BASE + 0x1000, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, PAGE_SIZE, FIXED, SHOWN_BASE + 1, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, PAGE_SIZE, FIXED, TASK_SIZE, -EINVAL },
	{ SHOWN_BASE + 0x2000, PAGE_SIZE, PAGE_SIZE, FIXED, 0, -EPERM },
	{ SHOWN_BASE + 0x6000, PAGE_SIZE, PAGE_SIZE, FIXED, SHOWN_BASE + 0xA000, -EFAULT },
};

static void bad_arguments_of_mremap_are_told_apart(struct kunit *test)
{
	map(2, 2, PROT_RW);
	map(4, 1, PROT_READ);
	map(10, 1, PROT_READ);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad_remaps); i++) {
		const long ret =
			sys_mremap(bad_remaps[i].addr, bad_remaps[i].old_len, bad_remaps[i].new_len,
				   bad_remaps[i].flags, bad_remaps[i].new_addr);

		if (ret != bad_remaps[i].error)
			KUNIT_FAIL(test, "row %u: %ld, not %ld", i, ret, bad_remaps[i].error);
	}
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][r].....[r]");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_mapping_shrinks_in_place),
	KUNIT_CASE(a_mapping_grows_in_place_where_there_is_room),
	KUNIT_CASE(only_the_end_of_a_vma_can_grow_in_place),
	KUNIT_CASE(without_room_a_mapping_moves_with_its_frames),
	KUNIT_CASE(a_mapping_moves_to_a_fixed_place_over_what_is_there),
	KUNIT_CASE(a_fixed_move_may_shrink),
	KUNIT_CASE(a_move_merges_with_the_rest_that_it_comes_back_to),
	KUNIT_CASE(a_shared_mapping_of_length_0_is_doubled),
	KUNIT_CASE(a_move_that_lacks_a_table_is_undone),
	KUNIT_CASE(locked_memory_stays_locked_and_present),
	KUNIT_CASE(limits_hold_for_growth),
	KUNIT_CASE(bad_arguments_of_mremap_are_told_apart),
	{},
};

static struct kunit_suite suite = {
	.name = "mremap",
	.init = mm_begin,
	.exit = mm_end,
	.test_cases = cases,
};
kunit_test_suite(suite);
