/*
 * Memory for the boot: a bitmap with a bit for each frame of lowmem, set where the frame is taken.
 *
 *      frame   0         160        256            1024
 *      bit     1 0 0 0 0 1 1 1 1 1  1 1 1 0 0 0 0  0 0 0 ...
 *              |         BIOS       kernel  ^ last_success: the next search starts here
 *              page 0
 *
 * It serves page tables and mem_map, then hands what is left to the page allocator and is gone.
 * Nobody gives anything back, so a bit is enough. Condenses mm/bootmem.c.
 */
#include <kernel/panic.h>
#include <lib/bitmap.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/bootmem.h>
#include <mm/mm.h>

static struct {
	unsigned long *map;  /* in the linear mapping */
	unsigned long pages; /* frames that it covers, from 0 on */
	/* The end of the last piece handed out: the next small one goes behind it in its frame. */
	phys_addr_t last_end;
} bdata;

unsigned long bootmem_bootmap_pages(unsigned long pages)
{
	return PFN_UP(BITS_TO_LONGS(pages) * sizeof(long));
}

unsigned long init_bootmem(unsigned long mapstart, unsigned long pages)
{
	unsigned long size = BITS_TO_LONGS(pages) * sizeof(long);

	bdata.map = pfn_to_virt(mapstart);
	bdata.pages = pages;
	bdata.last_end = 0;
	memset(bdata.map, 0xff, size);
	return size;
}

/* Lab 04 */
void free_bootmem(phys_addr_t pa, phys_addr_t size)
{
	unsigned long start = PFN_UP(pa);
	unsigned long end = min(PFN_DOWN(pa + size), bdata.pages);

	if (start < end)
		bitmap_clear(bdata.map, start, end - start);
}

/* Lab 04 */
void reserve_bootmem(phys_addr_t pa, phys_addr_t size)
{
	unsigned long start = PFN_DOWN(pa);
	unsigned long end = min(PFN_UP(pa + size), bdata.pages);

	if (start < end)
		bitmap_set(bdata.map, start, end - start);
}

/* Lab 04 */
/*
 * The first @nr free frames in a row that begin at @start or behind it, at a multiple of @align; or
 * bdata.pages.
 */
static unsigned long find_free_run(unsigned long start, unsigned long nr, unsigned long align)
{
	while (true) {
		unsigned long run, taken;

		run = ALIGN(find_next_zero_bit(bdata.map, bdata.pages, start), align);
		if (run + nr > bdata.pages)
			return bdata.pages;
		taken = find_next_bit(bdata.map, run + nr, run);
		if (taken >= run + nr)
			return run;
		start = taken;
	}
}

/* Lab 04 */
/* Behind the last piece, where that frame has room left and the caller does not mind; or 0. */
static phys_addr_t alloc_behind_last(unsigned long size, unsigned long align, phys_addr_t goal)
{
	phys_addr_t pa = ALIGN(bdata.last_end, align);

	if (bdata.last_end % PAGE_SIZE == 0 || pa < goal ||
	    pa + size > ALIGN(bdata.last_end, PAGE_SIZE))
		return 0;
	return pa;
}

/* Lab 04 */
/*
 * Frames that nobody else has a part of, from @goal on if there are any, else the first there are.
 * Without them no caller could go on: panic.
 */
static phys_addr_t alloc_frames(unsigned long size, unsigned long align, phys_addr_t goal)
{
	unsigned long nr = PFN_UP(size);
	unsigned long pfn_align = max(align >> PAGE_SHIFT, 1UL);
	unsigned long run = find_free_run(PFN_UP(goal), nr, pfn_align);

	if (run == bdata.pages)
		run = find_free_run(0, nr, pfn_align);
	if (run == bdata.pages)
		panic("bootmem: no %lu bytes of lowmem left (%lu pages free); give the machine "
		      "more RAM, "
		      "or lowmem more of it (highmem=, vmalloc=)",
		      size, bootmem_free_pages());
	bitmap_set(bdata.map, run, nr);
	return PFN_PHYS(run);
}

void *__alloc_bootmem_raw(unsigned long size, unsigned long align, phys_addr_t goal)
{
	phys_addr_t pa = alloc_behind_last(size, align, goal);

	if (!pa)
		pa = alloc_frames(size, align, goal);
	bdata.last_end = pa + size;
	return __va(pa);
}

__landmark void *__alloc_bootmem(unsigned long size, unsigned long align, phys_addr_t goal)
{
	return memset(__alloc_bootmem_raw(size, align, goal), 0, size);
}

unsigned long bootmem_first_free_pfn(void)
{
	return find_next_zero_bit(bdata.map, bdata.pages, 0);
}

unsigned long bootmem_free_pages(void)
{
	unsigned long nr = 0;

	for (unsigned long pfn = find_next_zero_bit(bdata.map, bdata.pages, 0); pfn < bdata.pages;
	     pfn = find_next_zero_bit(bdata.map, bdata.pages, pfn + 1))
		nr++;
	return nr;
}

/* Lab 04 */
/* The bitmap goes last: until then it says what is free. */
__landmark unsigned long free_all_bootmem(void)
{
	unsigned long map_pfn = virt_to_pfn(bdata.map);
	unsigned long map_pages = bootmem_bootmap_pages(bdata.pages);
	unsigned long nr = map_pages;
	unsigned long start = 0;

	while ((start = find_next_zero_bit(bdata.map, bdata.pages, start)) < bdata.pages) {
		unsigned long end = find_next_bit(bdata.map, bdata.pages, start);

		__free_pages_bootmem(start, end);
		nr += end - start;
		start = end;
	}
	__free_pages_bootmem(map_pfn, map_pfn + map_pages);
	return nr;
}
