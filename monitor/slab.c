/*
 * slabinfo: what the caches have and hold, as /proc/slabinfo shows it, version 2.1.
 *
 *      active_objs    handed out, as far as the allocator knows: those of the CPU's slab that are
 *                     still free are taken off
 *      tunables       SLUB has none: zeros, as in Linux
 *
 * Only reads.
 */
#include <mm/slab.h>
#include <monitor/monitor.h>

static void show_cache(struct kmem_cache *s)
{
	const struct kmem_cache_node *n = &s->node;
	unsigned long nr_objs = n->total_objects;
	unsigned long active = nr_objs - kmem_cache_free_objects(s);

	monitor_printf("%-17s %6lu %6lu %6u %4lu %4d", s->name, active, nr_objs, s->size,
		       (PAGE_SIZE << s->order) / s->size, 1 << s->order);
	monitor_printf(" : tunables %4u %4u %4u", 0, 0, 0);
	monitor_printf(" : slabdata %6lu %6lu %6lu\n", n->nr_slabs, n->nr_slabs, 0UL);
}

static int run_slabinfo(int argc __unused, char **argv __unused)
{
	struct kmem_cache *s;

	monitor_printf("slabinfo - version: 2.1\n");
	monitor_printf("# name            <active_objs> <num_objs> <objsize> <objperslab> "
		       "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata "
		       "<active_slabs> <num_slabs> <sharedavail>\n");
	mutex_lock(&slab_mutex);
	for_each_kmem_cache (s)
		show_cache(s);
	mutex_unlock(&slab_mutex);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "slabinfo", "", "caches and how full they are, as in /proc", 0, 0, run_slabinfo },
};
monitor_group(slab_group, "look", commands);
