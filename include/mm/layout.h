/*
 * The map of the kernel's address space: one table of a few rows that *is* the layout. The boot
 * log, paging_init's permissions, the monitor, the tests and the guide all read it.
 */
#ifndef MM_LAYOUT_H
#define MM_LAYOUT_H

#include <asm/pgtable.h>

/* How full a region is. */
struct layout_usage {
	unsigned long used, total;
	const char *unit;	/* what was counted: "pages", "slots" */
	unsigned long nr_areas; /* it lies in so many pieces; 0: not in pieces */
};

struct layout_region {
	const char *name;
	unsigned long start; /* virtual */
	unsigned long end;   /* the first byte after it */
	pgprot_t prot;	     /* how paging_init() maps it; PAGE_UNMAPPED where users of it decide */
	bool part; /* part of the row before it that is no part: the image within lowmem */
	/* Who has this address within the region, if that can be told better than by its name. */
	const char *(*owner)(unsigned long vaddr, char *buf, size_t size);
	/* How full it is; NULL where that means nothing. */
	struct layout_usage (*usage)(void);
};

/* Lowest address first; a region's parts follow it. Ends with a row without a name. */
extern struct layout_region layout[];

#define for_each_layout_region(region) for (region = layout; region->name; region++)

/**
 * layout_find - the most special region that an address lies in
 *
 * Returns its row, or NULL for an address in a hole.
 */
const struct layout_region *layout_find(unsigned long vaddr);

/**
 * layout_owner - who an address belongs to, in a word or two: "lowmem", "fixmap:BOOT_INFO"
 * @buf: room for the words, of @size bytes; not always used
 */
const char *layout_owner(unsigned long vaddr, char *buf, size_t size);

/* The row of that name; there must be one. */
struct layout_region *layout_row(const char *name);

/* Panics if two regions overlap, or a part reaches out of its region. */
void layout_check(void);

/* arch: fills in the bounds that RAM and the command line decide, then checks. */
void layout_init(void);

#endif
