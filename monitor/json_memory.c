/*
 * json about RAM: who has which physical addresses, zones, frames and caches.
 *
 *      "iomem"    [[depth, "first", "last", "whose"], ...]       iomem_resource, outer before inner
 *      "zones"    [{"name", ..., "blocks": [of order 0, of order 1, ...]}, ...]     struct zone
 *      "frames"   [[pfn, count, "kind", "what"], ...]            mem_map, neighbours alike in one row
 *      "slabs"    [{"name", "size", "slabs", ...}, ...]          struct kmem_cache
 *
 *      kind          what
 *      reserved      who has it, as iomem says
 *      free          "order 7": of the block
 *      at hand       the same, on this CPU's lists
 *      slab          the cache
 *      user          "2 users": entries that lead to it
 *      kernel        "": somebody's in the kernel
 *
 * 4 GB have a million frames and a few hundred rows. Only reads.
 */
#include <kernel/percpu.h>
#include <kernel/resource.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/memory.h>
#include <mm/rmap.h>
#include <mm/slab.h>
#include "frame_state.h"
#include "json.h"
#include "memory.h"

/* ---- iomem ---- */

static void tell_children(const struct resource *parent, unsigned int depth)
{
	const struct resource *child;

	for (child = parent->child; child; child = child->sibling) {
		json_open(NULL, '[');
		json_ulong(NULL, depth);
		json_hex(NULL, child->start);
		json_hex(NULL, child->end);
		json_string(NULL, child->name);
		json_close(']');
		tell_children(child, depth + 1);
	}
}

void json_iomem(const char *name)
{
	json_open(name, '[');
	tell_children(&iomem_resource, 0);
	json_close(']');
}

/* ---- zones ---- */

static void tell_zone(const struct zone *zone)
{
	json_open(NULL, '{');
	json_string("name", zone->name);
	json_ulong("start_pfn", zone->zone_start_pfn);
	json_ulong("spanned", zone->spanned_pages);
	json_ulong("present", zone->present_pages);
	json_ulong("managed", zone->managed_pages);
	json_ulong("free", zone->free_pages);
	json_ulong("at_hand", (u64)this_cpu_ptr(zone->pageset)->count);
	json_ulong("min", zone->watermark[WMARK_MIN]);
	json_ulong("low", zone->watermark[WMARK_LOW]);
	json_ulong("high", zone->watermark[WMARK_HIGH]);
	json_open("blocks", '[');
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		json_ulong(NULL, zone->free_area[order].nr_free);
	json_close(']');
	json_close('}');
}

void json_zones(const char *name)
{
	const struct zone *zone;

	json_open(name, '[');
	for_each_zone (zone) {
		if (populated_zone(zone))
			tell_zone(zone);
	}
	json_close(']');
}

/* ---- frames ---- */

struct frame_run {
	unsigned long pfn, nr;
	const char *kind;
	char what[KMEM_CACHE_NAME_LEN];
};

static void set_run(struct frame_run *run, unsigned int order, const char *kind, const char *what)
{
	run->nr = 1UL << order;
	run->kind = kind;
	strscpy(run->what, what, sizeof(run->what));
}

static void free_run(struct frame_run *run, unsigned int order, const char *kind)
{
	char what[16];

	snprintf(what, sizeof(what), "order %u", order);
	set_run(run, order, kind, what);
}

static void used_run(struct frame_run *run, const struct page *page)
{
	const int users = page_mapcount(page);
	char what[24];

	snprintf(what, sizeof(what), "%d user%s", users, users == 1 ? "" : "s");
	if (page == zero_page)
		set_run(run, 0, "user", "the zero page");
	else
		set_run(run, 0, users > 0 ? "user" : "kernel", users > 0 ? what : "");
}

static void reserved_run(struct frame_run *run)
{
	const struct resource *res = deepest_resource(&iomem_resource, PFN_PHYS(run->pfn));

	set_run(run, 0, "reserved", res == &iomem_resource ? "nobody's" : res->name);
}

/* The block that begins at @run->pfn, or the one frame. */
static void describe(struct frame_run *run)
{
	struct page *page = pfn_to_page(run->pfn);
	unsigned int order;

	if (PageReserved(page))
		reserved_run(run);
	else if (PageBuddy(page))
		free_run(run, page->private, "free");
	else if (PageSlab(page))
		set_run(run, compound_order(page), "slab", page->slab->name);
	else if (PageHead(page))
		set_run(run, compound_order(page), "kernel", "");
	else if (!page_count(page) && block_at_hand_around(page, &order) == page)
		free_run(run, order, "at hand");
	else
		used_run(run, page);
}

static bool continues(const struct frame_run *run, const struct frame_run *next)
{
	return next->pfn == run->pfn + run->nr && next->kind == run->kind &&
	       !strcmp(next->what, run->what);
}

static void tell_run(const struct frame_run *run)
{
	if (!run->nr)
		return;
	json_open(NULL, '[');
	json_ulong(NULL, run->pfn);
	json_ulong(NULL, run->nr);
	json_string(NULL, run->kind);
	json_string(NULL, run->what);
	json_close(']');
}

void json_frames(const char *name)
{
	struct frame_run run = { 0 }, next;

	json_open(name, '[');
	for (next.pfn = next_valid_pfn(0); next.pfn < max_mapnr;
	     next.pfn = next_valid_pfn(next.pfn + next.nr)) {
		describe(&next);
		if (continues(&run, &next)) {
			run.nr += next.nr;
			continue;
		}
		tell_run(&run);
		run = next;
	}
	tell_run(&run);
	json_close(']');
}

/* ---- slabs ---- */

static void tell_cache(struct kmem_cache *s)
{
	json_open(NULL, '{');
	json_string("name", s->name);
	json_ulong("size", s->size);
	json_ulong("object_size", s->object_size);
	json_ulong("order", s->order);
	json_ulong("slabs", s->node.nr_slabs);
	json_ulong("partial", s->node.nr_partial);
	json_ulong("objects", s->node.total_objects);
	json_ulong("active", s->node.total_objects - kmem_cache_free_objects(s));
	json_close('}');
}

void json_slabs(const char *name)
{
	struct kmem_cache *s;

	json_open(name, '[');
	mutex_lock(&slab_mutex);
	for_each_kmem_cache (s)
		tell_cache(s);
	mutex_unlock(&slab_mutex);
	json_close(']');
}
