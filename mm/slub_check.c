/*
 * The invariants of the slab allocator, checked from outside: every frame of lowmem that says it is
 * a slab is held against what its cache knows, and the other way round.
 *
 *      mem_map:  each PG_slab head ---> its cache is one of slab_caches
 *                                       inuse + free = objects; the freelist stays inside, ends
 *                                       on the partial list if some are free, unless a CPU has it
 *      caches:   nr_slabs, nr_partial are what was counted on the way
 *
 * Called by the monitor's `check` and by tests; allocates nothing and changes nothing. Condenses
 * validate_slab_cache() of mm/slub.c.
 */
#include <lib/kernel.h>
#include <kernel/percpu.h>
#include "slub_internal.h"

typedef void (*report_fn)(const char *rule, const char *fn, unsigned long pfn);

static bool is_cache(const struct kmem_cache *wanted)
{
	const struct kmem_cache *s;

	for_each_kmem_cache (s) {
		if (s == wanted)
			return true;
	}
	return false;
}

static bool is_cpu_slab(const struct kmem_cache *s, const struct page *page)
{
	return this_cpu_ptr(s->cpu)->page == page;
}

/* How many objects are free, or -1 if the list leaves the slab or never ends. */
static int count_freelist(const struct kmem_cache *s, const struct page *page, const void *object)
{
	int nr = 0;

	for (; object; object = *free_link(s, object)) {
		if (!check_valid_pointer(s, page, object) || ++nr > page->objects)
			return -1;
	}
	return nr;
}

static bool on_partial_list(const struct kmem_cache *s, const struct page *wanted)
{
	const struct page *page;
	unsigned long left = s->node.nr_partial;

	list_for_each_entry (page, &s->node.partial, lru) {
		if (page == wanted)
			return true;
		if (!left--)
			break;
	}
	return false;
}

/* This CPU's slab: all its objects count as handed out, and those on the CPU's list are sane. */
static const char *cpu_slab_violation(const struct kmem_cache *s, const struct page *page)
{
	const struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu);

	if (page->freelist || page->inuse != page->objects)
		return "slab-cpu-not-taken-over";
	if (c->start != (unsigned long)slab_address(page))
		return "slab-cpu-bounds";
	if (count_freelist(s, page, c->freelist) < 0)
		return "slab-freelist";
	return on_partial_list(s, page) ? "slab-partial-list" : NULL;
}

static const char *slab_violation(const struct page *page)
{
	const struct kmem_cache *s = page->slab;
	int nr_free;

	if (!is_cache(s))
		return "slab-cache";
	if (page->objects != (PAGE_SIZE << compound_order(page)) / s->size)
		return "slab-objects";
	if (is_cpu_slab(s, page))
		return cpu_slab_violation(s, page);
	nr_free = count_freelist(s, page, page->freelist);
	if (nr_free < 0)
		return "slab-freelist";
	if (page->inuse + nr_free != page->objects)
		return "slab-inuse";
	if (on_partial_list(s, page) != (nr_free > 0))
		return "slab-partial-list";
	return debug_violation(s, page);
}

static bool is_slab_head(const struct page *page)
{
	return PageSlab(page) && !PageTail(page);
}

/* Adds the slabs that there are to *nr_slabs. */
static unsigned long check_slabs(report_fn report, unsigned long *nr_slabs)
{
	unsigned long nr = 0, pfn = 0;

	for_each_valid_pfn (pfn, max_low_pfn) {
		const struct page *page = pfn_to_page(pfn);
		const char *rule;

		if (!is_slab_head(page))
			continue;
		++*nr_slabs;
		rule = slab_violation(page);
		if (!rule)
			continue;
		report(rule, __func__, page_to_pfn(page));
		nr++;
	}
	return nr;
}

/* Entries of the partial list that are slabs of the cache; stops where one is not. */
static unsigned long count_partial(const struct kmem_cache *s)
{
	const struct page *page;
	unsigned long nr = 0;

	list_for_each_entry (page, &s->node.partial, lru) {
		if (!is_slab_head(page) || page->slab != s || nr > s->node.nr_partial)
			break;
		nr++;
	}
	return nr;
}

/* The frame reported is the one that the struct kmem_cache lies in. */
static unsigned long check_caches(report_fn report, unsigned long nr_slabs)
{
	const struct kmem_cache *s;
	unsigned long nr = 0, expected = 0;

	for_each_kmem_cache (s) {
		expected += s->node.nr_slabs;
		if (count_partial(s) == s->node.nr_partial)
			continue;
		report("cache-nr-partial", __func__, virt_to_pfn(s));
		nr++;
	}
	if (expected == nr_slabs)
		return nr;
	report("cache-nr-slabs", __func__, virt_to_pfn(kmem_cache));
	return nr + 1;
}

unsigned long kmem_cache_check_all(report_fn report)
{
	unsigned long flags, nr, nr_slabs = 0;

	local_irq_save(flags);
	nr = check_slabs(report, &nr_slabs);
	nr += check_caches(report, nr_slabs);
	local_irq_restore(flags);
	return nr;
}
