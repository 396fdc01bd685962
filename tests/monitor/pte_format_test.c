/*
 * Entries and sizes in letters.
 */
#include <tests/kunit.h>
#include "../../monitor/pte_format.h"

static void rights_are_letters_in_fixed_columns(struct kunit *test)
{
	char buf[RIGHTS_SIZE];

	KUNIT_EXPECT_STREQ(test, format_rights(buf, 0), "r-x");
	KUNIT_EXPECT_STREQ(test, format_rights(buf, _PAGE_RW), "rwx");
	KUNIT_EXPECT_STREQ(test, format_rights(buf, ~(pteval_t)0), _PAGE_NX ? "rw-" : "rwx");
}

static void traits_are_letters_in_fixed_columns(struct kunit *test)
{
	char buf[TRAITS_SIZE];

	KUNIT_EXPECT_STREQ(test, format_traits(buf, 0), "----");
	KUNIT_EXPECT_STREQ(test, format_traits(buf, _PAGE_GLOBAL | _PAGE_PCD), "G-C-");
	KUNIT_EXPECT_STREQ(test, format_traits(buf, _PAGE_USER | _PAGE_PWT), "-U-W");
}

static void bits_are_listed_by_name(struct kunit *test)
{
	char buf[BITS_SIZE];

	KUNIT_EXPECT_STREQ(test, format_bits(buf, 0), "");
	KUNIT_EXPECT_STREQ(test, format_bits(buf, _PAGE_PRESENT | _PAGE_DIRTY), "P D");
	KUNIT_EXPECT_STREQ(test, format_bits(buf, _PAGE_TABLE), "P RW USR A D");
}

static void all_bits_at_once_fit_their_buffer(struct kunit *test)
{
	char buf[BITS_SIZE];

	KUNIT_EXPECT_STREQ(test, format_bits(buf, ~(pteval_t)0),
			   _PAGE_NX ? "P RW USR PWT PCD A D PSE GLB NX"
				    : "P RW USR PWT PCD A D PSE GLB");
}

static void sizes_take_the_largest_unit_that_says_them_exactly(struct kunit *test)
{
	static const struct {
		u64 bytes, count;
		char unit;
	} rows[] = {
		{ 0, 0, 'K' },
		{ 4096, 4, 'K' },
		{ 1 << 20, 1, 'M' },
		{ 2788 << 10, 2788, 'K' },
		{ 892ULL << 20, 892, 'M' },
		{ 1ULL << 32, 4, 'G' },
		{ 1ULL << 50, 1ULL << 20, 'G' },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		u64 size = rows[i].bytes;

		KUNIT_EXPECT_EQ(test, scale_size(&size), rows[i].unit);
		KUNIT_EXPECT_EQ(test, size, rows[i].count);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(rights_are_letters_in_fixed_columns),
	KUNIT_CASE(traits_are_letters_in_fixed_columns),
	KUNIT_CASE(bits_are_listed_by_name),
	KUNIT_CASE(all_bits_at_once_fit_their_buffer),
	KUNIT_CASE(sizes_take_the_largest_unit_that_says_them_exactly),
	{},
};
static struct kunit_suite suite = { .name = "pte_format", .test_cases = cases };
kunit_test_suite(suite);
