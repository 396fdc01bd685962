/* lib/ctype.h: each kind counted over all characters, and its borders. */
#include <tests/kunit.h>
#include <lib/ctype.h>

static int count_of_kind(bool (*is_of_kind)(int c))
{
	int count = 0;

	for (int c = -128; c < 256; c++)
		count += is_of_kind(c);
	return count;
}

static void each_kind_has_as_many_members_as_in_ascii(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, count_of_kind(isdigit), 10);
	KUNIT_EXPECT_EQ(test, count_of_kind(isxdigit), 22);
	KUNIT_EXPECT_EQ(test, count_of_kind(isupper), 26);
	KUNIT_EXPECT_EQ(test, count_of_kind(isalpha), 52);
	KUNIT_EXPECT_EQ(test, count_of_kind(isalnum), 62);
	KUNIT_EXPECT_EQ(test, count_of_kind(isspace), 6);
	KUNIT_EXPECT_EQ(test, count_of_kind(isprint), 95);
}

static void the_borders_of_each_kind_belong_to_it(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, isdigit('0') && isdigit('9'));
	KUNIT_EXPECT_TRUE(test, isxdigit('a') && isxdigit('F'));
	KUNIT_EXPECT_TRUE(test, isalpha('a') && isalpha('Z'));
	KUNIT_EXPECT_TRUE(test, isspace('\t') && isspace('\r') && isspace(' '));
	KUNIT_EXPECT_TRUE(test, isprint(' ') && isprint('~'));
}

static void tolower_changes_capital_letters_only(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tolower('A'), 'a');
	KUNIT_EXPECT_EQ(test, tolower('Z'), 'z');
	KUNIT_EXPECT_EQ(test, tolower('z'), 'z');
	KUNIT_EXPECT_EQ(test, tolower('@'), '@');
	KUNIT_EXPECT_EQ(test, tolower('['), '[');
}

static struct kunit_case cases[] = {
	KUNIT_CASE(each_kind_has_as_many_members_as_in_ascii),
	KUNIT_CASE(the_borders_of_each_kind_belong_to_it),
	KUNIT_CASE(tolower_changes_capital_letters_only),
	{},
};
static struct kunit_suite suite = { .name = "ctype", .test_cases = cases };
kunit_test_suite(suite);
