/*
 * The invariant walker's rules for the VMAs of one address space: a part of check_invariants().
 */
#ifndef MM_CHECK_VMA_H
#define MM_CHECK_VMA_H

#include <mm/check.h>
#include <mm/mm_types.h>

/**
 * check_vmas - hold list, tree, gaps and counts of an address space against each other
 * @report: as for check_invariants(); the frame is that of the VMA, or of the mm_struct
 *
 * Interrupts are off, and nobody is just changing @mm. Returns whether the list can be walked, so
 * that more may be asked of the VMAs.
 */
bool check_vmas(const struct mm_struct *mm, check_report_t *report);

#endif
