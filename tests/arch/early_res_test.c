/*
 * Early reservations. The lists are the machine's own: each case starts with empty ones, and the
 * real ones are put back behind it.
 */
#include <tests/kunit.h>
#include <asm/e820.h>

#define FRAMES	   48
#define PIECE_SIZE (PAGE_SIZE / 4) /* so that many ends are ragged */
#define PIECES	   (FRAMES * 4)
#define ROUNDS	   200

static struct e820map saved_e820;
static struct early_res saved_res[MAX_EARLY_RES];
static unsigned int saved_nr;

static bool taken[FRAMES], visited[FRAMES];
static unsigned long last_end; /* of the runs visited */
static bool in_order;

static int empty_lists(struct kunit *test __unused)
{
	saved_e820 = e820;
	memcpy(saved_res, early_res, sizeof(saved_res));
	saved_nr = nr_early_res;
	nr_early_res = 0;
	e820.nr_map = 0;
	return 0;
}

static void put_lists_back(struct kunit *test __unused)
{
	e820 = saved_e820;
	memcpy(early_res, saved_res, sizeof(saved_res));
	nr_early_res = saved_nr;
}

static u32 seed;

/* A number below @below, from a row of numbers that is the same in every run. */
static u32 random(u32 below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % below;
}

static void reserve_pieces(u32 from, u32 to)
{
	reserve_early(from * PIECE_SIZE, to * PIECE_SIZE, "test");
	for (u32 piece = from; piece < to; piece++)
		taken[piece * PIECE_SIZE / PAGE_SIZE] = true;
}

static void reserve_at_random(void)
{
	nr_early_res = 0;
	memset(taken, 0, sizeof(taken));
	for (u32 n = random(8); n; n--) {
		u32 from = random(PIECES), nr = 1 + random(min(PIECES - from, (u32)40));

		reserve_pieces(from, from + nr);
	}
}

static void note_run(unsigned long start_pfn, unsigned long end_pfn)
{
	in_order &= start_pfn < end_pfn && (start_pfn > last_end || !last_end);
	last_end = end_pfn;
	for (unsigned long pfn = start_pfn; pfn < min(end_pfn, (unsigned long)FRAMES); pfn++)
		visited[pfn] = true;
}

static void visit(unsigned long start_pfn, unsigned long end_pfn)
{
	memset(visited, 0, sizeof(visited));
	last_end = 0;
	in_order = true;
	for_unreserved(start_pfn, end_pfn, note_run);
}

static void without_reservations_the_range_is_one_run(struct kunit *test)
{
	visit(3, 9);
	KUNIT_EXPECT_EQ(test, last_end, 9);
	KUNIT_EXPECT_TRUE(test, visited[3] && visited[8]);
	KUNIT_EXPECT_FALSE(test, visited[2] || visited[9]);
}

static void an_empty_range_is_not_visited(struct kunit *test)
{
	visit(5, 5);
	visit(6, 5);
	KUNIT_EXPECT_EQ(test, last_end, 0);
}

static void a_frame_that_is_touched_by_one_byte_is_left_out(struct kunit *test)
{
	reserve_early(4 * PAGE_SIZE - 1, 4 * PAGE_SIZE, "last byte of 3");
	reserve_early(6 * PAGE_SIZE, 6 * PAGE_SIZE + 1, "first byte of 6");
	visit(2, 8);
	KUNIT_EXPECT_FALSE(test, visited[3] || visited[6]);
	KUNIT_EXPECT_TRUE(test, visited[2] && visited[4] && visited[5] && visited[7]);
}

static void a_range_reserved_whole_is_not_visited(struct kunit *test)
{
	reserve_early(0, FRAMES * PAGE_SIZE, "all");
	visit(2, 8);
	KUNIT_EXPECT_EQ(test, last_end, 0);
}

static void random_reservations_leave_the_frames_that_a_model_leaves(struct kunit *test)
{
	seed = 896;
	for (int round = 0; round < ROUNDS; round++) {
		u32 from = random(FRAMES), to = from + random(FRAMES - from);

		reserve_at_random();
		visit(from, to);
		KUNIT_ASSERT_TRUE(test, in_order);
		for (u32 pfn = 0; pfn < FRAMES; pfn++)
			KUNIT_ASSERT_EQ(test, visited[pfn], pfn >= from && pfn < to && !taken[pfn]);
	}
}

static void room_is_found_at_the_lowest_aligned_address(struct kunit *test)
{
	e820_add_region(&e820, 0x1000, 0x1000, E820_ACPI);
	e820_add_region(&e820, 0x2200, 0xE000, E820_RAM);
	KUNIT_EXPECT_EQ(test, find_e820_area(0, SZ_1M, 0x100, 0x100), 0x2200);
	KUNIT_EXPECT_EQ(test, find_e820_area(0, SZ_1M, 0x100, PAGE_SIZE), 0x3000);
	KUNIT_EXPECT_EQ(test, find_e820_area(0x4100, SZ_1M, 0x100, PAGE_SIZE), 0x5000);
}

static void room_must_be_large_enough_and_end_before_the_limit(struct kunit *test)
{
	e820_add_region(&e820, 0x1000, 0x1000, E820_RAM);
	e820_add_region(&e820, 0x4000, 0x3000, E820_RAM);
	KUNIT_EXPECT_EQ(test, find_e820_area(0, SZ_1M, 0x3000, PAGE_SIZE), 0x4000);
	KUNIT_EXPECT_EQ(test, find_e820_area(0, 0x7000, 0x3000, PAGE_SIZE), 0x4000);
	KUNIT_EXPECT_EQ(test, find_e820_area(0, 0x6FFF, 0x3000, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, find_e820_area(0, SZ_1M, 0x3001, PAGE_SIZE), 0);
}

static void room_is_not_where_something_is_reserved(struct kunit *test)
{
	e820_add_region(&e820, 0x1000, 0x8000, E820_RAM);
	reserve_early(0x5000, 0x5001, "listed first, lies behind");
	reserve_early(0x0000, 0x1800, "ends within a frame");
	KUNIT_EXPECT_EQ(test, find_e820_area(0, SZ_1M, 0x3000, PAGE_SIZE), 0x2000);
	KUNIT_EXPECT_EQ(test, find_e820_area(0, SZ_1M, 0x3001, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, find_e820_area(0, SZ_1M, 0x10, 0x10), 0x2000);
	reserve_early(0x2000, 0x3000, "in the way");
	KUNIT_EXPECT_EQ(test, find_e820_area(0, SZ_1M, 0x3000, PAGE_SIZE), 0x6000);
}

/* The lowest run of @nr frames that starts at a multiple of @align frames; 0 for none. */
static u32 model_find(u32 nr, u32 align)
{
	for (u32 pfn = align; pfn + nr <= FRAMES; pfn += align) {
		u32 free = 0;

		while (free < nr && !taken[pfn + free])
			free++;
		if (free == nr)
			return pfn;
	}
	return 0;
}

static void room_among_random_reservations_is_where_a_model_finds_it(struct kunit *test)
{
	e820_add_region(&e820, PAGE_SIZE, (FRAMES - 1) * PAGE_SIZE, E820_RAM);
	seed = 4711;
	for (int round = 0; round < ROUNDS; round++) {
		u32 nr = 1 + random(12), align = 1U << random(4);

		reserve_at_random();
		KUNIT_ASSERT_EQ(test, find_e820_area(0, SZ_1M, nr * PAGE_SIZE, align * PAGE_SIZE),
				model_find(nr, align) * PAGE_SIZE);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(without_reservations_the_range_is_one_run),
	KUNIT_CASE(an_empty_range_is_not_visited),
	KUNIT_CASE(a_frame_that_is_touched_by_one_byte_is_left_out),
	KUNIT_CASE(a_range_reserved_whole_is_not_visited),
	KUNIT_CASE(random_reservations_leave_the_frames_that_a_model_leaves),
	KUNIT_CASE(room_is_found_at_the_lowest_aligned_address),
	KUNIT_CASE(room_must_be_large_enough_and_end_before_the_limit),
	KUNIT_CASE(room_is_not_where_something_is_reserved),
	KUNIT_CASE(room_among_random_reservations_is_where_a_model_finds_it),
	{},
};

static struct kunit_suite suite = {
	.name = "early_res", .init = empty_lists, .exit = put_lists_back, .test_cases = cases
};
kunit_test_suite(suite);
