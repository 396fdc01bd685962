/* lib/vsprintf.c: each conversion, flag and length, and the end of the buffer. */
#include <tests/kunit.h>
#include <lib/printf.h>

#define GUARD '#'

static void __printf(3, 4) expect_text(struct kunit *test, const char *wanted, const char *fmt, ...)
{
	char buf[128];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	KUNIT_EXPECT_STREQ(test, buf, wanted);
	KUNIT_EXPECT_EQ(test, (size_t)len, strlen(wanted));
}

static void text_without_directives_is_copied(struct kunit *test)
{
	expect_text(test, "plain", "plain");
	expect_text(test, "100%", "100%%");
	expect_text(test, "", "%s", "");
}

static void decimal_numbers_reach_from_the_least_to_the_greatest(struct kunit *test)
{
	expect_text(test, "0 -1 42", "%d %i %u", 0, -1, 42U);
	expect_text(test, "2147483647 -2147483648", "%d %d", INT32_MAX, INT32_MIN);
	expect_text(test, "4294967295", "%u", UINT32_MAX);
	expect_text(test, "-9223372036854775808", "%lld", (s64)INT64_MIN);
	expect_text(test, "18446744073709551615", "%llu", (u64)UINT64_MAX);
}

static void hexadecimal_and_octal_numbers_take_prefixes(struct kunit *test)
{
	expect_text(test, "c0100000 BEEF 755", "%x %X %o", 0xc0100000U, 0xbeefU, 0755U);
	expect_text(test, "0xc0100000 0XBEEF 0755", "%#x %#X %#o", 0xc0100000U, 0xbeefU, 0755U);
	expect_text(test, "0 0", "%#x %#o", 0U, 0U);
	expect_text(test, "fedcba9876543210", "%llx", 0xfedcba9876543210ULL);
	expect_text(test, "1777777777777777777777", "%llo", (u64)UINT64_MAX);
	expect_text(test, "01777777777777777777777", "%#llo", (u64)UINT64_MAX);
}

static void width_pads_on_the_side_that_the_flags_say(struct kunit *test)
{
	expect_text(test, "[   42][42   ][00042]", "[%5d][%-5d][%05d]", 42, 42, 42);
	expect_text(test, "[  -42][-0042]", "[%5d][%05d]", -42, -42);
	expect_text(test, "[  0x2a][0x002a][0x2a  ]", "[%#6x][%#06x][%-#6x]", 42U, 42U, 42U);
	expect_text(test, "[12345]", "[%3d]", 12345);
	expect_text(test, "[   ab][ab   ]", "[%5s][%-5s]", "ab", "ab");
	expect_text(test, "[  x][x  ]", "[%3c][%-3c]", 'x', 'x');
}

static void precision_sets_the_least_number_of_digits(struct kunit *test)
{
	expect_text(test, "[00042][-00042][0x0002a]", "[%.5d][%.5d][%#.5x]", 42, -42, 42U);
	expect_text(test, "[   042]", "[%6.3d]", 42);
	expect_text(test, "[][  ]", "[%.0d][%2.0d]", 0, 0);
	expect_text(test, "[12345]", "[%.3d]", 12345);
}

static void precision_cuts_a_string_that_may_lack_its_end(struct kunit *test)
{
	const char unended[2] = { 'o', 'k' };

	expect_text(test, "ok", "%.2s", unended);
	expect_text(test, "[    ab]", "[%6.2s]", "abcdef");
	expect_text(test, "[]", "[%.0s]", "abc");
}

static void width_and_precision_come_from_arguments_too(struct kunit *test)
{
	expect_text(test, "[   42]", "[%*d]", 5, 42);
	expect_text(test, "[42   ]", "[%*d]", -5, 42);
	expect_text(test, "[00042]", "[%.*d]", 5, 42);
	expect_text(test, "[42]", "[%.*d]", -5, 42);
	expect_text(test, "[  ab]", "[%*.*s]", 4, 2, "abc");
}

static void plus_and_space_show_the_sign_of_what_is_not_negative(struct kunit *test)
{
	expect_text(test, "+42 -42 +0", "%+d %+d %+d", 42, -42, 0);
	expect_text(test, "[ 42][-42]", "[% d][% d]", 42, -42);
}

static void length_modifiers_cut_or_widen_the_argument(struct kunit *test)
{
	expect_text(test, "255 -1", "%hhu %hhd", (unsigned char)0xff, (signed char)-1);
	expect_text(test, "65535 -1", "%hu %hd", (unsigned short)0xffff, (short)-1);
	expect_text(test, "ff ffff", "%hhx %hx", (signed char)-1, (short)-1);
	expect_text(test, "-5 5", "%ld %lu", -5L, 5UL);
	expect_text(test, "7 -7", "%zu %td", (size_t)7, (ptrdiff_t)-7);
}

/* Were a wide argument read as a narrow one, those after it would be wrong. */
static void arguments_of_all_widths_are_read_in_their_order(struct kunit *test)
{
	expect_text(test, "1 100000002 3 s 4 500000006", "%d %llx %lu %s %zu %llx", 1,
		    0x100000002ULL, 3UL, "s", (size_t)4, 0x500000006ULL);
}

static void a_null_string_is_named_as_such(struct kunit *test)
{
	const char *volatile nothing = NULL;

	expect_text(test, "(null)", "%s", nothing);
}

static void a_pointer_shows_all_its_digits(struct kunit *test)
{
	char text[32];
	size_t len = 2 + 2 * sizeof(void *);

	KUNIT_EXPECT_EQ(test, (size_t)snprintf(text, sizeof(text), "%p", (void *)0xbeefUL), len);
	KUNIT_EXPECT_EQ(test, strncmp(text, "0x0000", 6), 0);
	KUNIT_EXPECT_STREQ(test, text + len - 4, "beef");
	KUNIT_EXPECT_EQ(test, (size_t)snprintf(text, sizeof(text), "%p", (void *)NULL), len);
}

static int name_even_addresses(char *buf, size_t size, unsigned long addr)
{
	return addr % 2 ? 0 : scnprintf(buf, size, "even+0x%lx/0x80", addr);
}

static void put_hook_back(struct kunit *test)
{
	vsprintf_symbol = (int (*)(char *, size_t, unsigned long))test->priv;
}

static int remember_hook(struct kunit *test)
{
	test->priv = (void *)vsprintf_symbol;
	return 0;
}

static void a_symbol_is_named_by_whoever_registered(struct kunit *test)
{
	vsprintf_symbol = name_even_addresses;
	expect_text(test, "at even+0x12/0x80!", "at %pS!", (void *)0x12UL);
	expect_text(test, "[   even+0x12/0x80]", "[%17pS]", (void *)0x12UL);
}

static void a_symbol_that_nobody_knows_is_an_address(struct kunit *test)
{
	char wanted[32];

	snprintf(wanted, sizeof(wanted), "%p!", (void *)0x13UL);
	vsprintf_symbol = name_even_addresses;
	expect_text(test, wanted, "%pS!", (void *)0x13UL);
	vsprintf_symbol = NULL;
	expect_text(test, wanted, "%pS!", (void *)0x13UL);
}

static void a_mistaken_conversion_is_shown_and_harms_nothing(struct kunit *test)
{
	const char *volatile mistaken = "a%yb";
	const char *volatile unended = "50%";
	char buf[16];

	snprintf(buf, sizeof(buf), mistaken, 0);
	KUNIT_EXPECT_STREQ(test, buf, "a%yb");
	snprintf(buf, sizeof(buf), unended, 0);
	KUNIT_EXPECT_STREQ(test, buf, "50");
}

static void snprintf_ends_the_text_at_the_buffer_and_tells_its_full_length(struct kunit *test)
{
	char buf[8];

	memset(buf, GUARD, sizeof(buf));
	KUNIT_EXPECT_EQ(test, snprintf(buf, 4, "%s", "abcdef"), 6);
	KUNIT_EXPECT_STREQ(test, buf, "abc");
	KUNIT_EXPECT_EQ(test, buf[4], GUARD);
	KUNIT_EXPECT_EQ(test, snprintf(buf, 4, "abcd"), 4);
	KUNIT_EXPECT_STREQ(test, buf, "abc");
	buf[0] = GUARD;
	KUNIT_EXPECT_EQ(test, snprintf(buf, 0, "abc"), 3);
	KUNIT_EXPECT_EQ(test, buf[0], GUARD);
}

static void scnprintf_tells_what_is_in_the_buffer(struct kunit *test)
{
	char buf[4];

	KUNIT_EXPECT_EQ(test, scnprintf(buf, sizeof(buf), "ab"), 2);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, sizeof(buf), "abc"), 3);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, sizeof(buf), "abcdef"), 3);
	KUNIT_EXPECT_EQ(test, scnprintf(buf, 0, "abc"), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(text_without_directives_is_copied),
	KUNIT_CASE(decimal_numbers_reach_from_the_least_to_the_greatest),
	KUNIT_CASE(hexadecimal_and_octal_numbers_take_prefixes),
	KUNIT_CASE(width_pads_on_the_side_that_the_flags_say),
	KUNIT_CASE(precision_sets_the_least_number_of_digits),
	KUNIT_CASE(precision_cuts_a_string_that_may_lack_its_end),
	KUNIT_CASE(width_and_precision_come_from_arguments_too),
	KUNIT_CASE(plus_and_space_show_the_sign_of_what_is_not_negative),
	KUNIT_CASE(length_modifiers_cut_or_widen_the_argument),
	KUNIT_CASE(arguments_of_all_widths_are_read_in_their_order),
	KUNIT_CASE(a_null_string_is_named_as_such),
	KUNIT_CASE(a_pointer_shows_all_its_digits),
	KUNIT_CASE(a_symbol_is_named_by_whoever_registered),
	KUNIT_CASE(a_symbol_that_nobody_knows_is_an_address),
	KUNIT_CASE(a_mistaken_conversion_is_shown_and_harms_nothing),
	KUNIT_CASE(snprintf_ends_the_text_at_the_buffer_and_tells_its_full_length),
	KUNIT_CASE(scnprintf_tells_what_is_in_the_buffer),
	{},
};
static struct kunit_suite suite = {
	.name = "vsprintf",
	.init = remember_hook,
	.exit = put_hook_back,
	.test_cases = cases,
};
kunit_test_suite(suite);
