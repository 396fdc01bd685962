/*
 * What the monitor's own files share: its command table, and how a line becomes words.
 */
#ifndef MONITOR_INTERNAL_H
#define MONITOR_INTERNAL_H

#include <monitor/monitor.h>

extern const struct monitor_group __monitor_groups_start[], __monitor_groups_end[];

#define for_each_monitor_group(group) \
	for (group = __monitor_groups_start; group < __monitor_groups_end; group++)

#define for_each_command(cmd, group) \
	for (cmd = (group)->commands; cmd < (group)->commands + (group)->nr_commands; cmd++)

/* NULL, after a one-line error, if there is none of that name. */
const struct monitor_command *monitor_find_command(const char *name);

/**
 * monitor_split - cut a line into words, in place
 * @line: words are separated by blanks; "double quotes" keep blanks, and an empty word, together
 * @argv: room for MONITOR_MAX_ARGS words and the NULL after the last
 *
 * Returns the number of words, or -EINVAL after a one-line error.
 */
int monitor_split(char *line, char **argv);

#endif
