/*
 * Page tables, as mm/ sees them on every kernel: always four levels.
 *
 *      pgd_t --> pud_t --> pmd_t --> pte_t --> frame
 *
 * pgtable-2level.h, -3level.h and -4level.h say which of them this kernel's CPU really walks; the
 * others fold away at compile time. What stands here is the same in all of them: the bits of an
 * entry, and everything that can be said in terms of them. Condenses include/asm-i386/pgtable.h.
 */
#ifndef ASM_PGTABLE_H
#define ASM_PGTABLE_H

#include <asm/page.h>

/* Bits of an entry (Intel SDM vol. 3, 4.3 to 4.5). */
#define _PAGE_PRESENT  0x001
#define _PAGE_RW       0x002 /* else read-only */
#define _PAGE_USER     0x004 /* else ring 0 to 2 only */
#define _PAGE_PWT      0x008 /* write-through */
#define _PAGE_PCD      0x010 /* cache disabled: device registers */
#define _PAGE_ACCESSED 0x020 /* set by the CPU when it walks through the entry */
#define _PAGE_DIRTY    0x040 /* set by the CPU at the first write */
#define _PAGE_PSE      0x080 /* in a pmd: maps a large page itself */
#define _PAGE_GLOBAL   0x100 /* stays in the TLB when CR3 is loaded */

#if defined(CONFIG_X86_64)
#include <asm/pgtable-4level.h>
#elif defined(CONFIG_X86_PAE)
#include <asm/pgtable-3level.h>
#else
#include <asm/pgtable-2level.h>
#endif

#define PGDIR_SIZE (1UL << PGDIR_SHIFT)
#define PGDIR_MASK (~(PGDIR_SIZE - 1))
#define PUD_SIZE   (1UL << PUD_SHIFT)
#define PUD_MASK   (~(PUD_SIZE - 1))
#define PMD_SIZE   (1UL << PMD_SHIFT)
#define PMD_MASK   (~(PMD_SIZE - 1))

/* A level whose table has one entry is not there: the level above is walked in its place. */
#define pud_folded (PTRS_PER_PUD == 1)
#define pmd_folded (PTRS_PER_PMD == 1)

/*
 * Which optional bits this CPU has: _PAGE_NX and _PAGE_GLOBAL join once they are found and enabled.
 * Every entry is made through it, so PAGE_KERNEL may name them everywhere.
 */
extern pteval_t __supported_pte_mask;

#define _PAGE_TABLE	    (_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED | _PAGE_DIRTY)
#define _KERNPG_TABLE	    (_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)
#define __PAGE_KERNEL_EXEC  (_KERNPG_TABLE | _PAGE_GLOBAL)

#define PAGE_NONE	    __pgprot(0) /* nothing there: guard pages */
#define PAGE_KERNEL	    __pgprot(__PAGE_KERNEL_EXEC | _PAGE_NX)
#define PAGE_KERNEL_EXEC    __pgprot(__PAGE_KERNEL_EXEC)
#define PAGE_KERNEL_RO	    __pgprot((__PAGE_KERNEL_EXEC | _PAGE_NX) & ~(pteval_t)_PAGE_RW)
#define PAGE_KERNEL_RX	    __pgprot(__PAGE_KERNEL_EXEC & ~(pteval_t)_PAGE_RW)
#define PAGE_KERNEL_NOCACHE __pgprot(__PAGE_KERNEL_EXEC | _PAGE_NX | _PAGE_PCD | _PAGE_PWT)

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte(((pteval_t)pfn << PAGE_SHIFT) | (pgprot_val(prot) & __supported_pte_mask));
}

/* A large page: PTRS_PER_PTE frames from @pfn on, which must be a multiple of that. */
static inline pmd_t pfn_pmd(unsigned long pfn, pgprot_t prot)
{
	return __pmd(pte_val(pfn_pte(pfn, prot)) | _PAGE_PSE);
}

/* A larger one: PTRS_PER_PMD * PTRS_PER_PTE frames. Four levels only, and not every CPU. */
static inline pud_t pfn_pud(unsigned long pfn, pgprot_t prot)
{
	return __pud(pte_val(pfn_pte(pfn, prot)) | _PAGE_PSE);
}

/* The frame an entry leads to. */
static inline unsigned long pte_pfn(pte_t pte)
{
	return (unsigned long)((pte_val(pte) & PTE_PFN_MASK) >> PAGE_SHIFT);
}

static inline unsigned long pmd_pfn(pmd_t pmd)
{
	return (unsigned long)((pmd_val(pmd) & PTE_PFN_MASK) >> PAGE_SHIFT);
}

static inline bool pte_none(pte_t pte)
{
	return pte_val(pte) == 0;
}

static inline bool pte_present(pte_t pte)
{
	return pte_val(pte) & _PAGE_PRESENT;
}

static inline bool pmd_none(pmd_t pmd)
{
	return pmd_val(pmd) == 0;
}

static inline bool pmd_present(pmd_t pmd)
{
	return pmd_val(pmd) & _PAGE_PRESENT;
}

static inline bool pmd_large(pmd_t pmd)
{
	return (pmd_val(pmd) & (_PAGE_PSE | _PAGE_PRESENT)) == (_PAGE_PSE | _PAGE_PRESENT);
}

#define pgd_index(vaddr) (((vaddr) >> PGDIR_SHIFT) & (PTRS_PER_PGD - 1))
#define pud_index(vaddr) (((vaddr) >> PUD_SHIFT) & (PTRS_PER_PUD - 1))
#define pmd_index(vaddr) (((vaddr) >> PMD_SHIFT) & (PTRS_PER_PMD - 1))
#define pte_index(vaddr) (((vaddr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))

/* The kernel's own tables; every process shares what lies above PAGE_OFFSET in them. */
extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

#define pgd_offset_k(vaddr) (swapper_pg_dir + pgd_index(vaddr))

/* The page table that a pmd of the kernel leads to: it lies in lowmem, so it has an address. */
static inline pte_t *pmd_page_vaddr(pmd_t pmd)
{
	return __va(pmd_val(pmd) & PTE_PFN_MASK);
}

static inline pte_t *pte_offset_kernel(pmd_t *pmd, unsigned long vaddr)
{
	return pmd_page_vaddr(*pmd) + pte_index(vaddr);
}

/* arch/.../mm/init.c: build the final tables, load them, and set up the zones. */
void paging_init(void);

#endif
