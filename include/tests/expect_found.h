/*
 * For suites that prove the invariant walkers: each has its own finds(rule) and clean().
 */
#ifndef TESTS_EXPECT_FOUND_H
#define TESTS_EXPECT_FOUND_H

#include <tests/kunit.h>

/* The rule must be found broken while @lvalue is @wrong, and nothing before and after. */
#define EXPECT_FOUND(test, rule, lvalue, wrong)        \
	do {                                           \
		__typeof__(lvalue) right = (lvalue);   \
		bool clean_before = clean(), found;    \
                                                       \
		(lvalue) = (wrong);                    \
		found = finds(rule);                   \
		(lvalue) = right;                      \
		KUNIT_EXPECT_TRUE(test, clean_before); \
		KUNIT_EXPECT_TRUE(test, found);        \
		KUNIT_EXPECT_TRUE(test, clean());      \
	} while (0)

#endif
