/*
 * Zones: RAM by what it is good for. Which there are is the architecture's to say: <asm/zones.h>
 * has the figure.
 *
 * Each zone keeps its free frames in blocks of 2^order, a list for each order, and a few small ones
 * at hand for the CPU. Condenses include/linux/mmzone.h.
 */
#ifndef MM_MMZONE_H
#define MM_MMZONE_H

#include <lib/list.h>
#include <lib/threads.h>
#include <kernel/spinlock.h>
#include <asm/zones.h>

/* Orders 0 to 10: the largest block is 4 MB. */
#define MAX_ORDER	   11
#define MAX_ORDER_NR_PAGES (1UL << (MAX_ORDER - 1))

/* Blocks of up to this order pass through the CPU's own lists: asked for most, and small. */
#define PAGE_ALLOC_COSTLY_ORDER 3
#define NR_PCP_ORDERS		(PAGE_ALLOC_COSTLY_ORDER + 1)

struct free_area {
	struct list_head free_list; /* of the blocks' first frames, through page->lru */
	unsigned long nr_free;	    /* blocks */
};

/*
 * Frames at hand for one CPU, without a lock: the hot end of a list is its head, where the frame
 * that was freed last, and may still be cached, goes out first.
 */
struct per_cpu_pages {
	int count; /* frames on all the lists */
	int high;  /* more than this: a batch goes back to the zone */
	int batch; /* frames fetched or returned at a time */
	struct list_head lists[NR_PCP_ORDERS];
};

/*
 * How far a zone may be emptied, in frames. Normal requests stop at low; when all zones are there
 * they may go on to min, and urgent ones (__GFP_HIGH) to half of that. high is where background
 * reclaim rests.
 */
enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };

struct zone {
	/* Guards the free lists and free_pages. Interrupts off while held. */
	spinlock_t lock;
	struct free_area free_area[MAX_ORDER];
	unsigned long free_pages; /* on the free lists; not those on per-CPU lists */
	unsigned long watermark[NR_WMARK];
	/*
	 * Frames kept for those who can take no other zone: a request that could have gone to
	 * zone j leaves lowmem_reserve[j] here. So highmem requests cannot drain lowmem.
	 */
	unsigned long lowmem_reserve[MAX_NR_ZONES];
	struct per_cpu_pages pageset[NR_CPUS];

	const char *name;
	unsigned long zone_start_pfn;
	unsigned long spanned_pages; /* frames from start to end, holes included */
	unsigned long present_pages; /* without the holes */
	unsigned long managed_pages; /* handed to this allocator: without the kernel, mem_map ... */
};

/* The zones to try, best first; ends with NULL. */
struct zonelist {
	struct zone *zones[MAX_NR_ZONES + 1];
};

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelists[MAX_NR_ZONES]; /* by the highest zone that will do */
	struct page *node_mem_map;
	unsigned long node_spanned_pages;
} pg_data_t;

/* The only node: all RAM is equally far away. */
extern pg_data_t contig_page_data;

#define for_each_zone(zone)                      \
	for (zone = contig_page_data.node_zones; \
	     zone < contig_page_data.node_zones + MAX_NR_ZONES; zone++)

#define zone_idx(zone) ((enum zone_type)((zone)-contig_page_data.node_zones))

static inline bool is_highmem(const struct zone *zone)
{
	return is_highmem_idx(zone_idx(zone));
}

/* A zone without a single frame is no error: small machines have no HIGHMEM. */
static inline bool populated_zone(const struct zone *zone)
{
	return zone->present_pages != 0;
}

#endif
