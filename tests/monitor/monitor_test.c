/*
 * From a line to a command: words, numbers, and what is refused. The refusals print their one line
 * each; look for no meaning in those.
 */
#include <lib/errno.h>
#include <lib/printf.h>
#include <tests/kunit.h>
#include "../../monitor/internal.h"

static char *argv[MONITOR_MAX_ARGS + 1];

static int split(const char *text)
{
	static char line[128];

	strscpy(line, text, sizeof(line));
	return monitor_split(line, argv);
}

static int run(const char *text)
{
	char line[128];

	strscpy(line, text, sizeof(line));
	return monitor_run_line(line);
}

static void blanks_separate_words(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, split("  walk \t0xc0000000  7 "), 3);
	KUNIT_EXPECT_STREQ(test, argv[0], "walk");
	KUNIT_EXPECT_STREQ(test, argv[1], "0xc0000000");
	KUNIT_EXPECT_STREQ(test, argv[2], "7");
	KUNIT_EXPECT_NULL(test, argv[3]);
}

static void quotes_keep_blanks_and_an_empty_word_together(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, split("exec \"a b\" \"\" c\" \"d"), 4);
	KUNIT_EXPECT_STREQ(test, argv[1], "a b");
	KUNIT_EXPECT_STREQ(test, argv[2], "");
	KUNIT_EXPECT_STREQ(test, argv[3], "c d");
}

static void an_open_quote_and_too_many_words_are_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, split("x \"a b"), -EINVAL);
	KUNIT_EXPECT_EQ(test, split("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"), MONITOR_MAX_ARGS);
	KUNIT_EXPECT_EQ(test, split("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"), -EINVAL);
}

static void an_empty_line_is_no_error(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(""), 0);
	KUNIT_EXPECT_EQ(test, run("   "), 0);
}

static void commands_are_found_by_their_whole_name(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, monitor_find_command("poweroff")->name, "poweroff");
	KUNIT_EXPECT_EQ(test, run("powerof"), -ENOENT);
	KUNIT_EXPECT_EQ(test, run("poweroffs"), -ENOENT);
}

static void a_wrong_number_of_arguments_runs_nothing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run("dmesg now"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("fault"), -EINVAL);
}

static void numbers_are_decimal_or_hexadecimal_with_a_suffix(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned long value;
	} rows[] = {
		{ "0", 0 },	      { "010", 10 },
		{ "4096", 4096 },     { "0xC0100000", 0xC0100000 },
		{ "64k", 0x10000 },   { "0x10M", 0x1000000 },
		{ "3G", 0xC0000000 },
	};
	unsigned long value;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_EQ(test, monitor_parse_ulong("N", rows[i].text, &value), 0);
		KUNIT_EXPECT_EQ(test, value, rows[i].value);
	}
}

static void what_is_no_number_is_refused(struct kunit *test)
{
	static const char *const bad[] = {
		"",
		"x",
		"0x",
		"k",
		"-1",
		"12z",
		"1kk",
		"c0100000",
		"99999999999999999999999999",
		"0x10000000000000000",
		"99999999999G",
	};
	unsigned long value;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, monitor_parse_ulong("N", bad[i], &value), -EINVAL);
}

static void a_suffix_may_not_push_a_number_over_the_edge(struct kunit *test)
{
	unsigned long value;
	char text[32];

	snprintf(text, sizeof(text), "%luK", -1UL);
	KUNIT_EXPECT_EQ(test, monitor_parse_ulong("N", text, &value), -EINVAL);
}

static void an_address_may_be_a_functions_name(struct kunit *test)
{
	unsigned long value;

	KUNIT_EXPECT_EQ(test, monitor_parse_addr("ADDR", "monitor_run_line", &value), 0);
	KUNIT_EXPECT_EQ(test, value, (unsigned long)monitor_run_line);
	KUNIT_EXPECT_EQ(test, monitor_parse_addr("ADDR", "0xc0100000", &value), 0);
	KUNIT_EXPECT_EQ(test, value, 0xC0100000);
	KUNIT_EXPECT_EQ(test, monitor_parse_addr("ADDR", "no_such_function", &value), -EINVAL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_address_may_be_a_functions_name),
	KUNIT_CASE(blanks_separate_words),
	KUNIT_CASE(quotes_keep_blanks_and_an_empty_word_together),
	KUNIT_CASE(an_open_quote_and_too_many_words_are_refused),
	KUNIT_CASE(an_empty_line_is_no_error),
	KUNIT_CASE(commands_are_found_by_their_whole_name),
	KUNIT_CASE(a_wrong_number_of_arguments_runs_nothing),
	KUNIT_CASE(numbers_are_decimal_or_hexadecimal_with_a_suffix),
	KUNIT_CASE(what_is_no_number_is_refused),
	KUNIT_CASE(a_suffix_may_not_push_a_number_over_the_edge),
	{},
};
static struct kunit_suite suite = { .name = "monitor", .test_cases = cases };
kunit_test_suite(suite);
