/*
 * The page allocator: a pair is allocate + free, over and over (hot: the same block comes out
 * again); a half is 1024 single frames allocated, or freed.
 */
#include <tests/bench.h>
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <mm/gfp.h>

#define NR_PAIRS 100
#define NR_PAGES 1024

static struct page *pages[NR_PAGES];

/* Inlined with constants: the loop is the caller's, not a part of what is measured. */
static __always_inline void alloc_free_pairs(gfp_t gfp, unsigned int order, int nr)
{
	while (nr-- > 0)
		__free_pages(alloc_pages(gfp, order), order);
}

static void pairs_kernel(void)
{
	alloc_free_pairs(GFP_KERNEL, 0, NR_PAIRS);
}

static void pairs_zeroed(void)
{
	alloc_free_pairs(GFP_KERNEL | __GFP_ZERO, 0, NR_PAIRS);
}

static void pairs_highuser(void)
{
	alloc_free_pairs(GFP_HIGHUSER, 0, NR_PAIRS);
}

static void pairs_order_1(void)
{
	alloc_free_pairs(GFP_KERNEL, 1, NR_PAIRS);
}

static void pairs_order_3(void)
{
	alloc_free_pairs(GFP_KERNEL, 3, NR_PAIRS);
}

static void pairs_order_4(void)
{
	alloc_free_pairs(GFP_KERNEL, 4, NR_PAIRS);
}

static void pairs_order_10(void)
{
	alloc_free_pairs(GFP_KERNEL, 10, NR_PAIRS);
}

static void alloc_kernel(void)
{
	for (int i = 0; i < NR_PAGES; i++)
		pages[i] = alloc_page(GFP_KERNEL);
}

static void alloc_highuser(void)
{
	for (int i = 0; i < NR_PAGES; i++)
		pages[i] = alloc_page(GFP_HIGHUSER);
}

static void free_in_order(void)
{
	for (int i = 0; i < NR_PAGES; i++)
		__free_page(pages[i]);
}

static void free_in_reverse(void)
{
	for (int i = NR_PAGES - 1; i >= 0; i--)
		__free_page(pages[i]);
}

bench_rows(page_alloc) = {
	{ "page-kernel", "alloc_page/__free_page order 0 GFP_KERNEL hot pair", NR_PAIRS, 100, NULL,
	  pairs_kernel, NULL, NULL },
	{ "page-zeroed", "alloc_page/__free_page order 0 GFP_KERNEL zeroed hot pair", NR_PAIRS, 100,
	  NULL, pairs_zeroed, NULL, NULL },
	{ "page-highuser", "alloc_page/__free_page order 0 GFP_HIGHUSER hot pair", NR_PAIRS, 100,
	  NULL, pairs_highuser, NULL, NULL },
	{ "pages-order-1", "alloc_pages/__free_pages order 1 hot pair", NR_PAIRS, 100, NULL,
	  pairs_order_1, NULL, NULL },
	{ "pages-order-3", "alloc_pages/__free_pages order 3 hot pair", NR_PAIRS, 100, NULL,
	  pairs_order_3, NULL, NULL },
	{ "pages-order-4", "alloc_pages/__free_pages order 4 hot pair (no per-cpu list)", NR_PAIRS,
	  100, NULL, pairs_order_4, NULL, NULL },
	{ "pages-order-10", "alloc_pages/__free_pages order 10 hot pair (no per-cpu list)",
	  NR_PAIRS, 100, NULL, pairs_order_10, NULL, NULL },
	{ "pages-1024-kernel-alloc", "1024 pages order 0 GFP_KERNEL (alloc half)", NR_PAGES, 100,
	  NULL, alloc_kernel, free_in_order, NULL },
	{ "pages-1024-kernel-free", "1024 pages order 0 GFP_KERNEL (free half)", NR_PAGES, 100,
	  alloc_kernel, free_in_order, NULL, NULL },
	{ "pages-1024-highuser-alloc", "1024 pages order 0 GFP_HIGHUSER (alloc half)", NR_PAGES,
	  100, NULL, alloc_highuser, free_in_order, NULL },
	{ "pages-1024-highuser-free", "1024 pages order 0 GFP_HIGHUSER (free half)", NR_PAGES, 100,
	  alloc_highuser, free_in_order, NULL, NULL },
	{ "pages-1024-reverse-alloc",
	  "1024 pages order 0 GFP_KERNEL, freed in reverse (alloc half)", NR_PAGES, 100, NULL,
	  alloc_kernel, free_in_reverse, NULL },
	{ "pages-1024-reverse-free", "1024 pages order 0 GFP_KERNEL, freed in reverse (free half)",
	  NR_PAGES, 100, alloc_kernel, free_in_reverse, NULL, NULL },
};
