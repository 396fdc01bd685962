/*
 * Looking at page tables without changing them: one address from the top down, or all of a range.
 * Condenses mm/pagewalk.c.
 */
#ifndef MM_PAGEWALK_H
#define MM_PAGEWALK_H

#include <asm/pgtable.h>

#define PAGE_WALK_LEVELS 4

/* One entry on the way down. Folded levels do not appear. */
struct page_walk_step {
	const char *level; /* "pgd", "pud", "pmd", "pte" */
	unsigned int index;
	pteval_t entry;
};

struct page_walk {
	unsigned int nr_steps; /* 0 for an address that the CPU does not have */
	struct page_walk_step steps[PAGE_WALK_LEVELS];
	bool present;	    /* the walk ends at a frame */
	unsigned long size; /* bytes mapped, or left unmapped, by the entry it ended at */
	phys_addr_t pa;	    /* where vaddr lies, if present */
	pteval_t flags; /* of the last entry, frame number taken out; RW and NX as they add up */
};

/**
 * page_walk - follow one address through the tables as the CPU would
 * @pgd: the top table, by its kernel virtual address
 * @vaddr: any address
 * @walk: what was met on the way
 *
 * Returns true if a frame is mapped there. Needs a slot of kmap_atomic() for a table in high memory.
 */
bool page_walk(pgd_t *pgd, unsigned long vaddr, struct page_walk *walk);

/**
 * page_walk_next - the first address after the mapping or hole that a walk ended in
 *
 * Returns 0 after the last one of the address space.
 */
static inline unsigned long page_walk_next(const struct page_walk *walk, unsigned long vaddr)
{
	return skip_address_hole(ALIGN_DOWN(vaddr, walk->size) + walk->size);
}

#endif
