/*
 * Zones and the frame table.
 *
 *      frame      0              4096                    229376
 *      zone       | DMA          | NORMAL                | HIGHMEM           |
 *      mem_map    [page][page] ... one struct page a frame, holes included ...
 *
 * free_area_init() marks every frame reserved; those that are RAM and nobody's come in one by one
 * when bootmem lets go of them. Condenses the first half of mm/page_alloc.c of Linux.
 */
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/bootmem.h>
#include <mm/mm.h>

pg_data_t contig_page_data = {
	.node_zones = {
		[ZONE_DMA] = { .name = "DMA" },
		[ZONE_NORMAL] = { .name = "Normal" },
		[ZONE_HIGHMEM] = { .name = "HighMem" },
	},
};

struct page *mem_map;
unsigned long max_mapnr;
unsigned long max_low_pfn, max_pfn;
unsigned long highstart_pfn, highend_pfn;
unsigned long totalram_pages, totalhigh_pages;

static void memmap_init_zone(unsigned long start_pfn, unsigned long size, enum zone_type zone)
{
	unsigned long flags = (unsigned long)zone << ZONES_PGSHIFT | 1UL << PG_reserved;
	struct page *end = pfn_to_page(start_pfn + size);

	for (struct page *page = pfn_to_page(start_pfn); page < end; page++)
		page->flags = flags;
}

__landmark void free_area_init(const unsigned long *zones_size, const unsigned long *zholes_size)
{
	unsigned long pfn = 0;

	max_mapnr = max_pfn;
	mem_map = alloc_bootmem(max_mapnr * sizeof(struct page));
	contig_page_data.node_mem_map = mem_map;
	contig_page_data.node_spanned_pages = max_mapnr;
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &contig_page_data.node_zones[i];

		zone->zone_start_pfn = pfn;
		zone->spanned_pages = zones_size[i];
		zone->present_pages = zones_size[i] - zholes_size[i];
		memmap_init_zone(pfn, zones_size[i], i);
		pr_info("  %s zone: %lu pages, %lu of them RAM\n", zone->name, zone->spanned_pages,
			zone->present_pages);
		pfn += zones_size[i];
	}
}

void __free_pages_bootmem(struct page *page)
{
	ClearPageReserved(page);
	page->_count = 0;
	page_zone(page)->free_pages++;
}
