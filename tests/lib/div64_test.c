/* lib/div64.c: both ways of dividing, their border, and the compiler's own calls. */
#include <tests/kunit.h>
#include <lib/div64.h>

static void known_quotients_and_remainders_come_out(struct kunit *test)
{
	static const struct {
		u64 n, d, quotient, rem;
	} known[] = {
		{ 0, 1, 0, 0 },
		{ 7, 7, 1, 0 },
		{ 6, 7, 0, 6 },
		{ UINT64_MAX, 1, UINT64_MAX, 0 },
		{ UINT64_MAX, 10, 1844674407370955161ULL, 5 },
		{ UINT64_MAX, 0xffff, 0x1000100010001ULL, 0 },
		{ UINT64_MAX, 0x10000, 0xffffffffffffULL, 0xffff },
		{ UINT64_MAX, 0xffffffff, 0x100000001ULL, 0 },
		{ UINT64_MAX, 1ULL << 63, 1, INT64_MAX },
		{ UINT64_MAX, UINT64_MAX, 1, 0 },
		{ UINT64_MAX - 1, UINT64_MAX, 0, UINT64_MAX - 1 },
		{ 1ULL << 63, 3, 3074457345618258602ULL, 2 },
		{ 1ULL << 36, 4096, 1ULL << 24, 0 },
		{ 1000000000000000003ULL, 1000000007, 999999993, 52 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		u64 rem;

		KUNIT_EXPECT_EQ(test, __udivmoddi4(known[i].n, known[i].d, &rem),
				known[i].quotient);
		KUNIT_EXPECT_EQ(test, rem, known[i].rem);
		KUNIT_EXPECT_EQ(test, __udivdi3(known[i].n, known[i].d), known[i].quotient);
		KUNIT_EXPECT_EQ(test, __umoddi3(known[i].n, known[i].d), known[i].rem);
	}
}

/* Numbers of every length: the high bits of a xorshift generator, as many as the round says. */
static u64 next_number(u64 *state, int nr_bits)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> (64 - nr_bits);
}

static void quotient_times_divisor_plus_remainder_is_the_dividend(struct kunit *test)
{
	u64 state = 0x9e3779b97f4a7c15ULL;

	for (int bits = 1; bits <= 64; bits++) {
		for (int divisor_bits = 1; divisor_bits <= 64; divisor_bits++) {
			u64 n = next_number(&state, bits);
			u64 d = next_number(&state, divisor_bits) | 1;
			u64 rem, quotient = __udivmoddi4(n, d, &rem);

			KUNIT_ASSERT_LT(test, rem, d);
			KUNIT_ASSERT_EQ(test, quotient * d + rem, n);
			KUNIT_ASSERT_TRUE(test, quotient <= n);
		}
	}
}

/* Caller and callee must agree where two 64-bit arguments lie. */
static void the_division_operator_reaches_us_with_its_operands_in_place(struct kunit *test)
{
	volatile u64 n = 0x123456789abcdef0ULL, d = 0x87654321ULL;

	KUNIT_EXPECT_EQ(test, n / d, 0x226b9022);
	KUNIT_EXPECT_EQ(test, n % d, 0x38bc648e);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(known_quotients_and_remainders_come_out),
	KUNIT_CASE(quotient_times_divisor_plus_remainder_is_the_dividend),
	KUNIT_CASE(the_division_operator_reaches_us_with_its_operands_in_place),
	{},
};
static struct kunit_suite suite = { .name = "div64", .test_cases = cases };
kunit_test_suite(suite);
