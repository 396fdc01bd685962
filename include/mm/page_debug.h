/*
 * What is done to frames on their way in and out when the command line asks for it. Only
 * page_alloc.c calls the two functions, and only while page_debug_enabled.
 */
#ifndef MM_PAGE_DEBUG_H
#define MM_PAGE_DEBUG_H

#include <mm/mm.h>

/* Free frames hold this byte under page_poison=1. */
#define PAGE_POISON 0xaa

/* page_poison=1: whatever is free holds PAGE_POISON. */
extern bool page_poison;

/* init_on_alloc=1, init_on_free=1: whatever is handed out or comes back is zeroed. */
extern bool init_on_alloc, init_on_free;

/* Any of page_poison= and init_on_free=. */
extern bool page_debug_enabled;

/* Has anybody written to the block while it was free? Reports it. */
void page_debug_alloc(struct page *page, unsigned int order);

/* Fill a block that has become free. */
void page_debug_free(struct page *page, unsigned int order);

/* Zero every frame of a block, one at a time: highmem frames have no addresses in a row. */
void clear_highpages(struct page *page, unsigned int order);

#endif
