/*
 * Every frame through the window: each is written with its own number in one way and read in
 * another, after all were written, so that two frames that show as one are found.
 *
 *      write        kmap           kmap_atomic     vmap
 *      read         kmap_atomic    vmap            kmap
 *
 * The frames are all that are free. Of more than 2 GB only the topmost are written throughout, and
 * the first one of each block of the rest: the host need not have so much memory. What was written
 * stays in the freed frames, for tests/t/window.t to look at from outside.
 */
#include <kernel/printk.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/vmalloc.h>
#include <tests/kunit.h>

#define ALL_FRAMES    (2UL * 1024 * SZ_1M / PAGE_SIZE)
#define RESERVE_ORDER 8 /* what is left for those who allocate meanwhile */
#define VMAP_CHUNK    256
#define NR_SAMPLES    64

/* Blocks, through their first frame; ->index says of which order. */
static LIST_HEAD(blocks);
static unsigned long nr_free; /* frames, before they were taken */
static struct page *chunk[VMAP_CHUNK];

static void take_blocks(unsigned int order)
{
	struct page *page;

	while ((page = alloc_pages(GFP_HIGHUSER | __GFP_NOWARN, order))) {
		page->index = order;
		list_add_tail(&page->lru, &blocks);
	}
}

/* How many frames from one that is written to the next. */
static unsigned long stride(const struct page *block)
{
	const bool top = page_to_pfn(block) + 2 * MAX_ORDER_NR_PAGES > max_pfn;

	return max_pfn <= ALL_FRAMES || top ? 1 : 1UL << block->index;
}

static int take_all_frames(struct kunit *test)
{
	struct page *reserve;

	if (!totalhigh_pages)
		kunit_skip(test, "no high memory");
	nr_free = nr_free_pages();
	reserve = alloc_pages(GFP_KERNEL, RESERVE_ORDER);
	KUNIT_ASSERT_NOT_NULL(test, reserve);
	vunmap(vmap(&reserve, 1, VM_MAP, PAGE_KERNEL)); /* makes the page table */
	for (int order = MAX_ORDER - 1; order >= 0; order--)
		take_blocks((unsigned int)order);
	__free_pages(reserve, RESERVE_ORDER);
	return 0;
}

static void give_back_frames(struct kunit *test __unused)
{
	struct page *block, *next;

	list_for_each_entry_safe (block, next, &blocks, lru)
		__free_pages(block, block->index);
	INIT_LIST_HEAD(&blocks);
}

/* --- ways to reach a frame -------------------------------------------------------------------- */

typedef void (*visit_t)(u32 *vaddr, u32 number);
typedef void (*reach_t)(struct page *page, visit_t visit);

static void by_kmap(struct page *page, visit_t visit)
{
	visit(kmap(page), (u32)page_to_pfn(page));
	kunmap(page);
}

static void by_kmap_atomic(struct page *page, visit_t visit)
{
	u32 *vaddr = kmap_atomic(page);

	visit(vaddr, (u32)page_to_pfn(page));
	kunmap_atomic(vaddr);
}

static unsigned int in_chunk;

static void visit_chunk(visit_t visit)
{
	char *vaddr;

	if (!in_chunk)
		return;
	vaddr = vmap(chunk, in_chunk, VM_MAP, PAGE_KERNEL);
	for (unsigned int i = 0; vaddr && i < in_chunk; i++)
		visit((u32 *)(vaddr + i * PAGE_SIZE), (u32)page_to_pfn(chunk[i]));
	vunmap(vaddr);
	in_chunk = 0;
}

/* The last, incomplete chunk is visited by for_each_frame(). */
static void by_vmap(struct page *page, visit_t visit)
{
	chunk[in_chunk++] = page;
	if (in_chunk == VMAP_CHUNK)
		visit_chunk(visit);
}

static void for_each_frame(reach_t reach, visit_t visit)
{
	struct page *block;

	list_for_each_entry (block, &blocks, lru)
		for (unsigned long i = 0; i < 1UL << block->index; i += stride(block))
			reach(block + i, visit);
	visit_chunk(visit);
}

/* --- what is done there ----------------------------------------------------------------------- */

static u32 salt; /* so that no case finds what another one wrote */
static unsigned long nr_written, nr_right;

#define LAST_WORD (PAGE_SIZE / sizeof(u32) - 1)

static void write_number(u32 *vaddr, u32 number)
{
	vaddr[0] = number + salt;
	vaddr[LAST_WORD] = ~(number + salt);
	nr_written++;
}

static void read_number(u32 *vaddr, u32 number)
{
	nr_right += vaddr[0] == number + salt && vaddr[LAST_WORD] == ~(number + salt);
}

/* All that were free, but for what the kernel kept. */
static void expect_each_frame_right(struct kunit *test, reach_t write, reach_t read)
{
	nr_written = nr_right = 0;
	salt += 0x10000001;
	for_each_frame(write, write_number);
	for_each_frame(read, read_number);
	KUNIT_EXPECT_EQ(test, nr_right, nr_written);
	if (max_pfn <= ALL_FRAMES)
		KUNIT_EXPECT_GT(test, nr_written, nr_free - nr_free / 8);
	else
		KUNIT_EXPECT_GT(test, nr_written, totalram_pages / MAX_ORDER_NR_PAGES);
}

static void each_frame_written_by_kmap_is_read_by_kmap_atomic(struct kunit *test)
{
	expect_each_frame_right(test, by_kmap, by_kmap_atomic);
}

static void each_frame_written_by_kmap_atomic_is_read_by_vmap(struct kunit *test)
{
	expect_each_frame_right(test, by_kmap_atomic, by_vmap);
}

static void each_frame_written_by_vmap_is_read_by_kmap(struct kunit *test)
{
	expect_each_frame_right(test, by_vmap, by_kmap);
}

/* Some that tests/t/window.t asks the emulator for. */
static unsigned long sample_every, nr_seen;

static void tell_sample(u32 *vaddr, u32 number)
{
	if (vaddr[0] == number && !(nr_seen++ % sample_every))
		pr_info("    # frame %#x holds its number\n", number);
}

static void frames_keep_their_numbers_for_a_look_from_outside(struct kunit *test)
{
	salt = 0;
	nr_written = nr_seen = 0;
	for_each_frame(by_kmap_atomic, write_number);
	sample_every = nr_written / NR_SAMPLES + 1;
	for_each_frame(by_vmap, tell_sample);
	KUNIT_EXPECT_EQ(test, nr_seen, nr_written);
	pr_info("    # %lu frames hold their numbers\n", nr_written);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(each_frame_written_by_kmap_is_read_by_kmap_atomic),
	KUNIT_CASE(each_frame_written_by_kmap_atomic_is_read_by_vmap),
	KUNIT_CASE(each_frame_written_by_vmap_is_read_by_kmap),
	KUNIT_CASE(frames_keep_their_numbers_for_a_look_from_outside),
	{},
};

static struct kunit_suite suite = {
	.name = "window", .init = take_all_frames, .exit = give_back_frames, .test_cases = cases
};
kunit_test_suite(suite);
