/*
 * Questions to the layout table, whose rows are in arch/.../mm/layout.c.
 */
#include <kernel/panic.h>
#include <lib/string.h>
#include <mm/layout.h>

const struct layout_region *layout_find(unsigned long vaddr)
{
	const struct layout_region *region, *found = NULL;

	for_each_layout_region (region) {
		if (vaddr >= region->start && vaddr < region->end)
			found = region;
	}
	return found;
}

const char *layout_owner(unsigned long vaddr, char *buf, size_t size)
{
	const struct layout_region *region = layout_find(vaddr);

	if (!region)
		return "hole";
	return region->owner ? region->owner(vaddr, buf, size) : region->name;
}

struct layout_region *layout_row(const char *name)
{
	struct layout_region *region;

	for_each_layout_region (region) {
		if (!strcmp(region->name, name))
			return region;
	}
	panic("layout: no region is called %s", name);
}

void layout_check(void)
{
	const struct layout_region *region, *whole = NULL;

	for_each_layout_region (region) {
		unsigned long floor = whole ? whole->end : 0;
		unsigned long ceiling = ~0UL;

		if (region->part) {
			floor = whole->start;
			ceiling = whole->end;
		}
		if (region->start > region->end || region->start < floor || region->end > ceiling)
			panic("layout: %s at %#lx-%#lx does not fit behind or into %s at %#lx-%#lx",
			      region->name, region->start, region->end,
			      whole ? whole->name : "nothing", whole ? whole->start : 0,
			      whole ? whole->end : 0);
		if (!region->part)
			whole = region;
	}
}
