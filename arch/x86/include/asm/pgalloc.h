/*
 * A process's top table: its own part empty, the kernel's as everywhere.
 *
 *      i386       pgd[1024]      768 entries of its own, 256 of the kernel's
 *      PAE        pgd[4]         3, each leading to an empty pmd table; 1 of the kernel's
 *      x86_64     pgd[512]       273, 239
 *
 * Only mm/mm_alloc.c calls these. Condenses include/asm-i386/pgalloc.h.
 */
#ifndef ASM_PGALLOC_H
#define ASM_PGALLOC_H

#include <asm/pgtable.h>

struct mm_struct;

/* After kmem_cache_init(): the cache that pgds come from. */
void pgtable_cache_init(void);

/**
 * pgd_alloc - a top table that the CPU may walk
 *
 * Returns its kernel virtual address, in lowmem, or NULL. May sleep.
 */
pgd_t *pgd_alloc(struct mm_struct *mm);

/* @pgd: without a page or a page table in the process's part, and not loaded. */
void pgd_free(struct mm_struct *mm, pgd_t *pgd);

#endif
