/*
 * i386 without PAE: the CPU walks two levels of 32-bit entries.
 *
 *      31        22 21        12 11         0
 *      |  pgd: 10  |  pte: 10   |   offset  |      pud and pmd are folded into the pgd
 *
 *      entry: [ frame number : 20 ][ free : 3 ][ G PSE D A PCD PWT U W P ]
 *
 * Read beside pgtable-3level.h and -4level.h: same order, comments in the same places.
 */
#ifndef ASM_PGTABLE_2LEVEL_H
#define ASM_PGTABLE_2LEVEL_H

#include <asm/page.h>

/* Levels: how many bits of the address lie below each, and how many entries its table has. */
#define PGDIR_SHIFT  22
#define PTRS_PER_PGD 1024
#define PUD_SHIFT    22
#define PTRS_PER_PUD 1
#define PMD_SHIFT    22
#define PTRS_PER_PMD 1
#define PTRS_PER_PTE 1024

/* pmd tables that a process's pgd is born with: there are no such tables. */
#define PREALLOCATED_PMDS 0

/* The entry's bits that differ. No bit forbids execution; 20 tell the frame. */
typedef u32 pteval_t;
#define _PAGE_NX     ((pteval_t)0)
#define PTE_PFN_MASK ((pteval_t)0xFFFFF000)

/* Types: a structure each, so that the compiler tells a pmd from a pte. */
typedef struct {
	pteval_t pte;
} pte_t;
typedef struct {
	pteval_t pgd;
} pgd_t;
typedef struct {
	pgd_t pgd;
} pud_t;
typedef struct {
	pud_t pud;
} pmd_t;
typedef struct {
	pteval_t pgprot;
} pgprot_t;

/* Values in and out of the types. */
#define pte_val(x)    ((x).pte)
#define pgd_val(x)    ((x).pgd)
#define pud_val(x)    (pgd_val((x).pgd))
#define pmd_val(x)    (pud_val((x).pud))
#define pgprot_val(x) ((x).pgprot)

#define __pte(x)      ((pte_t){ (x) })
#define __pgd(x)      ((pgd_t){ (x) })
#define __pud(x)      ((pud_t){ __pgd(x) })
#define __pmd(x)      ((pmd_t){ __pud(x) })
#define __pgprot(x)   ((pgprot_t){ (x) })

/* Writing an entry: 32 bits go out in one store, so the CPU never sees half of one. */
static inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(ptep->pte, pte_val(pte));
}

static inline void set_pmd(pmd_t *pmdp, pmd_t pmd)
{
	WRITE_ONCE(pmdp->pud.pgd.pgd, pmd_val(pmd));
}

static inline void set_pud(pud_t *pudp, pud_t pud)
{
	WRITE_ONCE(pudp->pgd.pgd, pud_val(pud));
}

/* The pgd entry is the pud: there is nothing else to write. */
static inline void set_pgd(pgd_t *pgdp, pgd_t pgd)
{
	(void)pgdp;
	(void)pgd;
}

static inline void pte_clear(pte_t *ptep)
{
	set_pte(ptep, __pte(0));
}

static inline void pmd_clear(pmd_t *pmdp)
{
	set_pmd(pmdp, __pmd(0));
}

/* No entry above the pmd leads to a table that could go. */
static inline void pud_clear(pud_t *pudp)
{
	(void)pudp;
}

static inline void pgd_clear(pgd_t *pgdp)
{
	(void)pgdp;
}

/* Is there a table below? A folded level always has one: the pmd says whether it is there. */
static inline bool pgd_present(pgd_t pgd)
{
	(void)pgd;
	return true;
}

static inline bool pud_present(pud_t pud)
{
	(void)pud;
	return true;
}

/* Does an entry above the pmd map a page itself? Not here. */
static inline bool pud_large(pud_t pud)
{
	(void)pud;
	return false;
}

/* One level down: folded, the entry stands for its own table. */
static inline pud_t *pud_offset(pgd_t *pgd, unsigned long vaddr)
{
	(void)vaddr;
	return (pud_t *)pgd;
}

static inline pmd_t *pmd_offset(pud_t *pud, unsigned long vaddr)
{
	(void)vaddr;
	return (pmd_t *)pud;
}

/* The next address that exists, from @vaddr on: every number is one. */
static inline unsigned long skip_address_hole(unsigned long vaddr)
{
	return vaddr;
}

#endif
