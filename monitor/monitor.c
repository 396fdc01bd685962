/*
 * The monitor's loop: a line is read, cut into words, and the command it names is run.
 *
 *      console_getc() -> readline_feed() -> monitor_run_line() -> monitor_split()
 *                                                              -> monitor_find_command()
 *                                                              -> command->run(argc, argv)
 *
 * The commands are rows of the tables that kernel.lds gathers from all monitor_group()s.
 * start_kernel() ends in monitor_loop(); tests call monitor_run_line().
 */
#include <lib/ctype.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/kstrtox.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <drivers/drivers.h>
#include <kernel/console.h>
#include <kernel/kallsyms.h>
#include <kernel/sched.h>
#include <asm/layout.h>
#include "internal.h"
#include "readline.h"

static const char *running = "monitor"; /* the command, for messages about its arguments */

void monitor_printf(const char *fmt, ...)
{
	static char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	console_write(text, strlen(text));
}

/* How far left the suffix at a number's end shifts it. */
static unsigned int suffix_shift(char suffix)
{
	switch (tolower(suffix)) {
	case 'k':
		return 10;
	case 'm':
		return 20;
	case 'g':
		return 30;
	case 't':
		return 40;
	}
	return 0;
}

/* Stricter than memparse(): a leading 0 is no octal, and a number that is too large is seen. */
static int parse_number(const char *s, unsigned long *out)
{
	char digits[24];
	ssize_t length = strscpy(digits, s, sizeof(digits));
	unsigned long value;
	unsigned int shift;
	u64 size;
	int err;

	if (length <= 0)
		return -EINVAL;
	shift = suffix_shift(digits[length - 1]);
	if (shift)
		digits[length - 1] = '\0';
	err = kstrtoul(digits, tolower(s[1]) == 'x' ? 16 : 10, &value);
	if (err)
		return err;
	size = (u64)value << shift;
	*out = (unsigned long)size;
	return size >> shift == value && *out == size ? 0 : -ERANGE;
}

int monitor_parse_ulong(const char *what, const char *s, unsigned long *out)
{
	int err = parse_number(s, out);

	if (err == -ERANGE)
		monitor_printf("%s: %s: '%s' is too large a number\n", running, what, s);
	else if (err)
		monitor_printf("%s: %s: '%s' is not a number\n", running, what, s);
	return err ? -EINVAL : 0;
}

int monitor_parse_addr(const char *what, const char *s, unsigned long *out)
{
	int err = parse_number(s, out);

	if (err == -EINVAL) {
		*out = kallsyms_lookup_name(s);
		err = *out ? 0 : -EINVAL;
	}
	if (err)
		monitor_printf("%s: %s: '%s' is %s\n", running, what, s,
			       err == -ERANGE ? "too large a number"
					      : "neither a number (123, 0x7b) nor a function");
	return err ? -EINVAL : 0;
}

/* Copies the word at *line over itself without its quotes; false if a quote is never closed. */
static bool take_word(char **line)
{
	char *from = *line, *to = *line;
	bool quoted = false, more;

	for (; *from && (quoted || !isspace(*from)); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	more = *from;
	*to = '\0';
	*line = from + more;
	return !quoted;
}

int monitor_split(char *line, char **argv)
{
	int argc = 0;

	for (;;) {
		while (isspace(*line))
			line++;
		if (!*line)
			break;
		if (argc == MONITOR_MAX_ARGS) {
			monitor_printf("more than %d words; nothing run\n", MONITOR_MAX_ARGS);
			return -EINVAL;
		}
		argv[argc++] = line;
		if (!take_word(&line)) {
			monitor_printf("a double quote is never closed; nothing run\n");
			return -EINVAL;
		}
	}
	argv[argc] = NULL;
	return argc;
}

const struct monitor_command *monitor_find_command(const char *name)
{
	const struct monitor_group *group;
	const struct monitor_command *cmd;

	for_each_monitor_group (group)
		for_each_command (cmd, group)
			if (!strcmp(cmd->name, name))
				return cmd;
	monitor_printf("%s: no such command; help lists them\n", name);
	return NULL;
}

int monitor_run_line(char *line)
{
	char *argv[MONITOR_MAX_ARGS + 1];
	const struct monitor_command *cmd;
	int argc = monitor_split(line, argv);

	if (argc <= 0)
		return argc;
	cmd = monitor_find_command(argv[0]);
	if (!cmd)
		return -ENOENT;
	if (argc - 1 < cmd->min_args || argc - 1 > cmd->max_args) {
		monitor_printf("%s: too %s arguments; usage: %s%s%s\n", cmd->name,
			       argc - 1 < cmd->min_args ? "few" : "many", cmd->name,
			       *cmd->args ? " " : "", cmd->args);
		return -EINVAL;
	}
	running = cmd->name;
	return cmd->run(argc, argv);
}

static const char *nth_command_name(size_t n)
{
	const struct monitor_group *group;

	for_each_monitor_group (group) {
		if (n < group->nr_commands)
			return group->commands[n].name;
		n -= group->nr_commands;
	}
	return NULL;
}

static struct readline rl = {
	.prompt = "k896> ",
	.output = console_write,
	.word = nth_command_name,
};

static void hide_line(void)
{
	readline_hide(&rl);
}

static void show_line(void)
{
	readline_show(&rl);
}

void monitor_loop(void)
{
	static const struct console_prompt prompt = { hide_line, show_line };

	tty_set_foreground(current);
	monitor_printf("\nk896: you are inside the kernel, in the " KERNEL_PLACE
		       "; this is its monitor.\n"
		       "Type help for the commands; Tab completes them, the up arrow brings lines "
		       "back.\n");
	for (;;) {
		readline_start(&rl);
		while (!readline_feed(&rl, console_getc(&prompt)))
			;
		monitor_run_line(rl.line);
	}
}
