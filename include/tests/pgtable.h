/*
 * Tables made by hand, which no CPU walks: the levels above the pmd, whichever there are.
 *
 *      pgd --> (pud_table) --> (pmd_table) --> the case's own
 */
#ifndef TESTS_PGTABLE_H
#define TESTS_PGTABLE_H

#include <asm/pgtable.h>

/* How many levels this kernel's CPU walks. */
#define NR_LEVELS (2U + !pmd_folded + !pud_folded)

/* Let @pgd lead to @pmd_table for @vaddr; on levels that are folded there is nothing to do. */
static inline void hook_pmd_table(pgd_t *pgd, pud_t *pud_table, pmd_t *pmd_table,
				  unsigned long vaddr)
{
	const pteval_t pud_flags = pud_folded ? _PAGE_PRESENT : _PAGE_TABLE;

	pgd += pgd_index(vaddr);
	set_pgd(pgd, __pgd(__pa(pud_table) | _PAGE_TABLE));
	if (!pmd_folded)
		set_pud(pud_offset(pgd, vaddr), __pud(__pa(pmd_table) | pud_flags));
}

#endif
