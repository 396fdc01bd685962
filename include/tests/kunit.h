/*
 * In-kernel tests under KUnit's macro names, reported as KTAP.
 *
 *      static void freed_pages_come_back(struct kunit *test)
 *      {
 *              KUNIT_EXPECT_EQ(test, nr_free(), before);
 *      }
 *      static struct kunit_case cases[] = { KUNIT_CASE(freed_pages_come_back), {} };
 *      static struct kunit_suite suite = { .name = "bootmem", .test_cases = cases };
 *      kunit_test_suite(suite);
 *
 * `kunit=all` or `kunit=SUITE,SUITE` on the command line runs them and powers off; the monitor's
 * `test [SUITE]` runs them any time. Names and meanings: include/kunit/test.h of Linux.
 */
#ifndef TESTS_KUNIT_H
#define TESTS_KUNIT_H

#include <lib/kernel.h>
#include <lib/string.h>

struct kunit {
	const char *name;
	void *priv; /* for init(), the test and exit() to share */
	int failed;
	bool quiet; /* count failures, print nothing: for the tests of this very file */
	const char *skip_reason; /* not NULL: skipped */
	void *abort_to[5];	 /* where a failed ASSERT or a skip leaves the test */
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};
#define KUNIT_CASE(fn)                      \
	{                                   \
		.run_case = fn, .name = #fn \
	}

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);  /* before each case; not 0: the case fails */
	void (*exit)(struct kunit *test); /* after each case, however it ended */
	struct kunit_case *test_cases;	  /* ends with an empty one */
	bool picked;			  /* the executor's: to be run this time */
};

#define kunit_test_suite(suite)                                                 \
	static struct kunit_suite *const __used __section(".kunit_test_suites") \
		__kunit_suite_##suite = &(suite)

/**
 * kunit_run_case - run one case, with its suite's init() before and exit() after it
 * @suite: whose case it is
 * @kcase: the case
 * @test: all zero, but for quiet; afterwards it holds the outcome
 */
void kunit_run_case(const struct kunit_suite *suite, const struct kunit_case *kcase,
		    struct kunit *test);

/* Prints "# file:line: text" and marks the case failed. */
void kunit_fail(struct kunit *test, const char *file, int line, const char *fmt, ...)
	__printf(4, 5);
void kunit_abort(struct kunit *test) __noreturn;

/* Ends the case as skipped; the reason stands in the report. */
#define kunit_skip(test, why)                \
	do {                                 \
		(test)->skip_reason = (why); \
		kunit_abort(test);           \
	} while (0)

#define KUNIT_FAIL(test, fmt, ...) kunit_fail(test, __FILE__, __LINE__, fmt, ##__VA_ARGS__)

/*
 * Integers are compared in the type that left + right has: a size_t and a plain 5 need no cast, a
 * u64 is not cut short, and a pointer, which can not be added to another, does not compile.
 */
#define KUNIT_CHECK_BINARY(test, left, op, right, text, on_failure)                      \
	do {                                                                             \
		__typeof__((left) + (right)) __left = (left), __right = (right);         \
		if (!(__left op __right)) {                                              \
			KUNIT_FAIL(test, "expected %s: %#llx, %#llx", text, (u64)__left, \
				   (u64)__right);                                        \
			on_failure;                                                      \
		}                                                                        \
	} while (0)
#define KUNIT_CHECK_PTR(test, left, op, right, text, on_failure)                        \
	do {                                                                            \
		const volatile void *__left = (left), *__right = (right);               \
		if (!(__left op __right)) {                                             \
			KUNIT_FAIL(test, "expected %s: %p, %p", text, __left, __right); \
			on_failure;                                                     \
		}                                                                       \
	} while (0)
#define KUNIT_CHECK_STREQ(test, left, right, text, on_failure)                                  \
	do {                                                                                    \
		const char *__left = (left), *__right = (right);                                \
		if (strcmp(__left, __right)) {                                                  \
			KUNIT_FAIL(test, "expected %s: \"%s\", \"%s\"", text, __left, __right); \
			on_failure;                                                             \
		}                                                                               \
	} while (0)
#define KUNIT_CHECK_BOOL(test, condition, wanted, text, on_failure)               \
	do {                                                                      \
		bool __value = (condition);                                       \
		if (__value != (wanted)) {                                        \
			KUNIT_FAIL(test, "expected to be " #wanted ": %s", text); \
			on_failure;                                               \
		}                                                                 \
	} while (0)

/* An expectation that fails is noted, and the case goes on. */
#define KUNIT_EXPECT_EQ(test, l, r)	KUNIT_CHECK_BINARY(test, l, ==, r, #l " == " #r, )
#define KUNIT_EXPECT_NE(test, l, r)	KUNIT_CHECK_BINARY(test, l, !=, r, #l " != " #r, )
#define KUNIT_EXPECT_LT(test, l, r)	KUNIT_CHECK_BINARY(test, l, <, r, #l " < " #r, )
#define KUNIT_EXPECT_LE(test, l, r)	KUNIT_CHECK_BINARY(test, l, <=, r, #l " <= " #r, )
#define KUNIT_EXPECT_GT(test, l, r)	KUNIT_CHECK_BINARY(test, l, >, r, #l " > " #r, )
#define KUNIT_EXPECT_GE(test, l, r)	KUNIT_CHECK_BINARY(test, l, >=, r, #l " >= " #r, )
#define KUNIT_EXPECT_PTR_EQ(test, l, r) KUNIT_CHECK_PTR(test, l, ==, r, #l " == " #r, )
#define KUNIT_EXPECT_PTR_NE(test, l, r) KUNIT_CHECK_PTR(test, l, !=, r, #l " != " #r, )
#define KUNIT_EXPECT_NULL(test, p)	KUNIT_CHECK_PTR(test, p, ==, NULL, #p " == NULL", )
#define KUNIT_EXPECT_NOT_NULL(test, p)	KUNIT_CHECK_PTR(test, p, !=, NULL, #p " != NULL", )
#define KUNIT_EXPECT_STREQ(test, l, r)	KUNIT_CHECK_STREQ(test, l, r, #l " == " #r, )
#define KUNIT_EXPECT_TRUE(test, c)	KUNIT_CHECK_BOOL(test, c, true, #c, )
#define KUNIT_EXPECT_FALSE(test, c)	KUNIT_CHECK_BOOL(test, c, false, #c, )

/* An assertion that fails ends the case: what follows would make no sense. */
#define KUNIT_ASSERT_EQ(test, l, r) \
	KUNIT_CHECK_BINARY(test, l, ==, r, #l " == " #r, kunit_abort(test))
#define KUNIT_ASSERT_NE(test, l, r) \
	KUNIT_CHECK_BINARY(test, l, !=, r, #l " != " #r, kunit_abort(test))
#define KUNIT_ASSERT_LT(test, l, r) \
	KUNIT_CHECK_BINARY(test, l, <, r, #l " < " #r, kunit_abort(test))
#define KUNIT_ASSERT_PTR_EQ(test, l, r) \
	KUNIT_CHECK_PTR(test, l, ==, r, #l " == " #r, kunit_abort(test))
#define KUNIT_ASSERT_NOT_NULL(test, p) \
	KUNIT_CHECK_PTR(test, p, !=, NULL, #p " != NULL", kunit_abort(test))
#define KUNIT_ASSERT_TRUE(test, c)  KUNIT_CHECK_BOOL(test, c, true, #c, kunit_abort(test))
#define KUNIT_ASSERT_FALSE(test, c) KUNIT_CHECK_BOOL(test, c, false, #c, kunit_abort(test))

#endif
