/* lib/bitmap.c: against a simple model, a bool for each bit, around the borders of words. */
#include <tests/kunit.h>
#include <lib/bitmap.h>

#define NR_BITS 200 /* some whole words and eight bits more, be a word 32 bits or 64 */

static void empty(unsigned long *map)
{
	memset(map, 0, BITS_TO_LONGS(NR_BITS) * sizeof(long));
}

static void fill(unsigned long *map)
{
	memset(map, 0xff, BITS_TO_LONGS(NR_BITS) * sizeof(long));
}

/* Bits @start to @start + @nr_bits - 1 must be @inside, all others not. */
static void expect_span(struct kunit *test, const unsigned long *map, unsigned long start,
			unsigned long nr_bits, bool inside)
{
	for (unsigned long bit = 0; bit < NR_BITS; bit++) {
		bool within = bit >= start && bit < start + nr_bits;

		KUNIT_ASSERT_EQ(test, test_bit(bit, map), within ? inside : !inside);
	}
}

static void one_bit_is_set_and_cleared_and_its_neighbours_stay(struct kunit *test)
{
	DECLARE_BITMAP(map, NR_BITS);

	for (unsigned long bit = 0; bit < NR_BITS; bit++) {
		empty(map);
		__set_bit(bit, map);
		expect_span(test, map, bit, 1, true);
		fill(map);
		__clear_bit(bit, map);
		expect_span(test, map, bit, 1, false);
	}
}

static void bit_0_is_the_lowest_of_its_word(struct kunit *test)
{
	DECLARE_BITMAP(map, NR_BITS);

	empty(map);
	__set_bit(0, map);
	__set_bit(BITS_PER_LONG + 3, map);
	KUNIT_EXPECT_EQ(test, map[0], 1UL);
	KUNIT_EXPECT_EQ(test, map[1], 8UL);
}

static void test_and_set_tells_what_was_there_before(struct kunit *test)
{
	DECLARE_BITMAP(map, NR_BITS);

	empty(map);
	KUNIT_EXPECT_FALSE(test, __test_and_set_bit(77, map));
	KUNIT_EXPECT_TRUE(test, __test_and_set_bit(77, map));
	expect_span(test, map, 77, 1, true);
	KUNIT_EXPECT_TRUE(test, __test_and_clear_bit(77, map));
	KUNIT_EXPECT_FALSE(test, __test_and_clear_bit(77, map));
	expect_span(test, map, 77, 0, true);
}

static void spans_of_every_start_and_length_are_set_and_cleared(struct kunit *test)
{
	DECLARE_BITMAP(map, NR_BITS);

	for (unsigned long start = 0; start < 66; start++) {
		for (unsigned long nr_bits = 0; nr_bits < 131; nr_bits += 1 + nr_bits / 7) {
			empty(map);
			bitmap_set(map, start, nr_bits);
			expect_span(test, map, start, nr_bits, true);
			fill(map);
			bitmap_clear(map, start, nr_bits);
			expect_span(test, map, start, nr_bits, false);
		}
	}
}

static void the_next_bit_is_found_from_every_offset(struct kunit *test)
{
	DECLARE_BITMAP(map, NR_BITS);

	for (unsigned long bit = 0; bit < NR_BITS; bit += 13) {
		empty(map);
		__set_bit(bit, map);
		for (unsigned long from = 0; from <= NR_BITS; from++) {
			unsigned long wanted = from <= bit ? bit : NR_BITS;

			KUNIT_ASSERT_EQ(test, find_next_bit(map, NR_BITS, from), wanted);
		}
	}
}

static void the_next_zero_bit_is_found_from_every_offset(struct kunit *test)
{
	DECLARE_BITMAP(map, NR_BITS);

	for (unsigned long bit = 0; bit < NR_BITS; bit += 13) {
		fill(map);
		__clear_bit(bit, map);
		for (unsigned long from = 0; from <= NR_BITS; from++) {
			unsigned long wanted = from <= bit ? bit : NR_BITS;

			KUNIT_ASSERT_EQ(test, find_next_zero_bit(map, NR_BITS, from), wanted);
		}
	}
}

/* The word in which the bitmap ends has bits that do not belong to it: only these are set here. */
static void bits_behind_the_end_are_not_found(struct kunit *test)
{
	DECLARE_BITMAP(map, NR_BITS);

	for (unsigned long size = 1; size < NR_BITS - 1; size++) {
		empty(map);
		bitmap_set(map, size + 1, NR_BITS - size - 1);
		KUNIT_ASSERT_EQ(test, find_next_bit(map, size, 0), size);
		fill(map);
		bitmap_clear(map, size + 1, NR_BITS - size - 1);
		KUNIT_ASSERT_EQ(test, find_next_zero_bit(map, size, 0), size);
	}
	KUNIT_EXPECT_EQ(test, find_next_bit(map, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, find_next_bit(map, 10, 99), 10);
}

static void a_walk_visits_each_set_bit_once_and_upwards(struct kunit *test)
{
	static const unsigned long wanted[] = { 0, 1, 31, 32, 63, 64, 100, NR_BITS - 1 };
	DECLARE_BITMAP(map, NR_BITS);
	unsigned long bit;
	size_t nr = 0;

	empty(map);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		__set_bit(wanted[i], map);
	for_each_set_bit (bit, map, NR_BITS) {
		KUNIT_ASSERT_LT(test, nr, ARRAY_SIZE(wanted));
		KUNIT_ASSERT_EQ(test, bit, wanted[nr]);
		nr++;
	}
	KUNIT_EXPECT_EQ(test, nr, ARRAY_SIZE(wanted));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(one_bit_is_set_and_cleared_and_its_neighbours_stay),
	KUNIT_CASE(bit_0_is_the_lowest_of_its_word),
	KUNIT_CASE(test_and_set_tells_what_was_there_before),
	KUNIT_CASE(spans_of_every_start_and_length_are_set_and_cleared),
	KUNIT_CASE(the_next_bit_is_found_from_every_offset),
	KUNIT_CASE(the_next_zero_bit_is_found_from_every_offset),
	KUNIT_CASE(bits_behind_the_end_are_not_found),
	KUNIT_CASE(a_walk_visits_each_set_bit_once_and_upwards),
	{},
};
static struct kunit_suite suite = { .name = "bitmap", .test_cases = cases };
kunit_test_suite(suite);
