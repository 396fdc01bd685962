/*
 * The invariant walker: what the page allocator believes, held against what is there.
 *
 *      lists       [zone]-> block -> block      every frame of a block is marked REACHED
 *                  [pcp]--> block -> block
 *      mem_map     [R][R][B][ ][ ][ ][ ][C][ ]  each frame by itself: its flags, its mark and its
 *                  '-----''----------''-----'   count must be those of one state; marks go again
 *                  reserved    free    in use
 *      totals      what was counted on both ways is what zones and per-CPU lists say
 *      tables      the kernel's image, mem_map and page tables are in none of these by mistake
 *
 * check_invariants() runs with interrupts off, so nobody sees the marks. It only compares; the
 * rules are the table below. Not part of the line budget, and in every kernel: the cost is two
 * passes over mem_map for whoever asks.
 */
#include <kernel/percpu.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/check.h>
#include <mm/check_mm.h>
#include <mm/check_window.h>
#include <mm/gfp.h>
#include <mm/pagewalk.h>
#include <mm/slub_def.h>
#include <asm/irqflags.h>
#include <asm/sections.h>
#include "check_internal.h"

/* A frame of a block that was found on a free list: a bit that no flag uses. */
#define REACHED (1UL << NR_PAGEFLAGS)
_Static_assert(NR_PAGEFLAGS < ZONES_PGSHIFT, "no bit left for REACHED");

#define FLAG(name) (1UL << PG_##name)

enum rule {
	ZONES,
	LINKS,
	LISTED,
	ORDER,
	ALIGNED,
	ZONE,
	MERGED,
	ONCE,
	STATE,
	COUNT,
	OWNER,
	COMPOUND,
	NR_FREE,
	FREE_PAGES,
	PCP_COUNT,
	MANAGED,
	TOTAL,
	WATERMARKS,
	KERNEL,
	PAGE_TABLES,
};

static const struct check_rule rules[] = {
	[ZONES] = { "zones-adjoin", "zone_init" },
	[LINKS] = { "list-links", "add_to_free_area" },
	[LISTED] = { "free-block-is-listed", "del_from_free_area" },
	[ORDER] = { "block-on-list-of-its-order", "add_to_free_area" },
	[ALIGNED] = { "block-aligned", "expand" },
	[ZONE] = { "frame-in-its-zone", "memmap_init_zone" },
	[MERGED] = { "buddies-merged", "__free_one_page" },
	[ONCE] = { "frame-free-once", "__free_pages" },
	[STATE] = { "one-state", "free_pages_check" },
	[COUNT] = { "count-fits-state", "prep_new_page" },
	[OWNER] = { "no-frame-lost", "free_block" },
	[COMPOUND] = { "compound-whole", "prep_compound_page" },
	[NR_FREE] = { "nr_free", "add_to_free_area" },
	[FREE_PAGES] = { "free_pages", "add_to_free_area" },
	[PCP_COUNT] = { "pcp-count", "free_to_pcplist" },
	[MANAGED] = { "managed_pages", "hand_over_block" },
	[TOTAL] = { "totalram_pages", "mem_init" },
	[WATERMARKS] = { "watermarks-ascend", "setup_watermarks" },
	[KERNEL] = { "kernel-reserved", "reserve_bootmem" },
	[PAGE_TABLES] = { "page-table-in-use", "one_page_table_init" },
};

/*
 * The states, by flags and mark; a combination without a name is none. Flags alone can not tell a
 * frame in use from a later one of its block: both counts will do there.
 */
static const struct frame_state {
	const char *name;
	bool counted;
} frame_states[2 * REACHED] = {
	[0] = { "in use", true },
	[FLAG(reserved)] = { "reserved", false },
	[REACHED | FLAG(buddy)] = { "the first of a free block", false },
	[REACHED] = { "free", false },
	[FLAG(slab)] = { "a slab", true },
	[FLAG(slab) | FLAG(head)] = { "a slab", true },
	[FLAG(head)] = { "the head of a compound page", true },
	[FLAG(tail)] = { "the tail of a compound page", false },
};

static const char *const flag_names[] = {
	[PG_reserved] = "reserved", [PG_buddy] = "buddy", [PG_slab] = "slab",
	[PG_head] = "head",	    [PG_tail] = "tail",	  [NR_PAGEFLAGS] = "on a free list",
};

/* This run. Static: there is one at a time, and stacks are small. */
static struct {
	check_report_t *report;
	struct check_result result;
	unsigned long managed[MAX_NR_ZONES]; /* counted in mem_map */
	/* Where the scan of mem_map is: what a later frame may belong to. */
	unsigned long owned_until; /* where the last block in use ends */
	struct page *head;	   /* the last compound page, and its end */
	unsigned long head_end;
} run;

static void tell(const char *rule, const char *function, unsigned long pfn, const char *fact)
{
	if (run.result.violations++ < CHECK_MAX_REPORTS)
		run.report(rule, function, pfn, fact);
}

void check_violated(check_report_t *report, const struct check_rule *rule, unsigned long pfn,
		    const char *fmt, ...)
{
	static char fact[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(fact, sizeof(fact), fmt, args);
	va_end(args);
	report(rule->name, rule->function, pfn, fact);
}

#define violated(rule, pfn, ...) check_violated(tell, &rules[rule], pfn, __VA_ARGS__)

static void compare(enum rule rule, const struct zone *zone, unsigned long says,
		    unsigned long counted)
{
	if (says != counted)
		violated(rule, zone->zone_start_pfn, "(zone %s) %s is %lu, but %lu are there",
			 zone->name, rules[rule].name, says, counted);
}

static unsigned long zone_end_pfn(const struct zone *zone)
{
	return zone->zone_start_pfn + zone->spanned_pages;
}

static const char *zone_name_of(const struct page *page)
{
	unsigned long nr = page->flags >> ZONES_PGSHIFT;

	return nr < MAX_NR_ZONES ? contig_page_data.node_zones[nr].name : "none";
}

/* --- free lists ------------------------------------------------------------------------------- */

/* One list of free blocks: of a zone, or at hand for the CPU. */
struct free_list {
	struct zone *zone;
	const struct list_head *head;
	unsigned int order;
	bool pcp;
};

/* The struct page that a list entry lies in; NULL if it lies in none. */
static struct page *page_of_entry(const struct list_head *entry)
{
	unsigned long first = (unsigned long)&mem_map->lru;
	unsigned long offset = (unsigned long)entry - first;

	if (offset % sizeof(struct page) || !pfn_valid(offset / sizeof(struct page)))
		return NULL;
	return mem_map + offset / sizeof(struct page);
}

static void mark_block(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long end = min(pfn + (1UL << order), max_mapnr);

	for (struct page *at = page; pfn < end; at++, pfn++) {
		if (at->flags & REACHED || (at > page && PageBuddy(at)))
			violated(ONCE, pfn, "is in two free blocks; one of them begins at %#lx",
				 page_to_pfn(page));
		at->flags |= REACHED;
	}
}

/* Told of the lower one of the two only. */
static void check_merged(const struct page *page, unsigned int order)
{
	const struct page *buddy = page + (1UL << order);

	if (order == MAX_ORDER - 1 || page_to_pfn(page) & (1UL << order))
		return;
	if (PageBuddy(buddy) && buddy->private == order && page_zone(buddy) == page_zone(page))
		violated(MERGED, page_to_pfn(page), "and its buddy %#lx are both free at order %u",
			 page_to_pfn(buddy), order);
}

static void check_order(const struct free_list *list, const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	if (PageBuddy(page) == list->pcp)
		violated(ORDER, pfn,
			 list->pcp ? "is on a per-CPU list, but says buddy"
				   : "is on a free list, but does not say buddy");
	else if (!list->pcp && page->private != list->order)
		violated(ORDER, pfn, "is on the list of order %u, but says %lu", list->order,
			 page->private);
}

static void check_block(const struct free_list *list, struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long end = pfn + (1UL << list->order);

	check_order(list, page);
	if (pfn < list->zone->zone_start_pfn || end > zone_end_pfn(list->zone))
		violated(ZONE, pfn, "(order %u) is on a list of zone %s, but not of its frames",
			 list->order, list->zone->name);
	if (pfn & ((1UL << list->order) - 1))
		violated(ALIGNED, pfn, "begins no block of order %u, on whose list it is",
			 list->order);
	else if (!list->pcp)
		check_merged(page, list->order);
	mark_block(page, list->order);
}

/* Returns how many blocks were met. Marks bound the way: it ends where a frame is met again. */
static unsigned long check_list(const struct free_list *list)
{
	const struct list_head *before = list->head;
	unsigned long last_pfn = list->zone->zone_start_pfn;
	unsigned long nr = 0;

	for (const struct list_head *at = before->next; at != list->head; at = at->next) {
		struct page *page = page_of_entry(at);

		if (!page || at->prev != before) {
			violated(LINKS, last_pfn, "(zone %s, order %u): its next, %p, %s",
				 list->zone->name, list->order, at,
				 page ? "does not lead back" : "is no frame");
			return nr;
		}
		last_pfn = page_to_pfn(page);
		if (page->flags & REACHED) {
			violated(ONCE, last_pfn, "is met a second time on the lists");
			return nr;
		}
		check_block(list, page);
		before = at;
		nr++;
	}
	if (list->head->prev != before)
		violated(LINKS, last_pfn,
			 "(zone %s, order %u) is the last, but the list's end is %p",
			 list->zone->name, list->order, list->head->prev);
	return nr;
}

static void check_free_areas(struct zone *zone)
{
	unsigned long free_pages = 0;

	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		const struct free_area *area = &zone->free_area[order];
		const struct free_list list = { zone, &area->free_list, order, false };
		unsigned long nr = check_list(&list);

		if (area->nr_free != nr)
			violated(NR_FREE, zone->zone_start_pfn,
				 "(zone %s, order %u) nr_free is %lu, but %lu are there",
				 zone->name, order, area->nr_free, nr);
		free_pages += nr << order;
	}
	compare(FREE_PAGES, zone, zone->free_pages, free_pages);
}

static void check_pageset(struct zone *zone)
{
	const struct per_cpu_pages *pcp = this_cpu_ptr(zone->pageset);
	unsigned long count = 0;

	for (unsigned int order = 0; order < NR_PCP_ORDERS; order++) {
		const struct free_list list = { zone, &pcp->lists[order], order, true };

		count += check_list(&list) << order;
	}
	compare(PCP_COUNT, zone, pcp->count, count);
}

/* --- mem_map ---------------------------------------------------------------------------------- */

/* Without the block's order, which a frame in use may have. */
static unsigned long state_bits(const struct page *page)
{
	unsigned long order = page_count(page) ? PAGE_BLOCK_ORDER_MASK : 0;

	return page->flags & ((1UL << ZONES_PGSHIFT) - 1) & ~order;
}

/* The flags of a frame in words. */
static const char *flags_text(unsigned long bits, char *text, size_t size)
{
	size_t len = snprintf(text, size, "flags %#lx:", bits);

	for (unsigned int i = 0; i < ARRAY_SIZE(flag_names) && len < size; i++) {
		if (bits & (1UL << i))
			len += snprintf(text + len, size - len, " %s,", flag_names[i]);
	}
	if (len < size)
		text[len - 1] = '\0';
	return text;
}

static void check_state(const struct page *page, unsigned long pfn)
{
	unsigned long bits = state_bits(page);
	const struct frame_state *state = &frame_states[bits % ARRAY_SIZE(frame_states)];
	char text[64];

	if (bits == FLAG(buddy))
		violated(LISTED, pfn,
			 "says that a free block of order %lu begins, but is on no list",
			 page->private);
	else if (bits >= ARRAY_SIZE(frame_states) || !state->name)
		violated(STATE, pfn, "is in no state, or in two (%s)",
			 flags_text(bits, text, sizeof(text)));
	else if (bits && state->counted != (page_count(page) > 0))
		violated(COUNT, pfn, "is %s, and has a count of %d", state->name, page_count(page));
	else if (page_count(page) < 0)
		violated(COUNT, pfn, "has a count of %d", page_count(page));
}

/* A frame without a count of its own belongs to the block in use that it lies in. */
static void check_owner(const struct page *page, unsigned long pfn)
{
	unsigned long bits = state_bits(page);

	if (bits == FLAG(buddy))
		run.owned_until = pfn + (1UL << min(page->private, MAX_ORDER - 1UL));
	else if (bits & ~FLAG(slab))
		run.owned_until = 0;
	else if (page_count(page) > 0)
		run.owned_until = pfn + (1UL << page_block_order(page));
	else if (!bits && pfn >= run.owned_until)
		violated(OWNER, pfn, "is not free, and part of no block in use");
}

static void begin_compound(struct page *page, unsigned long pfn)
{
	unsigned int order = page->compound_order;

	run.head = page;
	run.head_end = pfn;
	if (!order || order >= MAX_ORDER || pfn & ((1UL << order) - 1))
		violated(COMPOUND, pfn, "is the head of a compound page of order %u", order);
	else
		run.head_end = pfn + (1UL << order);
}

static void check_compound(struct page *page, unsigned long pfn)
{
	if (pfn < run.head_end && (!PageTail(page) || page->first_page != run.head))
		violated(COMPOUND, pfn, "is not a tail of the compound page at %#lx",
			 page_to_pfn(run.head));
	else if (pfn >= run.head_end && PageTail(page))
		violated(COMPOUND, pfn, "is a tail, but of no compound page");
	if (PageHead(page))
		begin_compound(page, pfn);
}

static void check_frame(struct page *page, unsigned long pfn, const struct zone *zone)
{
	if (page->flags >> ZONES_PGSHIFT != zone_idx(zone))
		violated(ZONE, pfn, "lies in zone %s, but its flags say %s", zone->name,
			 zone_name_of(page));
	check_state(page, pfn);
	check_owner(page, pfn);
	check_compound(page, pfn);
	if (!PageReserved(page))
		run.managed[zone_idx(zone)]++;
	if (PageSlab(page) && !PageTail(page))
		run.result.slabs++;
	page->flags &= ~REACHED;
}

/* Marks end here, whatever zones say of their bounds: each frame is visited. */
static void check_frames(void)
{
	const struct zone *zone = contig_page_data.node_zones;
	const struct zone *last = zone + MAX_NR_ZONES - 1;

	unsigned long pfn = 0;

	for_each_valid_pfn (pfn, max_mapnr) {
		while (zone < last && pfn >= zone_end_pfn(zone))
			zone++;
		check_frame(pfn_to_page(pfn), pfn, zone);
		run.result.frames++;
	}
}

/* --- zones and totals ------------------------------------------------------------------------- */

static void check_zones(void)
{
	unsigned long pfn = 0;
	struct zone *zone;

	for_each_zone (zone) {
		if (zone->zone_start_pfn != pfn)
			violated(ZONES, pfn, "is where zone %s should begin, but it begins at %#lx",
				 zone->name, zone->zone_start_pfn);
		pfn += zone->spanned_pages;
	}
	if (pfn != max_mapnr)
		violated(ZONES, pfn, "is where the zones end, but mem_map ends at %#lx", max_mapnr);
}

static void check_free_lists(void)
{
	struct zone *zone;

	for_each_zone (zone) {
		check_free_areas(zone);
		check_pageset(zone);
	}
}

static void check_watermarks(const struct zone *zone)
{
	const unsigned long *mark = zone->watermark;

	if (mark[WMARK_MIN] > mark[WMARK_LOW] || mark[WMARK_LOW] > mark[WMARK_HIGH])
		violated(WATERMARKS, zone->zone_start_pfn, "(zone %s) min %lu, low %lu, high %lu",
			 zone->name, mark[WMARK_MIN], mark[WMARK_LOW], mark[WMARK_HIGH]);
}

static void check_totals(void)
{
	unsigned long managed = 0, managed_high = 0;
	struct zone *zone;

	for_each_zone (zone) {
		compare(MANAGED, zone, zone->managed_pages, run.managed[zone_idx(zone)]);
		if (zone->managed_pages > zone->present_pages)
			violated(MANAGED, zone->zone_start_pfn,
				 "(zone %s) %lu frames are managed, but %lu present", zone->name,
				 zone->managed_pages, zone->present_pages);
		check_watermarks(zone);
		managed += run.managed[zone_idx(zone)];
		if (is_highmem(zone))
			managed_high += run.managed[zone_idx(zone)];
	}
	if (totalram_pages != managed || totalhigh_pages != managed_high)
		violated(TOTAL, highstart_pfn,
			 "totals are %lu, %lu of them high, but %lu and %lu are there",
			 totalram_pages, totalhigh_pages, managed, managed_high);
}

/* --- what the kernel itself stands on --------------------------------------------------------- */

/* Guard pages have no frame. */
static void check_reserved(const void *start, const void *end, const char *whose)
{
	unsigned long vaddr = ALIGN_DOWN((unsigned long)start, PAGE_SIZE);

	for (; vaddr < (unsigned long)end; vaddr += PAGE_SIZE) {
		struct page_walk walk;

		if (!page_walk(swapper_pg_dir, vaddr, &walk))
			continue;
		if (!PageReserved(pfn_to_page(PFN_DOWN(walk.pa))))
			violated(KERNEL, PFN_DOWN(walk.pa), "is %s, but not reserved", whose);
	}
}

/* Tables made at boot are reserved, later ones somebody's; a free one would be overwritten. */
static void check_page_table(const struct page_walk_step *above, unsigned long vaddr)
{
	unsigned long pfn = PFN_DOWN(above->entry & PTE_PFN_MASK);

	if (!pfn_valid(pfn))
		violated(PAGE_TABLES, pfn, "is a page table for %#lx, but no RAM", vaddr);
	else if (!PageReserved(pfn_to_page(pfn)) && page_count(pfn_to_page(pfn)) <= 0)
		violated(PAGE_TABLES, pfn, "is a page table for %#lx, but free", vaddr);
}

/* Each entry of a pmd on its own: below it is the last table. Upper ones are met more than once. */
static void check_page_tables(void)
{
	unsigned long vaddr = PAGE_OFFSET;
	unsigned long above = 0;

	do {
		struct page_walk walk;

		page_walk(swapper_pg_dir, vaddr, &walk);
		for (unsigned int i = 1; i < walk.nr_steps; i++) {
			if (i == walk.nr_steps - 1 || walk.steps[i - 1].entry != above)
				check_page_table(&walk.steps[i - 1], vaddr);
		}
		above = walk.steps[0].entry;
		walk.size = max(walk.size, PMD_SIZE);
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr);
}

static void check_kernel(void)
{
	const struct memmap_run *part;

	check_reserved(_text, _end, "of the kernel's image");
	for_each_memmap_run (part)
		check_reserved(pfn_to_page(part->start_pfn), pfn_to_page(part->end_pfn),
			       "of mem_map");
	check_page_tables();
}

/* The slab allocator walks its own. */
static void report_slab(const char *rule, const char *function, unsigned long pfn)
{
	tell(rule, function, pfn, "is of a slab that breaks it");
}

static void check_slabs(void)
{
	kmem_cache_check_all(report_slab);
}

static void check_addresses(void)
{
	check_window(tell);
}

static void check_processes(void)
{
	check_mms(tell);
}

/* In this order: lists set the marks that the scan of mem_map looks at. */
static void (*const walks[])(void) = {
	check_zones,  check_free_lists, check_frames,	 check_totals,
	check_kernel, check_slabs,	check_addresses, check_processes,
};

struct check_result check_invariants(check_report_t *report)
{
	struct check_result result;
	unsigned long flags;

	local_irq_save(flags);
	memset(&run, 0, sizeof(run));
	run.report = report;
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++)
		walks[i]();
	result = run.result;
	local_irq_restore(flags);
	return result;
}
