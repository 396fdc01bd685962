/*
 * The executor's own tests: each runs one case of a suite made up for it, quietly, and looks at the
 * outcome in struct kunit.
 */
#include <tests/kunit.h>
#include <kernel/panic.h>

/* How far the made-up case came, and how often its suite's exit() was called. */
static int steps, exits;

static int count_nothing_yet(struct kunit *test)
{
	(void)test;
	steps = 0;
	exits = 0;
	return 0;
}

static int refuse(struct kunit *test)
{
	count_nothing_yet(test);
	return -1;
}

static void count_exit(struct kunit *test)
{
	(void)test;
	exits++;
}

static void abort_in_exit(struct kunit *test)
{
	exits++;
	KUNIT_ASSERT_TRUE(test, false);
	exits++;
}

static void pass(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, true);
	steps++;
}

static void fail_twice_and_go_on(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, steps, 1);
	KUNIT_EXPECT_STREQ(test, "left", "right");
	steps++;
}

static void fail_an_assertion(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, steps, 1);
	steps++;
}

static void skip(struct kunit *test)
{
	kunit_skip(test, "not today");
	steps++;
}

static struct kunit run(void (*body)(struct kunit *test), int (*init)(struct kunit *test),
			void (*exit)(struct kunit *test))
{
	const struct kunit_suite suite = { .name = "made up", .init = init, .exit = exit };
	const struct kunit_case kcase = { .run_case = body, .name = "made up" };
	struct kunit test = { .quiet = true };

	kunit_run_case(&suite, &kcase, &test);
	return test;
}

static void a_case_that_passes_has_no_failures(struct kunit *test)
{
	struct kunit outcome = run(pass, count_nothing_yet, count_exit);

	KUNIT_EXPECT_EQ(test, outcome.failed, 0);
	KUNIT_EXPECT_NULL(test, outcome.skip_reason);
	KUNIT_EXPECT_EQ(test, steps, 1);
	KUNIT_EXPECT_EQ(test, exits, 1);
}

static void a_failed_expectation_is_counted_and_the_case_goes_on(struct kunit *test)
{
	struct kunit outcome = run(fail_twice_and_go_on, count_nothing_yet, count_exit);

	/* Were failures not counted, no expectation could tell. */
	BUG_ON(outcome.failed != 2);
	KUNIT_EXPECT_EQ(test, steps, 1);
}

static void a_failed_assertion_ends_the_case_but_not_its_exit(struct kunit *test)
{
	struct kunit outcome = run(fail_an_assertion, count_nothing_yet, count_exit);

	KUNIT_EXPECT_EQ(test, outcome.failed, 1);
	KUNIT_EXPECT_EQ(test, steps, 0);
	KUNIT_EXPECT_EQ(test, exits, 1);
}

static void a_skip_ends_the_case_with_its_reason(struct kunit *test)
{
	struct kunit outcome = run(skip, count_nothing_yet, count_exit);

	KUNIT_EXPECT_EQ(test, outcome.failed, 0);
	KUNIT_EXPECT_STREQ(test, outcome.skip_reason, "not today");
	KUNIT_EXPECT_EQ(test, steps, 0);
	KUNIT_EXPECT_EQ(test, exits, 1);
}

static void a_case_whose_init_fails_is_not_run_and_fails(struct kunit *test)
{
	struct kunit outcome = run(pass, refuse, count_exit);

	KUNIT_EXPECT_EQ(test, outcome.failed, 1);
	KUNIT_EXPECT_EQ(test, steps, 0);
	KUNIT_EXPECT_EQ(test, exits, 1);
}

static void a_failed_assertion_in_exit_fails_the_case_once(struct kunit *test)
{
	struct kunit outcome = run(pass, count_nothing_yet, abort_in_exit);

	KUNIT_EXPECT_EQ(test, outcome.failed, 1);
	KUNIT_EXPECT_EQ(test, exits, 1);
}

/* Cut to 32 bits the two would be equal. */
static void compare_wide_numbers(struct kunit *test)
{
	u64 four_gigabytes = 1ULL << 32;

	KUNIT_EXPECT_EQ(test, four_gigabytes, 0);
}

static void wide_numbers_are_compared_whole(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, run(compare_wide_numbers, NULL, NULL).failed, 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_case_that_passes_has_no_failures),
	KUNIT_CASE(a_failed_expectation_is_counted_and_the_case_goes_on),
	KUNIT_CASE(a_failed_assertion_ends_the_case_but_not_its_exit),
	KUNIT_CASE(a_skip_ends_the_case_with_its_reason),
	KUNIT_CASE(a_case_whose_init_fails_is_not_run_and_fails),
	KUNIT_CASE(a_failed_assertion_in_exit_fails_the_case_once),
	KUNIT_CASE(wide_numbers_are_compared_whole),
	{},
};
static struct kunit_suite suite = { .name = "kunit", .test_cases = cases };
kunit_test_suite(suite);
