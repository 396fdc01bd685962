/*
 * What is left of high memory on x86_64: nothing. Every frame has its address in the linear mapping,
 * so mapping one is arithmetic, and unmapping it nothing at all.
 */
#ifndef ASM_HIGHMEM_H
#define ASM_HIGHMEM_H

#include <asm/fixmap.h>

/* kmap_atomic's slots have no entries, and kmap() no page table. */
#define kmap_pte ((pte_t *)NULL)

/* First byte after lowmem's linear mapping. */
extern void *high_memory;

#endif
