/*
 * The line editor, on its own: bytes go in one by one, what the terminal shall show comes out
 * through output(), and nothing else is touched. monitor.c owns the one of the consoles, tests
 * make their own.
 */
#ifndef MONITOR_READLINE_H
#define MONITOR_READLINE_H

#include <lib/types.h>

#define READLINE_MAX	 255 /* characters of a line; more are refused with a beep */
#define READLINE_HISTORY 16  /* lines that up and down bring back */
#define READLINE_COLUMNS 80  /* of the terminal; a longer line scrolls sideways in one row */

struct readline {
	/* Set these three, zero the rest, then readline_start(). */
	const char *prompt;
	void (*output)(const char *s, size_t count);
	/* The @n-th word that Tab may complete to, NULL past the last; none has a blank in it. */
	const char *(*word)(size_t n);

	char line[READLINE_MAX + 1]; /* what is being edited; ends with a NUL when it is read */
	size_t length;
	size_t cursor;	     /* 0 to length */
	size_t first_column; /* how far it is scrolled: the first character shown */

	enum { READLINE_TEXT, READLINE_ESC, READLINE_CSI, READLINE_SS3 } state;
	unsigned int csi_number;
	char last; /* the byte before, so that \r\n ends one line, not two */

	char history[READLINE_HISTORY][READLINE_MAX + 1]; /* a ring */
	size_t history_count;				  /* lines ever remembered */
	size_t history_back; /* how many lines above the new one we look at; 0: at the new one */
	char unfinished[READLINE_MAX + 1]; /* the new line, while an older one is looked at */
};

/**
 * readline_start - show the prompt and begin an empty line
 * @rl: its history is kept
 */
void readline_start(struct readline *rl);

/* Take prompt and line off the terminal while others write, and put them back on an empty line. */
void readline_hide(struct readline *rl);
void readline_show(struct readline *rl);

/**
 * readline_feed - take one byte from the terminal
 * @rl: the editor, started
 * @c: a character, a control character, or part of a VT100 escape sequence
 *
 * Returns true when this byte completed the line: it is then in @rl->line, without the line end,
 * and stays there until readline_start().
 */
bool readline_feed(struct readline *rl, char c);

#endif
