/*
 * json about the kernel's addresses: the regions, and the window above lowmem.
 *
 *      "layout"   [{"name", "start", "end", "part", "used", "total", "unit"}, ...]      layout[]
 *      "pkmap"    {"slots", "last", "used": [[slot, pkmap_count, "pfn"], ...]}    null: no highmem
 *      "fixmap"   [["what for", "address", "physical" or null], ...]
 *      "vmalloc"  [{"start", "end", "pages", "kind", "caller"}, ...]      guard page within
 *
 * Only reads.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <mm/highmem.h>
#include <mm/pagewalk.h>
#include <mm/window.h>
#include "json.h"

/* ---- layout ---- */

static void tell_region(const struct layout_region *region)
{
	json_open(NULL, '{');
	json_string("name", region->name);
	json_hex("start", region->start);
	json_hex("end", region->end);
	json_ulong("part", region->part);
	if (region->usage) {
		struct layout_usage usage = region->usage();

		json_ulong("used", usage.used);
		json_ulong("total", usage.total);
		json_string("unit", usage.unit);
	}
	json_close('}');
}

void json_layout(const char *name)
{
	const struct layout_region *region;

	json_open(name, '[');
	for_each_layout_region (region)
		tell_region(region);
	json_close(']');
}

/* ---- pkmap ---- */

static void tell_slot(unsigned int nr)
{
	const struct page *page = pkmap_page(nr);

	json_open(NULL, '[');
	json_ulong(NULL, nr);
	json_ulong(NULL, (u64)pkmap_count[nr]);
	if (page)
		json_hex(NULL, page_to_pfn(page));
	else
		json_null(NULL);
	json_close(']');
}

void json_pkmap(const char *name)
{
	if (!is_highmem_idx(OPT_ZONE_HIGHMEM)) {
		json_null(name);
		return;
	}
	json_open(name, '{');
	json_ulong("slots", LAST_PKMAP);
	json_ulong("last", last_pkmap_nr);
	json_open("used", '[');
	for (unsigned int nr = 0; nr < LAST_PKMAP; nr++) {
		if (pkmap_count[nr])
			tell_slot(nr);
	}
	json_close(']');
	json_close('}');
}

/* ---- fixmap ---- */

void json_fixmap(const char *name)
{
	char what[16];

	json_open(name, '[');
	for (unsigned int idx = FIX_HOLE + 1; idx < __end_of_fixed_addresses; idx++) {
		struct page_walk walk;

		json_open(NULL, '[');
		json_string(NULL, fixmap_name(idx, what, sizeof(what)));
		json_hex(NULL, __fix_to_virt(idx));
		if (page_walk(swapper_pg_dir, __fix_to_virt(idx), &walk))
			json_hex(NULL, walk.pa);
		else
			json_null(NULL);
		json_close(']');
	}
	json_close(']');
}

/* ---- vmalloc ---- */

static const char *kind_of(const struct vmap_info *info)
{
	if (info->unpurged)
		return "unpurged";
	if (info->vm.flags & VM_IOREMAP)
		return "ioremap";
	return info->vm.flags & VM_ALLOC ? "vmalloc" : "vmap";
}

static void tell_area(const struct vmap_info *info)
{
	char caller[64] = "";

	if (!info->unpurged && info->vm.caller)
		snprintf(caller, sizeof(caller), "%pS", info->vm.caller);
	json_open(NULL, '{');
	json_hex("start", info->start);
	json_hex("end", info->end);
	json_ulong("pages", vmap_info_pages(info));
	json_string("kind", kind_of(info));
	json_string("caller", caller);
	json_close('}');
}

void json_vmalloc(const char *name)
{
	struct vmap_info info;

	json_open(name, '[');
	for_each_vmap_area (&info)
		tell_area(&info);
	json_close(']');
}
