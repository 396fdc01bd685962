/*
 * The report of a failed allocation: who asked, and what each zone had.
 *
 * page_alloc.c calls it; it logs, and changes nothing. Condenses lib/show_mem.c, and
 * show_free_areas() and warn_alloc() of mm/page_alloc.c.
 */
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/ratelimit.h>
#include <mm/gfp.h>
#include <asm/stack.h>

#define K(pages) ((pages) << (PAGE_SHIFT - 10))

static void show_zone(const struct zone *zone)
{
	unsigned long total = 0;

	pr_info("%s free:%lukB min:%lukB low:%lukB high:%lukB present:%lukB managed:%lukB "
		"pcp:%lukB lowmem_reserve[]: %lu %lu %lu\n",
		zone->name, K(zone->free_pages), K(zone->watermark[WMARK_MIN]),
		K(zone->watermark[WMARK_LOW]), K(zone->watermark[WMARK_HIGH]),
		K(zone->present_pages), K(zone->managed_pages),
		K((unsigned long)this_cpu_ptr(zone->pageset)->count), zone->lowmem_reserve[0],
		zone->lowmem_reserve[1], zone->lowmem_reserve[2]);
	pr_info("%s: ", zone->name);
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		unsigned long nr = zone->free_area[order].nr_free;

		total += nr << order;
		pr_cont("%lu*%lukB ", nr, K(1UL << order));
	}
	pr_cont("= %lukB\n", K(total));
}

void show_free_areas(void)
{
	const struct zone *zone;

	for_each_zone (zone) {
		if (populated_zone(zone))
			show_zone(zone);
	}
}

/* Enough frames, but not in a row: the one case where the caller can do something else. */
static void explain_fragmentation(gfp_t gfp, unsigned int order)
{
	if (nr_free_pages() >> order > 16)
		pr_info("There are free frames, but no %lu kB in a row, and nothing moves frames "
			"together "
			"here: vmalloc() does not need them to be (gfp %#x)\n",
			K(1UL << order), gfp);
}

void warn_alloc(gfp_t gfp, unsigned int order)
{
	static struct ratelimit_state limit = RATELIMIT_STATE_INIT;

	if (gfp & __GFP_NOWARN || !__ratelimit(&limit))
		return;
	pr_warn("page allocation failure: order:%u, mode:%#x\n", order, gfp);
	dump_stack();
	show_free_areas();
	if (order)
		explain_fragmentation(gfp, order);
}
