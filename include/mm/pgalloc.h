/*
 * Page tables made on demand, and stepping through a range level by level.
 *
 *      the kernel's half    every pgd entry leads to a table from boot on; what is missing below is
 *                           made here, in lowmem, and stays
 *      a process's part     made by the faults, freed with what it maps; tables of the lowest level
 *                           may lie in high memory: a process of 3 GB has 3 MB of them (6 under PAE)
 *
 * Condenses the part of include/linux/mm.h and asm/pgalloc.h that makes tables.
 */
#ifndef MM_PGALLOC_H
#define MM_PGALLOC_H

#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/mm_types.h>
#include <asm/pgtable.h>

#define mk_pte(page, prot) pfn_pte(page_to_pfn(page), prot)

/* The frames that entries lead to: a page, and a page table. */
#define pte_page(pte) pfn_to_page(pte_pfn(pte))
#define pmd_page(pmd) pfn_to_page(pmd_pfn(pmd))

/* The end of the part of [addr, end) that one entry covers. Minus one: the end may be 2^32. */
#define LEVEL_ADDR_END(addr, end, size, mask)                          \
	({                                                             \
		unsigned long __boundary = ((addr) + (size)) & (mask); \
		__boundary - 1 < (end)-1 ? __boundary : (end);         \
	})
#define pgd_addr_end(addr, end) LEVEL_ADDR_END(addr, end, PGDIR_SIZE, PGDIR_MASK)
#define pud_addr_end(addr, end) LEVEL_ADDR_END(addr, end, PUD_SIZE, PUD_MASK)
#define pmd_addr_end(addr, end) LEVEL_ADDR_END(addr, end, PMD_SIZE, PMD_MASK)

/* --- the kernel's half ------------------------------------------------------------------------ */

static inline pud_t *pud_alloc_kernel(pgd_t *pgd, unsigned long vaddr)
{
	return pud_offset(pgd, vaddr);
}

/* mm/vmalloc.c: give an empty pud its pmd table; on i386 none is. Returns 0 or -ENOMEM. */
int __pmd_alloc_kernel(pud_t *pud);

/* The pmd of an address, its table made if it is missing; NULL for want of a frame. */
static inline pmd_t *pmd_alloc_kernel(pud_t *pud, unsigned long vaddr)
{
	if (unlikely(!pud_present(*pud)) && __pmd_alloc_kernel(pud))
		return NULL;
	return pmd_offset(pud, vaddr);
}

/* The pmd of an address of the kernel's; NULL where no table leads so far down. */
static inline pmd_t *pmd_offset_k(unsigned long vaddr)
{
	pgd_t *pgd = pgd_offset_k(vaddr);
	pud_t *pud = pgd_present(*pgd) ? pud_offset(pgd, vaddr) : NULL;

	return pud && pud_present(*pud) ? pmd_offset(pud, vaddr) : NULL;
}

static inline pmd_t *pmd_alloc_k(unsigned long vaddr)
{
	return pmd_alloc_kernel(pud_alloc_kernel(pgd_offset_k(vaddr), vaddr), vaddr);
}

/* mm/vmalloc.c: give an empty pmd its page table. Returns 0 or -ENOMEM. */
int __pte_alloc_kernel(pmd_t *pmd);

/**
 * pte_alloc_kernel - the entry for an address, its page table made if it is missing
 * @pmd: the pmd that covers it
 * @vaddr: above high_memory
 *
 * Returns the entry, or NULL for want of a frame. May sleep only where GFP_KERNEL may.
 */
static inline pte_t *pte_alloc_kernel(pmd_t *pmd, unsigned long vaddr)
{
	if (unlikely(pmd_none(*pmd)) && __pte_alloc_kernel(pmd))
		return NULL;
	return pte_offset_kernel(pmd, vaddr);
}

/* --- a process's part ------------------------------------------------------------------------- */

/**
 * pte_offset_map - the entry for an address of a process, wherever its table lies
 * @pmd: leads to a table
 *
 * As for kmap_atomic(): do not sleep before pte_unmap(), and undo in the opposite order.
 */
static inline pte_t *pte_offset_map(pmd_t *pmd, unsigned long vaddr)
{
	return (pte_t *)kmap_atomic(pmd_page(*pmd)) + pte_index(vaddr);
}

/* @pte: in the table that was mapped; any entry of it. */
static inline void pte_unmap(pte_t *pte)
{
	kunmap_atomic(pte);
}

/* The same under page_table_lock, without which the entry may change at any time. */
static inline pte_t *pte_offset_map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long vaddr)
{
	spin_lock(&mm->page_table_lock);
	return pte_offset_map(pmd, vaddr);
}

static inline void pte_unmap_unlock(struct mm_struct *mm, pte_t *pte)
{
	pte_unmap(pte);
	spin_unlock(&mm->page_table_lock);
}

/**
 * next_page_table - the next part of a range that has a page table
 * @addr: where to begin; moved up to the first address that a page table of the process covers
 *
 * Returns the pmd that leads to it, or NULL: up to @end there is none.
 */
pmd_t *next_page_table(struct mm_struct *mm, unsigned long *addr, unsigned long end);

/* From @addr, a variable, up to @end: the body is for [addr, pmd_addr_end(addr, end)). */
#define for_each_page_table(mm, pmd, addr, end)                                 \
	for (; (addr) < (end) && ((pmd) = next_page_table(mm, &(addr), (end))); \
	     (addr) = pmd_addr_end(addr, end))

/* mm/memory.c: give an empty entry its table. Return 0 or -ENOMEM. Take page_table_lock. */
int __pud_alloc(struct mm_struct *mm, pgd_t *pgd);
int __pmd_alloc(struct mm_struct *mm, pud_t *pud);
int __pte_alloc(struct mm_struct *mm, pmd_t *pmd);

/* The entry for an address at each level, its table made if it is missing; or NULL. May sleep. */
static inline pud_t *pud_alloc(struct mm_struct *mm, pgd_t *pgd, unsigned long vaddr)
{
	if (unlikely(!pgd_present(*pgd)) && __pud_alloc(mm, pgd))
		return NULL;
	return pud_offset(pgd, vaddr);
}

static inline pmd_t *pmd_alloc(struct mm_struct *mm, pud_t *pud, unsigned long vaddr)
{
	if (unlikely(!pud_present(*pud)) && __pmd_alloc(mm, pud))
		return NULL;
	return pmd_offset(pud, vaddr);
}

static inline pte_t *pte_alloc_map(struct mm_struct *mm, pmd_t *pmd, unsigned long vaddr)
{
	if (unlikely(pmd_none(*pmd)) && __pte_alloc(mm, pmd))
		return NULL;
	return pte_offset_map(pmd, vaddr);
}

/* The pmd of an address, all tables above it made if they are missing; or NULL. May sleep. */
static inline pmd_t *pmd_alloc_mm(struct mm_struct *mm, unsigned long vaddr)
{
	pud_t *pud = pud_alloc(mm, pgd_offset(mm, vaddr), vaddr);

	return pud ? pmd_alloc(mm, pud, vaddr) : NULL;
}

/* The pmd of an address, if a page table is below it; NULL: nothing is mapped there. */
static inline pmd_t *mm_find_pmd(struct mm_struct *mm, unsigned long vaddr)
{
	pgd_t *pgd = pgd_offset(mm, vaddr);
	pud_t *pud = pgd_present(*pgd) ? pud_offset(pgd, vaddr) : NULL;
	pmd_t *pmd = pud && pud_present(*pud) ? pmd_offset(pud, vaddr) : NULL;

	return pmd && pmd_present(*pmd) ? pmd : NULL;
}

#endif
