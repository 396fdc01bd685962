/*
 * How RAM is divided on i386: what lies within reach of the linear mapping is lowmem, the rest high.
 *
 *      0                       max_low_pfn                  max_pfn
 *      | lowmem                | highmem                    |    vmalloc= moves the one limit,
 *                                                                highmem= moves both
 *
 * setup_arch() calls find_max_low_pfn() once the memory map is known. Condenses
 * arch/i386/kernel/setup.c.
 */
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/mm.h>
#include <asm/highmem.h>
#include <asm/setup.h>

/* The window must hold the hole, pkmap and fixmap, and leave vmalloc something. */
#define MIN_VMALLOC_RESERVE (32 * SZ_1M)
#define DEF_VMALLOC_RESERVE (128 * SZ_1M)
#define MAX_VMALLOC_RESERVE (-PAGE_OFFSET - MIN_LOWMEM)

unsigned long __VMALLOC_RESERVE = DEF_VMALLOC_RESERVE;

static u64 highmem_pages; /* as asked for: need not fit a pfn */
static bool highmem_given;

static int parse_highmem(char *val)
{
	u64 size;

	if (parse_size("highmem", val, &size)) {
		highmem_pages = size >> PAGE_SHIFT;
		highmem_given = true;
	}
	return 0;
}
early_param("highmem=", parse_highmem);

static int parse_vmalloc(char *val)
{
	u64 size;

	if (!parse_size("vmalloc", val, &size))
		return 0;
	if (size < MIN_VMALLOC_RESERVE || size > MAX_VMALLOC_RESERVE)
		pr_warn("setup: vmalloc=%s: not between %lu MB and %lu MB; %lu MB taken\n", val,
			MIN_VMALLOC_RESERVE / SZ_1M, MAX_VMALLOC_RESERVE / SZ_1M,
			DEF_VMALLOC_RESERVE / SZ_1M);
	else
		__VMALLOC_RESERVE = ALIGN((unsigned long)size, PMD_SIZE);
	return 0;
}
early_param("vmalloc=", parse_vmalloc);

/* highmem= on a machine that needs high memory anyway says how much of it to use. */
static void limit_highmem(void)
{
	unsigned long there = max_pfn - max_low_pfn;

	if (highmem_pages > there)
		pr_warn("setup: highmem=: only %lu MB lie above lowmem; ignored\n", there >> 8);
	else
		max_pfn = max_low_pfn + highmem_pages;
}

/* And where all RAM would fit into lowmem, how much of its top end to treat as high. */
static void carve_highmem(void)
{
	if (highmem_pages + MIN_LOWMEM_PFN > max_pfn)
		pr_warn("setup: highmem=: would leave less than %lu MB of lowmem; ignored\n",
			MIN_LOWMEM / SZ_1M);
	else if (free_lowmem_pages(max_pfn - highmem_pages) < MIN_FREE_LOWMEM_PFN)
		pr_warn("setup: highmem=: beside the modules less than %lu MB of lowmem would be "
			"left; ignored\n",
			MIN_FREE_LOWMEM / SZ_1M);
	else
		max_low_pfn = max_pfn - highmem_pages;
}

/*
 * Is there a place in lowmem, between holes and modules, for that many struct pages and for the
 * page tables? Three quarters of lowmem at most: the rest is to work with.
 */
static bool mem_map_fits(unsigned long nr_pages)
{
	unsigned long size = nr_pages * sizeof(struct page);
	unsigned long tables = max_low_pfn / PTRS_PER_PTE * PAGE_SIZE;

	return size <= PFN_PHYS(max_low_pfn) / 4 * 3 &&
	       find_e820_area(0, PFN_PHYS(max_low_pfn), size + tables, PAGE_SIZE);
}

/* mem_map has to lie in lowmem, whatever it describes: high memory gives way until it does. */
static void limit_to_mem_map(void)
{
	const unsigned long there = max_pfn;

	while (max_pfn > max_low_pfn && !mem_map_fits(max_pfn))
		max_pfn -= min(max_pfn - max_low_pfn, SZ_1M >> PAGE_SHIFT);
	if (max_pfn == there)
		return;
	limit_ram((u64)max_pfn << PAGE_SHIFT, "no room in lowmem for their struct pages");
}

__landmark void find_max_low_pfn(void)
{
	max_pfn = e820_end_pfn(&e820);
	max_low_pfn = min(max_pfn, MAXMEM >> PAGE_SHIFT);
	check_lowmem();
	if (highmem_given && max_pfn > max_low_pfn)
		limit_highmem();
	else if (highmem_given)
		carve_highmem();
	limit_to_mem_map();
	highstart_pfn = max_low_pfn;
	highend_pfn = max_pfn;
	high_memory = pfn_to_virt(max_low_pfn);
	pr_info("setup: %lu MB LOWMEM, %lu MB HIGHMEM (holes included)\n", max_low_pfn >> 8,
		(highend_pfn - highstart_pfn) >> 8);
}
