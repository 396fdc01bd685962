/*
 * The 128 MB window above lowmem, and its parts from the top down:
 *
 *      FIXADDR_START .. FIXADDR_TOP    fixmap
 *      PKMAP_BASE    .. + LAST_PKMAP   kmap(): one page table's worth of slots
 *      VMALLOC_START .. VMALLOC_END    vmalloc, vmap, ioremap
 *      high_memory   .. + hole         never mapped
 *
 * Condenses include/asm-i386/highmem.h and the vmalloc part of pgtable.h.
 */
#ifndef ASM_HIGHMEM_H
#define ASM_HIGHMEM_H

#include <asm/fixmap.h>

/* One page table has them all: a slot's number is its index there. 1024, or 512 under PAE. */
#define LAST_PKMAP PTRS_PER_PTE
/* The page table below the fixmap's own, and at least a page away from it. */
#define PKMAP_BASE	((FIXADDR_START - PAGE_SIZE * (PTRS_PER_PTE + 1)) & PMD_MASK)

#define PKMAP_ADDR(nr)	(PKMAP_BASE + ((unsigned long)(nr) << PAGE_SHIFT))
#define PKMAP_NR(vaddr) (((vaddr)-PKMAP_BASE) >> PAGE_SHIFT)

/*
 * The hole between lowmem and vmalloc: a pointer that runs off the end of lowmem faults instead of
 * finding somebody's vmalloc area. It is as large as two large pages, so that the last large page
 * of lowmem can never reach over it.
 */
#define VMALLOC_OFFSET (8 * SZ_1M)
#define VMALLOC_START \
	(((unsigned long)high_memory + 2 * VMALLOC_OFFSET - 1) & ~(VMALLOC_OFFSET - 1))
#define VMALLOC_END (PKMAP_BASE - 2 * PAGE_SIZE)

/* The window's size: 128 MB, or what `vmalloc=` says. What it leaves of 1 GB is for lowmem. */
extern unsigned long __VMALLOC_RESERVE;
#define MAXMEM (-PAGE_OFFSET - __VMALLOC_RESERVE)

/* First byte after lowmem's linear mapping. */
extern void *high_memory;

extern pte_t *pkmap_page_table;
extern pte_t *kmap_pte;
extern pgprot_t kmap_prot;

/**
 * one_md_table_init - the pmd table that a pgd entry leads to
 * @pgd: the entry; where the level is real and the entry empty, it is given a new, empty table
 *
 * Returns the table's first entry; where the pmd is folded, the pgd entry itself.
 */
pmd_t *one_md_table_init(pgd_t *pgd);

/**
 * permanent_kmaps_init - give the pkmap region its page table
 * @pgd_base: the kernel's pgd; called by pagetable_init() once page_table_range_init() can allocate
 */
void permanent_kmaps_init(pgd_t *pgd_base);

/* Find the entries of kmap_atomic's slots once and for all. */
void kmap_init(void);

#endif
