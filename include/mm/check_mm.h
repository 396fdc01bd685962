/*
 * The invariant walker's rules for the page tables of processes: a part of check_invariants().
 */
#ifndef MM_CHECK_MM_H
#define MM_CHECK_MM_H

#include <mm/check.h>

/**
 * check_mms - hold all address spaces, their VMAs, entries and counts, against each other
 * @report: as for check_invariants(); the frame is the one that an entry leads to, or a table's
 *
 * Interrupts are off. What a thread that sleeps or waits its turn is just changing (mmap_sem is held
 * for writing, or the address space is being taken to pieces) is left out, but for frame counts,
 * which are right at any time.
 */
void check_mms(check_report_t *report);

#endif
