/*
 * Zones: RAM by what it is good for.
 *
 *      0        16 MB             896 MB (high_memory)              RAM's end
 *      | DMA     | NORMAL            | HIGHMEM                        |
 *        old ISA   has an address      reached through the window only
 *        devices   for good
 *
 * Condenses include/linux/mmzone.h.
 */
#ifndef MM_MMZONE_H
#define MM_MMZONE_H

#include <lib/types.h>

enum zone_type { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, MAX_NR_ZONES };

struct zone {
	const char *name;
	unsigned long zone_start_pfn;
	unsigned long spanned_pages; /* frames from start to end, holes included */
	unsigned long present_pages; /* without the holes */
	unsigned long free_pages;
};

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct page *node_mem_map;
	unsigned long node_spanned_pages;
} pg_data_t;

/* The only node: all RAM is equally far away. */
extern pg_data_t contig_page_data;

#define for_each_zone(zone)                      \
	for (zone = contig_page_data.node_zones; \
	     zone < contig_page_data.node_zones + MAX_NR_ZONES; zone++)

/* A zone without a single frame is no error: small machines have no HIGHMEM. */
static inline bool populated_zone(const struct zone *zone)
{
	return zone->present_pages != 0;
}

#endif
