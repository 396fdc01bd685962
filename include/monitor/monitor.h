/*
 * The interactive monitor: groups of commands, each group a table in a file of its own.
 *
 *      serial line --+                 +--> look.c    layout, iomem, walk, ptdump ...
 *                    +--> line editor -+--> break.c   fault KIND
 *      keyboard -----+                 +--> tests/    test, bench (register from there)
 *
 * A command reads the kernel's structures through the same iterators as the tests do, and answers
 * with monitor_printf(): its text goes to the terminals, not into the log.
 */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <lib/types.h>
#include <lib/compiler.h>

#define MONITOR_MAX_ARGS 16

struct monitor_command {
	const char *name;
	const char *args; /* as help shows it: "ADDR [PID]", or "" */
	const char *help; /* one line, no full stop */
	int min_args;	  /* without the command's own name */
	int max_args;
	/*
	 * argv[0] is the command's name. Returns 0, or -EINVAL for arguments that make no sense,
	 * once it has said in one line what was wrong with them.
	 */
	int (*run)(int argc, char **argv);
};

struct monitor_group {
	const char *title; /* a verb, as in DESIGN: "look", "do", "run", "judge", "break" */
	const struct monitor_command *commands;
	size_t nr_commands;
};

/* Adds a table of commands to the monitor. Groups of the same title are listed together. */
#define monitor_group(ident, group_title, table)                         \
	static const struct monitor_group __used __aligned(sizeof(long)) \
		__section(".monitor_groups") ident = { group_title, table, ARRAY_SIZE(table) }

/* Answer the user. */
void monitor_printf(const char *fmt, ...) __printf(1, 2);

/**
 * monitor_parse_ulong - read a number that the user typed
 * @s: decimal, or hexadecimal with 0x; with an optional K, M or G
 * @what: its name for the error message ("ADDR")
 * @out: the number
 *
 * Returns 0, or -EINVAL after a one-line error ("walk: ADDR: 'xyz' is not a number").
 */
int monitor_parse_ulong(const char *what, const char *s, unsigned long *out);

/**
 * monitor_parse_addr - read an address that the user typed
 *
 * As monitor_parse_ulong(), but @s may be the name of a function too: its first byte.
 */
int monitor_parse_addr(const char *what, const char *s, unsigned long *out);

/* Run one command line as if it had been typed; 0, or what the command returned. */
int monitor_run_line(char *line);

/* Read and run commands for ever. */
void monitor_loop(void) __noreturn;

#endif
