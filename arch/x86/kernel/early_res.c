/*
 * Early reservations: a list of what is taken while there is no allocator yet.
 *
 *      page 0 | BIOS | kernel | module | boot information | bootmem's bitmap
 *
 * setup_arch() fills it; bootmem and then the page allocator leave out what stands in it.
 * Condenses kernel/early_res.c.
 */
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <asm/e820.h>

struct early_res early_res[MAX_EARLY_RES];
unsigned int nr_early_res;

void reserve_early(phys_addr_t start, phys_addr_t end, const char *name)
{
	if (nr_early_res == MAX_EARLY_RES)
		panic("early_res: no room for %s: more than %d reservations; boot with fewer "
		      "modules",
		      name, MAX_EARLY_RES);
	early_res[nr_early_res++] = (struct early_res){ name, start, end };
}

/* The first entry from @from on that touches the frames, or NULL. */
static const struct early_res *first_overlap(const struct early_res *from, unsigned long start_pfn,
					     unsigned long end_pfn)
{
	for (; from < early_res + nr_early_res; from++) {
		if (PFN_DOWN(from->start) < end_pfn && PFN_UP(from->end) > start_pfn)
			return from;
	}
	return NULL;
}

/* What an entry leaves of the range, on either side, has still to be held against those after it. */
static void visit_unreserved(const struct early_res *from, unsigned long start_pfn,
			     unsigned long end_pfn,
			     void (*visit)(unsigned long start_pfn, unsigned long end_pfn))
{
	const struct early_res *res;

	if (start_pfn >= end_pfn)
		return;
	res = first_overlap(from, start_pfn, end_pfn);
	if (!res) {
		visit(start_pfn, end_pfn);
		return;
	}
	visit_unreserved(res + 1, start_pfn, PFN_DOWN(res->start), visit);
	visit_unreserved(res + 1, max(start_pfn, PFN_UP(res->end)), end_pfn, visit);
}

void for_unreserved(unsigned long start_pfn, unsigned long end_pfn,
		    void (*visit)(unsigned long start_pfn, unsigned long end_pfn))
{
	visit_unreserved(early_res, start_pfn, end_pfn, visit);
}

/* The lowest place in one range of RAM: step over each reservation that is in the way. */
static phys_addr_t find_in_range(phys_addr_t start, phys_addr_t end, unsigned long size,
				 unsigned long align)
{
	const struct early_res *res;
	phys_addr_t pa = ALIGN(start, align);

	while (pa < end && end - pa >= size) {
		res = first_overlap(early_res, PFN_DOWN(pa), PFN_UP(pa + size));
		if (!res)
			return pa;
		pa = ALIGN(res->end, max(align, PAGE_SIZE));
	}
	return 0;
}

phys_addr_t find_e820_area(phys_addr_t start, phys_addr_t end, unsigned long size,
			   unsigned long align)
{
	for (unsigned int i = 0; i < e820.nr_map; i++) {
		const struct e820entry *entry = &e820.map[i];
		phys_addr_t pa;

		if (entry->type != E820_RAM || entry->addr >= end)
			continue;
		pa = find_in_range(max((phys_addr_t)entry->addr, start),
				   min((u64)end, entry->addr + entry->size), size, align);
		if (pa)
			return pa;
	}
	return 0;
}
