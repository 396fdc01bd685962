/*
 * Is everything about frames as it must be? The invariant walker: the monitor's `check`, and what
 * the tests' executor asks after every suite.
 */
#ifndef MM_CHECK_H
#define MM_CHECK_H

#include <lib/types.h>

/* What is told of a violation: the rule's name, the function whose work the rule is, a frame to look
 * at, and what is the matter with it. */
typedef void check_report_t(const char *rule, const char *function, unsigned long pfn,
			    const char *fact);

struct check_result {
	unsigned long violations;
	unsigned long frames, slabs; /* looked at */
};

/**
 * check_invariants - walk all free lists, all of mem_map and all slabs, and compare
 * @report: called for each violation, but for no more than CHECK_MAX_REPORTS
 *
 * Interrupts are off meanwhile; nothing is allocated and nothing changed. A pointer is followed
 * only once it is known to lead to a struct page, so a broken list is a violation and no fault.
 * @report must not allocate.
 */
struct check_result check_invariants(check_report_t *report);

/* More are counted, but not told: one mistake can break a rule for every frame. */
#define CHECK_MAX_REPORTS 64

#endif
