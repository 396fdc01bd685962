/*
 * The zones, as /proc shows them.
 *
 *      buddyinfo    free blocks by order, as /proc/buddyinfo
 *      zoneinfo     frames, watermarks, reserves and per-CPU lists, as /proc/zoneinfo
 *
 * Only reads. protection is lowmem_reserve: what a request that could have gone to the first, second or
 * third zone has to leave there.
 */
#include <lib/kernel.h>
#include <mm/mm.h>
#include <monitor/monitor.h>

static int run_buddyinfo(int argc __unused, char **argv __unused)
{
	const struct zone *zone;

	for_each_zone (zone) {
		if (!populated_zone(zone))
			continue;
		monitor_printf("Node 0, zone %8s ", zone->name);
		for (unsigned int order = 0; order < MAX_ORDER; order++)
			monitor_printf("%6lu ", zone->free_area[order].nr_free);
		monitor_printf("\n");
	}
	return 0;
}

static void show_pages(const struct zone *zone)
{
	const struct {
		const char *name;
		unsigned long pages;
	} rows[] = {
		{ "min", zone->watermark[WMARK_MIN] },	 { "low", zone->watermark[WMARK_LOW] },
		{ "high", zone->watermark[WMARK_HIGH] }, { "spanned", zone->spanned_pages },
		{ "present", zone->present_pages },	 { "managed", zone->managed_pages },
	};

	monitor_printf("  pages free     %lu\n", zone->free_pages);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		monitor_printf("        %-8s %lu\n", rows[i].name, rows[i].pages);
}

static void show_protection(const struct zone *zone)
{
	monitor_printf("        protection: (");
	for (int i = 0; i < MAX_NR_ZONES; i++)
		monitor_printf("%s%lu", i ? ", " : "", zone->lowmem_reserve[i]);
	monitor_printf(")\n");
}

static void show_pagesets(const struct zone *zone)
{
	monitor_printf("  pagesets\n");
	for (int cpu = 0; cpu < NR_CPUS; cpu++) {
		const struct per_cpu_pages *pcp = &zone->pageset[cpu];

		monitor_printf("    cpu: %d\n", cpu);
		monitor_printf("              count: %d\n", pcp->count);
		monitor_printf("              high:  %d\n", pcp->high);
		monitor_printf("              batch: %d\n", pcp->batch);
	}
}

static int run_zoneinfo(int argc __unused, char **argv __unused)
{
	const struct zone *zone;

	for_each_zone (zone) {
		monitor_printf("Node 0, zone %8s\n", zone->name);
		show_pages(zone);
		show_protection(zone);
		if (populated_zone(zone))
			show_pagesets(zone);
		monitor_printf("  start_pfn:           %lu\n", zone->zone_start_pfn);
	}
	return 0;
}

static const struct monitor_command commands[] = {
	{ "buddyinfo", "", "free blocks of each zone, orders 0 to 10", 0, 0, run_buddyinfo },
	{ "zoneinfo", "", "the zones: frames, watermarks, reserves, lists", 0, 0, run_zoneinfo },
};
monitor_group(zones_group, "look", commands);
