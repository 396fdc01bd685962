/*
 * The log ring. Messages here are KERN_DEBUG, which the consoles do not show by default. One case
 * fills the whole ring, so dmesg does not reach back beyond this suite.
 */
#include <tests/kunit.h>
#include <kernel/printk.h>

static u64 log_end(void)
{
	char chunk[256];
	u64 seq = 0;

	while (log_read(&seq, chunk, sizeof(chunk)))
		;
	return seq;
}

/* What was logged since @seq, as a string. */
static const char *logged_since(u64 seq)
{
	static char text[256];

	text[log_read(&seq, text, sizeof(text) - 1)] = '\0';
	return text;
}

static void a_message_is_logged_without_its_level(struct kunit *test)
{
	u64 start = log_end();

	printk(KERN_DEBUG "frame %d\n", 42);
	KUNIT_EXPECT_STREQ(test, logged_since(start), "frame 42\n");
}

static void a_continuation_goes_on_with_its_line(struct kunit *test)
{
	u64 start = log_end();

	printk(KERN_DEBUG "one");
	printk(KERN_CONT ", two\n");
	KUNIT_EXPECT_STREQ(test, logged_since(start), "one, two\n");
}

static void a_message_after_an_open_line_begins_a_new_one(struct kunit *test)
{
	u64 start = log_end();

	printk(KERN_DEBUG "no end");
	printk(KERN_DEBUG "next\n");
	KUNIT_EXPECT_STREQ(test, logged_since(start), "no end\nnext\n");
}

static void printk_returns_the_number_of_characters_of_the_text(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, printk(KERN_DEBUG "1234\n"), 5);
}

static void a_reader_that_was_overtaken_goes_on_at_the_oldest_byte_kept(struct kunit *test)
{
	u64 start = log_end(), seq = start;
	char c;

	for (int i = 0; i < 0x10000 / 64 + 1; i++)
		printk(KERN_DEBUG "%063d\n", i);
	KUNIT_ASSERT_EQ(test, log_read(&seq, &c, 1), 1);
	KUNIT_EXPECT_EQ(test, seq, start + 64 + 1);
	KUNIT_EXPECT_EQ(test, c, '0');
	KUNIT_EXPECT_EQ(test, log_end(), start + 0x10000 + 64);
}

static void a_line_too_long_is_cut_and_the_next_one_stands_alone(struct kunit *test)
{
	u64 start = log_end();

	printk(KERN_DEBUG "%0*d", LOG_LINE_MAX + 100, 0);
	KUNIT_EXPECT_LT(test, log_end() - start, LOG_LINE_MAX);
	start = log_end();
	printk(KERN_DEBUG "next\n");
	KUNIT_EXPECT_STREQ(test, logged_since(start), "\nnext\n");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_message_is_logged_without_its_level),
	KUNIT_CASE(a_continuation_goes_on_with_its_line),
	KUNIT_CASE(a_message_after_an_open_line_begins_a_new_one),
	KUNIT_CASE(printk_returns_the_number_of_characters_of_the_text),
	KUNIT_CASE(a_reader_that_was_overtaken_goes_on_at_the_oldest_byte_kept),
	KUNIT_CASE(a_line_too_long_is_cut_and_the_next_one_stands_alone),
	{},
};
static struct kunit_suite suite = { .name = "printk", .test_cases = cases };
kunit_test_suite(suite);
