/*
 * help [CMD]: what the monitor can do, read from the very tables that it runs.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include "internal.h"

#define USAGE_WIDTH 25 /* a longer usage has its line to itself */

/* The order in which help lists the groups: from looking to breaking. */
static const char *const titles[] = { "look", "do", "run", "judge", "break" };

static void show_command(const struct monitor_command *cmd)
{
	char usage[128];
	int length = snprintf(usage, sizeof(usage), "%s%s%s", cmd->name, *cmd->args ? " " : "",
			      cmd->args);

	monitor_printf("  %-*s", USAGE_WIDTH, usage);
	if (length > USAGE_WIDTH)
		monitor_printf("\n  %-*s", USAGE_WIDTH, "");
	monitor_printf(" %s\n", cmd->help);
}

static void show_title(const char *title)
{
	const struct monitor_group *group;
	const struct monitor_command *cmd;
	bool announced = false;

	for_each_monitor_group (group) {
		if (strcmp(group->title, title))
			continue;
		if (!announced)
			monitor_printf("%s\n", title);
		announced = true;
		for_each_command (cmd, group)
			show_command(cmd);
	}
}

static int run_help(int argc, char **argv)
{
	const struct monitor_command *cmd;

	if (argc == 1) {
		for (size_t i = 0; i < ARRAY_SIZE(titles); i++)
			show_title(titles[i]);
		return 0;
	}
	cmd = monitor_find_command(argv[1]);
	if (!cmd)
		return -EINVAL;
	monitor_printf("usage: %s%s%s\n%s\n", cmd->name, *cmd->args ? " " : "", cmd->args,
		       cmd->help);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "help", "[CMD]", "list all commands, or say how to use one", 0, 1, run_help },
};
monitor_group(help_group, "look", commands);
