/* lib/kstrtox.c: what is a number, what is not, and what is too large. */
#include <tests/kunit.h>
#include <lib/errno.h>
#include <lib/kstrtox.h>

static void expect_number(struct kunit *test, const char *text, unsigned int base, u64 wanted)
{
	u64 value = ~wanted;

	KUNIT_EXPECT_EQ(test, kstrtoull(text, base, &value), 0);
	KUNIT_EXPECT_EQ(test, value, wanted);
}

static void expect_refusal(struct kunit *test, const char *text, unsigned int base, int err)
{
	u64 value = 4711;

	KUNIT_EXPECT_EQ(test, kstrtoull(text, base, &value), err);
	KUNIT_EXPECT_EQ(test, value, 4711);
}

static void the_prefix_decides_the_base_when_none_is_given(struct kunit *test)
{
	expect_number(test, "4096", 0, 4096);
	expect_number(test, "0x1000", 0, 4096);
	expect_number(test, "0XfF", 0, 255);
	expect_number(test, "0755", 0, 493);
	expect_number(test, "0", 0, 0);
}

static void a_given_base_is_obeyed(struct kunit *test)
{
	expect_number(test, "c0100000", 16, 0xc0100000);
	expect_number(test, "0xc0100000", 16, 0xc0100000);
	expect_number(test, "010", 10, 10);
	expect_number(test, "101", 2, 5);
	expect_refusal(test, "9", 8, -EINVAL);
	expect_refusal(test, "0x10", 10, -EINVAL);
}

static void a_plus_before_and_a_newline_behind_are_allowed(struct kunit *test)
{
	expect_number(test, "+12", 0, 12);
	expect_number(test, "12\n", 0, 12);
	expect_refusal(test, "12\n\n", 0, -EINVAL);
	expect_refusal(test, "++12", 0, -EINVAL);
}

static void what_is_no_number_is_refused_and_the_result_left_alone(struct kunit *test)
{
	static const char *const no_numbers[] = {
		"", "+", "-1", " 1", "1 ", "0x", "12x", "x", "\n"
	};

	for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++)
		expect_refusal(test, no_numbers[i], 0, -EINVAL);
}

static void the_greatest_number_is_read_and_the_next_refused(struct kunit *test)
{
	expect_number(test, "18446744073709551615", 0, UINT64_MAX);
	expect_number(test, "0xffffffffffffffff", 0, UINT64_MAX);
	expect_refusal(test, "18446744073709551616", 0, -ERANGE);
	expect_refusal(test, "0x10000000000000000", 0, -ERANGE);
	expect_refusal(test, "99999999999999999999999", 0, -ERANGE);
}

static void kstrtoul_refuses_what_a_long_can_not_hold(struct kunit *test)
{
	const char *too_large = sizeof(long) == 4 ? "0x100000000" : "0x10000000000000000";
	unsigned long value = 4711;

	KUNIT_EXPECT_EQ(test, kstrtoul(too_large, 0, &value), -ERANGE);
	KUNIT_EXPECT_EQ(test, kstrtoul("no", 0, &value), -EINVAL);
	KUNIT_EXPECT_EQ(test, value, 4711);
	KUNIT_EXPECT_EQ(test, kstrtoul("0xffffffff", 0, &value), 0);
	KUNIT_EXPECT_EQ(test, value, 0xffffffff);
}

static void simple_strtoull_stops_behind_the_last_digit(struct kunit *test)
{
	static const char text[] = "0x1fg", no_number[] = "zoo", lone_prefix[] = "0xg";
	char *end;

	KUNIT_EXPECT_EQ(test, simple_strtoull(text, &end, 0), 0x1f);
	KUNIT_EXPECT_PTR_EQ(test, end, text + 4);
	KUNIT_EXPECT_EQ(test, simple_strtoull(no_number, &end, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, end, no_number);
	KUNIT_EXPECT_EQ(test, simple_strtoull(lone_prefix, &end, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, end, lone_prefix + 1);
	KUNIT_EXPECT_EQ(test, simple_strtoull("12", NULL, 10), 12);
}

static void memparse_multiplies_by_its_suffix(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, memparse("512", NULL), 512);
	KUNIT_EXPECT_EQ(test, memparse("4k", NULL), 4096);
	KUNIT_EXPECT_EQ(test, memparse("64M", NULL), 64 * SZ_1M);
	KUNIT_EXPECT_EQ(test, memparse("0x10m", NULL), 16 * SZ_1M);
	KUNIT_EXPECT_EQ(test, memparse("61G", NULL), 61ULL << 30);
	KUNIT_EXPECT_EQ(test, memparse("2t", NULL), 2ULL << 40);
}

static void memparse_of_too_large_a_size_is_large(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, memparse("17179869184G", NULL), ~0ULL);
	KUNIT_EXPECT_EQ(test, memparse("18446744073709551616", NULL), ~0ULL);
	KUNIT_EXPECT_EQ(test, memparse("99999999999999999999G", NULL), ~0ULL);
	KUNIT_EXPECT_EQ(test, memparse("17179869183G", NULL), ~0ULL << 30);
}

static void memparse_tells_where_it_stopped(struct kunit *test)
{
	static const char range[] = "64M@1G", plain[] = "12x", none[] = "k";
	char *end;

	memparse(range, &end);
	KUNIT_EXPECT_PTR_EQ(test, end, range + 3);
	KUNIT_EXPECT_EQ(test, memparse(plain, &end), 12);
	KUNIT_EXPECT_PTR_EQ(test, end, plain + 2);
	KUNIT_EXPECT_EQ(test, memparse(none, &end), 0);
	KUNIT_EXPECT_PTR_EQ(test, end, none);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_prefix_decides_the_base_when_none_is_given),
	KUNIT_CASE(a_given_base_is_obeyed),
	KUNIT_CASE(a_plus_before_and_a_newline_behind_are_allowed),
	KUNIT_CASE(what_is_no_number_is_refused_and_the_result_left_alone),
	KUNIT_CASE(the_greatest_number_is_read_and_the_next_refused),
	KUNIT_CASE(kstrtoul_refuses_what_a_long_can_not_hold),
	KUNIT_CASE(simple_strtoull_stops_behind_the_last_digit),
	KUNIT_CASE(memparse_multiplies_by_its_suffix),
	KUNIT_CASE(memparse_of_too_large_a_size_is_large),
	KUNIT_CASE(memparse_tells_where_it_stopped),
	{},
};
static struct kunit_suite suite = { .name = "kstrtox", .test_cases = cases };
kunit_test_suite(suite);
