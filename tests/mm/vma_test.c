/* mm/vma.c: finding, gaps, merging and splitting. */
#include "mm_tools.h"

_Static_assert(sizeof(long) == 8 || sizeof(struct vm_area_struct) <= 88, "more than Linux's");

static struct vm_area_struct *find(unsigned long nr)
{
	return find_vma(current->mm, at(nr));
}

/* --- finding ---------------------------------------------------------------------------------- */

static void the_vma_that_holds_an_address_is_found_else_the_next(struct kunit *test)
{
	map(2, 2, PROT_READ);
	map(6, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, find(0)->vm_start, at(2));
	KUNIT_EXPECT_EQ(test, find(2)->vm_start, at(2));
	KUNIT_EXPECT_EQ(test, find_vma(current->mm, at(4) - 1)->vm_start, at(2));
	KUNIT_EXPECT_EQ(test, find(4)->vm_start, at(6));
	KUNIT_EXPECT_EQ(test, find(6)->vm_start, at(6));
	KUNIT_EXPECT_NULL(test, find(7));
}

static void nothing_is_found_where_nothing_is_mapped(struct kunit *test)
{
	struct vm_area_struct *prev;

	KUNIT_EXPECT_NULL(test, find(0));
	KUNIT_EXPECT_NULL(test, find_vma_prev(current->mm, at(0), &prev));
	KUNIT_EXPECT_NULL(test, prev);
	KUNIT_EXPECT_NULL(test, find_vma_intersection(current->mm, 0, TASK_SIZE));
}

static void what_was_found_last_is_forgotten_when_it_goes(struct kunit *test)
{
	map(2, 1, PROT_READ);
	map(6, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, find(2)->vm_start, at(2));
	KUNIT_EXPECT_PTR_EQ(test, current->mm->mmap_cache, current->mm->mmap);
	unmap(2, 1);
	KUNIT_EXPECT_EQ(test, find(2)->vm_start, at(6));
}

static void find_vma_prev_tells_the_one_before_too(struct kunit *test)
{
	struct vm_area_struct *prev;

	map(2, 1, PROT_READ);
	map(6, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, find_vma_prev(current->mm, at(2), &prev)->vm_start, at(2));
	KUNIT_EXPECT_NULL(test, prev);
	KUNIT_EXPECT_EQ(test, find_vma_prev(current->mm, at(3), &prev)->vm_start, at(6));
	KUNIT_EXPECT_EQ(test, prev->vm_start, at(2));
	KUNIT_EXPECT_NULL(test, find_vma_prev(current->mm, at(7), &prev));
	KUNIT_EXPECT_EQ(test, prev->vm_start, at(6));
}

static void an_intersection_is_a_byte_in_common(struct kunit *test)
{
	struct mm_struct *mm = current->mm;

	map(2, 2, PROT_READ);
	KUNIT_EXPECT_NULL(test, find_vma_intersection(mm, at(0), at(2)));
	KUNIT_EXPECT_NOT_NULL(test, find_vma_intersection(mm, at(0), at(2) + 1));
	KUNIT_EXPECT_NOT_NULL(test, find_vma_intersection(mm, at(4) - 1, at(9)));
	KUNIT_EXPECT_NULL(test, find_vma_intersection(mm, at(4), at(9)));
}

/* A tree of many, in an order that makes it turn; the walker then looks at all of it. */
static void many_vmas_are_all_found(struct kunit *test)
{
	for (unsigned long i = 0; i < 500; i++)
		KUNIT_EXPECT_EQ(test, map(2 * (i * 7919 % 500), 1, PROT_READ), 0);
	KUNIT_EXPECT_EQ(test, current->mm->map_count, 500);
	for (unsigned long i = 0; i < 500; i++)
		KUNIT_EXPECT_EQ(test, find(2 * i)->vm_start, at(2 * i));
	KUNIT_EXPECT_EQ(test, vma_violations(test), 0);
	for (unsigned long i = 0; i < 500; i += 3)
		unmap(2 * i, 1);
	KUNIT_EXPECT_EQ(test, vma_violations(test), 0);
	KUNIT_EXPECT_EQ(test, find(0)->vm_start, at(2));
}

/* --- insert_vm_struct ------------------------------------------------------------------------- */

static void a_vma_is_inserted_only_where_there_is_room(struct kunit *test)
{
	struct vm_area_struct *vma = vma_alloc(current->mm);

	KUNIT_ASSERT_NOT_NULL(test, vma);
	map(4, 2, PROT_READ);
	vma->vm_start = at(3);
	vma->vm_end = at(5);
	vma->vm_page_prot = vm_get_page_prot(0);
	KUNIT_EXPECT_EQ(test, insert_vm_struct(current->mm, vma), -ENOMEM);
	vma->vm_end = at(4);
	KUNIT_ASSERT_EQ(test, insert_vm_struct(current->mm, vma), 0);
	KUNIT_EXPECT_EQ(test, vma->vm_pgoff, at(3) >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, current->mm->total_vm, 3);
	KUNIT_EXPECT_STREQ(test, vmas(), "...[-][rr]");
}

/* --- merging and splitting -------------------------------------------------------------------- */

static void a_mapping_between_two_of_its_kind_makes_one_of_three(struct kunit *test)
{
	map(2, 2, PROT_RW);
	map(6, 2, PROT_RW);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww]..[ww]");
	map(4, 2, PROT_RW);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwww]");
	KUNIT_EXPECT_EQ(test, current->mm->map_count, 1);
	KUNIT_EXPECT_EQ(test, current->mm->total_vm, 6);
}

static void a_mapping_joins_the_neighbour_that_is_alike(struct kunit *test)
{
	map(2, 2, PROT_RW);
	map(4, 1, PROT_RW);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[www]");
	map(1, 1, PROT_RW);
	KUNIT_EXPECT_STREQ(test, vmas(), ".[wwww]");
	KUNIT_EXPECT_EQ(test, current->mm->mmap->vm_pgoff, at(1) >> PAGE_SHIFT);
}

static void other_rights_are_another_vma(struct kunit *test)
{
	map(2, 2, PROT_RW);
	map(4, 1, PROT_READ);
	map(1, 1, PROT_NONE);
	map_with(5, 1, PROT_READ, MAP_NORESERVE);
	KUNIT_EXPECT_STREQ(test, vmas(), ".[-][ww][r][r]");
}

static void shared_objects_never_merge(struct kunit *test)
{
	map_with(2, 2, PROT_RW, MAP_SHARED);
	map_with(4, 2, PROT_RW, MAP_SHARED);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[SS][SS]");
	map_with(10, 4, PROT_RW,
		 MAP_SHARED); /* its page 2 comes to stand behind the other's page 1 */
	KUNIT_EXPECT_EQ(test, remap(12, 1, 1, MREMAP_MAYMOVE | MREMAP_FIXED, 4), 4);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[SS][S][S]....[SS].[S]");
}

static void pages_that_were_moved_keep_their_offset_and_do_not_merge(struct kunit *test)
{
	map(2, 1, PROT_RW);
	map(10, 1, PROT_RW);
	KUNIT_EXPECT_EQ(test, remap(2, 1, 1, MREMAP_MAYMOVE | MREMAP_FIXED, 11), 11);
	KUNIT_EXPECT_STREQ(test, vmas(), "..........[w][w]");
	KUNIT_EXPECT_EQ(test, find(11)->vm_pgoff, at(2) >> PAGE_SHIFT);
}

static void both_halves_of_a_split_know_their_offset(struct kunit *test)
{
	struct mm_struct *mm = current->mm;

	map(2, 6, PROT_RW);
	KUNIT_ASSERT_EQ(test, split_vma(mm, find(2), at(4), 0), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][wwww]");
	KUNIT_ASSERT_EQ(test, split_vma(mm, find(4), at(7), 1), 0);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[ww][www][w]");
	for (unsigned long nr = 2; nr < 8; nr++)
		KUNIT_EXPECT_EQ(test, linear_page_index(find(nr), at(nr)), at(nr) >> PAGE_SHIFT);
	KUNIT_EXPECT_EQ(test, mm->total_vm, 6);
}

static void the_new_half_is_the_one_asked_for(struct kunit *test)
{
	struct vm_area_struct *vma;

	map(2, 4, PROT_RW);
	vma = find(2);
	KUNIT_ASSERT_EQ(test, split_vma(current->mm, vma, at(4), 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(2), vma);
	KUNIT_ASSERT_EQ(test, split_vma(current->mm, vma, at(3), 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, find(3), vma);
}

/* --- gaps ------------------------------------------------------------------------------------- */

static unsigned long room(unsigned long nr_pages)
{
	return get_unmapped_area(NULL, 0, nr_pages << PAGE_SHIFT, 0, 0);
}

/* mmap() looks for room below page 32. */
static void look_below_page_32(void)
{
	current->mm->mmap_base = at(32);
}

static void room_is_taken_from_the_top_down(struct kunit *test)
{
	look_below_page_32();
	KUNIT_EXPECT_EQ(test, room(3), at(29));
	map(29, 3, PROT_READ);
	KUNIT_EXPECT_EQ(test, room(3), at(26));
}

static void the_highest_hole_that_fits_is_taken(struct kunit *test)
{
	look_below_page_32();
	map(30, 2, PROT_READ);
	map(26, 2, PROT_READ); /* 28, 29 are free */
	map(20, 3, PROT_READ); /* 23 to 25 */
	KUNIT_EXPECT_EQ(test, room(1), at(29));
	KUNIT_EXPECT_EQ(test, room(2), at(28));
	KUNIT_EXPECT_EQ(test, room(3), at(23));
	KUNIT_EXPECT_EQ(test, room(4), at(16));
	map(28, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, room(2), at(24));
}

static void what_lies_above_mmap_base_is_no_room(struct kunit *test)
{
	look_below_page_32();
	map(31, 4, PROT_READ);
	map(40, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, room(1), at(30));
	unmap(31, 2);
	KUNIT_EXPECT_EQ(test, room(1), at(31));
	KUNIT_EXPECT_EQ(test, room(2), at(30));
}

static void room_below_is_exhausted_down_to_mmap_min_addr_and_no_further(struct kunit *test)
{
	current->mm->mmap_base = MMAP_MIN_ADDR + 4 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, room(4), MMAP_MIN_ADDR);
	KUNIT_EXPECT_EQ(test, room(5), TASK_UNMAPPED_BASE);
}

static void when_nothing_is_left_below_room_is_taken_from_the_bottom_up(struct kunit *test)
{
	current->mm->mmap_base = MMAP_MIN_ADDR;
	KUNIT_EXPECT_EQ(test, room(2), TASK_UNMAPPED_BASE);
	vm_mmap(NULL, TASK_UNMAPPED_BASE, PAGE_SIZE, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	vm_mmap(NULL, TASK_UNMAPPED_BASE + 3 * PAGE_SIZE, PAGE_SIZE, PROT_READ,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	KUNIT_EXPECT_EQ(test, room(2), TASK_UNMAPPED_BASE + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, room(3), TASK_UNMAPPED_BASE + 4 * PAGE_SIZE);
}

static void too_much_finds_no_room(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, room(TASK_SIZE >> PAGE_SHIFT), (unsigned long)-ENOMEM);
	KUNIT_EXPECT_EQ(test, room((TASK_SIZE >> PAGE_SHIFT) + 1), (unsigned long)-ENOMEM);
}

static void the_gap_below_a_stack_is_kept_free(struct kunit *test)
{
	const unsigned long guard = STACK_GUARD_GAP >> PAGE_SHIFT;

	current->mm->mmap_base = at(1000);
	map_with(999, 1, PROT_RW, MAP_GROWSDOWN);
	KUNIT_EXPECT_EQ(test, room(1), at(999 - guard - 1));
	map(999 - guard - 2, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, room(1), at(999 - guard - 1));
	KUNIT_EXPECT_EQ(test, room(2), at(999 - guard - 4));
}

static void a_hint_is_taken_if_it_is_free(struct kunit *test)
{
	look_below_page_32();
	map(5, 1, PROT_READ);
	KUNIT_EXPECT_EQ(test, get_unmapped_area(NULL, at(4), PAGE_SIZE, 0, 0), at(4));
	KUNIT_EXPECT_EQ(test, get_unmapped_area(NULL, at(4), 2 * PAGE_SIZE, 0, 0), at(30));
	KUNIT_EXPECT_EQ(test, get_unmapped_area(NULL, at(5), PAGE_SIZE, 0, 0), at(31));
	KUNIT_EXPECT_EQ(test, get_unmapped_area(NULL, TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE, 0, 0),
			at(30));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_vma_that_holds_an_address_is_found_else_the_next),
	KUNIT_CASE(nothing_is_found_where_nothing_is_mapped),
	KUNIT_CASE(what_was_found_last_is_forgotten_when_it_goes),
	KUNIT_CASE(find_vma_prev_tells_the_one_before_too),
	KUNIT_CASE(an_intersection_is_a_byte_in_common),
	KUNIT_CASE(many_vmas_are_all_found),
	KUNIT_CASE(a_vma_is_inserted_only_where_there_is_room),
	KUNIT_CASE(a_mapping_between_two_of_its_kind_makes_one_of_three),
	KUNIT_CASE(a_mapping_joins_the_neighbour_that_is_alike),
	KUNIT_CASE(other_rights_are_another_vma),
	KUNIT_CASE(shared_objects_never_merge),
	KUNIT_CASE(pages_that_were_moved_keep_their_offset_and_do_not_merge),
	KUNIT_CASE(both_halves_of_a_split_know_their_offset),
	KUNIT_CASE(the_new_half_is_the_one_asked_for),
	KUNIT_CASE(room_is_taken_from_the_top_down),
	KUNIT_CASE(the_highest_hole_that_fits_is_taken),
	KUNIT_CASE(what_lies_above_mmap_base_is_no_room),
	KUNIT_CASE(room_below_is_exhausted_down_to_mmap_min_addr_and_no_further),
	KUNIT_CASE(when_nothing_is_left_below_room_is_taken_from_the_bottom_up),
	KUNIT_CASE(too_much_finds_no_room),
	KUNIT_CASE(the_gap_below_a_stack_is_kept_free),
	KUNIT_CASE(a_hint_is_taken_if_it_is_free),
	{},
};

static struct kunit_suite suite = {
	.name = "vma",
	.init = mm_begin,
	.exit = mm_end,
	.test_cases = cases,
};
kunit_test_suite(suite);
