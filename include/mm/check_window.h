/*
 * The invariant walker's rules for the window: a part of check_invariants().
 */
#ifndef MM_CHECK_WINDOW_H
#define MM_CHECK_WINDOW_H

#include <mm/check.h>

/**
 * check_window - hold pkmap's counts, atomic slots and vmalloc's areas against the page tables
 * @report: as for check_invariants(); where a rule is about an area, the frame is that of the
 *          structure which describes it, or of the page that is mapped wrongly
 *
 * Interrupts are off. For a system at rest: a thread that was preempted in the middle of vmalloc()
 * has an area whose frames are not mapped yet.
 */
void check_window(check_report_t *report);

#endif
