/*
 * What is left of high memory on x86_64: nothing. Every frame has its address in the linear mapping,
 * so kmap() is page_address(). Slots are there for those who count them, and free for ever.
 */
#ifndef ASM_HIGHMEM_H
#define ASM_HIGHMEM_H

#include <asm/fixmap.h>

/* As many as under PAE, behind vmalloc; no table of the CPU's leads to these entries. */
#define LAST_PKMAP	PTRS_PER_PTE
#define PKMAP_BASE	(VMALLOC_END + 2 * PAGE_SIZE)
#define PKMAP_ADDR(nr)	(PKMAP_BASE + ((unsigned long)(nr) << PAGE_SHIFT))
#define PKMAP_NR(vaddr) (((vaddr)-PKMAP_BASE) >> PAGE_SHIFT)
extern pte_t pkmap_page_table[LAST_PKMAP];
extern pte_t fixmap_page_table[PTRS_PER_PTE];
#define kmap_pte  (&fixmap_page_table[pte_index(__fix_to_virt(FIX_KMAP_BEGIN))])
#define kmap_prot PAGE_KERNEL

/* At least so much lies between the linear mapping, however much RAM there is, and vmalloc. */
#define VMALLOC_OFFSET (8 * SZ_1M)

/* The window for vmalloc is never too small: nothing is to be said about its size. */
#define __VMALLOC_RESERVE (VMALLOC_END - VMALLOC_START)

/* First byte after lowmem's linear mapping. */
extern void *high_memory;

#endif
