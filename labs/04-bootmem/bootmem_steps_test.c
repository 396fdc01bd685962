/*
 * The steps of lab 04's grader, at one of two prompts in the midst of boot:
 *
 *      setup_arch()
 *        +- parse_early_param()         `before_bootmem`: the functions one by one, on an arena
 *        +- setup_bootmem_allocator()
 *        +- paging_init() ...           take what they need
 *      parse_args()                     `before_mem_init`: the bitmap is there to be looked at,
 *      mem_init()                       and handed over by a step, or not
 *
 *      8 MB  | bitmap | ... 9 MB | arena: the only frames that a test frees |     the provisional
 *                                                                           |     tables map both
 */
#include <kernel/init.h>
#include <kernel/resource.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/bootmem.h>
#include <mm/highmem.h>
#include <mm/memmap.h>
#include <mm/mm.h>
#include <mm/page_placement.h>
#include <asm/setup.h>
#include <monitor/monitor.h>
#include "arguments.h"
#include "early_prompt.h"
#include "facts.h"

#define BITMAP	  (8 * SZ_1M)
#define ARENA_PFN PFN_DOWN(9 * SZ_1M)

/* --- one by one ------------------------------------------------------------------------------- */

/* bootmem with so many frames behind the arena's first, all of them taken. */
static int bm_new(int argc __unused, char **argv)
{
	init_bootmem(PFN_DOWN(BITMAP), ARENA_PFN + number(argv[1]));
	return 0;
}

/* 32 frames of the arena a word: whatever free_bootmem() and reserve_bootmem() would make of it. */
static int bm_bits(int argc, char **argv)
{
	u32 *const words = (u32 *)__va(BITMAP) + ARENA_PFN / 32;

	for (int i = 1; i < argc; i++)
		words[i - 1] = number(argv[i]);
	return 0;
}

/* An address may have more bits than a word of the monitor's: FRAME and a BYTE of it. */
static phys_addr_t address(char **argv)
{
	return PFN_PHYS(number(argv[0])) + number(argv[1]);
}

static int bm_free(int argc, char **argv)
{
	for (int i = 1; i + 3 < argc; i += 4)
		free_bootmem(address(argv + i), address(argv + i + 2));
	return 0;
}

static int bm_reserve(int argc, char **argv)
{
	for (int i = 1; i + 3 < argc; i += 4)
		reserve_bootmem(address(argv + i), address(argv + i + 2));
	return 0;
}

static int bm_alloc(int argc, char **argv)
{
	for (int i = 1; i + 2 < argc; i += 3)
		fact("address", __pa(__alloc_bootmem_raw(number(argv[i]), number(argv[i + 1]),
							 number(argv[i + 2]))));
	return 0;
}

/* --- what a boot has made of it --------------------------------------------------------------- */

static void fact_resources(const struct resource *res)
{
	for (; res; res = res->sibling) {
		fact("resource", __pa(res));
		fact_resources(res->child);
	}
}

/* Whom the frames belong to that are taken; the page tables the host finds itself. */
static int bm_owners(int argc __unused, char **argv __unused)
{
	for (unsigned int i = 0; i < e820.nr_map; i++) {
		if (e820.map[i].type != E820_RAM)
			continue;
		fact("ram", e820.map[i].addr);
		fact("ram", e820.map[i].addr + e820.map[i].size);
	}
	for (unsigned int i = 0; i < nr_early_res; i++) {
		fact("taken", early_res[i].start);
		fact("taken", early_res[i].end);
	}
	fact_resources(iomem_resource.child);
	fact("mem_map", (unsigned long)mem_map);
	fact("mem_map size", memmap_size(&memmap));
	fact("page size", sizeof(struct page));
	fact("reserved", 1UL << PG_reserved);
	return 0;
}

/* --- the hand-over ---------------------------------------------------------------------------- */

static bool use_frames;

static void note_block(struct page *page, unsigned int order)
{
	if (page_to_pfn(page) < max_low_pfn)
		fact("block", (u64)order << 48 | page_to_pfn(page));
}

/* What is handed over belongs to somebody else from then on, who may write what he likes. */
static void note_and_put(struct zone *zone, struct page *page, unsigned int order)
{
	note_block(page, order);
	if (use_frames && page_to_pfn(page) < max_low_pfn)
		memset(page_address(page), 0xFF, PAGE_SIZE << order);
	buddy_placement.put(zone, page, order);
}

static void note_only(struct zone *zone __unused, struct page *page, unsigned int order)
{
	fact("block", (u64)order << 48 | page_to_pfn(page));
}

static const struct page_placement noting = { "noting", NULL, note_and_put };
static const struct page_placement noting_only = { "noting only", NULL, note_only };

static int bm_hand_over(int argc, char **argv)
{
	use_frames = argc > 1 && number(argv[1]);
	page_placement = &noting;
	mem_init();
	page_placement = &buddy_placement;
	return 0;
}

/* A run for which the free lists do not matter: it may begin and end anywhere. */
static int bm_run(int argc __unused, char **argv)
{
	page_placement = &noting_only;
	__free_pages_bootmem(number(argv[1]), number(argv[2]));
	page_placement = &buddy_placement;
	return 0;
}

/* --- prompts, and a machine with modules in the way ------------------------------------------- */

static int stop_before_bootmem(char *val __unused)
{
	early_prompt();
}
early_param("before_bootmem", stop_before_bootmem);

static int stop_before_mem_init(char *val __unused)
{
	early_prompt();
}
__setup("before_mem_init", stop_before_mem_init);

/* As a loader could leave them: they begin and end anywhere, and one lies where bootmem likes to be. */
static const struct boot_module modules_in_the_way[] = {
	{ 4 * SZ_1M - 1, 4 * SZ_1M + 1, "three bytes" },
	{ 5 * SZ_1M + 123, 5 * SZ_1M + 5 * PAGE_SIZE - 5, "ragged" },
	{ 16 * SZ_1M, 17 * SZ_1M + 2 * PAGE_SIZE, "at the goal" },
};

static int add_modules(char *val __unused)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(modules_in_the_way); i++)
		boot_params.modules[boot_params.nr_modules++] = modules_in_the_way[i];
	return 0;
}
early_param("modules_in_the_way", add_modules);

static const struct monitor_command commands[] = {
	{ "bm_new", "FRAMES", "bootmem with an arena, all of it taken", 1, 1, bm_new },
	{ "bm_bits", "WORD ...", "the arena's bits", 1, 8, bm_bits },
	{ "bm_free", "FRAME BYTE FRAMES BYTES ...", "free_bootmem", 4, 12, bm_free },
	{ "bm_reserve", "FRAME BYTE FRAMES BYTES ...", "reserve_bootmem", 4, 12, bm_reserve },
	{ "bm_alloc", "SIZE ALIGN GOAL ...", "allocate", 3, 12, bm_alloc },
	{ "bm_owners", "", "whose the frames are", 0, 0, bm_owners },
	{ "bm_hand_over", "[USE]", "mem_init", 0, 1, bm_hand_over },
	{ "bm_run", "FROM TO", "hand over some frames", 2, 2, bm_run },
};
monitor_group(bootmem_steps, "grade", commands);
