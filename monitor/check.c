/*
 * check: is everything about frames and slabs as it must be?
 *
 *      k896> check
 *      check: nr_free at add_to_free_area: frame 0 (zone DMA, order 3) nr_free is 2, but ...
 *      check: 1 violations
 *
 * mm/check.c walks; here its answers become lines. Scripts read the last one.
 */
#include <lib/kernel.h>
#include <mm/check.h>
#include <monitor/monitor.h>

static void show_violation(const char *rule, const char *function, unsigned long pfn,
			   const char *fact)
{
	monitor_printf("check: %s at %s: frame %#lx %s\n", rule, function, pfn, fact);
}

static int run_check(int argc __unused, char **argv __unused)
{
	struct check_result result = check_invariants(show_violation);

	if (result.violations > CHECK_MAX_REPORTS)
		monitor_printf("check: only the first %d are shown\n", CHECK_MAX_REPORTS);
	if (result.violations)
		monitor_printf("check: %lu violations\n", result.violations);
	else
		monitor_printf("check: clean, %lu frames, %lu slabs\n", result.frames,
			       result.slabs);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "check", "", "do all counters, lists and states agree?", 0, 0, run_check },
};
monitor_group(check_group, "judge", commands);
