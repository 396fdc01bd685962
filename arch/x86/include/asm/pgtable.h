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

/* In a pte that is not present, where the CPU looks at nothing: a frame is there, but PROT_NONE. */
#define _PAGE_PROTNONE 0x080

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

#define PAGE_UNMAPPED	    __pgprot(0) /* no entry at all: guard pages */
#define PAGE_KERNEL	    __pgprot(__PAGE_KERNEL_EXEC | _PAGE_NX)
#define PAGE_KERNEL_EXEC    __pgprot(__PAGE_KERNEL_EXEC)
#define PAGE_KERNEL_RO	    __pgprot((__PAGE_KERNEL_EXEC | _PAGE_NX) & ~(pteval_t)_PAGE_RW)
#define PAGE_KERNEL_RX	    __pgprot(__PAGE_KERNEL_EXEC & ~(pteval_t)_PAGE_RW)
#define PAGE_KERNEL_NOCACHE __pgprot(__PAGE_KERNEL_EXEC | _PAGE_NX | _PAGE_PCD | _PAGE_PWT)

/*
 * What a process may get. A write to a private page makes a copy first, so none is writable from
 * the start; and on x86 what may be written or run may be read.
 */
#define __PAGE_USER	   (_PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED)

#define PAGE_NONE	   __pgprot(_PAGE_PROTNONE | _PAGE_ACCESSED)
#define PAGE_READONLY	   __pgprot(__PAGE_USER | _PAGE_NX)
#define PAGE_READONLY_EXEC __pgprot(__PAGE_USER)
#define PAGE_COPY	   PAGE_READONLY
#define PAGE_COPY_EXEC	   PAGE_READONLY_EXEC
#define PAGE_SHARED	   __pgprot(__PAGE_USER | _PAGE_RW | _PAGE_NX)
#define PAGE_SHARED_EXEC   __pgprot(__PAGE_USER | _PAGE_RW)

/* What this CPU has of it. */
static inline pgprot_t massage_pgprot(pgprot_t prot)
{
	return __pgprot(pgprot_val(prot) & __supported_pte_mask);
}

/* Lab 10 */
/* An entry for a frame, with those of the rights that this CPU has. */
static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte(((pteval_t)pfn << PAGE_SHIFT) | pgprot_val(massage_pgprot(prot)));
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

/* Lab 10 */
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

/* The flags but for NX: one word of an entry that may have two. */
static inline u32 pte_low(pte_t pte)
{
	return (u32)pte_val(pte);
}

/* Is a frame mapped? With _PAGE_PROTNONE the process has one, though the CPU may not go there. */
static inline bool pte_present(pte_t pte)
{
	return pte_low(pte) & (_PAGE_PRESENT | _PAGE_PROTNONE);
}

static inline bool pte_same(pte_t a, pte_t b)
{
	return pte_val(a) == pte_val(b);
}

/* What an entry says of its page, and the entries that would say it, and the contrary. */
#define PTE_BIT(is, make, unmake, bit)                         \
	static inline bool is(pte_t pte)                       \
	{                                                      \
		return pte_low(pte) & (bit);                   \
	}                                                      \
	static inline pte_t make(pte_t pte)                    \
	{                                                      \
		return __pte(pte_val(pte) | (bit));            \
	}                                                      \
	static inline pte_t unmake(pte_t pte)                  \
	{                                                      \
		return __pte(pte_val(pte) & ~(pteval_t)(bit)); \
	}
PTE_BIT(pte_write, pte_mkwrite, pte_wrprotect, _PAGE_RW)
PTE_BIT(pte_dirty, pte_mkdirty, pte_mkclean, _PAGE_DIRTY)
PTE_BIT(pte_young, pte_mkyoung, pte_mkold, _PAGE_ACCESSED)
#undef PTE_BIT

/* What an entry keeps when its page gets other rights. */
#define _PAGE_CHG_MASK (PTE_PFN_MASK | _PAGE_ACCESSED | _PAGE_DIRTY)

/* @prot: as massage_pgprot() left it. */
static inline bool pte_has_prot(pte_t pte, pgprot_t prot)
{
	return (pte_val(pte) & ~_PAGE_CHG_MASK) == (pgprot_val(prot) & ~_PAGE_CHG_MASK);
}

/* Lab 10 */
/* The same page with other rights. @prot: as for pte_has_prot(). */
static inline pte_t pte_modify(pte_t pte, pgprot_t prot)
{
	return __pte((pte_val(pte) & _PAGE_CHG_MASK) | pgprot_val(prot));
}

/*
 * May less be done by the new entry than by the old one? Then the TLB must forget the old one. What
 * it remembers of one that allowed less costs a fault at most; one that was not present it does not
 * remember.
 */
static inline bool pte_loses_rights(pte_t old, pte_t new)
{
	const pteval_t rights = _PAGE_PRESENT | _PAGE_RW | _PAGE_USER;

	if (!(pte_val(old) & _PAGE_PRESENT))
		return false;
	return (pte_val(old) & ~pte_val(new) & rights) || (pte_val(new) & ~pte_val(old) & _PAGE_NX);
}

/*
 * Take an entry away. Of what the CPU writes into it itself, a dirty bit is set by none but this
 * CPU, which is here now; an accessed bit may be lost, and is no loss.
 */
static inline pte_t ptep_get_and_clear(pte_t *ptep)
{
	pte_t pte = *ptep;

	pte_clear(ptep);
	return pte;
}

/* No more writing, in one instruction; the bit is in the low half of an entry of any size. */
static inline void ptep_set_wrprotect(pte_t *ptep)
{
	__asm__ volatile("andl %1, %0" : "+m"(*(u32 *)ptep) : "i"(~_PAGE_RW));
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

#define pgd_offset_k(vaddr)   (swapper_pg_dir + pgd_index(vaddr))
#define pgd_offset(mm, vaddr) ((mm)->pgd + pgd_index(vaddr))

/* The first entry of a pgd that is the kernel's. */
#define KERNEL_PGD_BOUNDARY pgd_index(PAGE_OFFSET)

/*
 * The page table that a pmd of the kernel leads to: it lies in lowmem, so it has an address. Those of
 * a process need not: pte_offset_map() of <mm/pgalloc.h>.
 */
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
