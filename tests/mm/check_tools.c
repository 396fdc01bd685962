/* What the suites of the invariant walkers share: a walk that looks out for one rule. */
#include "check_tools.h"
#include <lib/compiler.h>
#include <lib/string.h>
#include <asm/irqflags.h>

struct last_walk last_walk;
static const char *rule_wanted;

static void note(const char *rule, const char *function __unused, unsigned long pfn,
		 const char *fact __unused)
{
	last_walk.reports++;
	if (!strcmp(rule, rule_wanted)) {
		last_walk.hits++;
		last_walk.last_pfn = pfn;
	}
}

void walk_for(const char *wanted, void (*walk)(check_report_t *report))
{
	unsigned long flags;

	rule_wanted = wanted;
	memset(&last_walk, 0, sizeof(last_walk));
	local_irq_save(flags);
	walk(note);
	local_irq_restore(flags);
}
