/*
 * The boot allocator, started again on frames of our own.
 *
 *      frame    0 ... | arena: free as a case likes | ... covered
 *      bit      1 1 1 | 0 0 0 1 0 ...               | 1 1 1
 *
 * By now it has handed in all it had and nobody calls it any more. Every frame outside the arena is
 * taken, so it can give out, and clear, nothing but the arena. Running out is a panic, and so is
 * not tested.
 */
#include <tests/kunit.h>
#include <mm/bootmem.h>

#define ARENA_PAGES 16
#define ARENA_SIZE  (ARENA_PAGES * PAGE_SIZE)

static char frames[ARENA_SIZE] __aligned(PAGE_SIZE);
static char *arena; /* the same, in the linear mapping: what bootmem hands out is */
static char bitmap[PAGE_SIZE] __aligned(PAGE_SIZE);

static unsigned long arena_pfn(unsigned long i)
{
	return virt_to_pfn(frames) + i;
}

static phys_addr_t arena_pa(unsigned long i)
{
	return PFN_PHYS(arena_pfn(i));
}

static int take_every_frame(struct kunit *test)
{
	arena = __va(__pa(frames));
	memset(arena, 0x5A, ARENA_SIZE);
	KUNIT_ASSERT_EQ(test, bootmem_bootmap_pages(arena_pfn(ARENA_PAGES)), 1);
	init_bootmem(virt_to_pfn(bitmap), arena_pfn(ARENA_PAGES));
	return 0;
}

/* Whoever calls it by mistake after us shall hear of it. */
static void leave_nothing(struct kunit *test __unused)
{
	init_bootmem(virt_to_pfn(bitmap), 0);
}

static bool all_zero(const char *piece, size_t size)
{
	while (size && !piece[size - 1])
		size--;
	return !size;
}

static void free_pages(unsigned long first, unsigned long nr)
{
	free_bootmem(arena_pa(first), PFN_PHYS(nr));
}

static void the_bitmap_has_a_bit_for_each_frame(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bootmem_bootmap_pages(1), 1);
	KUNIT_EXPECT_EQ(test, bootmem_bootmap_pages(8 * PAGE_SIZE), 1);
	KUNIT_EXPECT_EQ(test, bootmem_bootmap_pages(8 * PAGE_SIZE + 1), 2);
	KUNIT_EXPECT_EQ(test, init_bootmem(virt_to_pfn(bitmap), 1024), 1024 / 8);
}

static void every_frame_is_taken_at_first(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), 0);
}

static void freed_frames_are_counted(struct kunit *test)
{
	free_pages(0, ARENA_PAGES);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), ARENA_PAGES);
}

static void a_frame_that_is_freed_in_part_is_not_freed(struct kunit *test)
{
	free_bootmem(arena_pa(1) + 1, 3 * PAGE_SIZE - 2); /* 2 and 3, each end a byte short */
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), 1);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(PAGE_SIZE, PAGE_SIZE, 0), arena + 2 * PAGE_SIZE);
	free_bootmem(arena_pa(5) + 1, PAGE_SIZE - 1);
	free_bootmem(arena_pa(6), 0);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), 0);
}

static void a_frame_that_is_reserved_in_part_is_taken(struct kunit *test)
{
	free_pages(0, ARENA_PAGES);
	reserve_bootmem(arena_pa(1) - 1, 2); /* the last byte of 0 and the first of 1 */
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), ARENA_PAGES - 2);
	reserve_bootmem(arena_pa(0), PAGE_SIZE); /* again */
	reserve_bootmem(arena_pa(8), 0);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), ARENA_PAGES - 2);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(1, 1, 0), arena + 2 * PAGE_SIZE);
}

static void ranges_beyond_the_last_frame_are_passed_over(struct kunit *test)
{
	free_bootmem(arena_pa(ARENA_PAGES - 1), 8 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), 1);
	free_bootmem(arena_pa(ARENA_PAGES + 4), PAGE_SIZE);
	reserve_bootmem(arena_pa(ARENA_PAGES), 8 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), 1);
	reserve_bootmem(arena_pa(ARENA_PAGES - 1), 8 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), 0);
}

static void what_is_handed_out_is_zeroed_and_nothing_beside_it(struct kunit *test)
{
	const char *piece;

	free_pages(0, ARENA_PAGES);
	piece = __alloc_bootmem(PAGE_SIZE + 100, PAGE_SIZE, 0);
	KUNIT_EXPECT_PTR_EQ(test, piece, arena);
	KUNIT_EXPECT_TRUE(test, all_zero(piece, PAGE_SIZE + 100));
	KUNIT_EXPECT_EQ(test, piece[PAGE_SIZE + 100], 0x5A);
}

static void small_pieces_share_a_frame(struct kunit *test)
{
	char *first, *second;

	free_pages(0, ARENA_PAGES);
	first = __alloc_bootmem(100, 32, 0);
	second = __alloc_bootmem(100, 32, 0);
	KUNIT_EXPECT_PTR_EQ(test, second, first + 128);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), ARENA_PAGES - 1);
}

static void a_piece_may_fill_the_frame_to_its_last_byte_but_not_more(struct kunit *test)
{
	free_pages(0, ARENA_PAGES);
	__alloc_bootmem(PAGE_SIZE - 64, 32, 0);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(64, 32, 0), arena + PAGE_SIZE - 64);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(32, 32, 0), arena + PAGE_SIZE);
	__alloc_bootmem(PAGE_SIZE - 96, 32, 0);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(65, 32, 0), arena + 2 * PAGE_SIZE);
}

static void a_large_piece_does_not_start_behind_a_small_one(struct kunit *test)
{
	free_pages(0, ARENA_PAGES);
	__alloc_bootmem(100, 32, 0);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(2 * PAGE_SIZE, 32, 0), arena + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), ARENA_PAGES - 3);
}

static void a_piece_is_aligned_as_asked(struct kunit *test)
{
	free_pages(0, ARENA_PAGES);
	for (unsigned long align = 1; align <= 4 * PAGE_SIZE; align *= 2) {
		const void *piece = __alloc_bootmem(3, align, 0);

		KUNIT_EXPECT_TRUE(test, IS_ALIGNED(__pa(piece), align));
	}
}

static void the_goal_is_where_the_search_starts(struct kunit *test)
{
	free_pages(0, ARENA_PAGES);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(PAGE_SIZE, PAGE_SIZE, arena_pa(5)),
			    arena + 5 * PAGE_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(PAGE_SIZE, PAGE_SIZE, arena_pa(7) + 1),
			    arena + 8 * PAGE_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(PAGE_SIZE, PAGE_SIZE, 0), arena);
}

static void a_shared_frame_below_the_goal_is_not_used(struct kunit *test)
{
	free_pages(0, ARENA_PAGES);
	__alloc_bootmem(100, 32, 0);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(100, 32, arena_pa(4)), arena + 4 * PAGE_SIZE);
}

static void without_room_above_the_goal_the_search_starts_at_the_bottom(struct kunit *test)
{
	free_pages(2, 4);
	free_pages(14, 1);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(2 * PAGE_SIZE, PAGE_SIZE, arena_pa(5)),
			    arena + 2 * PAGE_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(PAGE_SIZE, PAGE_SIZE, arena_pa(ARENA_PAGES + 9)),
			    arena + 4 * PAGE_SIZE);
}

static void a_run_that_is_too_short_is_stepped_over(struct kunit *test)
{
	free_pages(0, 2);
	free_pages(3, 2);
	free_pages(6, 3);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(3 * PAGE_SIZE, PAGE_SIZE, 0),
			    arena + 6 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), 4);
}

static void the_last_frame_can_be_had(struct kunit *test)
{
	free_pages(0, ARENA_PAGES);
	KUNIT_EXPECT_PTR_EQ(test, __alloc_bootmem(ARENA_SIZE, PAGE_SIZE, 0), arena);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_bitmap_has_a_bit_for_each_frame),
	KUNIT_CASE(every_frame_is_taken_at_first),
	KUNIT_CASE(freed_frames_are_counted),
	KUNIT_CASE(a_frame_that_is_freed_in_part_is_not_freed),
	KUNIT_CASE(a_frame_that_is_reserved_in_part_is_taken),
	KUNIT_CASE(ranges_beyond_the_last_frame_are_passed_over),
	KUNIT_CASE(what_is_handed_out_is_zeroed_and_nothing_beside_it),
	KUNIT_CASE(small_pieces_share_a_frame),
	KUNIT_CASE(a_piece_may_fill_the_frame_to_its_last_byte_but_not_more),
	KUNIT_CASE(a_large_piece_does_not_start_behind_a_small_one),
	KUNIT_CASE(a_piece_is_aligned_as_asked),
	KUNIT_CASE(the_goal_is_where_the_search_starts),
	KUNIT_CASE(a_shared_frame_below_the_goal_is_not_used),
	KUNIT_CASE(without_room_above_the_goal_the_search_starts_at_the_bottom),
	KUNIT_CASE(a_run_that_is_too_short_is_stepped_over),
	KUNIT_CASE(the_last_frame_can_be_had),
	{},
};

static struct kunit_suite suite = {
	.name = "bootmem", .init = take_every_frame, .exit = leave_nothing, .test_cases = cases
};
kunit_test_suite(suite);
