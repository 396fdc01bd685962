/*
 * The x86_64 address space as a table: see docs/three-kernels.md for the picture.
 *
 * Rows that are a `part` say how paging_init() is to map that part of the image; the bounds that RAM
 * decides are filled in by layout_init(), which paging_init() calls first.
 */
#include <lib/printf.h>
#include <mm/layout.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <mm/window.h>
#include <asm/fixmap.h>
#include <asm/highmem.h>
#include <asm/sections.h>
#include <asm/stack.h>

void *high_memory;

static const char *fixmap_owner(unsigned long vaddr, char *buf, size_t size)
{
	char name[16];

	snprintf(buf, size, "fixmap:%s", fixmap_name(__virt_to_fix(vaddr), name, sizeof(name)));
	return buf;
}

static struct layout_usage fixmap_usage(void)
{
	struct layout_usage usage = { .total = __end_of_fixed_addresses - 1, .unit = "entries" };
	struct page_walk walk;

	for (unsigned int idx = FIX_HOLE + 1; idx < __end_of_fixed_addresses; idx++)
		usage.used += page_walk(swapper_pg_dir, __fix_to_virt(idx), &walk);
	return usage;
}

#define IMAGE(what, from, to, how)                                                        \
	{                                                                                 \
		.name = what, .start = (unsigned long)(from), .end = (unsigned long)(to), \
		.prot = how, .part = true                                                 \
	}

struct layout_region layout[] = {
	{ .name = "user", .end = TASK_SIZE },
	{ .name = "lowmem", .start = PAGE_OFFSET, .prot = PAGE_KERNEL, .usage = lowmem_usage },
	{ .name = "vmalloc",
	  .start = VMALLOC_START,
	  .end = VMALLOC_END,
	  .owner = vmalloc_owner,
	  .usage = vmalloc_usage },
	{ .name = "mem_map", .start = VMEMMAP_START, .prot = PAGE_KERNEL },
	{ .name = "kernel", .start = (unsigned long)_text, .end = (unsigned long)_end },
	IMAGE("kernel head", _shead, _ehead, PAGE_KERNEL_RX),
	IMAGE("kernel boot tables", _sboot_tables, _eboot_tables, PAGE_KERNEL),
	IMAGE("kernel suites' text", _skunit_text, _ekunit_text, PAGE_KERNEL_RX),
	IMAGE("kernel text", _stext, _etext, PAGE_KERNEL_RX),
	IMAGE("kernel rodata", _srodata, _erodata, PAGE_KERNEL_RO),
	IMAGE("kernel suites' data", _skunit_data, _ekunit_data, PAGE_KERNEL),
	IMAGE("kernel data", _sdata, _edata, PAGE_KERNEL),
	IMAGE("kernel bss", _sbss, _ebss, PAGE_KERNEL),
	IMAGE("stack guard", init_stack_guard, init_stack, PAGE_UNMAPPED),
	{ .name = "fixmap",
	  .start = FIXADDR_START,
	  .end = FIXADDR_TOP,
	  .owner = fixmap_owner,
	  .usage = fixmap_usage },
	{},
};

void layout_init(void)
{
	const unsigned long nr_pages = ALIGN(max_pfn, MAX_ORDER_NR_PAGES);

	layout_row("lowmem")->end = (unsigned long)high_memory;
	layout_row("mem_map")->end = VMEMMAP_START + nr_pages * sizeof(struct page);
	layout_check();
}
