/*
 * The line editor: keys of readline and of every Unix shell, on any terminal that knows a VT100.
 *
 *      readline_feed() -> TEXT  a character: inserted
 *                               a control character: looked up in keys[]
 *                      -> ESC, CSI, SS3  an arrow key and its like: escapes[] names the control
 *                               character that does the same
 *
 * The line never wraps. A terminal can not be told to move left across a row's end, so a line
 * longer than the row scrolls sideways:
 *
 *      |<------------- READLINE_COLUMNS ------------->|
 *      k896> the part from first_column on            |  and the rest of the line
 *
 * Called by monitor.c and the tests; touches its struct readline and calls output(), nothing more.
 */
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include "readline.h"

#define CTRL(letter) ((letter)&0x1F)
#define DELETE_KEY   0x7F

/* ---- showing ---- */

static void put(struct readline *rl, const char *s)
{
	rl->output(s, strlen(s));
}

static void beep(struct readline *rl)
{
	put(rl, "\a");
}

/* How many characters of the line fit behind the prompt; the cursor needs a cell more. */
static size_t window(const struct readline *rl)
{
	return READLINE_COLUMNS - 1 - strlen(rl->prompt);
}

static void scroll_to_cursor(struct readline *rl)
{
	if (rl->cursor < rl->first_column)
		rl->first_column = rl->cursor;
	if (rl->cursor > rl->first_column + window(rl))
		rl->first_column = rl->cursor - window(rl);
}

static void redraw(struct readline *rl)
{
	char move[16];

	scroll_to_cursor(rl);
	put(rl, "\r");
	put(rl, rl->prompt);
	rl->output(rl->line + rl->first_column, min(rl->length - rl->first_column, window(rl)));
	snprintf(move, sizeof(move), "\033[K\r\033[%zuC",
		 strlen(rl->prompt) + rl->cursor - rl->first_column);
	put(rl, move);
}

/* ---- changing the line ---- */

static void move_to(struct readline *rl, size_t cursor)
{
	rl->cursor = cursor;
	redraw(rl);
}

static void insert(struct readline *rl, const char *text, size_t count)
{
	char *at = rl->line + rl->cursor;
	bool at_end = rl->cursor == rl->length;

	if (rl->length + count > READLINE_MAX) {
		beep(rl);
		return;
	}
	memmove(at + count, at, rl->length - rl->cursor);
	memcpy(at, text, count);
	rl->length += count;
	rl->cursor += count;
	/* What is typed at the end is simply echoed, so that a log of a session reads well. */
	if (at_end && rl->cursor - rl->first_column <= window(rl))
		rl->output(text, count);
	else
		redraw(rl);
}

static void erase(struct readline *rl, size_t from, size_t to)
{
	memmove(rl->line + from, rl->line + to, rl->length - to);
	rl->length -= to - from;
	move_to(rl, from);
}

static void replace_line(struct readline *rl, const char *text)
{
	rl->length = strlen(text);
	memcpy(rl->line, text, rl->length);
	move_to(rl, rl->length);
}

/* ---- one function per key ---- */

static void go_home(struct readline *rl)
{
	move_to(rl, 0);
}

static void go_to_end(struct readline *rl)
{
	move_to(rl, rl->length);
}

static void go_left(struct readline *rl)
{
	if (rl->cursor > 0)
		move_to(rl, rl->cursor - 1);
}

static void go_right(struct readline *rl)
{
	if (rl->cursor < rl->length)
		move_to(rl, rl->cursor + 1);
}

static void delete_left(struct readline *rl)
{
	if (rl->cursor > 0)
		erase(rl, rl->cursor - 1, rl->cursor);
}

static void delete_here(struct readline *rl)
{
	if (rl->cursor < rl->length)
		erase(rl, rl->cursor, rl->cursor + 1);
}

static void delete_to_start(struct readline *rl)
{
	erase(rl, 0, rl->cursor);
}

static void delete_to_end(struct readline *rl)
{
	erase(rl, rl->cursor, rl->length);
}

static void delete_word(struct readline *rl)
{
	size_t from = rl->cursor;

	while (from > 0 && rl->line[from - 1] == ' ')
		from--;
	while (from > 0 && rl->line[from - 1] != ' ')
		from--;
	erase(rl, from, rl->cursor);
}

static void clear_screen(struct readline *rl)
{
	put(rl, "\033[H\033[J");
	redraw(rl);
}

static void give_up_line(struct readline *rl)
{
	put(rl, "^C\n");
	readline_start(rl);
}

/* ---- history ---- */

static char *history_line(struct readline *rl, size_t back)
{
	return back ? rl->history[(rl->history_count - back) % READLINE_HISTORY] : rl->unfinished;
}

static void remember(struct readline *rl)
{
	if (!rl->length)
		return;
	if (rl->history_count && !strcmp(history_line(rl, 1), rl->line))
		return;
	strscpy(rl->history[rl->history_count++ % READLINE_HISTORY], rl->line, sizeof(rl->line));
}

static void look_back(struct readline *rl, size_t back)
{
	if (rl->history_back == 0) {
		rl->line[rl->length] = '\0';
		strscpy(rl->unfinished, rl->line, sizeof(rl->line));
	}
	rl->history_back = back;
	replace_line(rl, history_line(rl, back));
}

static void go_up(struct readline *rl)
{
	if (rl->history_back < min_t(size_t, rl->history_count, READLINE_HISTORY))
		look_back(rl, rl->history_back + 1);
}

static void go_down(struct readline *rl)
{
	if (rl->history_back > 0)
		look_back(rl, rl->history_back - 1);
}

/* ---- completion ---- */

/* The @n-th word of those that begin with the line up to the cursor. */
static const char *match(struct readline *rl, size_t n)
{
	const char *word;

	for (size_t i = 0; (word = rl->word(i)); i++)
		if (!strncmp(word, rl->line, rl->cursor) && n-- == 0)
			return word;
	return NULL;
}

/* How far all matches agree. */
static size_t common_length(struct readline *rl)
{
	const char *first = match(rl, 0), *other;
	size_t length = strlen(first), same;

	for (size_t n = 1; (other = match(rl, n)); n++) {
		for (same = 0; same < length && other[same] == first[same]; same++)
			;
		length = same;
	}
	return length;
}

/* The first match behind @last in the alphabet; @last is NULL at the beginning. */
static const char *match_behind(struct readline *rl, const char *last)
{
	const char *word, *first = NULL;

	for (size_t n = 0; (word = match(rl, n)); n++) {
		if ((!last || strcmp(word, last) > 0) && (!first || strcmp(word, first) < 0))
			first = word;
	}
	return first;
}

static void list_matches(struct readline *rl)
{
	const char *word = NULL;

	put(rl, "\n");
	while ((word = match_behind(rl, word))) {
		put(rl, word);
		put(rl, "  ");
	}
	put(rl, "\n");
	redraw(rl);
}

static void complete(struct readline *rl)
{
	const char *first;
	size_t agreed;

	first = match(rl, 0);
	if (!first) {
		beep(rl);
		return;
	}
	agreed = common_length(rl);
	if (agreed > rl->cursor)
		insert(rl, first + rl->cursor, agreed - rl->cursor);
	else if (match(rl, 1))
		list_matches(rl);
	if (!match(rl, 1))
		insert(rl, " ", 1);
}

/* ---- keys ---- */

static const struct {
	char key;
	void (*edit)(struct readline *rl);
} keys[] = {
	{ CTRL('A'), go_home },	      { CTRL('B'), go_left },	      { CTRL('C'), give_up_line },
	{ CTRL('D'), delete_here },   { CTRL('E'), go_to_end },	      { CTRL('F'), go_right },
	{ CTRL('H'), delete_left },   { DELETE_KEY, delete_left },    { CTRL('I'), complete },
	{ CTRL('K'), delete_to_end }, { CTRL('L'), clear_screen },    { CTRL('N'), go_down },
	{ CTRL('P'), go_up },	      { CTRL('U'), delete_to_start }, { CTRL('W'), delete_word },
};

/* ESC [ number final, or ESC O final: which control character does the same. */
static const struct {
	unsigned int number;
	char final;
	char key;
} escapes[] = {
	{ 0, 'A', CTRL('P') }, { 0, 'B', CTRL('N') }, { 0, 'C', CTRL('F') }, { 0, 'D', CTRL('B') },
	{ 0, 'H', CTRL('A') }, { 0, 'F', CTRL('E') }, { 1, '~', CTRL('A') }, { 3, '~', CTRL('D') },
	{ 4, '~', CTRL('E') }, { 7, '~', CTRL('A') }, { 8, '~', CTRL('E') },
};

static void press(struct readline *rl, char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].key == c) {
			keys[i].edit(rl);
			return;
		}
	}
	if (c >= ' ')
		insert(rl, &c, 1);
}

static void press_escape(struct readline *rl, char final)
{
	for (size_t i = 0; i < ARRAY_SIZE(escapes); i++)
		if (escapes[i].final == final && escapes[i].number == rl->csi_number)
			press(rl, escapes[i].key);
}

/* A sequence ends with a letter or ~; digits are its number, what else there is says nothing. */
static void feed_sequence(struct readline *rl, char c)
{
	if (rl->state == READLINE_CSI && isdigit(c)) {
		rl->csi_number = rl->csi_number * 10 + (unsigned int)(c - '0');
	} else if (rl->state == READLINE_SS3 || (c >= '@' && c <= '~')) {
		rl->state = READLINE_TEXT;
		press_escape(rl, c);
	}
}

static void start_sequence(struct readline *rl, char c)
{
	rl->csi_number = 0;
	rl->state = c == '[' ? READLINE_CSI : c == 'O' ? READLINE_SS3 : READLINE_TEXT;
}

static bool finish_line(struct readline *rl)
{
	put(rl, "\n");
	rl->line[rl->length] = '\0';
	remember(rl);
	return true;
}

static bool feed_text(struct readline *rl, char c)
{
	char before = rl->last;

	rl->last = c;
	if (c == '\r' || (c == '\n' && before != '\r'))
		return finish_line(rl);
	if (c == '\033')
		rl->state = READLINE_ESC;
	else if (c != '\n')
		press(rl, c);
	return false;
}

bool readline_feed(struct readline *rl, char c)
{
	if (rl->state == READLINE_TEXT)
		return feed_text(rl, c);
	if (rl->state == READLINE_ESC)
		start_sequence(rl, c);
	else
		feed_sequence(rl, c);
	return false;
}

void readline_hide(struct readline *rl)
{
	put(rl, "\r\033[K");
}

void readline_show(struct readline *rl)
{
	redraw(rl);
}

void readline_start(struct readline *rl)
{
	rl->length = rl->cursor = rl->first_column = 0;
	rl->history_back = 0;
	put(rl, rl->prompt);
}
