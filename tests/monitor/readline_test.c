/*
 * The line editor, fed byte by byte. What it sends is shown to a terminal one row high, so that a
 * test can ask what a reader would see, not which escape sequences brought it about.
 */
#include <tests/kunit.h>
#include "../../monitor/readline.h"

#define UP    "\033[A"
#define DOWN  "\033[B"
#define RIGHT "\033[C"
#define LEFT  "\033[D"
#define HOME  "\033[H"
#define END   "\033OF"
#define DEL   "\033[3~"

static struct readline rl;

static char row[READLINE_COLUMNS + 1]; /* blanks behind the text are not in it */
static size_t column;
static char sent[4096];
static size_t sent_count;

static void terminal_move(const char *number)
{
	size_t n = 0;

	for (; *number >= '0' && *number <= '9'; number++)
		n = n * 10 + (size_t)(*number - '0');
	column += n;
}

/* Knows what readline.c sends: CR, LF, ESC [ K, ESC [ n C, ESC [ H, ESC [ J, bell. */
static void terminal_write(const char *s, size_t count)
{
	const char *end = s + count;

	memcpy(sent + sent_count, s, count);
	sent_count += count;
	for (; s < end; s++) {
		if (*s == '\r') {
			column = 0;
		} else if (*s == '\n') {
			column = 0;
			memset(row, 0, sizeof(row));
		} else if (*s == '\033') {
			terminal_move(s + 2);
			while (*s < 'A' || *s == '[')
				s++;
			if (*s == 'K')
				memset(row + column, 0, sizeof(row) - column);
		} else if (*s != '\a') {
			row[column++] = *s;
		}
	}
}

static const char *nth_word(size_t n)
{
	static const char *const words[] = { "pagemap", "poweroff", "ptdump", "page", "walk" };

	return n < ARRAY_SIZE(words) ? words[n] : NULL;
}

static int start(struct kunit *test __unused)
{
	memset(&rl, 0, sizeof(rl));
	memset(row, 0, sizeof(row));
	column = sent_count = 0;
	rl.prompt = "> ";
	rl.output = terminal_write;
	rl.word = nth_word;
	readline_start(&rl);
	return 0;
}

/* Types all of @keys; returns how many lines they completed. */
static int type(const char *keys)
{
	int lines = 0;

	sent_count = 0;
	for (; *keys; keys++) {
		if (!readline_feed(&rl, *keys))
			continue;
		lines++;
		if (keys[1])
			readline_start(&rl);
	}
	return lines;
}

static void type_many(char c, size_t count)
{
	while (count--) {
		sent_count = 0;
		readline_feed(&rl, c);
	}
}

static bool sent_a(char c)
{
	return memchr(sent, c, sent_count);
}

static void enter_hands_over_the_line(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, type("walk 0xc0000000\r"), 1);
	KUNIT_EXPECT_STREQ(test, rl.line, "walk 0xc0000000");
}

static void what_is_typed_at_the_end_is_simply_echoed(struct kunit *test)
{
	type("ps");
	KUNIT_EXPECT_EQ(test, sent_count, 2);
	KUNIT_EXPECT_STREQ(test, row, "> ps");
}

static void carriage_return_and_line_feed_end_one_line(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, type("a\r\nb\nc\r\n"), 3);
}

static void characters_go_in_and_out_at_the_cursor(struct kunit *test)
{
	type("wlk" LEFT LEFT "a" RIGHT RIGHT "x\177");
	KUNIT_EXPECT_STREQ(test, row, "> walk");
	KUNIT_EXPECT_EQ(test, column, 6);
	type(HOME DEL "t" END "\bl");
	KUNIT_EXPECT_STREQ(test, row, "> tall");
	KUNIT_EXPECT_EQ(test, column, 6);
}

static void keys_at_the_line_s_ends_change_nothing(struct kunit *test)
{
	type("ab" RIGHT DEL "\001" LEFT "\177\002");
	KUNIT_EXPECT_STREQ(test, row, "> ab");
	KUNIT_EXPECT_EQ(test, rl.cursor, 0);
}

static void control_keys_kill_parts_of_the_line(struct kunit *test)
{
	type("one two  three  \027");
	KUNIT_EXPECT_STREQ(test, row, "> one two  ");
	type("\001\006\006\006\013");
	KUNIT_EXPECT_STREQ(test, row, "> one");
	type(LEFT "\025");
	KUNIT_EXPECT_STREQ(test, row, "> e");
	KUNIT_EXPECT_EQ(test, type("\005!\r"), 1);
	KUNIT_EXPECT_STREQ(test, rl.line, "e!");
}

static void control_c_gives_the_line_up(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, type("poweroff\003\r"), 1);
	KUNIT_EXPECT_STREQ(test, rl.line, "");
}

static void control_d_on_an_empty_line_does_nothing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, type("\004"), 0);
	KUNIT_EXPECT_EQ(test, sent_count, 0);
}

static void control_l_shows_the_line_again(struct kunit *test)
{
	type("ab" LEFT);
	memset(row, 0, sizeof(row));
	type("\014");
	KUNIT_EXPECT_STREQ(test, row, "> ab");
	KUNIT_EXPECT_EQ(test, column, 3);
}

static void up_and_down_bring_lines_back_and_the_new_one_too(struct kunit *test)
{
	type("first\rsecond\r\rthi" UP);
	KUNIT_EXPECT_STREQ(test, row, "> second");
	type(UP UP);
	KUNIT_EXPECT_STREQ(test, row, "> first");
	type(DOWN DOWN DOWN);
	KUNIT_EXPECT_STREQ(test, row, "> thi");
}

static void a_line_given_twice_is_remembered_once(struct kunit *test)
{
	type("a\rb\rb\r\020\020");
	KUNIT_EXPECT_STREQ(test, row, "> a");
}

static void history_keeps_the_newest_sixteen_lines(struct kunit *test)
{
	char line[] = "?\r";

	for (line[0] = 'a'; line[0] <= 't'; line[0]++) {
		type(line);
		readline_start(&rl);
	}
	for (int i = 0; i < 20; i++)
		type(UP);
	KUNIT_EXPECT_STREQ(test, row, "> e");
}

static void tab_completes_a_unique_beginning(struct kunit *test)
{
	type("wa\t");
	KUNIT_EXPECT_STREQ(test, row, "> walk ");
	type("\025po\t");
	KUNIT_EXPECT_STREQ(test, row, "> poweroff ");
}

static void tab_goes_as_far_as_all_candidates_agree_then_lists_them_sorted(struct kunit *test)
{
	type("pa\t");
	KUNIT_EXPECT_STREQ(test, row, "> page");
	KUNIT_EXPECT_FALSE(test, sent_a('\n'));
	type("\t");
	sent[sent_count] = '\0';
	KUNIT_EXPECT_TRUE(test, strstr(sent, "\npage  pagemap  \n"));
	KUNIT_EXPECT_STREQ(test, row, "> page");
}

static void tab_beeps_where_there_is_nothing_to_complete(struct kunit *test)
{
	type("xyz\t");
	KUNIT_EXPECT_TRUE(test, sent_a('\a'));
	type("\025walk wa\t");
	KUNIT_EXPECT_TRUE(test, sent_a('\a'));
	KUNIT_EXPECT_STREQ(test, row, "> walk wa");
}

static void a_full_line_takes_no_more_characters(struct kunit *test)
{
	type_many('x', READLINE_MAX + 45);
	KUNIT_EXPECT_TRUE(test, sent_a('\a'));
	KUNIT_EXPECT_EQ(test, type("\r"), 1);
	KUNIT_EXPECT_EQ(test, strlen(rl.line), READLINE_MAX);
}

static void a_long_line_scrolls_within_its_row(struct kunit *test)
{
	type_many('x', READLINE_MAX - 1);
	type("y");
	KUNIT_EXPECT_EQ(test, column, READLINE_COLUMNS - 1);
	KUNIT_EXPECT_EQ(test, row[column - 1], 'y');
	type(HOME);
	KUNIT_EXPECT_EQ(test, column, 2);
	KUNIT_EXPECT_EQ(test, strlen(row), READLINE_COLUMNS - 1);
}

static void unknown_escape_sequences_leave_no_trace(struct kunit *test)
{
	type("a\033[15~\033[1;5C\033OP\033x\033[99999999999~\001\177b");
	KUNIT_EXPECT_STREQ(test, row, "> ba");
}

static void bytes_that_are_no_characters_are_ignored(struct kunit *test)
{
	type("a\200\377\030\037b");
	KUNIT_EXPECT_STREQ(test, row, "> ab");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(enter_hands_over_the_line),
	KUNIT_CASE(what_is_typed_at_the_end_is_simply_echoed),
	KUNIT_CASE(carriage_return_and_line_feed_end_one_line),
	KUNIT_CASE(characters_go_in_and_out_at_the_cursor),
	KUNIT_CASE(keys_at_the_line_s_ends_change_nothing),
	KUNIT_CASE(control_keys_kill_parts_of_the_line),
	KUNIT_CASE(control_c_gives_the_line_up),
	KUNIT_CASE(control_d_on_an_empty_line_does_nothing),
	KUNIT_CASE(control_l_shows_the_line_again),
	KUNIT_CASE(up_and_down_bring_lines_back_and_the_new_one_too),
	KUNIT_CASE(a_line_given_twice_is_remembered_once),
	KUNIT_CASE(history_keeps_the_newest_sixteen_lines),
	KUNIT_CASE(tab_completes_a_unique_beginning),
	KUNIT_CASE(tab_goes_as_far_as_all_candidates_agree_then_lists_them_sorted),
	KUNIT_CASE(tab_beeps_where_there_is_nothing_to_complete),
	KUNIT_CASE(a_full_line_takes_no_more_characters),
	KUNIT_CASE(a_long_line_scrolls_within_its_row),
	KUNIT_CASE(unknown_escape_sequences_leave_no_trace),
	KUNIT_CASE(bytes_that_are_no_characters_are_ignored),
	{},
};
static struct kunit_suite suite = { .name = "readline", .init = start, .test_cases = cases };
kunit_test_suite(suite);
