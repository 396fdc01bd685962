/*
 * The memory map: single cases by hand, and random maps held against a model that keeps the type of
 * every single cell of a small address range.
 */
#include <tests/kunit.h>
#include <asm/e820.h>

static struct e820map map;

static int reset(struct kunit *test __unused)
{
	map.nr_map = 0;
	return 0;
}

static void expect_entry(struct kunit *test, unsigned int i, u64 addr, u64 size, u32 type)
{
	KUNIT_ASSERT_LT(test, i, map.nr_map);
	KUNIT_EXPECT_EQ(test, map.map[i].addr, addr);
	KUNIT_EXPECT_EQ(test, map.map[i].size, size);
	KUNIT_EXPECT_EQ(test, map.map[i].type, type);
}

static void unsorted_entries_come_out_sorted(struct kunit *test)
{
	e820_add_region(&map, 0x3000, 0x1000, E820_RAM);
	e820_add_region(&map, 0x1000, 0x1000, E820_ACPI);
	e820_add_region(&map, 0x0000, 0x0800, E820_NVS);
	sanitize_e820_map(&map);
	KUNIT_EXPECT_EQ(test, map.nr_map, 3);
	expect_entry(test, 0, 0x0000, 0x0800, E820_NVS);
	expect_entry(test, 1, 0x1000, 0x1000, E820_ACPI);
	expect_entry(test, 2, 0x3000, 0x1000, E820_RAM);
}

static void the_stronger_type_wins_where_entries_overlap(struct kunit *test)
{
	e820_add_region(&map, 0x0000, 0x4000, E820_RAM);
	e820_add_region(&map, 0x1000, 0x1000, E820_RESERVED);
	e820_add_region(&map, 0x1800, 0x1000, E820_NVS);
	sanitize_e820_map(&map);
	KUNIT_EXPECT_EQ(test, map.nr_map, 4);
	expect_entry(test, 0, 0x0000, 0x1000, E820_RAM);
	expect_entry(test, 1, 0x1000, 0x0800, E820_RESERVED);
	expect_entry(test, 2, 0x1800, 0x1000, E820_NVS);
	expect_entry(test, 3, 0x2800, 0x1800, E820_RAM);
}

static void the_weaker_of_two_equal_ranges_is_gone(struct kunit *test)
{
	e820_add_region(&map, 0x1000, 0x1000, E820_RESERVED);
	e820_add_region(&map, 0x1000, 0x1000, E820_RAM);
	sanitize_e820_map(&map);
	KUNIT_EXPECT_EQ(test, map.nr_map, 1);
	expect_entry(test, 0, 0x1000, 0x1000, E820_RESERVED);
}

static void neighbours_of_one_type_are_joined(struct kunit *test)
{
	e820_add_region(&map, 0x1000, 0x1000, E820_RAM);
	e820_add_region(&map, 0x2000, 0x1000, E820_RAM);
	e820_add_region(&map, 0x2800, 0x1000, E820_RAM);
	e820_add_region(&map, 0x3800, 0x1000, E820_ACPI);
	sanitize_e820_map(&map);
	KUNIT_EXPECT_EQ(test, map.nr_map, 2);
	expect_entry(test, 0, 0x1000, 0x2800, E820_RAM);
	expect_entry(test, 1, 0x3800, 0x1000, E820_ACPI);
}

static void a_hole_of_one_byte_is_kept(struct kunit *test)
{
	e820_add_region(&map, 0x1000, 0x0FFF, E820_RAM);
	e820_add_region(&map, 0x2000, 0x1000, E820_RAM);
	sanitize_e820_map(&map);
	KUNIT_EXPECT_EQ(test, map.nr_map, 2);
}

static void an_entry_of_size_0_is_dropped(struct kunit *test)
{
	e820_add_region(&map, 0x1000, 0, E820_RAM);
	KUNIT_EXPECT_EQ(test, map.nr_map, 0);
}

static void an_entry_that_wraps_round_is_cut_at_the_top(struct kunit *test)
{
	e820_add_region(&map, 0xFFFFFFFFFFFFF000, 0x5000, E820_RESERVED);
	e820_add_region(&map, 0x1000, ~0ULL, E820_RESERVED);
	expect_entry(test, 0, 0xFFFFFFFFFFFFF000, 0x1000, E820_RESERVED);
	expect_entry(test, 1, 0x1000, -0x1000ULL, E820_RESERVED);
}

static void an_entry_may_end_with_the_last_address(struct kunit *test)
{
	e820_add_region(&map, 0xFFFFFFFFFFFFF000, 0x1000, E820_NVS);
	e820_add_region(&map, 0xFFFFFFFFFFFFE000, 0x2000, E820_RESERVED);
	sanitize_e820_map(&map);
	KUNIT_EXPECT_EQ(test, map.nr_map, 2);
	expect_entry(test, 0, 0xFFFFFFFFFFFFE000, 0x1000, E820_RESERVED);
	expect_entry(test, 1, 0xFFFFFFFFFFFFF000, 0x1000, E820_NVS);
}

static void type_0_counts_as_reserved(struct kunit *test)
{
	e820_add_region(&map, 0x1000, 0x1000, 0);
	expect_entry(test, 0, 0x1000, 0x1000, E820_RESERVED);
}

static void an_unknown_type_is_kept_and_beats_ram(struct kunit *test)
{
	e820_add_region(&map, 0x0000, 0x3000, E820_RAM);
	e820_add_region(&map, 0x1000, 0x1000, 0xFFFFFFFF);
	sanitize_e820_map(&map);
	expect_entry(test, 1, 0x1000, 0x1000, 0xFFFFFFFF);
	KUNIT_EXPECT_STREQ(test, e820_type_name(0xFFFFFFFF), "Reserved");
	KUNIT_EXPECT_STREQ(test, e820_type_name(0), "Reserved");
	KUNIT_EXPECT_EQ(test, e820_ram_pages(&map, 0, 16), 2);
}

static void entries_beyond_the_limit_are_dropped(struct kunit *test)
{
	for (u64 i = 0; i <= E820MAX; i++)
		e820_add_region(&map, i << 13, 0x1000, E820_RAM);
	KUNIT_EXPECT_EQ(test, map.nr_map, E820MAX);
	sanitize_e820_map(&map);
	KUNIT_EXPECT_EQ(test, map.nr_map, E820MAX);
	expect_entry(test, E820MAX - 1, (E820MAX - 1) << 13, 0x1000, E820_RAM);
}

static void an_empty_map_has_no_ram(struct kunit *test)
{
	sanitize_e820_map(&map);
	KUNIT_EXPECT_EQ(test, map.nr_map, 0);
	KUNIT_EXPECT_EQ(test, e820_end_pfn(&map), 0);
	KUNIT_EXPECT_EQ(test, e820_ram_pages(&map, 0, ~0UL), 0);
	KUNIT_EXPECT_EQ(test, e820_limit_ram(&map, 0), 0);
}

static void ram_above_a_limit_is_cut_off_and_other_types_stay(struct kunit *test)
{
	e820_add_region(&map, 0x0000, 0x2000, E820_RAM);
	e820_add_region(&map, 0x2000, 0x4000, E820_RAM);
	e820_add_region(&map, 0x6000, 0x1000, E820_ACPI);
	e820_add_region(&map, 0x8000, 0x1000, E820_RAM);
	KUNIT_EXPECT_EQ(test, e820_limit_ram(&map, 0x3400), 0x2C00 + 0x1000);
	KUNIT_EXPECT_EQ(test, map.nr_map, 3);
	expect_entry(test, 1, 0x2000, 0x1400, E820_RAM);
	expect_entry(test, 2, 0x6000, 0x1000, E820_ACPI);
	KUNIT_EXPECT_EQ(test, e820_limit_ram(&map, 0x3400), 0);
}

static void ram_up_to_the_last_address_is_cut_off_too(struct kunit *test)
{
	e820_add_region(&map, 0x1000, -0x1000ULL, E820_RAM);
	KUNIT_EXPECT_EQ(test, e820_limit_ram(&map, 0x5000), -0x5000ULL);
	expect_entry(test, 0, 0x1000, 0x4000, E820_RAM);
	KUNIT_EXPECT_EQ(test, e820_end_pfn(&map), 5);
}

static void the_end_is_that_of_the_last_whole_frame_of_ram(struct kunit *test)
{
	e820_add_region(&map, 0x1000, 0x2800, E820_RAM);
	KUNIT_EXPECT_EQ(test, e820_end_pfn(&map), 3);
	e820_add_region(&map, 0x7200, 0x0C00, E820_RAM); /* no whole frame in it */
	e820_add_region(&map, 0x9000, 0x1000, E820_ACPI);
	KUNIT_EXPECT_EQ(test, e820_end_pfn(&map), 3);
}

static void frames_above_4_gb_are_counted(struct kunit *test)
{
	e820_add_region(&map, 0x100000000, 0x40000000, E820_RAM);
	KUNIT_EXPECT_EQ(test, e820_end_pfn(&map), 0x140000);
	KUNIT_EXPECT_EQ(test, e820_ram_pages(&map, 0, 0x100001), 1);
}

static void ragged_ends_of_ram_are_no_frames(struct kunit *test)
{
	e820_add_region(&map, 0x0800, 0x3000, E820_RAM); /* frames 1 and 2 */
	e820_add_region(&map, 0x5FFF, 0x1002, E820_RAM); /* frame 6 */
	e820_add_region(&map, 0x8001, 0x1FFE, E820_RAM); /* none */
	KUNIT_EXPECT_EQ(test, e820_ram_pages(&map, 0, 16), 3);
	KUNIT_EXPECT_EQ(test, e820_ram_pages(&map, 2, 6), 1);
	KUNIT_EXPECT_EQ(test, e820_ram_pages(&map, 2, 7), 2);
	KUNIT_EXPECT_EQ(test, e820_ram_pages(&map, 3, 3), 0);
}

/* --- Random maps --- */

#define CELLS	    96
#define CELL_SIZE   (PAGE_SIZE / 4) /* so that many ends are ragged */
#define MAX_ENTRIES 14
#define ROUNDS	    200

static u32 seed;
static u32 model[CELLS]; /* the type of each cell, 0 for a hole */

/* A number below @below, from a row of numbers that is the same in every run. */
static u32 random(u32 below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % below;
}

static void random_map(void)
{
	map.nr_map = 0;
	memset(model, 0, sizeof(model));
	for (u32 n = 1 + random(MAX_ENTRIES); n; n--) {
		u32 from = random(CELLS), nr = 1 + random(CELLS - from), type = 1 + random(6);

		e820_add_region(&map, from * CELL_SIZE, nr * CELL_SIZE, type);
		for (u32 cell = from; cell < from + nr; cell++)
			model[cell] = max(model[cell], type);
	}
	sanitize_e820_map(&map);
}

/* What the map says of an address; ~0 where two entries contradict each other. */
static u32 type_at(u64 addr)
{
	u32 type = 0;

	for (unsigned int i = 0; i < map.nr_map; i++) {
		if (addr >= map.map[i].addr && addr < map.map[i].addr + map.map[i].size)
			type = type ? ~0U : map.map[i].type;
	}
	return type;
}

static void random_maps_keep_the_strongest_type_of_every_cell(struct kunit *test)
{
	seed = 896;
	for (int round = 0; round < ROUNDS; round++) {
		random_map();
		for (u32 cell = 0; cell < CELLS; cell++)
			KUNIT_ASSERT_EQ(test, type_at(cell * CELL_SIZE), model[cell]);
	}
}

static void random_maps_come_out_sorted_and_joined(struct kunit *test)
{
	seed = 4711;
	for (int round = 0; round < ROUNDS; round++) {
		random_map();
		for (unsigned int i = 1; i < map.nr_map; i++) {
			const struct e820entry *left = &map.map[i - 1], *right = &map.map[i];

			KUNIT_ASSERT_TRUE(test, left->addr + left->size <= right->addr);
			KUNIT_ASSERT_TRUE(test, left->addr + left->size < right->addr ||
							left->type != right->type);
		}
	}
}

static bool model_has_ram_frame(u32 pfn)
{
	const u32 *cell = model + pfn * (PAGE_SIZE / CELL_SIZE);

	return cell[0] == E820_RAM && cell[1] == E820_RAM && cell[2] == E820_RAM &&
	       cell[3] == E820_RAM;
}

static void whole_frames_of_random_maps_are_counted(struct kunit *test)
{
	const u32 frames = CELLS * CELL_SIZE / PAGE_SIZE;

	seed = 31;
	for (int round = 0; round < ROUNDS; round++) {
		u32 from = random(frames), to = from + random(frames - from), nr = 0, last = 0;

		random_map();
		for (u32 pfn = 0; pfn < frames; pfn++) {
			nr += pfn >= from && pfn < to && model_has_ram_frame(pfn);
			last = model_has_ram_frame(pfn) ? pfn + 1 : last;
		}
		KUNIT_ASSERT_EQ(test, e820_ram_pages(&map, from, to), nr);
		KUNIT_ASSERT_EQ(test, e820_end_pfn(&map), last);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(unsorted_entries_come_out_sorted),
	KUNIT_CASE(the_stronger_type_wins_where_entries_overlap),
	KUNIT_CASE(the_weaker_of_two_equal_ranges_is_gone),
	KUNIT_CASE(neighbours_of_one_type_are_joined),
	KUNIT_CASE(a_hole_of_one_byte_is_kept),
	KUNIT_CASE(an_entry_of_size_0_is_dropped),
	KUNIT_CASE(an_entry_that_wraps_round_is_cut_at_the_top),
	KUNIT_CASE(an_entry_may_end_with_the_last_address),
	KUNIT_CASE(type_0_counts_as_reserved),
	KUNIT_CASE(an_unknown_type_is_kept_and_beats_ram),
	KUNIT_CASE(entries_beyond_the_limit_are_dropped),
	KUNIT_CASE(an_empty_map_has_no_ram),
	KUNIT_CASE(ram_above_a_limit_is_cut_off_and_other_types_stay),
	KUNIT_CASE(ram_up_to_the_last_address_is_cut_off_too),
	KUNIT_CASE(the_end_is_that_of_the_last_whole_frame_of_ram),
	KUNIT_CASE(frames_above_4_gb_are_counted),
	KUNIT_CASE(ragged_ends_of_ram_are_no_frames),
	KUNIT_CASE(random_maps_keep_the_strongest_type_of_every_cell),
	KUNIT_CASE(random_maps_come_out_sorted_and_joined),
	KUNIT_CASE(whole_frames_of_random_maps_are_counted),
	{},
};

static struct kunit_suite suite = { .name = "e820", .init = reset, .test_cases = cases };
kunit_test_suite(suite);
