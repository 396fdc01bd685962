/*
 * Consoles: the table of functions through which the core reaches screens and serial lines, which
 * live in drivers/ and register themselves here.
 */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <lib/types.h>

struct console {
	const char *name;
	/* Show @count bytes; \n starts a new line. Polls, so it works with interrupts off. */
	void (*write)(struct console *con, const char *s, size_t count);
	/* Wait until all of it has left the device (before the power goes); may be NULL. */
	void (*drain)(struct console *con);
	/* The log only (port E9): text meant for a user at a terminal is not sent here. */
	bool log_only;
	/* In the middle of write(): an exception in there must not come back in. */
	bool busy;
	struct console *next;
};

/**
 * register_console - add a console; what the log holds so far is replayed on it
 * @con: stays in use for ever
 */
void register_console(struct console *con);

/**
 * console_write - show text to the user at the terminals, past the log
 * @s: text, @count: bytes
 *
 * For the monitor's answers: they are for the reader, not for dmesg. log_only consoles are skipped.
 */
void console_write(const char *s, size_t count);

/* printk()'s way out: @count bytes of the log to every console, log_only ones included. */
void console_write_log(const char *s, size_t count);

/* Wait until every console has sent what it was given. */
void console_drain(void);

/**
 * console_input - a driver's interrupt handler hands over a byte that a user typed
 * @c: the byte; arrow keys and the like come as the VT100 sequences that a terminal sends
 */
void console_input(char c);

/* What stands on the cursor's line while somebody types there. Both may be called in an interrupt. */
struct console_prompt {
	void (*hide)(void); /* clear the line */
	void (*show)(void); /* on a line that is empty */
};

/**
 * console_getc - the next byte typed on any terminal
 * @asked: what others' text is not to be mixed with meanwhile
 *
 * Sleeps until there is one. For one thread at a time: the monitor's.
 */
char console_getc(const struct console_prompt *asked);

/**
 * console_getc_while - the same for a program, as long as it may read
 * @may_read: asked about the current task, and again after console_wake_readers()
 *
 * Returns 0, -EIO when @may_read says no, or -ERESTARTSYS when a signal came first. May sleep.
 */
int console_getc_while(bool (*may_read)(void), char *c);
void console_wake_readers(void);

/*
 * Asked about every byte that is typed, in the interrupt: true, and nobody else gets to see it. The
 * terminal's, for Ctrl-C; NULL until there is one.
 */
extern bool (*console_intercept)(char c);

#endif
