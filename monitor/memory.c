/*
 * RAM: who has which physical addresses, how much there is, and one frame at a time.
 *
 *      iomem      the tree of resources, as /proc/iomem
 *      meminfo    sums, as /proc/meminfo     the lines of both that mean something here
 *      page       one entry of mem_map, and all that else is known of its frame
 *
 * Only reads.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <kernel/resource.h>
#include <mm/highmem.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <monitor/monitor.h>
#include "frame_state.h"
#include "memory.h"

/* ---- iomem ---- */

/* Hexadecimal digits for the highest address that is anybody's: eight, or more where RAM has it. */
static int iomem_digits(void)
{
	const struct resource *last = iomem_resource.child;
	int digits = 8;

	while (last && last->sibling)
		last = last->sibling;
	while (last && digits < 16 && last->end >> (4 * digits))
		digits++;
	return digits;
}

static void show_children(const struct resource *parent, int digits, int indent)
{
	const struct resource *child;

	for (child = parent->child; child; child = child->sibling) {
		monitor_printf("%*s%0*llx-%0*llx : %s\n", indent, "", digits, child->start, digits,
			       child->end, child->name);
		show_children(child, digits, indent + 2);
	}
}

static int run_iomem(int argc __unused, char **argv __unused)
{
	show_children(&iomem_resource, iomem_digits(), 0);
	return 0;
}

/* ---- meminfo ---- */

static void show_kb(const char *name, unsigned long pages)
{
	monitor_printf("%-15s %8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static int run_meminfo(int argc __unused, char **argv __unused)
{
	const struct zone *zone;
	unsigned long free = 0, free_high = 0;

	for_each_zone (zone) {
		free += zone->free_pages;
		if (is_highmem(zone))
			free_high += zone->free_pages;
	}
	show_kb("MemTotal:", totalram_pages);
	show_kb("MemFree:", free);
	show_kb("HighTotal:", totalhigh_pages);
	show_kb("HighFree:", free_high);
	show_kb("LowTotal:", totalram_pages - totalhigh_pages);
	show_kb("LowFree:", free - free_high);
	return 0;
}

/* ---- page ---- */

static bool has_own_address(unsigned long pfn)
{
	return pfn < max_low_pfn;
}

bool address_to_pfn(unsigned long vaddr, unsigned long *pfn)
{
	struct page_walk walk;

	*pfn = virt_to_pfn(vaddr);
	if (virt_addr_valid(vaddr))
		return true;
	if (!page_walk(swapper_pg_dir, vaddr, &walk))
		return false;
	*pfn = PFN_DOWN(walk.pa);
	return true;
}

const struct resource *deepest_resource(const struct resource *root, u64 pa)
{
	const struct resource *child;

	for (child = root->child; child; child = child->sibling)
		if (child->start <= pa && pa <= child->end)
			return deepest_resource(child, pa);
	return root;
}

/* The linear mapping's, or the slot of pkmap that shows the frame now. */
static void show_address(unsigned long pfn)
{
	const void *slot;

	if (has_own_address(pfn)) {
		monitor_printf("  address   %p\n", pfn_to_virt(pfn));
		return;
	}
	monitor_printf("  address   no address of its own: high memory");
	slot = page_address(pfn_to_page(pfn));
	if (slot)
		monitor_printf("; kmap shows it at %p", slot);
	monitor_printf("\n");
}

static void show_frame(unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);
	const struct resource *res = deepest_resource(&iomem_resource, PFN_PHYS(pfn));
	char state[FRAME_STATE_SIZE];

	monitor_printf("  pfn       %lu (%#lx)\n", pfn, pfn);
	monitor_printf("  physical  0x%08llx\n", (u64)PFN_PHYS(pfn));
	monitor_printf("  zone      %s\n", page_zone(page)->name);
	monitor_printf("  state     %s\n", frame_state(page, state));
	monitor_printf("  count     %d\n", page_count(page));
	show_address(pfn);
	monitor_printf("  iomem     %s\n", res == &iomem_resource ? "nobody's" : res->name);
}

static int run_page(int argc __unused, char **argv)
{
	char why[FRAME_STATE_SIZE];
	unsigned long number, pfn;

	if (monitor_parse_addr("PFN|ADDR", argv[1], &number))
		return -EINVAL;
	if (pfn_valid(number)) {
		monitor_printf("page: %s is a frame number (they end at %lu)\n", argv[1],
			       max_mapnr - 1);
		show_frame(number);
		return 0;
	}
	if (!address_to_pfn(number, &pfn)) {
		monitor_printf("page: %p is no frame number (%s), and as an address it is not "
			       "mapped\n",
			       (void *)number, why_no_frame(number, why));
		return -EINVAL;
	}
	if (!pfn_valid(pfn)) {
		monitor_printf("page: %p leads to physical 0x%08llx, which is not in "
			       "mem_map\n",
			       (void *)number, (u64)PFN_PHYS(pfn));
		return -EINVAL;
	}
	monitor_printf("page: %p is an address of frame %lu\n", (void *)number, pfn);
	show_frame(pfn);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "iomem", "", "who has which physical addresses", 0, 0, run_iomem },
	{ "meminfo", "", "how much RAM there is, and how much of it is free", 0, 0, run_meminfo },
	{ "page", "PFN|ADDR", "all that is known of one frame", 1, 1, run_page },
};
monitor_group(memory_group, "look", commands);
