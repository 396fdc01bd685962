/*
 * The x86_64 address space as a table: see docs/three-kernels.md for the picture.
 *
 * Rows that are a `part` say how paging_init() is to map that part of the image; the bounds that RAM
 * decides are filled in by layout_init(), which paging_init() calls first.
 */
#include <mm/layout.h>
#include <mm/mm.h>
#include <mm/window.h>
#include <asm/highmem.h>
#include <asm/layout_rows.h>

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
	IMAGE_PARTS,
	FIXMAP_ROW,
	{},
};

void layout_init(void)
{
	const unsigned long nr_pages = ALIGN(max_pfn, MAX_ORDER_NR_PAGES);

	layout_row("lowmem")->end = (unsigned long)high_memory;
	layout_row("mem_map")->end = VMEMMAP_START + nr_pages * sizeof(struct page);
	layout_check();
}
