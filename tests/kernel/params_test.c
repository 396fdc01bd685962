/*
 * The command line's words, seen by options that this file adds to the kernel.
 */
#include <lib/errno.h>
#include <tests/kunit.h>
#include <kernel/init.h>
#include <kernel/printk.h>

static int calls, early_calls;
static char seen[128];

static int see_value(char *val)
{
	calls++;
	strscpy(seen, val, sizeof(seen));
	val[0] = '!'; /* the value is the handler's own */
	return strcmp(seen, "bad") ? 0 : -EINVAL;
}
__setup("params_test=", see_value);

static int see_flag(char *val __unused)
{
	calls++;
	return 0;
}
__setup("params_test_flag", see_flag);

static int see_early(char *val __unused)
{
	early_calls++;
	return 0;
}
early_param("params_test_early=", see_early);

static int reset(struct kunit *test __unused)
{
	calls = early_calls = 0;
	seen[0] = '\0';
	return 0;
}

/* Runs parse_args() and returns whether it logged something with @text in it. */
static bool args_log(const char *cmdline, const char *text)
{
	static char log[512];
	u64 seq = 0;

	while (log_read(&seq, log, sizeof(log)))
		;
	parse_args(cmdline);
	log[log_read(&seq, log, sizeof(log) - 1)] = '\0';
	return strstr(log, text);
}

static void the_handler_gets_what_follows_the_equals_sign(struct kunit *test)
{
	parse_args("  params_test=64M\tparams_test_flag ");
	KUNIT_EXPECT_STREQ(test, seen, "64M");
	KUNIT_EXPECT_EQ(test, calls, 2);
}

static void an_empty_value_reaches_the_handler(struct kunit *test)
{
	strscpy(seen, "untouched", sizeof(seen));
	parse_args("params_test=");
	KUNIT_EXPECT_STREQ(test, seen, "");
}

static void a_quoted_value_may_hold_blanks(struct kunit *test)
{
	parse_args("params_test=\"a b\" params_test_flag");
	KUNIT_EXPECT_STREQ(test, seen, "a b");
	KUNIT_EXPECT_EQ(test, calls, 2);
}

static void an_unclosed_quote_reaches_to_the_end_of_the_line(struct kunit *test)
{
	parse_args("params_test=\"a b");
	KUNIT_EXPECT_STREQ(test, seen, "a b");
}

static void the_last_of_two_values_is_the_one_that_stays(struct kunit *test)
{
	parse_args("params_test=1 params_test=2");
	KUNIT_EXPECT_STREQ(test, seen, "2");
}

static void an_option_without_value_is_only_the_whole_word(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, args_log("params_test_flagged", "'params_test_flagged' is not an"));
	KUNIT_EXPECT_EQ(test, calls, 0);
}

static void each_pass_runs_its_own_options_only(struct kunit *test)
{
	static const char line[] = "params_test=1 params_test_early=2";

	parse_early_param(line);
	KUNIT_EXPECT_EQ(test, calls, 0);
	KUNIT_EXPECT_EQ(test, early_calls, 1);
	KUNIT_EXPECT_FALSE(test, args_log(line, "params:"));
	KUNIT_EXPECT_EQ(test, calls, 1);
	KUNIT_EXPECT_EQ(test, early_calls, 1);
}

static void an_unknown_word_is_named(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, args_log("params_typo=1", "'params_typo=1' is not an option"));
}

static void a_refused_value_is_named_whole(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, args_log("params_test=bad", "'params_test=bad': bad value"));
}

static void the_longest_word_is_127_characters(struct kunit *test)
{
	char line[300] = "params_test=";

	memset(line + 12, 'x', 115);
	parse_args(line);
	KUNIT_EXPECT_EQ(test, strlen(seen), 115);
	line[127] = 'x';
	KUNIT_EXPECT_TRUE(test, args_log(line, "128 characters"));
	KUNIT_EXPECT_EQ(test, calls, 1);
	memset(line + 12, 'x', 280);
	strscpy(line + 280, " params_test=ok", 16);
	KUNIT_EXPECT_TRUE(test, args_log(line, "280 characters"));
	KUNIT_EXPECT_STREQ(test, seen, "ok");
}

static void an_early_word_too_long_is_not_run_cut_short(struct kunit *test)
{
	char line[200] = "params_test_early=";

	memset(line + strlen(line), 'x', 150);
	parse_early_param(line);
	KUNIT_EXPECT_EQ(test, early_calls, 0);
	KUNIT_EXPECT_TRUE(test, args_log(line, "168 characters"));
}

static void options_end_at_two_dashes(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, parse_args("params_test=1 -- params_test=2 b"),
			   " params_test=2 b");
	KUNIT_EXPECT_STREQ(test, seen, "1");
	KUNIT_EXPECT_STREQ(test, parse_args("params_test=1"), "");
	parse_early_param("-- params_test_early=");
	KUNIT_EXPECT_EQ(test, early_calls, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_handler_gets_what_follows_the_equals_sign),
	KUNIT_CASE(an_empty_value_reaches_the_handler),
	KUNIT_CASE(a_quoted_value_may_hold_blanks),
	KUNIT_CASE(an_unclosed_quote_reaches_to_the_end_of_the_line),
	KUNIT_CASE(the_last_of_two_values_is_the_one_that_stays),
	KUNIT_CASE(an_option_without_value_is_only_the_whole_word),
	KUNIT_CASE(each_pass_runs_its_own_options_only),
	KUNIT_CASE(an_unknown_word_is_named),
	KUNIT_CASE(a_refused_value_is_named_whole),
	KUNIT_CASE(the_longest_word_is_127_characters),
	KUNIT_CASE(an_early_word_too_long_is_not_run_cut_short),
	KUNIT_CASE(options_end_at_two_dashes),
	{},
};
static struct kunit_suite suite = { .name = "params", .init = reset, .test_cases = cases };
kunit_test_suite(suite);
