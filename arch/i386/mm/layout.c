/*
 * The i386 address space as a table: see docs/address-space.md for the picture.
 *
 * Rows that are a `part` say how paging_init() is to map that part of lowmem; the bounds that RAM
 * and the command line decide are filled in by layout_init(), which paging_init() calls first.
 */
#include <mm/layout.h>
#include <mm/window.h>
#include <asm/highmem.h>
#include <asm/layout_rows.h>

struct layout_region layout[] = {
	{ .name = "user", .end = TASK_SIZE },
	{ .name = "lowmem", .start = PAGE_OFFSET, .prot = PAGE_KERNEL, .usage = lowmem_usage },
	IMAGE_PARTS,
	{ .name = "vmalloc", .end = VMALLOC_END, .owner = vmalloc_owner, .usage = vmalloc_usage },
	{ .name = "pkmap",
	  .start = PKMAP_BASE,
	  .end = PKMAP_ADDR(LAST_PKMAP),
	  .owner = pkmap_owner,
	  .usage = pkmap_usage },
	FIXMAP_ROW,
	{},
};

void layout_init(void)
{
	layout_row("lowmem")->end = (unsigned long)high_memory;
	layout_row("vmalloc")->start = VMALLOC_START;
	layout_check();
}
