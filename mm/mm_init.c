/*
 * Zones and the frame table, from nothing to where page_alloc.c can work.
 *
 *      frame      0              4096                    229376
 *      zone       | DMA          | NORMAL                | ...               |
 *      mem_map    [page][page] ... one struct page a frame, small holes included ...
 *
 * free_area_init() marks every frame reserved; runs of RAM that nobody has come in when bootmem
 * lets go of them. page_alloc_init() then fixes how far each zone may be emptied. All of it is
 * called once, by arch/. Condenses mm/mm_init.c and the set-up part of mm/page_alloc.c.
 */
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/bootmem.h>
#include <mm/gfp.h>
#include <mm/page_debug.h>
#include <mm/page_placement.h>

#define NAMED_ZONE(zone, text, ratio) [zone] = { .name = text },
pg_data_t contig_page_data = { .node_zones = { FOR_ALL_ZONES(NAMED_ZONE) } };

struct page *mem_map;
unsigned long max_mapnr;
unsigned long max_low_pfn, max_pfn;
unsigned long highstart_pfn, highend_pfn;
unsigned long totalram_pages, totalhigh_pages;

/*
 * Of a zone, 1/ratio of what lies above it is kept back from those who could have gone there: DMA
 * frames are few and cannot be replaced, so a larger part of them is. As Linux has it.
 */
#define ZONE_RATIO(zone, text, ratio) [zone] = ratio,
static const unsigned long lowmem_reserve_ratio[MAX_NR_ZONES] = { FOR_ALL_ZONES(ZONE_RATIO) };

/* Field by field: this runs once for each frame there is, and decides how long the boot takes. */
static __always_inline void init_page(struct page *page, unsigned long flags)
{
	page->flags = flags;
	atomic_set(&page->_count, 0);
	atomic_set(&page->_mapcount, -1);
	page->private = 0;
	page->mapping = NULL;
	page->index = 0;
	page->lru.next = page->lru.prev = NULL;
}

/* Those of the range that there are. */
static void init_pages(unsigned long start_pfn, unsigned long end_pfn, unsigned long flags)
{
	const struct memmap_run *run;

	for_each_memmap_run (run) {
		struct page *page = pfn_to_page(max(start_pfn, run->start_pfn));
		const struct page *end = pfn_to_page(min(end_pfn, run->end_pfn));

		for (; page < end; page++)
			init_page(page, flags);
	}
}

static void memmap_init_zone(unsigned long start_pfn, unsigned long size, enum zone_type zone)
{
	unsigned long flags = (unsigned long)zone << ZONES_PGSHIFT | 1UL << PG_reserved;

	init_pages(start_pfn, start_pfn + size, flags);
}

static void zone_init(struct zone *zone, unsigned long start_pfn, unsigned long size,
		      unsigned long holes)
{
	zone->zone_start_pfn = start_pfn;
	zone->spanned_pages = size;
	zone->present_pages = size - holes;
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&zone->free_area[order].free_list);
	for (int cpu = 0; cpu < NR_CPUS; cpu++) {
		for (unsigned int order = 0; order < NR_PCP_ORDERS; order++)
			INIT_LIST_HEAD(&zone->pageset[cpu].lists[order]);
	}
	memmap_init_zone(start_pfn, size, zone_idx(zone));
	pr_info("  %s zone: %lu pages, %lu of them RAM\n", zone->name, zone->spanned_pages,
		zone->present_pages);
}

/* Behind the last zone up to the end of a whole block: frames that are nobody's buddy. */
static void memmap_init_tail(unsigned long start_pfn, unsigned long end_pfn)
{
	init_pages(start_pfn, end_pfn, 1UL << PG_reserved);
}

/* For each highest zone that will do: that one, then those below it. Never the other way. */
static void build_zonelists(void)
{
	for (int highest = 0; highest < MAX_NR_ZONES; highest++) {
		struct zone **next = contig_page_data.node_zonelists[highest].zones;

		for (int i = highest; i >= 0; i--) {
			if (populated_zone(&contig_page_data.node_zones[i]))
				*next++ = &contig_page_data.node_zones[i];
		}
		*next = NULL;
	}
}

__landmark void free_area_init(const unsigned long *zones_size, const unsigned long *zholes_size)
{
	unsigned long map_pages = ALIGN(max_pfn, MAX_ORDER_NR_PAGES);
	unsigned long pfn = 0;

	max_mapnr = max_pfn;
	if (memmap.nr_runs && !memmap.runs[0].start_pfn)
		flat_lowmem_pfn = min(max_low_pfn, memmap.runs[0].end_pfn);
	mem_map = alloc_mem_map();
	contig_page_data.node_mem_map = mem_map;
	contig_page_data.node_spanned_pages = max_mapnr;
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		zone_init(&contig_page_data.node_zones[i], pfn, zones_size[i], zholes_size[i]);
		pfn += zones_size[i];
	}
	memmap_init_tail(pfn, map_pages);
	build_zonelists();
}

/* Lab 04 */
/* The largest block that may begin at a frame, and ends in the run. */
static unsigned int block_order(unsigned long pfn, unsigned long end_pfn)
{
	unsigned int order = 0;

	while (order < MAX_ORDER - 1 && !(pfn & (1UL << order)) && pfn + (2UL << order) <= end_pfn)
		order++;
	return order;
}

static void hand_over_block(unsigned long pfn, unsigned int order)
{
	struct page *page = pfn_to_page(pfn);
	struct zone *zone = page_zone(page);

	for (unsigned long i = 0; i < 1UL << order; i++)
		ClearPageReserved(&page[i]);
	if (page_debug_enabled)
		page_debug_free(page, order);
	page_placement->put(zone, page, order);
	zone->managed_pages += 1UL << order;
}

/* Lab 04 */
/* Zones begin anywhere, but a block never spans two: the run is cut where they meet. */
void __free_pages_bootmem(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long pfn = start_pfn;

	while (pfn < end_pfn) {
		const struct zone *zone = page_zone(pfn_to_page(pfn));
		unsigned long zone_end = zone->zone_start_pfn + zone->spanned_pages;
		unsigned int order = block_order(pfn, min(end_pfn, zone_end));

		hand_over_block(pfn, order);
		pfn += 1UL << order;
	}
}

/* The largest power of two that is at most @n; @n not 0. */
static unsigned long rounddown_pow_of_two(unsigned long n)
{
	unsigned long power = 1;

	while (power <= n / 2)
		power *= 2;
	return power;
}

static unsigned long int_sqrt(unsigned long n)
{
	unsigned long root = 0;

	for (unsigned long bit = 1UL << (BITS_PER_LONG / 2 - 1); bit; bit >>= 1) {
		if ((root + bit) * (root + bit) <= n)
			root += bit;
	}
	return root;
}

/* Frames that normal requests leave alone: 4 * sqrt(kilobytes of lowmem) kB, 128 kB to 64 MB. */
static unsigned long min_free_pages(void)
{
	unsigned long lowmem_kb = (totalram_pages - totalhigh_pages) << (PAGE_SHIFT - 10);
	unsigned long min_free_kb = min(max(int_sqrt(lowmem_kb * 16), 128UL), 65536UL);

	return min_free_kb >> (PAGE_SHIFT - 10);
}

/* HIGHMEM keeps little: nobody depends on it. Each lowmem zone keeps its share. */
static void setup_watermarks(struct zone *zone, unsigned long pages_min)
{
	unsigned long lowmem = totalram_pages - totalhigh_pages;
	unsigned long min_pages = pages_min * zone->managed_pages / lowmem;

	if (is_highmem(zone))
		min_pages = min(max(zone->managed_pages / 1024, 32UL), 128UL);
	zone->watermark[WMARK_MIN] = min_pages;
	zone->watermark[WMARK_LOW] = min_pages + min_pages / 4;
	zone->watermark[WMARK_HIGH] = min_pages + min_pages / 2;
}

static void setup_lowmem_reserve(struct zone *zone)
{
	unsigned long above = 0;

	for (int j = zone_idx(zone) + 1; j < MAX_NR_ZONES; j++) {
		above += contig_page_data.node_zones[j].managed_pages;
		zone->lowmem_reserve[j] = above / lowmem_reserve_ratio[zone_idx(zone)];
	}
}

/*
 * A few thousandths of the zone at a time, at most 512 kB / 4. Never a power of two: frames that
 * travel in such batches would keep falling on the same lines of the cache.
 */
static void setup_pageset(struct zone *zone)
{
	unsigned long share = min(zone->managed_pages / 1024, (512 * SZ_1K) / PAGE_SIZE) / 4;
	int batch = (int)rounddown_pow_of_two(share + share / 2 + 1) - 1;

	for (int cpu = 0; cpu < NR_CPUS; cpu++) {
		zone->pageset[cpu].batch = max(batch, 1);
		zone->pageset[cpu].high = 6 * max(batch, 1);
	}
}

void page_alloc_init(void)
{
	unsigned long pages_min = min_free_pages();
	struct zone *zone;

	for_each_zone (zone) {
		if (!populated_zone(zone))
			continue;
		setup_watermarks(zone, pages_min);
		setup_lowmem_reserve(zone);
		setup_pageset(zone);
	}
}
