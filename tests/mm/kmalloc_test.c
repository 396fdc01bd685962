/* kmalloc and its kin: every size, sizes that make no sense, and a long random workload. */
#include <lib/kernel.h>
#include <mm/fault_inject.h>
#include <mm/slab.h>
#include <asm/pgtable.h>
#include <tests/kunit.h>
#include "slab_tools.h"

/* ---- sizes ---- */

static const size_t sizes[] = { 1,    7,    8,	  9,	16,    17,     32,   33,   64,
				65,   95,   96,	  97,	128,   129,    191,  192,  193,
				256,  257,  512,  1023, 1024,  1025,   2048, 4095, 4096,
				4097, 8191, 8192, 8193, 16384, 100000, SZ_1M };

static void every_size_gets_that_many_bytes(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		u8 *p = kmalloc(sizes[i], GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_GE(test, ksize(p), sizes[i]);
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)p, KMALLOC_MIN_SIZE));
		memset(p, 0x96, ksize(p));
		kfree(p);
	}
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
}

static void the_general_cache_is_the_smallest_that_fits(struct kunit *test)
{
	for (size_t size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size++) {
		unsigned int index = kmalloc_index(size);
		size_t found = kmem_cache_size(kmalloc_caches[index]);

		KUNIT_EXPECT_GE(test, found, size);
		for (int i = 1; i < NR_KMALLOC_CACHES; i++) {
			size_t other = kmem_cache_size(kmalloc_caches[i]);

			KUNIT_EXPECT_FALSE(test, other >= size && other < found);
		}
	}
}

static void constant_and_computed_sizes_use_the_same_cache(struct kunit *test)
{
	for (size_t i = 0; sizes[i] <= KMALLOC_MAX_CACHE_SIZE; i++) {
		void *p = __kmalloc(sizes[i], GFP_KERNEL);

		KUNIT_EXPECT_PTR_EQ(test, compound_head(virt_to_page(p))->slab,
				    kmalloc_caches[kmalloc_index(sizes[i])]);
		kfree(p);
	}
}

static void more_than_8_KB_comes_from_the_page_allocator(struct kunit *test)
{
	unsigned long before = settled_free_pages();
	void *p = kmalloc(KMALLOC_MAX_CACHE_SIZE + 1, GFP_KERNEL);

	KUNIT_EXPECT_FALSE(test, PageSlab(virt_to_page(p)));
	KUNIT_EXPECT_EQ(test, compound_order(virt_to_page(p)), 2U);
	KUNIT_EXPECT_EQ(test, ksize(p), 4 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, before - settled_free_pages(), 4UL);
	kfree(p);
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
}

static void dma_memory_lies_below_16_MB(struct kunit *test)
{
	void *p = kmalloc(100, GFP_KERNEL | __GFP_DMA);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_LT(test, (u64)__pa(p), (u64)16 * SZ_1M);
	kfree(p);
}

/* ---- nothing, too much ---- */

static void size_0_gets_a_pointer_to_nothing(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, kmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_PTR_EQ(test, kcalloc(0, 8, GFP_KERNEL), ZERO_SIZE_PTR);
	KUNIT_EXPECT_EQ(test, ksize(ZERO_SIZE_PTR), (size_t)0);
	KUNIT_EXPECT_EQ(test, ksize(NULL), (size_t)0);
	kfree(ZERO_SIZE_PTR);
	kfree(NULL);
}

static void too_much_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kmalloc((size_t)-1, GFP_KERNEL));
}

static void a_product_that_overflows_is_refused(struct kunit *test)
{
	size_t half = (size_t)1 << (BITS_PER_LONG / 2);

	KUNIT_EXPECT_NULL(test, kcalloc(half, half, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kmalloc_array((size_t)-1, 2, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kcalloc(half, half + 1, GFP_KERNEL));
}

static void highmem_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, kmalloc(64, GFP_HIGHUSER));
	KUNIT_EXPECT_NULL(test, __kmalloc(64, GFP_HIGHUSER));
	KUNIT_EXPECT_NULL(test, kmalloc(5 * PAGE_SIZE, GFP_HIGHUSER));
}

/* ---- zeroed, copied, resized ---- */

static void kzalloc_and_kcalloc_return_zeroes(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *p = kmalloc(sizes[i], GFP_KERNEL);

		memset(p, 0xff, sizes[i]);
		kfree(p);
		p = i % 2 ? kzalloc(sizes[i], GFP_KERNEL) : kcalloc(sizes[i], 1, GFP_KERNEL);
		KUNIT_EXPECT_TRUE(test, is_filled(p, 0, sizes[i]));
		kfree(p);
	}
}

static void krealloc_keeps_the_contents(struct kunit *test)
{
	u8 *p = krealloc(NULL, 10, GFP_KERNEL);

	memset(p, 0x5c, 10);
	for (size_t size = 20; size < 40000; size *= 3) {
		p = krealloc(p, size, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_TRUE(test, is_filled(p, 0x5c, 10));
	}
	KUNIT_EXPECT_PTR_EQ(test, krealloc(p, 10, GFP_KERNEL), p);
	KUNIT_EXPECT_PTR_EQ(test, krealloc(p, 0, GFP_KERNEL), ZERO_SIZE_PTR);
}

static void krealloc_that_fails_leaves_the_old_block(struct kunit *test)
{
	u8 *p = kmalloc(64, GFP_KERNEL);

	memset(p, 0x5c, 64);
	KUNIT_EXPECT_NULL(test, krealloc(p, KMALLOC_MAX_SIZE + 1, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, is_filled(p, 0x5c, 64));
	kfree(p);
}

static void kstrdup_and_kmemdup_copy(struct kunit *test)
{
	static const u8 bytes[] = { 1, 2, 3 };
	char *copy = kstrdup("upper gigabyte", GFP_KERNEL);
	u8 *dup = kmemdup(bytes, sizeof(bytes), GFP_KERNEL);

	KUNIT_EXPECT_STREQ(test, copy, "upper gigabyte");
	KUNIT_EXPECT_EQ(test, memcmp(dup, bytes, sizeof(bytes)), 0);
	KUNIT_EXPECT_NULL(test, kstrdup(NULL, GFP_KERNEL));
	kfree(copy);
	kfree(dup);
}

/* ---- mistakes ---- */

static void what_is_not_kmallocs_is_not_freed(struct kunit *test)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	u8 *large = kmalloc(5 * PAGE_SIZE, GFP_KERNEL);
	static int variable;

	kfree(&variable);
	kfree((void *)0x1000);
	kfree((void *)-PAGE_SIZE);
	kfree(slab_address(page));
	kfree(large + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, page_count(virt_to_page(large)), 1);
	KUNIT_EXPECT_EQ(test, ksize(&variable), (size_t)0);
	KUNIT_EXPECT_NULL(test, krealloc(&variable, 8, GFP_KERNEL));
	__free_pages(page, 2);
	kfree(large);
}

static void a_large_block_is_freed_once(struct kunit *test)
{
	unsigned long before = settled_free_pages();
	void *large = kmalloc(5 * PAGE_SIZE, GFP_KERNEL);

	kfree(large);
	kfree(large);
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
}

static void a_live_slab_is_not_given_to_the_page_allocator(struct kunit *test)
{
	void *p = kmalloc(64, GFP_KERNEL);

	free_page((unsigned long)p & PAGE_MASK);
	KUNIT_EXPECT_TRUE(test, PageSlab(virt_to_page(p)));
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
	kfree(p);
}

/* ---- kmalloc is lowmem: nothing is mapped for it ---- */

/* Which page-table entries the kernel's top level has: a new table would show. */
static u32 checksum(const void *p, size_t size)
{
	u32 sum = 0;

	for (const u32 *word = p; (const u8 *)word < (const u8 *)p + size; word++)
		sum = sum * 31 + *word;
	return sum;
}

static void kmalloc_is_contiguous_lowmem_and_maps_nothing(struct kunit *test)
{
	u32 before = checksum(swapper_pg_dir, PTRS_PER_PGD * sizeof(pgd_t));
	u8 *p = kmalloc(100000, GFP_KERNEL);

	KUNIT_EXPECT_FALSE(test, PageHighMem(virt_to_page(p)));
	KUNIT_EXPECT_EQ(test, page_to_pfn(virt_to_page(p + 99999)),
			page_to_pfn(virt_to_page(p)) + 99999 / PAGE_SIZE);
	kfree(p);
	KUNIT_EXPECT_EQ(test, checksum(swapper_pg_dir, PTRS_PER_PGD * sizeof(pgd_t)), before);
}

/* ---- a long random life ---- */

#define NR_SLOTS   512
#define NR_BATCHES 21
#define BATCH	   10000

static struct slot {
	u8 *p;
	size_t size;
	u8 pattern;
} slots[NR_SLOTS];

static u32 random_state;

static u32 next_random(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return random_state >> 8;
}

/* Small ones most often, up to 32 KB. */
static size_t random_size(void)
{
	return 1 + next_random() % (32U << next_random() % 11);
}

/* Only the ends, so that 200,000 operations take seconds. */
static bool holds_pattern(const struct slot *slot)
{
	size_t edge = min_t(size_t, slot->size, 16);

	return is_filled(slot->p, slot->pattern, edge) &&
	       is_filled(slot->p + slot->size - edge, slot->pattern, edge);
}

static void fill(struct slot *slot, u8 *p, size_t size)
{
	*slot = (struct slot){ p, size, (u8)next_random() };
	memset(p, slot->pattern, min_t(size_t, size, 64));
	memset(p + size - min_t(size_t, size, 64), slot->pattern, min_t(size_t, size, 64));
}

static void resize(struct kunit *test, struct slot *slot)
{
	size_t size = random_size();
	u8 *p = krealloc(slot->p, size, GFP_KERNEL | __GFP_NOWARN);

	if (!p) {
		KUNIT_EXPECT_TRUE(test, holds_pattern(slot));
		return;
	}
	KUNIT_EXPECT_TRUE(
		test, is_filled(p, slot->pattern,
				min_t(size_t, size, slot->size) > 16 ? 16 : min(size, slot->size)));
	fill(slot, p, size);
}

static void one_operation(struct kunit *test)
{
	struct slot *slot = &slots[next_random() % NR_SLOTS];
	size_t size;
	u8 *p;

	if (slot->p && next_random() % 8 == 0) {
		resize(test, slot);
	} else if (slot->p) {
		KUNIT_EXPECT_TRUE(test, holds_pattern(slot));
		kfree(slot->p);
		slot->p = NULL;
	} else {
		size = random_size();
		p = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
		if (p)
			fill(slot, p, size);
	}
}

static void random_life(struct kunit *test)
{
	unsigned long before = settled_free_pages();

	random_state = 896;
	for (int batch = 0; batch < NR_BATCHES && !test->failed; batch++) {
		for (int i = 0; i < BATCH; i++)
			one_operation(test);
		KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
	}
	for (struct slot *slot = slots; slot < slots + NR_SLOTS; slot++) {
		kfree(slot->p);
		slot->p = NULL;
	}
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
}

static void a_random_life_of_200000_operations_keeps_all_contents(struct kunit *test)
{
	random_life(test);
}

static void so_does_one_in_which_every_third_allocation_fails(struct kunit *test)
{
	const struct fault_attr third = { .probability = 33, .times = -1, .seed = 1 };

	set_failslab(&third);
	random_life(test);
	set_failslab(NULL);
}

static void and_one_in_which_every_third_block_of_frames_fails(struct kunit *test)
{
	const struct fault_attr third = { .probability = 33, .times = -1, .seed = 2 };

	set_fail_page_alloc(&third);
	random_life(test);
	set_fail_page_alloc(NULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_size_gets_that_many_bytes),
	KUNIT_CASE(the_general_cache_is_the_smallest_that_fits),
	KUNIT_CASE(constant_and_computed_sizes_use_the_same_cache),
	KUNIT_CASE(more_than_8_KB_comes_from_the_page_allocator),
	KUNIT_CASE(dma_memory_lies_below_16_MB),
	KUNIT_CASE(size_0_gets_a_pointer_to_nothing),
	KUNIT_CASE(too_much_is_refused),
	KUNIT_CASE(a_product_that_overflows_is_refused),
	KUNIT_CASE(highmem_is_refused),
	KUNIT_CASE(kzalloc_and_kcalloc_return_zeroes),
	KUNIT_CASE(krealloc_keeps_the_contents),
	KUNIT_CASE(krealloc_that_fails_leaves_the_old_block),
	KUNIT_CASE(kstrdup_and_kmemdup_copy),
	KUNIT_CASE(what_is_not_kmallocs_is_not_freed),
	KUNIT_CASE(a_large_block_is_freed_once),
	KUNIT_CASE(a_live_slab_is_not_given_to_the_page_allocator),
	KUNIT_CASE(kmalloc_is_contiguous_lowmem_and_maps_nothing),
	KUNIT_CASE(a_random_life_of_200000_operations_keeps_all_contents),
	KUNIT_CASE(so_does_one_in_which_every_third_allocation_fails),
	KUNIT_CASE(and_one_in_which_every_third_block_of_frames_fails),
	{},
};

static struct kunit_suite suite = { .name = "kmalloc", .test_cases = cases };
kunit_test_suite(suite);
