/*
 * The page allocator under a long run of random requests, beside a model that is too simple to be
 * wrong: a list of the blocks that are out, and a bit for each frame of them.
 *
 *      taken   0 1 1 0 0 1 1 1 1 0 ...     a frame that is handed out twice is found at once
 *      block   [first|      |last]         both are stamped; whoever else writes there is found
 *
 * After each batch the walker looks at all of memory.
 */
#include <tests/kunit.h>
#include <kernel/printk.h>
#include <lib/bitmap.h>
#include <mm/check.h>
#include <mm/fault_inject.h>
#include <mm/gfp.h>
#include <mm/highmem.h>

#define NR_BATCHES 20
#define BATCH_OPS  10000
#define MAX_LIVE   600

struct block {
	struct page *page;
	unsigned int order;
	bool compound;
	u32 stamp;
};

static struct block live[MAX_LIVE];
static unsigned int nr_live;
static unsigned long *taken;
static unsigned long free_before;
static u32 random_state;

static const gfp_t masks[] = {
	GFP_KERNEL,
	GFP_HIGHUSER,
	GFP_HIGHUSER,
	GFP_ATOMIC,
	GFP_DMA,
	GFP_HIGHUSER | __GFP_ZERO,
	GFP_KERNEL | __GFP_COMP,
	GFP_HIGHUSER | __GFP_COMP,
};

static u32 random_below(u32 limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % limit;
}

/* Half of all blocks are single frames, a quarter has order 1 ... and few have the largest. */
static unsigned int random_order(void)
{
	unsigned int order = 0;

	while (order < MAX_ORDER - 1 && random_below(2))
		order++;
	return order;
}

static size_t taken_size(void)
{
	return BITS_TO_LONGS(max_pfn) * sizeof(long);
}

static int begin(struct kunit *test __unused)
{
	drain_all_pages();
	free_before = nr_free_pages();
	nr_live = 0;
	random_state = 896;
	taken = alloc_pages_exact(taken_size(), GFP_KERNEL | __GFP_ZERO);
	return taken ? 0 : -1;
}

static void stamp_frame(struct page *page, u32 stamp)
{
	u32 *words = kmap_atomic(page);

	words[0] = words[PAGE_SIZE / sizeof(u32) - 1] = stamp;
	kunmap_atomic(words);
}

static bool has_stamp(struct page *page, u32 stamp)
{
	const u32 *words = kmap_atomic(page);
	bool same = words[0] == stamp && words[PAGE_SIZE / sizeof(u32) - 1] == stamp;

	kunmap_atomic((void *)words);
	return same;
}

static struct page *last_frame(const struct block *block)
{
	return block->page + (1UL << block->order) - 1;
}

/* Marks a new block's frames; none may belong to another. */
static bool mark_taken(const struct block *block)
{
	const unsigned long pfn = page_to_pfn(block->page), end = pfn + (1UL << block->order);
	bool fresh = find_next_bit(taken, end, pfn) == end;

	bitmap_set(taken, pfn, end - pfn);
	return fresh;
}

static void unmark_taken(const struct block *block)
{
	bitmap_clear(taken, page_to_pfn(block->page), 1UL << block->order);
}

/* Returns false if there was no memory. */
static bool alloc_random(struct kunit *test)
{
	const gfp_t gfp = masks[random_below(ARRAY_SIZE(masks))] | __GFP_NOWARN;
	const unsigned int order = random_order();
	struct block *block = &live[nr_live];

	*block = (struct block){ alloc_pages(gfp, order), order, gfp & __GFP_COMP,
				 random_below(-1U) };
	if (!block->page)
		return false;
	nr_live++;
	KUNIT_ASSERT_TRUE(test, mark_taken(block));
	KUNIT_ASSERT_EQ(test, page_to_pfn(block->page) & ((1UL << order) - 1), 0);
	KUNIT_ASSERT_LT(test, (unsigned int)(block->page->flags >> ZONES_PGSHIFT),
			gfp_zone(gfp) + 1U);
	if (gfp & __GFP_ZERO)
		KUNIT_ASSERT_TRUE(test, has_stamp(last_frame(block), 0));
	stamp_frame(block->page, block->stamp);
	stamp_frame(last_frame(block), block->stamp);
	return true;
}

static void free_block_nr(struct kunit *test, unsigned int nr)
{
	const struct block block = live[nr];

	KUNIT_EXPECT_TRUE(test, has_stamp(block.page, block.stamp));
	KUNIT_EXPECT_TRUE(test, has_stamp(last_frame(&block), block.stamp));
	unmark_taken(&block);
	live[nr] = live[--nr_live];
	if (block.compound)
		put_page(last_frame(&block));
	else
		__free_pages(block.page, block.order);
}

static void end(struct kunit *test)
{
	set_fail_page_alloc(NULL);
	while (nr_live)
		free_block_nr(test, nr_live - 1);
	if (taken)
		free_pages_exact(taken, taken_size());
	drain_all_pages();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), free_before);
}

/* The log has the violations; the case only counts. */
static void report_violation(const char *rule, const char *function, unsigned long pfn,
			     const char *fact)
{
	pr_err("check: %s at %s: frame %#lx %s\n", rule, function, pfn, fact);
}

/* Memory fills up during every other batch, and empties during the next. Returns the failures. */
static unsigned int run_batch(struct kunit *test, unsigned int batch)
{
	const u32 allocs_of_8 = batch % 2 ? 3 : 5;
	unsigned int failures = 0;

	for (unsigned int op = 0; op < BATCH_OPS; op++) {
		if (!nr_live || (nr_live < MAX_LIVE && random_below(8) < allocs_of_8))
			failures += !alloc_random(test);
		else
			free_block_nr(test, random_below(nr_live));
	}
	KUNIT_ASSERT_EQ(test, check_invariants(report_violation).violations, 0);
	return failures;
}

static void random_blocks_never_overlap_and_all_come_back(struct kunit *test)
{
	for (unsigned int batch = 0; batch < NR_BATCHES; batch++)
		run_batch(test, batch);
}

static void nothing_is_lost_when_every_fifth_request_fails(struct kunit *test)
{
	struct fault_attr attr = { .probability = 20, .times = -1 };
	unsigned int failures = 0;

	set_fail_page_alloc(&attr);
	for (unsigned int batch = 0; batch < NR_BATCHES; batch++)
		failures += run_batch(test, batch);
	KUNIT_EXPECT_GT(test, failures, NR_BATCHES * BATCH_OPS / 20U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(random_blocks_never_overlap_and_all_come_back),
	KUNIT_CASE(nothing_is_lost_when_every_fifth_request_fails),
	{},
};

static struct kunit_suite suite = {
	.name = "page_alloc_random",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};
kunit_test_suite(suite);
