/* Reaching and clearing a frame, with an address of its own and without. */
#include <tests/bench.h>
#include <mm/gfp.h>
#include <mm/highmem.h>

#define NR_OPS 100

static struct page *page;

/* On a machine without highmem both are lowmem frames. */
static void take_highmem(void)
{
	page = alloc_page(GFP_HIGHUSER);
}

static void take_lowmem(void)
{
	page = alloc_page(GFP_KERNEL);
}

static void give_back(void)
{
	__free_page(page);
}

static void clear_highpages_run(void)
{
	for (int i = 0; i < NR_OPS; i++)
		clear_highpage(page);
}

static void clear_pages_run(void)
{
	void *vaddr = lowmem_page_address(page);

	for (int i = 0; i < NR_OPS; i++)
		clear_page(vaddr);
}

static void map_and_unmap(void)
{
	for (int i = 0; i < NR_OPS; i++)
		kunmap_atomic(kmap_atomic(page));
}

bench_rows(highmem) = {
	{ "kmap-atomic-high", "kmap_atomic/kunmap_atomic highmem page", NR_OPS, 100, take_highmem,
	  map_and_unmap, give_back, NULL },
	{ "kmap-atomic-low", "kmap_atomic/kunmap_atomic lowmem page", NR_OPS, 100, take_lowmem,
	  map_and_unmap, give_back, NULL },
	{ "clear-highpage", "clear_highpage (highmem)", NR_OPS, 100, take_highmem,
	  clear_highpages_run, give_back, NULL },
	{ "clear-page", "clear_page (lowmem)", NR_OPS, 100, take_lowmem, clear_pages_run, give_back,
	  NULL },
};
