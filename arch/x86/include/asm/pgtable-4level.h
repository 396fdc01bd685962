/*
 * x86_64: the CPU walks four levels of 64-bit entries.
 *
 *      63    48 47     39 38     30 29     21 20     12 11         0
 *      | as 47 |  pgd: 9  |  pud: 9 |  pmd: 9 |  pte: 9 |   offset  |     nothing is folded
 *
 *      entry: [ NX ][ 0 : 11 ][ frame number : 40 ][ free : 3 ][ G PSE D A PCD PWT U W P ]
 *
 * Read beside pgtable-2level.h and -3level.h: same order, comments in the same places.
 */
#ifndef ASM_PGTABLE_4LEVEL_H
#define ASM_PGTABLE_4LEVEL_H

#include <asm/page.h>

/* Levels: how many bits of the address lie below each, and how many entries its table has. */
#define PGDIR_SHIFT  39
#define PTRS_PER_PGD 512
#define PUD_SHIFT    30
#define PTRS_PER_PUD 512
#define PMD_SHIFT    21
#define PTRS_PER_PMD 512
#define PTRS_PER_PTE 512

/* pmd tables that a process's pgd is born with: none, they are made as they are needed. */
#define PREALLOCATED_PMDS 0

/* The entry's bits that differ. Bit 63 forbids execution, where EFER.NXE is set; 40 tell the frame. */
typedef u64 pteval_t;
#define _PAGE_NX     ((pteval_t)1 << 63)
#define PTE_PFN_MASK ((pteval_t)0x000FFFFFFFFFF000)

/* Types: a structure each, so that the compiler tells a pmd from a pte. */
typedef struct {
	pteval_t pte;
} pte_t;
typedef struct {
	pteval_t pgd;
} pgd_t;
typedef struct {
	pteval_t pud;
} pud_t;
typedef struct {
	pteval_t pmd;
} pmd_t;
typedef struct {
	pteval_t pgprot;
} pgprot_t;

/* Values in and out of the types. */
#define pte_val(x)    ((x).pte)
#define pgd_val(x)    ((x).pgd)
#define pud_val(x)    ((x).pud)
#define pmd_val(x)    ((x).pmd)
#define pgprot_val(x) ((x).pgprot)

#define __pte(x)      ((pte_t){ (x) })
#define __pgd(x)      ((pgd_t){ (x) })
#define __pud(x)      ((pud_t){ (x) })
#define __pmd(x)      ((pmd_t){ (x) })
#define __pgprot(x)   ((pgprot_t){ (x) })

/* Writing an entry: 64 bits go out in one store, so the CPU never sees half of one. */
static inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(ptep->pte, pte_val(pte));
}

static inline void set_pmd(pmd_t *pmdp, pmd_t pmd)
{
	WRITE_ONCE(pmdp->pmd, pmd_val(pmd));
}

/* Lab 10 */
static inline void set_pud(pud_t *pudp, pud_t pud)
{
	WRITE_ONCE(pudp->pud, pud_val(pud));
}

/* Lab 10 */
/* The pgd entry is a level of its own. */
static inline void set_pgd(pgd_t *pgdp, pgd_t pgd)
{
	WRITE_ONCE(pgdp->pgd, pgd_val(pgd));
}

static inline void pte_clear(pte_t *ptep)
{
	set_pte(ptep, __pte(0));
}

static inline void pmd_clear(pmd_t *pmdp)
{
	set_pmd(pmdp, __pmd(0));
}

/* Each level's tables come and go. */
static inline void pud_clear(pud_t *pudp)
{
	set_pud(pudp, __pud(0));
}

static inline void pgd_clear(pgd_t *pgdp)
{
	set_pgd(pgdp, __pgd(0));
}

/* Lab 10 */
/* Is there a table below? No level is folded, so each says it itself. */
static inline bool pgd_present(pgd_t pgd)
{
	return pgd_val(pgd) & _PAGE_PRESENT;
}

/* Lab 10 */
static inline bool pud_present(pud_t pud)
{
	return pud_val(pud) & _PAGE_PRESENT;
}

/* Lab 10 */
/* Does an entry above the pmd map a page itself? A pud may: 1 GB. */
static inline bool pud_large(pud_t pud)
{
	return (pud_val(pud) & (_PAGE_PSE | _PAGE_PRESENT)) == (_PAGE_PSE | _PAGE_PRESENT);
}

/* Lab 10 */
/* One level down: each entry leads to a table. */
static inline pud_t *pud_offset(pgd_t *pgd, unsigned long vaddr)
{
	pud_t *table = __va(pgd_val(*pgd) & PTE_PFN_MASK);

	return table + ((vaddr >> PUD_SHIFT) & (PTRS_PER_PUD - 1));
}

/* Lab 10 */
static inline pmd_t *pmd_offset(pud_t *pud, unsigned long vaddr)
{
	pmd_t *table = __va(pud_val(*pud) & PTE_PFN_MASK);

	return table + ((vaddr >> PMD_SHIFT) & (PTRS_PER_PMD - 1));
}

/* Lab 10 */
/* The next address that exists, from @vaddr on: bits 63 to 48 must be as bit 47 is. */
static inline unsigned long skip_address_hole(unsigned long vaddr)
{
	const bool exists = (unsigned long)((long)(vaddr << 16) >> 16) == vaddr;

	return exists ? vaddr : 0xFFFF800000000000UL;
}

#endif
