/*
 * Which frames have a struct page.
 *
 *      RAM        | 0 ......... 3 GB |                    | 1 TB ... |
 *      memmap     [ run 0            ]                    [ run 1    ]
 *      mem_map    [page][page] ...   ]   nothing here     [page] ... ]
 *
 * mem_map is one array, so that a frame's number and its struct page lead to each other by
 * arithmetic alone; but it need not be there everywhere. Condenses include/linux/mmzone.h's part for
 * SPARSEMEM.
 */
#ifndef MM_MEMMAP_H
#define MM_MEMMAP_H

#include <lib/compiler.h>
#include <lib/types.h>

/* Frames from @start_pfn up to @end_pfn (exclusive): whole blocks of MAX_ORDER_NR_PAGES. */
struct memmap_run {
	unsigned long start_pfn, end_pfn;
};

#define MAX_MEMMAP_RUNS 128

/* Lowest first, at least a block apart. */
struct memmap {
	unsigned int nr_runs;
	struct memmap_run runs[MAX_MEMMAP_RUNS];
};

/* This machine's. */
extern struct memmap memmap;

#define for_each_memmap_run(run) for (run = memmap.runs; run < memmap.runs + memmap.nr_runs; run++)

/**
 * memory_present - frames shall have struct pages
 * @map: where to note it
 * @start_pfn: not below what was noted before, @end_pfn: exclusive
 *
 * Blocks that the range touches count as a whole. For the machine's own map: called by arch/ for
 * all of RAM, before free_area_init(). Panics when there are more than MAX_MEMMAP_RUNS runs.
 */
void memory_present(struct memmap *map, unsigned long start_pfn, unsigned long end_pfn);

/* How large mem_map is, in bytes, without the parts of it that are not there. */
u64 memmap_size(const struct memmap *map);

/* Is the frame in one of the runs? */
bool in_memmap(const struct memmap *map, unsigned long pfn);

/* Has this frame of the machine a struct page? */
bool pfn_valid(unsigned long pfn);

/* Every frame below this one is lowmem and has one: the short answer to nearly all questions. */
extern unsigned long flat_lowmem_pfn;

/* For numbers that may be nonsense, or beyond @flat_lowmem_pfn. */
bool __lowmem_pfn_valid(unsigned long pfn);

/* Has this frame a struct page, and an address in the linear mapping? */
static inline bool lowmem_pfn_valid(unsigned long pfn)
{
	return likely(pfn < flat_lowmem_pfn) || __lowmem_pfn_valid(pfn);
}

/* The first valid frame from @pfn on, or ~0UL. */
unsigned long next_valid_pfn(unsigned long pfn);

/* From @pfn, a variable, up to @end_pfn (exclusive). */
#define for_each_valid_pfn(pfn, end_pfn) \
	for (pfn = next_valid_pfn(pfn); pfn < (end_pfn); pfn = next_valid_pfn((pfn) + 1))

struct page;

/**
 * alloc_mem_map - arch: have struct pages, their contents garbage, for every run of memmap
 *
 * Returns the address of that of frame 0, even if there is none.
 */
struct page *alloc_mem_map(void);

#endif
