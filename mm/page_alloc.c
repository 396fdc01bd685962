/*
 * Allocating frames: which zone, which list, and what a frame looks like when it leaves.
 *
 *      alloc_pages
 *        +- get_page_from_freelist      zones from the best one down, as far as watermarks allow
 *        |     +- rmqueue
 *        |          +- rmqueue_pcplist      this CPU's lists: no lock, the warmest frame
 *        |          +- page_placement       the zone's free lists: mm/buddy.c
 *        +- __alloc_pages_slowpath      deeper into the reserve; then a report and NULL
 *        +- prep_new_page               count 1; zeroed, compound, checked for poison
 *
 *      __free_pages
 *        +- free_pages_prepare          refuses what cannot be right
 *        +- free_pcppages / placement   back the same way
 *
 * Everyone who needs a frame calls in here. Condenses mm/page_alloc.c. Left out: NUMA, migration
 * types, compaction: when no block is large enough vmalloc is the answer. Reclaim will have its
 * place in __alloc_pages_slowpath().
 */
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/fault_inject.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_placement.h>
#include <mm/page_debug.h>
#include <mm/rmap.h>
#include <asm/stack.h>

const struct page_placement *page_placement = &buddy_placement;

/* What a request may do to a zone's watermarks. */
#define ALLOC_WMARK_MASK 0x03 /* index into zone->watermark */
#define ALLOC_HIGH	 0x10 /* __GFP_HIGH: half of it will do */
#define ALLOC_ANYTHING	 0x20 /* _TIF_MEMDIE: whatever there is */

/* --- per-CPU lists ---------------------------------------------------------------------------- */

/* A batch from the zone's lists, so that its lock is taken once for many frames. */
static noinline void rmqueue_bulk(struct zone *zone, struct per_cpu_pages *pcp, unsigned int order)
{
	const int wanted = max(pcp->batch >> order, 1);
	int nr;

	spin_lock(&zone->lock);
	for (nr = 0; nr < wanted; nr++) {
		struct page *page = page_placement->take(zone, order);

		if (!page)
			break;
		list_add_tail(&page->lru, &pcp->lists[order]);
	}
	spin_unlock(&zone->lock);
	pcp->count += nr << order;
}

static struct page *rmqueue_pcplist(struct zone *zone, unsigned int order)
{
	struct per_cpu_pages *pcp = this_cpu_ptr(zone->pageset);
	struct list_head *list = &pcp->lists[order];
	struct page *page;

	if (list_empty(list)) {
		rmqueue_bulk(zone, pcp, order);
		if (list_empty(list))
			return NULL;
	}
	page = list_first_entry(list, struct page, lru);
	list_del(&page->lru);
	pcp->count -= 1 << order;
	return page;
}

/* The coldest frames first: @nr of them, or all there are. */
static void free_pcppages_bulk(struct zone *zone, struct per_cpu_pages *pcp, int nr)
{
	spin_lock(&zone->lock);
	for (unsigned int order = 0; order < NR_PCP_ORDERS; order++) {
		struct list_head *list = &pcp->lists[order];

		while (nr > 0 && !list_empty(list)) {
			struct page *page = list_last_entry(list, struct page, lru);

			list_del(&page->lru);
			page_placement->put(zone, page, order);
			pcp->count -= 1 << order;
			nr -= 1 << order;
		}
	}
	spin_unlock(&zone->lock);
}

static void free_to_pcplist(struct zone *zone, struct page *page, unsigned int order)
{
	struct per_cpu_pages *pcp = this_cpu_ptr(zone->pageset);

	list_add(&page->lru, &pcp->lists[order]);
	pcp->count += 1 << order;
	if (pcp->count > pcp->high)
		free_pcppages_bulk(zone, pcp, pcp->batch);
}

void drain_all_pages(void)
{
	struct zone *zone;

	for_each_zone (zone) {
		struct per_cpu_pages *pcp = this_cpu_ptr(zone->pageset);
		unsigned long flags;

		local_irq_save(flags);
		if (pcp->count)
			free_pcppages_bulk(zone, pcp, pcp->count);
		local_irq_restore(flags);
	}
}

/* --- allocating ------------------------------------------------------------------------------- */

static __always_inline struct page *rmqueue(struct zone *zone, unsigned int order)
{
	unsigned long flags;
	struct page *page;

	local_irq_save(flags);
	if (likely(order < NR_PCP_ORDERS)) {
		page = rmqueue_pcplist(zone, order);
	} else {
		spin_lock(&zone->lock);
		page = page_placement->take(zone, order);
		spin_unlock(&zone->lock);
	}
	local_irq_restore(flags);
	return page;
}

/*
 * Frames in blocks too small for the request do not count, and less and less is asked of each larger
 * order.
 */
static noinline bool large_blocks_left(const struct zone *zone, unsigned int order,
				       unsigned long min, unsigned long reserve)
{
	long free_pages = zone->free_pages - ((1L << order) - 1);

	if (free_pages <= (long)(min + reserve))
		return false;
	for (unsigned int o = 0; o < order; o++) {
		free_pages -= zone->free_area[o].nr_free << o;
		min /= 2;
		if (free_pages <= (long)min)
			return false;
	}
	return true;
}

/* May 2^order frames be taken from the zone without going below the mark? */
static __always_inline bool zone_watermark_ok(const struct zone *zone, unsigned int order,
					      enum zone_type classzone, int alloc_flags)
{
	unsigned long reserve = zone->lowmem_reserve[classzone];
	unsigned long min = zone->watermark[alloc_flags & ALLOC_WMARK_MASK];

	if (alloc_flags & ALLOC_HIGH)
		min -= min / 2;
	if (alloc_flags & ALLOC_ANYTHING)
		return true;
	if (zone->free_pages <= min + reserve)
		return false;
	return likely(!order) || large_blocks_left(zone, order, min, reserve);
}

static __always_inline struct page *get_page_from_freelist(gfp_t gfp, unsigned int order,
							   int alloc_flags)
{
	enum zone_type classzone = gfp_zone(gfp);
	struct zone *const *z = contig_page_data.node_zonelists[classzone].zones;

	for (; *z; z++) {
		struct page *page;

		if (!zone_watermark_ok(*z, order, classzone, alloc_flags))
			continue;
		page = rmqueue(*z, order);
		if (likely(page))
			return page;
	}
	return NULL;
}

/* A task that dies lest others starve needs little, and gives back much: see mm/oom_kill.c. */
static bool may_use_everything(void)
{
	return !in_interrupt() && current_thread_info()->flags & _TIF_MEMDIE;
}

/*
 * The zones are low. What the CPU's lists hold may merge into what is asked for; then the reserve
 * may be used down to min. This is where reclaim will be woken and waited for.
 */
static noinline struct page *__alloc_pages_slowpath(gfp_t gfp, unsigned int order)
{
	int alloc_flags = WMARK_MIN | (gfp & __GFP_HIGH ? ALLOC_HIGH : 0);
	struct page *page = get_page_from_freelist(gfp, order, alloc_flags);

	if (!page) {
		drain_all_pages();
		page = get_page_from_freelist(gfp, order, alloc_flags);
	}
	if (!page && may_use_everything())
		page = get_page_from_freelist(gfp, order, ALLOC_ANYTHING);
	if (!page)
		warn_alloc(gfp, order);
	return page;
}

static void prep_compound_page(struct page *page, unsigned int order)
{
	SetPageHead(page);
	page->compound_order = order;
	for (unsigned long i = 1; i < 1UL << order; i++) {
		SetPageTail(&page[i]);
		page[i].first_page = page;
	}
}

static __always_inline void prep_new_page(struct page *page, unsigned int order, gfp_t gfp)
{
	atomic_set(&page->_count, 1);
	page->private = 0;
	if (order)
		set_page_block_order(page, order);
	if (unlikely(page_debug_enabled))
		page_debug_alloc(page, order);
	if (unlikely((gfp & __GFP_ZERO) || init_on_alloc))
		clear_highpages(page, order);
	if (unlikely(order && (gfp & __GFP_COMP)))
		prep_compound_page(page, order);
}

/* What nobody can be given, by name. */
static noinline struct page *refuse_alloc(gfp_t gfp, unsigned int order)
{
	if (order >= MAX_ORDER)
		pr_err("alloc_pages: order %u is above the largest, %d; nothing allocated\n", order,
		       MAX_ORDER - 1);
	else
		pr_err("alloc_pages: flags %#x are no GFP flags; nothing allocated\n",
		       gfp & ~GFP_MASK);
	dump_stack();
	return NULL;
}

__landmark struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;

	if (unlikely(order >= MAX_ORDER || gfp & ~GFP_MASK))
		return refuse_alloc(gfp, order);
	if (unlikely(should_fail_alloc_page(gfp, order)))
		return NULL;
	page = get_page_from_freelist(gfp, order, WMARK_LOW);
	if (unlikely(!page))
		page = __alloc_pages_slowpath(gfp, order);
	if (likely(page))
		prep_new_page(page, order, gfp);
	return page;
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;

	if (gfp & __GFP_HIGHMEM) {
		pr_err("__get_free_pages: a highmem frame has no address; nothing allocated, use "
		       "alloc_pages and kmap\n");
		dump_stack();
		return 0;
	}
	page = alloc_pages(gfp, order);
	return page ? (unsigned long)pfn_to_virt(page_to_pfn(page)) : 0;
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp | __GFP_ZERO, 0);
}

/* Frames in bulk travel in blocks of this order where they can: that costs little more than one. */
#define BULK_ORDER PAGE_ALLOC_COSTLY_ORDER
#define BULK_PAGES (1UL << BULK_ORDER)

/* From the best zone or not at all: single frames there come before blocks of the next. */
static struct page *alloc_bulk_block(gfp_t gfp)
{
	enum zone_type classzone = gfp_zone(gfp);
	struct zone *zone = contig_page_data.node_zonelists[classzone].zones[0];

	if (unlikely(should_fail_alloc_page(gfp, BULK_ORDER)) ||
	    !zone_watermark_ok(zone, BULK_ORDER, classzone, WMARK_LOW))
		return NULL;
	return rmqueue(zone, BULK_ORDER);
}

/* Fills BULK_PAGES entries, all NULL so far; false, with nothing done, if there is no block. */
static bool fill_by_block(gfp_t gfp, struct page **page_array)
{
	struct page *page = alloc_bulk_block(gfp);

	if (!page)
		return false;
	prep_new_page(page, BULK_ORDER, gfp & ~__GFP_COMP);
	split_page(page, BULK_ORDER);
	for (unsigned long i = 0; i < BULK_PAGES; i++)
		page_array[i] = page + i;
	return true;
}

static bool all_empty(struct page **page_array)
{
	unsigned long i = 0;

	while (i < BULK_PAGES && !page_array[i])
		i++;
	return i == BULK_PAGES;
}

unsigned long alloc_pages_bulk(gfp_t gfp, unsigned long nr_pages, struct page **page_array)
{
	unsigned long i = 0;

	while (i < nr_pages) {
		if (nr_pages - i >= BULK_PAGES && all_empty(&page_array[i]) &&
		    fill_by_block(gfp, &page_array[i])) {
			i += BULK_PAGES;
			continue;
		}
		if (!page_array[i])
			page_array[i] = alloc_page(gfp);
		if (!page_array[i])
			break;
		i++;
	}
	return i;
}

/* --- freeing ---------------------------------------------------------------------------------- */

/* Flags that a frame which goes back can not have. */
#define PAGE_FLAGS_CHECK_AT_FREE \
	(1UL << PG_reserved | 1UL << PG_buddy | 1UL << PG_slab | 1UL << PG_tail)

static const char *why_not_free(const struct page *page, unsigned int order)
{
	if (order >= MAX_ORDER)
		return "the order is above the largest";
	if (!pfn_valid(page_to_pfn(page)))
		return "there is no such frame";
	if (PageReserved(page))
		return "it is reserved";
	if (PageSlab(page))
		return "it is a live slab";
	if (PageTail(page))
		return "it is in the middle of a compound page";
	if (PageBuddy(page) || !page_count(page))
		return "it is free already, or no block begins there";
	if (page_block_order(page) != order)
		return "it was allocated with another order";
	return "page tables still lead to it";
}

/* Later frames of a block are nobody's own: no count, no state but that of a compound page's tail. */
static bool tails_fit(const struct page *page, unsigned int order)
{
	unsigned long wanted = page->flags & ~(PAGE_BLOCK_ORDER_MASK | 1UL << PG_head);

	if (PageHead(page))
		wanted |= 1UL << PG_tail;
	for (const struct page *tail = page + 1; tail < page + (1UL << order); tail++) {
		if (unlikely(tail->flags != wanted || page_count(tail)))
			return false;
	}
	return true;
}

static noinline bool refuse_free(const struct page *page, unsigned int order, const char *why)
{
	pr_err("__free_pages: frame %#lx, order %u: %s; nothing freed\n", page_to_pfn(page), order,
	       why);
	dump_stack();
	return false;
}

static void destroy_compound_page(struct page *page, unsigned int order)
{
	ClearPageHead(page);
	for (unsigned long i = 1; i < 1UL << order; i++)
		ClearPageTail(&page[i]);
}

/*
 * Can it be true that this block is given back? One test for the common case, names for the rest.
 * A block in use knows its order, so one that fits is aligned as well. Each entry that maps a frame
 * is a user of it, so the last user of one that is mapped has miscounted.
 */
static bool free_pages_check(const struct page *page, unsigned int order)
{
	if (unlikely(page->flags & PAGE_FLAGS_CHECK_AT_FREE || page_block_order(page) != order ||
		     page_count(page) <= page_mapcount(page)))
		return refuse_free(page, order, why_not_free(page, order));
	if (order && page_count(page) == 1 && unlikely(!tails_fit(page, order)))
		return refuse_free(page, order, "frames of it are free or in use by others");
	return true;
}

/* The last user is gone: the block is as when it was new, and goes back where it came from. */
static void free_block(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	if (order)
		set_page_block_order(page, 0);
	if (unlikely(PageHead(page)))
		destroy_compound_page(page, order);
	if (unlikely(page_debug_enabled))
		page_debug_free(page, order);
	local_irq_save(flags);
	if (likely(order < NR_PCP_ORDERS)) {
		free_to_pcplist(zone, page, order);
	} else {
		spin_lock(&zone->lock);
		page_placement->put(zone, page, order);
		spin_unlock(&zone->lock);
	}
	local_irq_restore(flags);
}

__landmark void __free_pages(struct page *page, unsigned int order)
{
	if (free_pages_check(page, order) && put_page_testzero(page))
		free_block(page, order);
}

/* The common case of a process's frame after fork(): it stays, with a user less. Returns whether. */
static __always_inline bool put_shared_page(struct page *page)
{
	if (page->flags & (PAGE_FLAGS_CHECK_AT_FREE | PAGE_BLOCK_ORDER_MASK) ||
	    page_count(page) < 2)
		return false;
	atomic_dec(&page->_count);
	return true;
}

void put_page(struct page *page)
{
	if (put_shared_page(page))
		return;
	page = compound_head(page);
	__free_pages(page, page_block_order(page));
}

/* Are the next frames a block's, in order, each with a single user and no state? */
static bool is_bulk_block(struct page **pages)
{
	const struct page *page = pages[0];

	if (page_to_pfn(page) & (BULK_PAGES - 1))
		return false;
	for (unsigned long i = 0; i < BULK_PAGES; i++) {
		if (pages[i] != page + i || pages[i]->flags != page->flags ||
		    page_count(pages[i]) != 1 || page_mapped(pages[i]))
			return false;
	}
	return !(page->flags & PAGE_FLAGS_CHECK_AT_FREE) && !page_block_order(page);
}

/* The reverse of split_page(). */
static void join_pages(struct page *page, unsigned int order)
{
	set_page_block_order(page, order);
	for (unsigned long i = 1; i < 1UL << order; i++)
		atomic_set(&page[i]._count, 0);
}

void release_pages(struct page **pages, unsigned long nr)
{
	for (unsigned long i = 0; i < nr;) {
		if (put_shared_page(pages[i])) {
			i++;
		} else if (nr - i >= BULK_PAGES && is_bulk_block(&pages[i])) {
			join_pages(pages[i], BULK_ORDER);
			__free_pages(pages[i], BULK_ORDER);
			i += BULK_PAGES;
		} else {
			put_page(pages[i++]);
		}
	}
}

void free_pages(unsigned long addr, unsigned int order)
{
	const unsigned long pfn = linear_pfn((const void *)addr);

	if (!addr)
		return;
	if (!lowmem_pfn_valid(pfn) || addr & ~PAGE_MASK) {
		pr_err("free_pages: %#lx is no frame of the linear mapping; nothing freed\n", addr);
		dump_stack();
		return;
	}
	__free_pages(pfn_to_page(pfn), order);
}

/* --- blocks of other sizes -------------------------------------------------------------------- */

void split_page(struct page *page, unsigned int order)
{
	set_page_block_order(page, 0);
	for (unsigned long i = 1; i < 1UL << order; i++)
		atomic_set(&page[i]._count, 1);
}

void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	unsigned int order = get_order(size);
	unsigned long addr;

	if (!size) {
		pr_err("alloc_pages_exact: 0 bytes: that is nothing; nothing allocated\n");
		dump_stack();
		return NULL;
	}
	addr = __get_free_pages(gfp & ~__GFP_COMP, order);
	if (!addr)
		return NULL;
	split_page(virt_to_page(addr), order);
	free_pages_exact((void *)(addr + PAGE_ALIGN(size)),
			 (PAGE_SIZE << order) - PAGE_ALIGN(size));
	return (void *)addr;
}

void free_pages_exact(void *addr, size_t size)
{
	unsigned long start = (unsigned long)addr;

	for (unsigned long page = start; page < start + PAGE_ALIGN(size); page += PAGE_SIZE)
		free_page(page);
}

unsigned long nr_free_pages(void)
{
	unsigned long nr = 0;
	struct zone *zone;

	for_each_zone (zone)
		nr += zone->free_pages + this_cpu_ptr(zone->pageset)->count;
	return nr;
}
