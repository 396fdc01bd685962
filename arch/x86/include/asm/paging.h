/*
 * How paging_init() comes about: its parts, in the order in which the books tell them. They take
 * frames from bootmem. Only mm/init.c of the architectures and its suite need these.
 */
#ifndef ASM_PAGING_H
#define ASM_PAGING_H

#include <asm/pgtable.h>

/* arch: the kernel's tables, whole. */
void pagetable_init(void);

/* Switch on what the CPU has of large pages, global pages and NX. */
void probe_page_features(void);

/**
 * kernel_physical_mapping_init - arch: map lowmem linearly at PAGE_OFFSET
 * @pgd_base: the pgd to fill, by its kernel virtual address
 *
 * Permissions are those of the layout table; large pages where the CPU has them and all of one is
 * plain lowmem.
 */
void kernel_physical_mapping_init(pgd_t *pgd_base);

/**
 * one_page_table_init - the page table that a pmd leads to
 * @pmd: if it is empty it is given a new, empty table
 *
 * Returns the table's first entry.
 */
pte_t *one_page_table_init(pmd_t *pmd);

/* The linear mapping reaches this far by now; the CPU can be given no table beyond it. */
extern unsigned long mapped_pfn;

/* Physical address of a zeroed frame for a table. Panics where there is none below mapped_pfn. */
unsigned long alloc_page_table(void);

/* From here on the CPU walks what pagetable_init() made, and remembers nothing else. */
void load_kernel_tables(void);

/* @ends: one past the last frame of each zone; memmap knows of all RAM by then. */
void zone_sizes_init(const unsigned long *ends);

#endif
