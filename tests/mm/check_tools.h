/* What the suites of the invariant walkers share: a walk that looks out for one rule. */
#ifndef TESTS_MM_CHECK_TOOLS_H
#define TESTS_MM_CHECK_TOOLS_H

#include <mm/check.h>

/* Of the last walk. */
extern struct last_walk {
	unsigned int reports;
	unsigned int hits;	/* of the rule that was wanted */
	unsigned long last_pfn; /* of the last hit */
} last_walk;

/* Has @walk go round, interrupts off, and fills @last_walk with regard to the rule @wanted. */
void walk_for(const char *wanted, void (*walk)(check_report_t *report));

#endif
