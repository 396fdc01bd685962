/*
 * i386 with PAE: the CPU walks three levels of 64-bit entries.
 *
 *      31 30 29       21 20       12 11         0
 *      |pgd:2|  pmd: 9  |  pte: 9   |   offset  |      the pud is folded into the pgd
 *
 *      entry: [ NX ][ 0 : 11 ][ frame number : 40 ][ free : 3 ][ G PSE D A PCD PWT U W P ]
 *
 * Read beside pgtable-2level.h and -4level.h: same order, comments in the same places.
 */
#ifndef ASM_PGTABLE_3LEVEL_H
#define ASM_PGTABLE_3LEVEL_H

#include <asm/page.h>

/* Levels: how many bits of the address lie below each, and how many entries its table has. */
#define PGDIR_SHIFT  30
#define PTRS_PER_PGD 4
#define PUD_SHIFT    30
#define PTRS_PER_PUD 1
#define PMD_SHIFT    21
#define PTRS_PER_PMD 512
#define PTRS_PER_PTE 512

/*
 * pmd tables that a process's pgd is born with: all of its half's. The CPU keeps copies of the
 * PDPTEs, so one that changed later would cost a CR3 load; three frames are the smaller price.
 */
#define PREALLOCATED_PMDS 3

/* The entry's bits that differ. Bit 63 forbids execution, where EFER.NXE is set; 40 tell the frame. */
typedef u64 pteval_t;
#define _PAGE_NX     ((pteval_t)1 << 63)
#define PTE_PFN_MASK ((pteval_t)0x000FFFFFFFFFF000)

/* Types: a structure each, so that the compiler tells a pmd from a pte. */
typedef union {
	struct {
		u32 pte_low, pte_high;
	};
	pteval_t pte;
} pte_t;
typedef struct {
	pteval_t pgd;
} pgd_t;
typedef struct {
	pgd_t pgd;
} pud_t;
typedef union {
	struct {
		u32 pmd_low, pmd_high;
	};
	pteval_t pmd;
} pmd_t;
typedef struct {
	pteval_t pgprot;
} pgprot_t;

/* Values in and out of the types. */
#define pte_val(x)    ((x).pte)
#define pgd_val(x)    ((x).pgd)
#define pud_val(x)    (pgd_val((x).pgd))
#define pmd_val(x)    ((x).pmd)
#define pgprot_val(x) ((x).pgprot)

#define __pte(x)      ((pte_t){ .pte = (x) })
#define __pgd(x)      ((pgd_t){ (x) })
#define __pud(x)      ((pud_t){ __pgd(x) })
#define __pmd(x)      ((pmd_t){ .pmd = (x) })
#define __pgprot(x)   ((pgprot_t){ (x) })

/* Lab 10 */
/*
 * Writing an entry takes two stores, and the CPU may walk the table between them: then it has to
 * find one that is not present. The present bit is in the low half. An entry that is present must
 * be cleared before it is made to lead to another frame.
 */
static inline void set_pte(pte_t *ptep, pte_t pte)
{
	WRITE_ONCE(ptep->pte_high, pte.pte_high);
	barrier();
	WRITE_ONCE(ptep->pte_low, pte.pte_low);
}

/* Lab 10 */
static inline void set_pmd(pmd_t *pmdp, pmd_t pmd)
{
	WRITE_ONCE(pmdp->pmd_high, pmd.pmd_high);
	barrier();
	WRITE_ONCE(pmdp->pmd_low, pmd.pmd_low);
}

/* Lab 10 */
/* The CPU keeps copies of the four PDPTEs: after changing one, CR3 must be loaded again. */
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

/* Lab 10 */
/* On its way out an entry comes through the same state. */
static inline void pte_clear(pte_t *ptep)
{
	WRITE_ONCE(ptep->pte_low, 0);
	barrier();
	WRITE_ONCE(ptep->pte_high, 0);
}

/* Lab 10 */
static inline void pmd_clear(pmd_t *pmdp)
{
	WRITE_ONCE(pmdp->pmd_low, 0);
	barrier();
	WRITE_ONCE(pmdp->pmd_high, 0);
}

/* A process's pmd tables stay as long as its pgd: see PREALLOCATED_PMDS. */
static inline void pud_clear(pud_t *pudp)
{
	(void)pudp;
}

static inline void pgd_clear(pgd_t *pgdp)
{
	(void)pgdp;
}

/* Is there a table below? A folded level always has one: the pud says whether it is there. */
static inline bool pgd_present(pgd_t pgd)
{
	(void)pgd;
	return true;
}

/* Lab 10 */
static inline bool pud_present(pud_t pud)
{
	return pud_val(pud) & _PAGE_PRESENT;
}

/* Does an entry above the pmd map a page itself? Not here. */
static inline bool pud_large(pud_t pud)
{
	(void)pud;
	return false;
}

/* Lab 10 */
/* One level down: folded, the entry stands for its own table. */
static inline pud_t *pud_offset(pgd_t *pgd, unsigned long vaddr)
{
	(void)vaddr;
	return (pud_t *)pgd;
}

/* Lab 10 */
static inline pmd_t *pmd_offset(pud_t *pud, unsigned long vaddr)
{
	pmd_t *table = __va(pud_val(*pud) & PTE_PFN_MASK);

	return table + ((vaddr >> PMD_SHIFT) & (PTRS_PER_PMD - 1));
}

/* The next address that exists, from @vaddr on: every number is one. */
static inline unsigned long skip_address_hole(unsigned long vaddr)
{
	return vaddr;
}

#endif
