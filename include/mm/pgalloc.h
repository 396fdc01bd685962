/*
 * Page tables made on demand for the kernel's half, and stepping through a range level by level.
 *
 * Every pgd entry above PAGE_OFFSET leads to a table from boot on; what is missing below is made
 * here, in lowmem, and stays. Condenses the kernel's part of include/linux/mm.h and asm/pgalloc.h.
 */
#ifndef MM_PGALLOC_H
#define MM_PGALLOC_H

#include <mm/gfp.h>
#include <asm/pgtable.h>

#define mk_pte(page, prot) pfn_pte(page_to_pfn(page), prot)

/* The end of the part of [addr, end) that one entry covers. Minus one: the end may be 2^32. */
#define LEVEL_ADDR_END(addr, end, size, mask)                          \
	({                                                             \
		unsigned long __boundary = ((addr) + (size)) & (mask); \
		__boundary - 1 < (end)-1 ? __boundary : (end);         \
	})
#define pgd_addr_end(addr, end) LEVEL_ADDR_END(addr, end, PGDIR_SIZE, PGDIR_MASK)
#define pud_addr_end(addr, end) LEVEL_ADDR_END(addr, end, PUD_SIZE, PUD_MASK)
#define pmd_addr_end(addr, end) LEVEL_ADDR_END(addr, end, PMD_SIZE, PMD_MASK)

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

#endif
