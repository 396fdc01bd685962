/*
 * Page tables as a list of ranges, and what they cost: for ptdump and its tests.
 */
#ifndef MONITOR_PTDUMP_H
#define MONITOR_PTDUMP_H

#include <mm/pagewalk.h>

/* Neighbouring mapped pages that are alike in everything below. */
struct pt_range {
	unsigned long start,
		last; /* virtual, both inclusive: the last may be the highest there is */
	unsigned long page_size;
	pteval_t flags; /* PTE_LASTING_BITS only */
	char owner[48];
};

/**
 * next_pt_range - find the next range of mapped pages
 * @pgd: the top table
 * @from: where to begin
 * @range: filled in, from the first mapped address at or above @from
 *
 * Returns false if nothing is mapped up to the end of the address space.
 */
bool next_pt_range(pgd_t *pgd, unsigned long from, struct pt_range *range);

#define for_each_pt_range(range, pgd)                            \
	for (bool __more = next_pt_range(pgd, 0, range); __more; \
	     __more = (range)->last != ~0UL && next_pt_range(pgd, (range)->last + 1, range))

/* One row for each level of tables, the top one first; nr_levels of them are used. */
struct pt_cost {
	unsigned int nr_levels;
	struct pt_level_cost {
		const char *level;
		unsigned long nr_tables, size; /* size: of all of them, in bytes */
	} levels[PAGE_WALK_LEVELS];
};

/* Count the tables for addresses below @end (0: for all) that hang below @pgd, itself included. */
void count_tables(pgd_t *pgd, unsigned long end, struct pt_cost *cost);

#endif
