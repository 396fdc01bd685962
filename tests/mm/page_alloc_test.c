/*
 * mm/page_alloc.c: where a frame comes from, what it looks like, and that all of them go back.
 *
 * Each case begins and ends with empty per-CPU lists and as many free frames as before. A zone is
 * closed by marking all of it as reserve: as if it were full up to the last frame that may be had.
 */
#include <tests/kunit.h>
#include <kernel/percpu.h>
#include <mm/check.h>
#include <mm/fault_inject.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_placement.h>

#define NODE_ZONE(nr) (&contig_page_data.node_zones[nr])

static unsigned long free_before;
static unsigned long watermarks[MAX_NR_ZONES][NR_WMARK];

static int remember(struct kunit *test __unused)
{
	drain_all_pages();
	free_before = nr_free_pages();
	for (int i = 0; i < MAX_NR_ZONES; i++)
		memcpy(watermarks[i], NODE_ZONE(i)->watermark, sizeof(watermarks[i]));
	return 0;
}

static void reopen_zones(void)
{
	for (int i = 0; i < MAX_NR_ZONES; i++)
		memcpy(NODE_ZONE(i)->watermark, watermarks[i], sizeof(watermarks[i]));
}

static void all_is_as_before(struct kunit *test)
{
	reopen_zones();
	page_placement = &buddy_placement;
	set_fail_page_alloc(NULL);
	drain_all_pages();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

static void close_zone(struct zone *zone)
{
	for (int mark = 0; mark < NR_WMARK; mark++)
		zone->watermark[mark] = max_pfn * 2;
}

/* The zones whose bit is set in @closed. */
static void close_zones(unsigned int closed)
{
	reopen_zones();
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		if (closed & 1U << i)
			close_zone(NODE_ZONE(i));
	}
}

static struct per_cpu_pages *pcp_of(struct zone *zone)
{
	return this_cpu_ptr(zone->pageset);
}

/* --- everything there is, kept on a list of the test's own ------------------------------------- */

static LIST_HEAD(hoard);

/* Takes blocks of any order until there is none. Their order stands in private. */
static void hoard_all(gfp_t gfp)
{
	for (int order = MAX_ORDER - 1; order >= 0; order--) {
		struct page *page;

		while ((page = alloc_pages(gfp | __GFP_NOWARN, order))) {
			page->private = order;
			list_add(&page->lru, &hoard);
		}
	}
}

static void free_hoard(void)
{
	while (!list_empty(&hoard)) {
		struct page *page = list_first_entry(&hoard, struct page, lru);

		list_del(&page->lru);
		__free_pages(page, page->private);
	}
}

/* --- which zone ------------------------------------------------------------------------------- */

/* What is asked for, and the highest zone that it may come from. */
static const struct {
	gfp_t gfp;
	enum zone_type highest;
} masks[] = {
	{ GFP_KERNEL, ZONE_NORMAL },
	{ GFP_USER, ZONE_NORMAL },
	{ GFP_NOFS, ZONE_NORMAL },
	{ GFP_NOIO, ZONE_NORMAL },
	{ GFP_ATOMIC, ZONE_NORMAL },
	{ 0, ZONE_NORMAL },
	{ GFP_KERNEL | __GFP_ZERO | __GFP_NORETRY, ZONE_NORMAL },
	{ GFP_HIGHUSER, OPT_ZONE_HIGHMEM },
	{ GFP_HIGHUSER | __GFP_ZERO, OPT_ZONE_HIGHMEM },
	{ GFP_ATOMIC | __GFP_HIGHMEM, OPT_ZONE_HIGHMEM },
	{ GFP_DMA, ZONE_DMA },
	{ GFP_KERNEL | __GFP_DMA, ZONE_DMA },
	{ GFP_ATOMIC | __GFP_DMA | __GFP_COMP, ZONE_DMA },
	{ GFP_HIGHUSER | __GFP_DMA, ZONE_DMA },
};

/*
 * The best zone that is open; NULL if all of them are closed. On large machines ZONE_DMA is smaller
 * than what it keeps back from those who could have gone higher.
 */
static struct zone *zone_expected(enum zone_type highest, unsigned int closed)
{
	for (int i = highest; i >= 0; i--) {
		struct zone *zone = NODE_ZONE(i);

		if (zone->managed_pages > zone->lowmem_reserve[highest] && !(closed & 1U << i))
			return zone;
	}
	return NULL;
}

static void expect_from(struct kunit *test, gfp_t gfp, unsigned int order, const struct zone *zone)
{
	struct page *page = alloc_pages(gfp | __GFP_NOWARN, order);

	KUNIT_EXPECT_PTR_EQ(test, page ? page_zone(page) : NULL, zone);
	if (page)
		__free_pages(page, order);
}

static void every_mask_takes_from_the_best_open_zone(struct kunit *test)
{
	for (unsigned int closed = 0; closed < 1U << MAX_NR_ZONES; closed++) {
		close_zones(closed);
		for (size_t i = 0; i < ARRAY_SIZE(masks); i++)
			expect_from(test, masks[i].gfp, 0, zone_expected(masks[i].highest, closed));
	}
}

static void blocks_fall_back_as_frames_do(struct kunit *test)
{
	for (unsigned int order = 1; order < 8; order++) {
		close_zones(1U << OPT_ZONE_HIGHMEM);
		expect_from(test, GFP_HIGHUSER, order,
			    zone_expected(OPT_ZONE_HIGHMEM, 1U << OPT_ZONE_HIGHMEM));
		close_zones((2U << ZONE_NORMAL) - 1);
		expect_from(test, GFP_KERNEL, order, NULL);
	}
}

static void highmem_stays_untouched_when_lowmem_is_gone(struct kunit *test)
{
	const struct zone *high = NODE_ZONE(OPT_ZONE_HIGHMEM);
	const unsigned long high_free = high->free_pages;

	if (!is_highmem(high))
		kunit_skip(test, "this kernel has no high memory");
	hoard_all(GFP_ATOMIC);
	KUNIT_EXPECT_EQ(test, high->free_pages, high_free);
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_KERNEL | __GFP_NOWARN));
	free_hoard();
}

/* --- how far ---------------------------------------------------------------------------------- */

/* What a request leaves in a zone, if it can not take all it wants. */
static unsigned long floor_of(const struct zone *zone, gfp_t gfp)
{
	unsigned long min = zone->watermark[WMARK_MIN];

	if (gfp & __GFP_HIGH)
		min -= min / 2;
	return min + zone->lowmem_reserve[gfp_zone(gfp)];
}

/* Takes all that @gfp can have; every zone must then be as empty as it may be, and no emptier. */
static void expect_floors(struct kunit *test, gfp_t gfp)
{
	unsigned long free[MAX_NR_ZONES];

	for (int i = 0; i < MAX_NR_ZONES; i++)
		free[i] = NODE_ZONE(i)->free_pages;
	hoard_all(gfp);
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *zone = NODE_ZONE(i);
		bool reached = i <= (int)gfp_zone(gfp) && populated_zone(zone);
		unsigned long left = reached ? min(free[i], floor_of(zone, gfp)) : free[i];

		KUNIT_EXPECT_EQ(test, zone->free_pages, left);
	}
	free_hoard();
}

static void normal_requests_stop_at_the_min_watermark(struct kunit *test)
{
	expect_floors(test, GFP_KERNEL);
}

static void urgent_requests_stop_at_half_of_it(struct kunit *test)
{
	expect_floors(test, GFP_ATOMIC);
}

static void dma_requests_empty_the_dma_zone_alone(struct kunit *test)
{
	expect_floors(test, GFP_DMA);
}

static void highmem_requests_leave_the_lowmem_reserve(struct kunit *test)
{
	expect_floors(test, GFP_HIGHUSER);
}

static void lowmem_can_be_had_when_highmem_requests_fail(struct kunit *test)
{
	hoard_all(GFP_HIGHUSER);
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_HIGHUSER | __GFP_NOWARN));
	if (totalhigh_pages > 4096)
		expect_from(test, GFP_KERNEL, 0, zone_expected(ZONE_NORMAL, 0));
	expect_from(test, GFP_ATOMIC, 0, zone_expected(ZONE_NORMAL, 0));
	free_hoard();
}

static void frames_on_the_cpu_s_lists_are_found_before_giving_up(struct kunit *test)
{
	struct page *page;

	hoard_all(GFP_KERNEL);
	page = list_first_entry(&hoard, struct page, lru);
	list_del(&page->lru);
	__free_pages(page, page->private);
	page = alloc_page(GFP_KERNEL | __GFP_NOWARN);
	KUNIT_EXPECT_NOT_NULL(test, page);
	if (page)
		__free_page(page);
	free_hoard();
}

static void set_dma_watermarks(unsigned long pages)
{
	NODE_ZONE(ZONE_DMA)->watermark[WMARK_MIN] = pages;
	NODE_ZONE(ZONE_DMA)->watermark[WMARK_LOW] = pages;
}

/* Empties ZONE_DMA but for every second frame of a block of 64: no two of them in a row. */
static struct page *leave_single_dma_frames(struct kunit *test)
{
	struct page *block = alloc_pages(GFP_DMA, 6);

	KUNIT_ASSERT_NOT_NULL(test, block);
	split_page(block, 6);
	set_dma_watermarks(0);
	hoard_all(GFP_DMA);
	for (int i = 0; i < 64; i += 2)
		__free_page(&block[i]);
	drain_all_pages();
	return block;
}

static void free_the_rest(struct page *block)
{
	for (int i = 1; i < 64; i += 2)
		__free_page(&block[i]);
	free_hoard();
}

static void without_a_large_block_a_large_request_fails(struct kunit *test)
{
	struct page *block = leave_single_dma_frames(test);

	KUNIT_EXPECT_EQ(test, NODE_ZONE(ZONE_DMA)->free_pages, 32);
	expect_from(test, GFP_DMA, 0, NODE_ZONE(ZONE_DMA));
	expect_from(test, GFP_DMA, 1, NULL);
	free_the_rest(block);
}

/* 32 frames and a block of 16 are free; once the block is gone nothing larger would be left. */
static void the_last_large_block_is_kept_as_the_watermark_says(struct kunit *test)
{
	struct page *large = alloc_pages(GFP_DMA, 4);
	struct page *block = leave_single_dma_frames(test);

	__free_pages(large, 4);
	KUNIT_EXPECT_EQ(test, NODE_ZONE(ZONE_DMA)->free_pages, 48);
	expect_from(test, GFP_DMA, 4, NODE_ZONE(ZONE_DMA));
	set_dma_watermarks(8);
	expect_from(test, GFP_DMA, 4, NULL);
	expect_from(test, GFP_DMA, 0, NODE_ZONE(ZONE_DMA));
	free_the_rest(block);
}

/* --- what a frame looks like ------------------------------------------------------------------ */

static void a_new_frame_has_one_user_and_no_state(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, page->private, 0);
	KUNIT_EXPECT_EQ(test, page->flags & PAGE_FLAGS_MASK, 0);
	__free_page(page);
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
}

static void blocks_of_every_order_are_aligned_and_their_own(struct kunit *test)
{
	for (unsigned int order = 0; order < MAX_ORDER - 1; order++) {
		struct page *page = alloc_pages(GFP_HIGHUSER, order);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_EQ(test, page_to_pfn(page) & ((1UL << order) - 1), 0);
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		for (unsigned long i = 1; i < 1UL << order; i++)
			KUNIT_ASSERT_TRUE(test, !page_count(&page[i]) && !PageBuddy(&page[i]));
		__free_pages(page, order);
	}
}

/* How many words of a block are not 0. */
static unsigned long words_set(struct page *page, unsigned int order)
{
	unsigned long nr = 0;

	for (unsigned long i = 0; i < 1UL << order; i++) {
		const unsigned long *words = kmap_atomic(&page[i]);

		for (size_t word = 0; word < PAGE_SIZE / sizeof(long); word++)
			nr += words[word] != 0;
		kunmap_atomic((void *)words);
	}
	return nr;
}

static void fill_block(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++) {
		void *vaddr = kmap_atomic(&page[i]);

		memset(vaddr, 0xff, PAGE_SIZE);
		kunmap_atomic(vaddr);
	}
}

/* The frames that were dirtied come right back, zeroed. */
static void expect_zeroed(struct kunit *test, gfp_t gfp, unsigned int order)
{
	struct page *dirty = alloc_pages(gfp, order), *page;

	KUNIT_ASSERT_NOT_NULL(test, dirty);
	fill_block(dirty, order);
	__free_pages(dirty, order);
	page = alloc_pages(gfp | __GFP_ZERO, order);
	KUNIT_EXPECT_PTR_EQ(test, page, dirty);
	KUNIT_EXPECT_EQ(test, words_set(page, order), 0);
	__free_pages(page, order);
}

static void zeroed_lowmem_is_zero(struct kunit *test)
{
	expect_zeroed(test, GFP_KERNEL, 0);
	expect_zeroed(test, GFP_KERNEL, 2);
	expect_zeroed(test, GFP_DMA, 0);
}

static void zeroed_highmem_is_zero(struct kunit *test)
{
	expect_zeroed(test, GFP_HIGHUSER, 0);
	expect_zeroed(test, GFP_HIGHUSER, 2);
}

static void a_zeroed_page_by_address_is_zero(struct kunit *test)
{
	unsigned long addr = get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NE(test, addr, 0);
	KUNIT_EXPECT_EQ(test, words_set(virt_to_page(addr), 0), 0);
	free_page(addr);
}

static void a_block_by_address_lies_in_lowmem(struct kunit *test)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL, 3);

	KUNIT_ASSERT_NE(test, addr, 0);
	KUNIT_EXPECT_EQ(test, addr & ((PAGE_SIZE << 3) - 1), 0);
	KUNIT_EXPECT_LT(test, virt_to_pfn(addr), max_low_pfn);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(addr)), 1);
	free_pages(addr, 3);
}

static void highmem_by_address_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, __get_free_pages(GFP_HIGHUSER, 0), 0);
	KUNIT_EXPECT_EQ(test, get_zeroed_page(GFP_HIGHUSER), 0);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

/* --- compound pages and users ----------------------------------------------------------------- */

static void a_compound_page_has_one_head_and_tails_that_know_it(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 3);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_TRUE(test, PageHead(page) && !PageTail(page));
	KUNIT_EXPECT_EQ(test, compound_order(page), 3);
	for (int i = 1; i < 8; i++) {
		KUNIT_EXPECT_TRUE(test, PageTail(&page[i]) && !PageHead(&page[i]));
		KUNIT_EXPECT_PTR_EQ(test, compound_head(&page[i]), page);
	}
	__free_pages(page, 3);
	for (int i = 0; i < 8; i++)
		KUNIT_EXPECT_FALSE(test, PageHead(&page[i]) || PageTail(&page[i]));
}

static void a_single_frame_is_never_compound(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 0);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_FALSE(test, PageHead(page));
	KUNIT_EXPECT_PTR_EQ(test, compound_head(page), page);
	put_page(page);
}

static void users_of_a_tail_hold_the_whole_compound_page(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(&page[3]);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	KUNIT_EXPECT_EQ(test, page_count(&page[3]), 0);
	put_page(page);
	KUNIT_EXPECT_TRUE(test, PageHead(page));
	put_page(&page[3]);
	KUNIT_EXPECT_FALSE(test, PageHead(page));
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

static void the_last_user_frees_the_frame(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	__free_page(page);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - 1);
	put_page(page);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

static void the_last_user_of_a_block_frees_all_of_it(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(page);
	put_page(page);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - 4);
	put_page(page);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

static void a_split_block_goes_back_frame_by_frame(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);

	KUNIT_ASSERT_NOT_NULL(test, page);
	split_page(page, 3);
	for (unsigned long i = 0; i < 8; i++) {
		KUNIT_EXPECT_EQ(test, page_count(&page[i]), 1);
		__free_page(&page[i]);
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - 7 + i);
	}
}

/* --- other sizes ------------------------------------------------------------------------------ */

static void exact_sizes_take_no_frame_too_many(struct kunit *test)
{
	static const size_t sizes[] = { 1,     4096,  4097,   3 * 4096, 5 * 4096 - 1,
					65536, 65537, 300000, 1 << 20,	1048577 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *addr = alloc_pages_exact(sizes[i], GFP_KERNEL);
		unsigned long nr = DIV_ROUND_UP(sizes[i], PAGE_SIZE);

		KUNIT_ASSERT_NOT_NULL(test, addr);
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - nr);
		free_pages_exact(addr, sizes[i]);
		KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	}
}

static void impossible_sizes_are_refused(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, alloc_pages_exact(0, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, alloc_pages_exact((PAGE_SIZE << (MAX_ORDER - 1)) + 1, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, alloc_pages_exact(-1UL, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, alloc_pages_exact(PAGE_SIZE, GFP_HIGHUSER));
}

#define NR_BULK 100

static void a_bulk_fills_the_empty_entries_alone(struct kunit *test)
{
	struct page *pages[NR_BULK] = { 0 }, *mine = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mine);
	pages[7] = mine;
	KUNIT_EXPECT_EQ(test, alloc_pages_bulk(GFP_KERNEL, NR_BULK, pages), NR_BULK);
	KUNIT_EXPECT_PTR_EQ(test, pages[7], mine);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - NR_BULK);
	for (int i = 0; i < NR_BULK; i++)
		__free_page(pages[i]);
}

static void a_bulk_that_fails_says_how_far_it_came(struct kunit *test)
{
	struct fault_attr attr = { .probability = 100, .times = -1, .space = 11 * PAGE_SIZE };
	struct page *pages[NR_BULK] = { 0 };
	unsigned long nr;

	set_fail_page_alloc(&attr);
	nr = alloc_pages_bulk(GFP_KERNEL, NR_BULK, pages);
	set_fail_page_alloc(NULL);
	KUNIT_EXPECT_EQ(test, nr, 10);
	KUNIT_EXPECT_NULL(test, pages[nr]);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - nr);
	for (unsigned long i = 0; i < nr; i++)
		__free_page(pages[i]);
}

/* Order 3 is taken in bulk; what order 0 is asked for then must not be a part of it. */
static void a_bulk_of_whole_blocks_is_of_single_frames(struct kunit *test)
{
	struct page *pages[16] = { 0 };

	KUNIT_ASSERT_EQ(test, alloc_pages_bulk(GFP_KERNEL, 16, pages), 16);
	for (int i = 0; i < 16; i++) {
		KUNIT_EXPECT_EQ(test, page_count(pages[i]), 1);
		KUNIT_EXPECT_EQ(test, page_block_order(pages[i]), 0);
	}
	for (int i = 15; i >= 0; i--)
		__free_page(pages[i]);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

static void releasing_frees_frames_side_by_side_as_a_block(struct kunit *test)
{
	struct page *pages[16] = { 0 };

	KUNIT_ASSERT_EQ(test, alloc_pages_bulk(GFP_KERNEL, 16, pages), 16);
	release_pages(pages, 16);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
	for (int i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, page_count(pages[i]), 0);
}

static void releasing_leaves_a_frame_that_has_another_user(struct kunit *test)
{
	struct page *pages[8] = { 0 };

	KUNIT_ASSERT_EQ(test, alloc_pages_bulk(GFP_KERNEL, 8, pages), 8);
	get_page(pages[3]);
	release_pages(pages, 8);
	KUNIT_EXPECT_EQ(test, page_count(pages[3]), 1);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - 1);
	put_page(pages[3]);
}

/* --- per-CPU lists ---------------------------------------------------------------------------- */

static void the_frame_freed_last_comes_out_first(struct kunit *test)
{
	struct page *first = alloc_page(GFP_KERNEL), *second = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, first && second);
	__free_page(first);
	__free_page(second);
	KUNIT_EXPECT_PTR_EQ(test, alloc_page(GFP_KERNEL), second);
	KUNIT_EXPECT_PTR_EQ(test, alloc_page(GFP_KERNEL), first);
	__free_page(first);
	__free_page(second);
}

static void an_empty_list_is_filled_by_a_batch(struct kunit *test)
{
	struct zone *zone = zone_expected(ZONE_NORMAL, 0);
	struct per_cpu_pages *pcp = pcp_of(zone);
	const int batch = pcp->batch;

	pcp->batch = 12;
	for (unsigned int order = 0; order < NR_PCP_ORDERS; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);

		KUNIT_EXPECT_EQ(test, pcp->count, ((12 >> order) - 1) << order);
		__free_pages(page, order);
		drain_all_pages();
		KUNIT_EXPECT_EQ(test, pcp->count, 0);
	}
	pcp->batch = batch;
}

static void larger_blocks_pass_the_lists_by(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, NR_PCP_ORDERS);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, pcp_of(page_zone(page))->count, 0);
	__free_pages(page, NR_PCP_ORDERS);
	KUNIT_EXPECT_EQ(test, pcp_of(page_zone(page))->count, 0);
}

static void frames_above_high_go_back_by_batches_the_coldest_first(struct kunit *test)
{
	static struct page *pages[256];
	struct zone *zone = zone_expected(ZONE_NORMAL, 0);
	const struct per_cpu_pages *pcp = pcp_of(zone);
	const int nr = pcp->high + 1;
	int i = 0;

	KUNIT_ASSERT_LT(test, nr, (int)ARRAY_SIZE(pages));
	for (i = 0; i < nr; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	drain_all_pages();
	for (i = 0; i < nr - 1; i++)
		__free_page(pages[i]);
	KUNIT_EXPECT_EQ(test, pcp->count, pcp->high);
	__free_page(pages[i]);
	KUNIT_EXPECT_EQ(test, pcp->count, pcp->high + 1 - pcp->batch);
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry(&pcp->lists[0], struct page, lru),
			    pages[nr - 1]);
	KUNIT_EXPECT_PTR_EQ(test, list_last_entry(&pcp->lists[0], struct page, lru),
			    pages[pcp->batch]);
}

static void a_batch_is_counted_in_frames_whatever_their_order(struct kunit *test)
{
	struct zone *zone = zone_expected(ZONE_NORMAL, 0);
	struct per_cpu_pages *pcp = pcp_of(zone);
	const int batch = pcp->batch, high = pcp->high;
	struct page *blocks[5];

	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		blocks[i] = alloc_pages(GFP_KERNEL, 3);
	drain_all_pages();
	pcp->batch = 16;
	pcp->high = 32;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		__free_pages(blocks[i], 3);
	pcp->batch = batch;
	pcp->high = high;
	KUNIT_EXPECT_EQ(test, pcp->count, 40 - 16);
}

static void draining_lets_frames_merge(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct zone *zone;

	KUNIT_ASSERT_NOT_NULL(test, page);
	zone = page_zone(page);
	__free_page(page);
	KUNIT_EXPECT_GT(test, pcp_of(zone)->count, 0);
	KUNIT_EXPECT_FALSE(test, PageBuddy(page));
	drain_all_pages();
	KUNIT_EXPECT_EQ(test, pcp_of(zone)->count, 0);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

/* --- what must not be, is refused, and changes nothing ---------------------------------------- */

static void an_order_above_the_largest_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_KERNEL, MAX_ORDER));
	KUNIT_EXPECT_NULL(test, alloc_pages(GFP_KERNEL | __GFP_NOWARN, -1U));
	KUNIT_EXPECT_EQ(test, __get_free_pages(GFP_KERNEL, MAX_ORDER), 0);
}

static void flags_that_are_none_are_refused(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_KERNEL | 0x80000000U));
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_KERNEL | 0x8));
}

/* A free that must be refused: neither the frame nor any count may change. */
static void expect_refused(struct kunit *test, struct page *page, unsigned int order)
{
	const struct page before = *page;
	const unsigned long nr_free = nr_free_pages();

	__free_pages(page, order);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), nr_free);
	KUNIT_EXPECT_EQ(test, memcmp(page, &before, sizeof(before)), 0);
}

static void a_frame_is_not_freed_twice(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_page(page);
	expect_refused(test, page, 0); /* on a per-CPU list */
	drain_all_pages();
	expect_refused(test, page, 0); /* in a free block */
}

static void a_free_block_is_not_freed_again(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 5);

	KUNIT_ASSERT_NOT_NULL(test, page);
	__free_pages(page, 5);
	expect_refused(test, page, 5);
	expect_refused(test, page + 1, 0);
}

static void a_reserved_frame_is_not_freed(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	SetPageReserved(page);
	expect_refused(test, page, 0);
	ClearPageReserved(page);
	__free_page(page);
	expect_refused(test, virt_to_page(&mem_map), 0);
}

static void a_frame_within_a_block_is_not_freed(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_refused(test, page + 1, 0);
	expect_refused(test, page + 2, 1);
	expect_refused(test, page + 1, 2);
	__free_pages(page, 2);
}

/* Each entry is a user: whoever holds the last count has forgotten one. */
static void a_frame_that_page_tables_lead_to_is_not_freed(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	atomic_inc(&page->_mapcount);
	expect_refused(test, page, 0);
	get_page(page);
	put_page(page);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	atomic_dec(&page->_mapcount);
	__free_page(page);
}

static void a_mapped_frame_is_not_freed_among_others(struct kunit *test)
{
	struct page *pages[8] = { 0 };

	KUNIT_ASSERT_EQ(test, alloc_pages_bulk(GFP_KERNEL, 8, pages), 8);
	atomic_inc(&pages[3]->_mapcount);
	release_pages(pages, 8);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - 1);
	atomic_dec(&pages[3]->_mapcount);
	__free_page(pages[3]);
}

static void the_tail_of_a_compound_page_is_not_freed(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_refused(test, page + 1, 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__free_pages(page, 2);
}

/* The frames behind one from a per-CPU list are mostly free too: they must not pass for its own. */
static void a_block_is_freed_with_its_own_order_only(struct kunit *test)
{
	for (unsigned int order = 0; order < MAX_ORDER - 1; order++) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, order);

		if (!page)
			break;
		expect_refused(test, page, order + 1);
		if (order)
			expect_refused(test, page, order - 1);
		__free_pages(page, order);
	}
}

static void a_compound_page_is_freed_with_its_own_order_only(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	expect_refused(test, page, 0);
	expect_refused(test, page, 3);
	__free_pages(page, 2);
}

static void a_live_slab_is_not_freed(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	SetPageSlab(page);
	expect_refused(test, page, 0);
	ClearPageSlab(page);
	__free_page(page);
}

static void a_block_with_a_frame_in_use_is_not_freed(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	KUNIT_ASSERT_NOT_NULL(test, page);
	get_page(&page[3]);
	expect_refused(test, page, 2);
	atomic_dec(&page[3]._count);
	__free_pages(page, 2);
}

static void a_highmem_frame_is_not_freed_by_an_address(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	if (PageHighMem(page)) {
		free_page((unsigned long)pfn_to_virt(page_to_pfn(page)));
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
	}
	__free_page(page);
}

static void an_address_that_is_no_frame_s_is_not_freed(struct kunit *test)
{
	unsigned long addr = __get_free_page(GFP_KERNEL);

	KUNIT_ASSERT_NE(test, addr, 0);
	free_page(addr + 1);
	free_page(PAGE_SIZE);
	free_page(__fix_to_virt(FIX_BOOT_INFO));
	free_page((unsigned long)high_memory);
	free_page(0);
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before - 1);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(addr)), 1);
	free_page(addr);
}

/* --- another policy --------------------------------------------------------------------------- */

static struct page *lowest(struct page *a, struct page *b)
{
	return !a || b < a ? b : a;
}

/* First fit: of all blocks that are large enough the one at the lowest address. */
static struct page *first_fit_take(struct zone *zone, unsigned int order)
{
	struct page *page, *best = NULL;
	unsigned int best_order;

	for (unsigned int o = order; o < MAX_ORDER; o++) {
		list_for_each_entry (page, &zone->free_area[o].free_list, lru)
			best = lowest(best, page);
	}
	if (!best)
		return NULL;
	best_order = best->private;
	del_from_free_area(zone, best, best_order);
	return expand(zone, best, order, best_order);
}

#define POLICY_ORDER NR_PCP_ORDERS

static struct page *take_by_policy(void)
{
	return alloc_pages(GFP_DMA, POLICY_ORDER);
}

/* Two holes, the upper one made last: first fit fills the lower one first, the buddy system last. */
static void expect_refill(struct kunit *test, struct page *low, struct page *high,
			  const struct page_placement *placement, struct page *first)
{
	struct page *refill[2];

	__free_pages(low, POLICY_ORDER);
	__free_pages(high, POLICY_ORDER);
	page_placement = placement;
	refill[0] = take_by_policy();
	refill[1] = take_by_policy();
	page_placement = &buddy_placement;
	KUNIT_EXPECT_PTR_EQ(test, refill[0], first);
	KUNIT_EXPECT_PTR_EQ(test, refill[1], first == low ? high : low);
}

static void another_policy_can_be_plugged_in(struct kunit *test)
{
	const struct page_placement first_fit = { .name = "first fit",
						  .take = first_fit_take,
						  .put = buddy_placement.put };
	struct page *pages[32];

	page_placement = &first_fit;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = take_by_policy();
		KUNIT_ASSERT_NOT_NULL(test, pages[i]);
		if (i)
			KUNIT_EXPECT_TRUE(test, pages[i] > pages[i - 1]);
	}
	page_placement = &buddy_placement;
	expect_refill(test, pages[3], pages[20], &first_fit, pages[3]);
	expect_refill(test, pages[3], pages[20], &buddy_placement, pages[20]);
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		__free_pages(pages[i], POLICY_ORDER);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_mask_takes_from_the_best_open_zone),
	KUNIT_CASE(blocks_fall_back_as_frames_do),
	KUNIT_CASE(highmem_stays_untouched_when_lowmem_is_gone),
	KUNIT_CASE(normal_requests_stop_at_the_min_watermark),
	KUNIT_CASE(urgent_requests_stop_at_half_of_it),
	KUNIT_CASE(dma_requests_empty_the_dma_zone_alone),
	KUNIT_CASE(highmem_requests_leave_the_lowmem_reserve),
	KUNIT_CASE(lowmem_can_be_had_when_highmem_requests_fail),
	KUNIT_CASE(frames_on_the_cpu_s_lists_are_found_before_giving_up),
	KUNIT_CASE(without_a_large_block_a_large_request_fails),
	KUNIT_CASE(the_last_large_block_is_kept_as_the_watermark_says),
	KUNIT_CASE(a_new_frame_has_one_user_and_no_state),
	KUNIT_CASE(blocks_of_every_order_are_aligned_and_their_own),
	KUNIT_CASE(zeroed_lowmem_is_zero),
	KUNIT_CASE(zeroed_highmem_is_zero),
	KUNIT_CASE(a_zeroed_page_by_address_is_zero),
	KUNIT_CASE(a_block_by_address_lies_in_lowmem),
	KUNIT_CASE(highmem_by_address_is_refused),
	KUNIT_CASE(a_compound_page_has_one_head_and_tails_that_know_it),
	KUNIT_CASE(a_single_frame_is_never_compound),
	KUNIT_CASE(users_of_a_tail_hold_the_whole_compound_page),
	KUNIT_CASE(the_last_user_frees_the_frame),
	KUNIT_CASE(the_last_user_of_a_block_frees_all_of_it),
	KUNIT_CASE(a_split_block_goes_back_frame_by_frame),
	KUNIT_CASE(exact_sizes_take_no_frame_too_many),
	KUNIT_CASE(impossible_sizes_are_refused),
	KUNIT_CASE(a_bulk_fills_the_empty_entries_alone),
	KUNIT_CASE(a_bulk_that_fails_says_how_far_it_came),
	KUNIT_CASE(a_bulk_of_whole_blocks_is_of_single_frames),
	KUNIT_CASE(releasing_frees_frames_side_by_side_as_a_block),
	KUNIT_CASE(releasing_leaves_a_frame_that_has_another_user),
	KUNIT_CASE(the_frame_freed_last_comes_out_first),
	KUNIT_CASE(an_empty_list_is_filled_by_a_batch),
	KUNIT_CASE(larger_blocks_pass_the_lists_by),
	KUNIT_CASE(frames_above_high_go_back_by_batches_the_coldest_first),
	KUNIT_CASE(a_batch_is_counted_in_frames_whatever_their_order),
	KUNIT_CASE(draining_lets_frames_merge),
	KUNIT_CASE(an_order_above_the_largest_is_refused),
	KUNIT_CASE(flags_that_are_none_are_refused),
	KUNIT_CASE(a_frame_is_not_freed_twice),
	KUNIT_CASE(a_free_block_is_not_freed_again),
	KUNIT_CASE(a_reserved_frame_is_not_freed),
	KUNIT_CASE(a_frame_within_a_block_is_not_freed),
	KUNIT_CASE(a_frame_that_page_tables_lead_to_is_not_freed),
	KUNIT_CASE(a_mapped_frame_is_not_freed_among_others),
	KUNIT_CASE(the_tail_of_a_compound_page_is_not_freed),
	KUNIT_CASE(a_block_is_freed_with_its_own_order_only),
	KUNIT_CASE(a_compound_page_is_freed_with_its_own_order_only),
	KUNIT_CASE(a_live_slab_is_not_freed),
	KUNIT_CASE(a_block_with_a_frame_in_use_is_not_freed),
	KUNIT_CASE(a_highmem_frame_is_not_freed_by_an_address),
	KUNIT_CASE(an_address_that_is_no_frame_s_is_not_freed),
	KUNIT_CASE(another_policy_can_be_plugged_in),
	{},
};

static struct kunit_suite suite = {
	.name = "page_alloc",
	.init = remember,
	.exit = all_is_as_before,
	.test_cases = cases,
};
kunit_test_suite(suite);
