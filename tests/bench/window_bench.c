/*
 * The window: vmalloc, vmap, ioremap and kmap. What is put off until later, the purge and the flush
 * at the wrap, falls into one batch or another: it shows in the mean.
 */
#include <tests/bench.h>
#include <kernel/panic.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/vmalloc.h>
#include <asm/ioremap.h>

#define NR_PAIRS  100
#define NR_CYCLED 2048 /* frames: more than there are slots */
#define MAX_MANY  30000

static struct page *pages[NR_CYCLED];
static void **areas;
static unsigned long nr_areas;

static __always_inline void vmalloc_pairs(unsigned long nr_pages)
{
	for (int i = 0; i < NR_PAIRS; i++)
		vfree(vmalloc(nr_pages * PAGE_SIZE));
}

static void vmalloc_1(void)
{
	vmalloc_pairs(1);
}

static void vmalloc_16(void)
{
	vmalloc_pairs(16);
}

static void vmalloc_256(void)
{
	vmalloc_pairs(256);
}

static void take_pages(void)
{
	for (int i = 0; i < NR_CYCLED; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER);
		BUG_ON(!pages[i]);
	}
}

static void give_back_pages(void)
{
	for (int i = 0; i < NR_CYCLED; i++)
		__free_page(pages[i]);
}

static void vmap_1(void)
{
	for (int i = 0; i < NR_PAIRS; i++)
		vunmap(vmap(pages, 1, VM_MAP, PAGE_KERNEL));
}

static void vmap_16(void)
{
	for (int i = 0; i < NR_PAIRS; i++)
		vunmap(vmap(pages, 16, VM_MAP, PAGE_KERNEL));
}

static void ioremap_page(void)
{
	for (int i = 0; i < NR_PAIRS; i++)
		iounmap(ioremap(0xFEE00000, PAGE_SIZE));
}

static void take_page(void)
{
	pages[0] = alloc_page(GFP_HIGHUSER);
	pages[1] = alloc_page(GFP_HIGHUSER);
	BUG_ON(!pages[0] || !pages[1]);
}

static void take_lowmem_page(void)
{
	pages[0] = alloc_page(GFP_KERNEL);
	pages[1] = alloc_page(GFP_KERNEL);
	BUG_ON(!pages[0] || !pages[1]);
}

static void give_back_page(void)
{
	__free_page(pages[0]);
	__free_page(pages[1]);
}

static void kmap_hot(void)
{
	for (int i = 0; i < NR_PAIRS; i++) {
		kmap(pages[0]);
		kunmap(pages[0]);
	}
}

static void kmap_cycling(void)
{
	for (int i = 0; i < NR_CYCLED; i++) {
		kmap(pages[i]);
		kunmap(pages[i]);
	}
}

static void copy_highpages(void)
{
	for (int i = 0; i < NR_PAIRS; i++)
		copy_highpage(pages[1], pages[0]);
}

/* Live areas in most of the window, so that the pairs work among them. */
static void take_areas(void)
{
	nr_areas = ((VMALLOC_END - VMALLOC_START) >> PAGE_SHIFT) * 5 / 16;
	nr_areas = min(nr_areas, MAX_MANY + 0UL);
	areas = vzalloc(nr_areas * sizeof(*areas));
	BUG_ON(!areas);
	for (unsigned long i = 0; i < nr_areas; i++)
		areas[i] = vmalloc(PAGE_SIZE);
}

static void give_back_areas(void)
{
	for (unsigned long i = 0; i < nr_areas; i++)
		vfree(areas[i]);
	vfree(areas);
	vm_unmap_aliases();
}

bench_rows(window) = {
	{ "vmalloc-1", "vmalloc/vfree 1 page pair", NR_PAIRS, 200, NULL, vmalloc_1, NULL, NULL },
	{ "vmalloc-16", "vmalloc/vfree 16 pages pair", NR_PAIRS, 100, NULL, vmalloc_16, NULL,
	  NULL },
	{ "vmalloc-256", "vmalloc/vfree 256 pages pair", NR_PAIRS, 20, NULL, vmalloc_256, NULL,
	  NULL },
	{ "vmalloc-many", "vmalloc/vfree 1 page pair, the window full of others", NR_PAIRS, 5,
	  take_areas, vmalloc_1, give_back_areas, NULL },
	{ "vmap-1", "vmap/vunmap 1 page pair", NR_PAIRS, 200, take_pages, vmap_1, give_back_pages,
	  NULL },
	{ "vmap-16", "vmap/vunmap 16 pages pair", NR_PAIRS, 100, take_pages, vmap_16,
	  give_back_pages, NULL },
	{ "ioremap", "ioremap/iounmap 4 KiB pair", NR_PAIRS, 200, NULL, ioremap_page, NULL, NULL },
	{ "kmap-hot", "kmap/kunmap highmem page, hot", NR_PAIRS, 100, take_page, kmap_hot,
	  give_back_page, NULL },
	{ "kmap-low", "kmap/kunmap lowmem page", NR_PAIRS, 100, take_lowmem_page, kmap_hot,
	  give_back_page, NULL },
	{ "kmap-cycling", "kmap/kunmap cold, cycling over 2048 highmem pages", NR_CYCLED, 20,
	  take_pages, kmap_cycling, give_back_pages, NULL },
	{ "copy-highpage", "copy_highpage (highmem to highmem)", NR_PAIRS, 100, take_page,
	  copy_highpages, give_back_page, NULL },
};
