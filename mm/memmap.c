/*
 * Which frames have a struct page: see the figure in <mm/memmap.h>.
 *
 * arch/ notes RAM as it finds it in the memory map; everybody who walks frames asks. The first run
 * nearly always has the answer. Condenses mm/sparse.c.
 */
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <mm/memmap.h>
#include <mm/mm.h>
#include <asm/sections.h>

struct memmap memmap;
unsigned long flat_lowmem_pfn;

void memory_present(struct memmap *map, unsigned long start_pfn, unsigned long end_pfn)
{
	struct memmap_run *last = map->nr_runs ? &map->runs[map->nr_runs - 1] : NULL;
	const struct memmap_run run = { ALIGN_DOWN(start_pfn, MAX_ORDER_NR_PAGES),
					ALIGN(end_pfn, MAX_ORDER_NR_PAGES) };

	if (start_pfn >= end_pfn)
		return;
	if (last && run.start_pfn <= last->end_pfn) {
		last->end_pfn = max(last->end_pfn, run.end_pfn);
		return;
	}
	if (map->nr_runs == MAX_MEMMAP_RUNS)
		panic("memmap: RAM is in more than %d pieces", MAX_MEMMAP_RUNS);
	map->runs[map->nr_runs++] = run;
}

u64 memmap_size(const struct memmap *map)
{
	u64 pages = 0;

	for (unsigned int i = 0; i < map->nr_runs; i++)
		pages += map->runs[i].end_pfn - map->runs[i].start_pfn;
	return pages * sizeof(struct page);
}

/* The run that a frame lies in, else the next one above it, else NULL. */
static const struct memmap_run *run_at_or_above(const struct memmap *map, unsigned long pfn)
{
	for (unsigned int i = 0; i < map->nr_runs; i++) {
		if (pfn < map->runs[i].end_pfn)
			return &map->runs[i];
	}
	return NULL;
}

bool in_memmap(const struct memmap *map, unsigned long pfn)
{
	const struct memmap_run *run = run_at_or_above(map, pfn);

	return run && pfn >= run->start_pfn;
}

bool pfn_valid(unsigned long pfn)
{
	return pfn < max_mapnr && in_memmap(&memmap, pfn);
}

bool __lowmem_pfn_valid(unsigned long pfn)
{
	return pfn < max_low_pfn && pfn_valid(pfn);
}

bool virt_addr_valid(unsigned long vaddr)
{
	return lowmem_pfn_valid(linear_pfn((const void *)vaddr)) ||
	       (vaddr >= (unsigned long)_text && vaddr < (unsigned long)_end);
}

unsigned long next_valid_pfn(unsigned long pfn)
{
	const struct memmap_run *run = run_at_or_above(&memmap, pfn);

	return run ? max(pfn, run->start_pfn) : ~0UL;
}
