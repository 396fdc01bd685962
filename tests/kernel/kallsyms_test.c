/* Addresses to functions and back. */
#include <lib/printf.h>
#include <kernel/kallsyms.h>
#include <kernel/printk.h>
#include <tests/kunit.h>

static const int some_data;

static void a_function_is_found_by_its_name(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("printk"), (unsigned long)printk);
	KUNIT_EXPECT_EQ(test, kallsyms_lookup_name("no such function"), 0UL);
}

static void every_byte_of_a_function_is_its_own(struct kunit *test)
{
	const unsigned long start = (unsigned long)printk;
	unsigned long size = 0, offset, last;

	KUNIT_ASSERT_NOT_NULL(test, kallsyms_lookup(start, &size, &offset));
	KUNIT_EXPECT_EQ(test, offset, 0UL);
	last = size - 1;
	KUNIT_EXPECT_STREQ(test, kallsyms_lookup(start + last, &size, &offset), "printk");
	KUNIT_EXPECT_EQ(test, offset, last);
}

static void the_next_byte_begins_the_next_function(struct kunit *test)
{
	const unsigned long start = (unsigned long)printk;
	unsigned long size = 0, offset;
	const char *next;

	KUNIT_ASSERT_NOT_NULL(test, kallsyms_lookup(start, &size, &offset));
	next = kallsyms_lookup(start + size, &size, &offset);
	KUNIT_ASSERT_NOT_NULL(test, next);
	KUNIT_EXPECT_NE(test, strcmp(next, "printk"), 0);
	KUNIT_EXPECT_EQ(test, offset, 0UL);
}

static void addresses_outside_the_text_have_no_name(struct kunit *test)
{
	static const unsigned long outside[] = { 0, 1, (unsigned long)&some_data, ~0UL };
	unsigned long size, offset;

	for (size_t i = 0; i < ARRAY_SIZE(outside); i++)
		KUNIT_EXPECT_FALSE(test, kallsyms_lookup(outside[i], &size, &offset));
}

static void a_return_address_behind_a_function_still_names_the_caller(struct kunit *test)
{
	const unsigned long start = (unsigned long)printk;
	unsigned long size = 0, offset;
	char symbol[KSYM_SYMBOL_LEN], expected[KSYM_SYMBOL_LEN];

	KUNIT_ASSERT_NOT_NULL(test, kallsyms_lookup(start, &size, &offset));
	snprintf(expected, sizeof(expected), "printk+0x%lx/0x%lx", size, size);
	sprint_backtrace(symbol, sizeof(symbol), start + size);
	KUNIT_EXPECT_STREQ(test, symbol, expected);
}

static void printf_prints_a_place_for_pS(struct kunit *test)
{
	char symbol[KSYM_SYMBOL_LEN], printed[KSYM_SYMBOL_LEN];

	sprint_symbol(symbol, sizeof(symbol), (unsigned long)printk + 1);
	snprintf(printed, sizeof(printed), "%pS", (char *)printk + 1);
	KUNIT_EXPECT_STREQ(test, printed, symbol);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_function_is_found_by_its_name),
	KUNIT_CASE(every_byte_of_a_function_is_its_own),
	KUNIT_CASE(the_next_byte_begins_the_next_function),
	KUNIT_CASE(addresses_outside_the_text_have_no_name),
	KUNIT_CASE(a_return_address_behind_a_function_still_names_the_caller),
	KUNIT_CASE(printf_prints_a_place_for_pS),
	{},
};

static struct kunit_suite suite = { .name = "kallsyms", .test_cases = cases };
kunit_test_suite(suite);
