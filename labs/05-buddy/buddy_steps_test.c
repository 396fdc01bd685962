/*
 * The steps of lab 05's grader: a zone of their own, with the frames of one block of the largest
 * order, lent by the page allocator. Frames are told by their distance from the block's first.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/page_placement.h>
#include <monitor/monitor.h>
#include "arguments.h"
#include "facts.h"

#define MAX_BLOCK (MAX_ORDER - 1)
#define NO_FRAME  0xffffffffUL

static struct zone zone;
static struct page *block;

static void fact_block(const char *name, unsigned int order, unsigned long frame)
{
	fact(name, (u64)order << 32 | frame);
}

/* --- single blocks ---------------------------------------------------------------------------- */

static int bd_new(int argc __unused, char **argv __unused)
{
	memset(&zone, 0, sizeof(zone));
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&zone.free_area[order].free_list);
	block = alloc_pages(GFP_KERNEL, MAX_BLOCK);
	fact("block", block != NULL);
	fact("largest", MAX_BLOCK);
	return 0;
}

static unsigned long take(unsigned int order)
{
	struct page *page = page_placement->take(&zone, order);
	unsigned long frame = page ? (unsigned long)(page - block) : NO_FRAME;

	fact_block("take", order, frame);
	return frame;
}

static void put(unsigned long frame, unsigned int order)
{
	fact_block("put", order, frame);
	page_placement->put(&zone, block + frame, order);
}

static int bd_take(int argc __unused, char **argv)
{
	take(number(argv[1]));
	return 0;
}

static int bd_put(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2)
		put(number(argv[i]), number(argv[i + 1]));
	return 0;
}

/* A frame that is somebody's, although its struct page looks like a free block's but for the flag. */
static int bd_looks_free(int argc __unused, char **argv)
{
	block[number(argv[1])].private = number(argv[2]);
	return 0;
}

/* A frame that borders on the zone's, in another zone. */
static int bd_other_zone(int argc __unused, char **argv)
{
	block[number(argv[1])].flags ^= 1UL << ZONES_PGSHIFT;
	return 0;
}

/* --- the whole zone --------------------------------------------------------------------------- */

static int bd_state(int argc __unused, char **argv __unused)
{
	fact("free_pages", zone.free_pages);
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		const struct page *page;

		fact_block("nr_free", order, zone.free_area[order].nr_free);
		list_for_each_entry (page, &zone.free_area[order].free_list, lru)
			fact_block("free", order, page - block);
	}
	for (unsigned long frame = 0; frame < MAX_ORDER_NR_PAGES; frame++)
		if (PageBuddy(&block[frame]))
			fact_block("flagged", block[frame].private, frame);
	return 0;
}

/* All frames of the block one by one, in the order that begin and stride make of them. */
static int bd_scatter(int argc __unused, char **argv)
{
	const unsigned long stride = number(argv[1]) | 1, begin = number(argv[2]);

	for (unsigned long i = 0; i < MAX_ORDER_NR_PAGES; i++)
		page_placement->put(&zone, block + (i * stride + begin) % MAX_ORDER_NR_PAGES, 0);
	return 0;
}

#define MOST_HELD 64

/* Takes and puts in turn, as a seed will have it; the host plays the same and compares. */
static int bd_random(int argc __unused, char **argv)
{
	static u64 held[MOST_HELD];
	u32 dice = number(argv[1]);
	int nr_held = 0;

	for (unsigned long i = 0; i < number(argv[2]); i++) {
		const unsigned int order = (dice >> 8) % 6;
		unsigned long frame;

		dice = dice * 1664525 + 1013904223;
		if (nr_held == MOST_HELD || (nr_held && dice >> 16 & 1)) {
			const int which = (dice >> 20) % nr_held;

			put(held[which] & NO_FRAME, held[which] >> 32);
			held[which] = held[--nr_held];
			continue;
		}
		frame = take(order);
		if (frame != NO_FRAME)
			held[nr_held++] = (u64)order << 32 | frame;
	}
	return 0;
}

/* --- RAM -------------------------------------------------------------------------------------- */

/* Where the host finds mem_map, and what to make of it. */
static int bd_mem_map(int argc __unused, char **argv __unused)
{
	struct zone *each;

	fact("mem_map", (unsigned long)mem_map);
	fact("frames", max_pfn);
	fact("largest", MAX_BLOCK);
	fact("size", sizeof(struct page));
	fact("flag", 1UL << PG_buddy);
	fact("private", offsetof(struct page, private));
	fact("zone shift", ZONES_PGSHIFT);
	for_each_zone (each)
		fact("zone free", each->free_pages);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "bd_new", "", "an empty zone", 0, 0, bd_new },
	{ "bd_take", "ORDER", "take a block", 1, 1, bd_take },
	{ "bd_put", "FRAME ORDER ...", "put blocks", 2, 14, bd_put },
	{ "bd_looks_free", "FRAME ORDER", "leave an order behind", 2, 2, bd_looks_free },
	{ "bd_other_zone", "FRAME", "the next zone's", 1, 1, bd_other_zone },
	{ "bd_state", "", "the zone's free lists", 0, 0, bd_state },
	{ "bd_scatter", "STRIDE BEGIN", "put all frames one by one", 2, 2, bd_scatter },
	{ "bd_random", "SEED N", "take and put", 2, 2, bd_random },
	{ "bd_mem_map", "", "where the frames are described", 0, 0, bd_mem_map },
};
monitor_group(buddy_steps, "grade", commands);
