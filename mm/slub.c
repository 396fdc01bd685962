/*
 * Slabs and objects: the SLUB allocator.
 *
 *      kmem_cache_alloc, __kmalloc              kmem_cache_free, kfree
 *        |                                        |
 *        +- pop cpu[].freelist                    +- push on cpu[].freelist, in the CPU's slab
 *        |  (nearly always)                       |
 *        +- __slab_alloc                          +- __slab_free
 *             +- refill_cpu_slab                       +- push on page->freelist
 *             |    the first partial slab,             |
 *             |    all its free objects                +- switch_cpu_slab
 *             +- new_slab                              |    twice in a row the same: the CPU's now
 *                  from alloc_pages                    +- discard_slab
 *                                                           one is empty, and there are others
 *
 *      new_slab --> partial <--> this CPU's --> full --> partial --> ... --> empty --> discard
 *
 * A slab is this CPU's, or partial, or full, and full ones are on no list: the first object that
 * comes back finds its slab through mem_map. The fast paths keep interrupts off for a few
 * instructions and look at nothing but cpu[]; whoever needs more (constructors, whose objects keep
 * the link outside, slub_debug=, init_on_alloc=, failslab=) has no objects there, and so pays for
 * it alone.
 *
 * Calls the page allocator; called by everyone. Condenses mm/slub.c of Linux 3.10. Left out: NUMA,
 * the lockless cmpxchg of the fast path (a 486 has none), per-CPU partial lists, sysfs.
 */
#include <lib/string.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/ratelimit.h>
#include <mm/bootmem.h>
#include <mm/fault_inject.h>
#include <mm/page_debug.h>
#include <asm/stack.h>
#include "slub_internal.h"

/* A slab should have so many objects, and waste no more than a 16th, 8th, 4th of its frames ... */
#define MIN_OBJECTS 32
#define MAX_WASTE   16
/* ... for which it may be of this order. */
#define SLUB_MAX_ORDER PAGE_ALLOC_COSTLY_ORDER
/* Empty slabs are kept until so many are partial. */
#define MIN_PARTIAL 5

/* What the fast path knows nothing of. */
#define GFP_SLOW    (__GFP_ZERO | GFP_REFUSED)
#define GFP_REFUSED (__GFP_HIGHMEM | __GFP_DMA)

LIST_HEAD(slab_caches);

/* ---- hooks ---- */

static LIST_HEAD(slab_page_hooks);

void register_slab_page_hook(struct slab_page_hook *hook)
{
	list_add_tail(&hook->list, &slab_page_hooks);
}

void unregister_slab_page_hook(struct slab_page_hook *hook)
{
	list_del(&hook->list);
}

void slab_page_new(struct kmem_cache *s, struct page *page, unsigned int order)
{
	struct slab_page_hook *hook;

	list_for_each_entry (hook, &slab_page_hooks, list)
		hook->new_slab(s, page, order);
}

void slab_page_free(struct kmem_cache *s, struct page *page, unsigned int order)
{
	struct slab_page_hook *hook;

	list_for_each_entry (hook, &slab_page_hooks, list)
		hook->free_slab(s, page, order);
}

/* ---- slabs ---- */

/* The large order if there is such a block just so, else what one object needs. */
static struct page *allocate_slab(struct kmem_cache *s, gfp_t gfp)
{
	struct page *page;

	gfp = (gfp & ~__GFP_ZERO) | __GFP_COMP;
	if (s->order > s->min_order) {
		page = alloc_pages(gfp | __GFP_NOWARN | __GFP_NORETRY, s->order);
		if (page)
			return page;
	}
	return alloc_pages(gfp, s->min_order);
}

/* Lab 06 */
/*
 * All objects of a new slab, constructed if the cache has a constructor, and linked. Lowest address
 * first: objects that are allocated together lie together.
 */
static void build_freelist(struct kmem_cache *s, struct page *page)
{
	void *const first = slab_address(page);
	void *last = first, *object;

	for_each_object (object, s, page) {
		if (s->ctor)
			s->ctor(object);
		*free_link(s, last) = object;
		last = object;
	}
	*free_link(s, last) = NULL;
	page->freelist = first;
}

/* Lab 06 */
/* A slab on no list, all of it free, its first frame's struct page filled in; NULL without frames. */
__landmark static struct page *new_slab(struct kmem_cache *s, gfp_t gfp)
{
	struct page *page = allocate_slab(s, gfp);
	unsigned int order;

	if (unlikely(!page))
		return NULL;
	order = compound_order(page);
	page->slab = s;
	page->inuse = 0;
	page->objects = (PAGE_SIZE << order) / s->size;
	SetPageSlab(page);
	slab_page_new(s, page, order);
	build_freelist(s, page);
	return page;
}

/* The slab is on no list. The frames are to look as if they had never been one. */
__landmark static void discard_slab(struct kmem_cache *s, struct page *page)
{
	unsigned int order = compound_order(page);

	slab_page_free(s, page, order);
	ClearPageSlab(page);
	page->slab = NULL;
	page->freelist = NULL;
	atomic_set(&page->_mapcount, -1);
	__free_pages(page, order);
}

/* ---- the partial list; all with list_lock held ---- */

static void add_partial(struct kmem_cache_node *n, struct page *page)
{
	n->nr_partial++;
	list_add_tail(&page->lru, &n->partial);
}

static void remove_partial(struct kmem_cache_node *n, struct page *page)
{
	n->nr_partial--;
	list_del(&page->lru);
}

static struct page *first_partial(struct kmem_cache_node *n)
{
	if (list_empty(&n->partial))
		return NULL;
	return list_first_entry(&n->partial, struct page, lru);
}

static void inc_slabs_node(struct kmem_cache_node *n, const struct page *page)
{
	n->nr_slabs++;
	n->total_objects += page->objects;
}

static void dec_slabs_node(struct kmem_cache_node *n, const struct page *page)
{
	n->nr_slabs--;
	n->total_objects -= page->objects;
}

/* Take an empty slab away; it is discarded once the lock is let go. */
static void retire_slab(struct kmem_cache_node *n, struct page *page)
{
	remove_partial(n, page);
	dec_slabs_node(n, page);
}

/* The slab, retired, if it is empty and one too many; else NULL. */
static __always_inline struct page *retire_surplus(struct kmem_cache *s, struct page *page)
{
	if (page->inuse || s->node.nr_partial <= s->min_partial)
		return NULL;
	retire_slab(&s->node, page);
	return page;
}

/* ---- this CPU's slab ---- */

/* May it have free objects at hand, where the fast paths find them? */
static bool has_fast_path(const struct kmem_cache *s)
{
	return !s->offset && !kmem_cache_debug(s) && !init_on_alloc && !init_on_free &&
	       !failslab_armed();
}

/* Lab 06 */
/* Takes over all free objects of a slab that is on no list: from now on they count as in use. */
static void activate_slab(struct kmem_cache_cpu *c, struct page *page)
{
	c->page = page;
	c->start = (unsigned long)slab_address(page);
	c->end = c->start + (PAGE_SIZE << compound_order(page));
	c->freelist = page->freelist;
	page->freelist = NULL;
	page->inuse = page->objects;
}

/* The slab that it had is full, and forgotten. */
static bool refill_cpu_slab(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct page *page = first_partial(&s->node);

	if (!page)
		return false;
	remove_partial(&s->node, page);
	activate_slab(c, page);
	return true;
}

static unsigned int count_free(const struct kmem_cache *s, const void *object)
{
	unsigned int nr = 0;

	for (; object; object = *free_link(s, object))
		nr++;
	return nr;
}

/* Lab 06 */
/*
 * The CPU has no slab afterwards. The one it had gets its free objects back and becomes partial; a
 * full one is forgotten. Returns it, if it is to be discarded.
 */
static struct page *deactivate_slab(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	static const struct kmem_cache_cpu none;
	struct page *page = c->page;
	void *freelist = c->freelist;

	*c = none;
	if (!freelist)
		return NULL;
	page->freelist = freelist;
	page->inuse -= count_free(s, freelist);
	add_partial(&s->node, page);
	return retire_surplus(s, page);
}

static void flush_cpu_slab(struct kmem_cache *s)
{
	struct page *surplus;
	unsigned long flags;

	spin_lock_irqsave(&s->node.list_lock, flags);
	surplus = deactivate_slab(s, this_cpu_ptr(s->cpu));
	spin_unlock_irqrestore(&s->node.list_lock, flags);
	if (surplus)
		discard_slab(s, surplus);
}

void kmem_cache_flush_all(void)
{
	struct kmem_cache *s;

	mutex_lock(&slab_mutex);
	for_each_kmem_cache (s)
		flush_cpu_slab(s);
	mutex_unlock(&slab_mutex);
}

/* ---- allocating ---- */

static void *pop_cpu_slab(struct kmem_cache *s)
{
	struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu);
	void *object;

	if (!c->freelist && !refill_cpu_slab(s, c))
		return NULL;
	object = c->freelist;
	c->freelist = *free_link(s, object);
	return object;
}

/* The next object of a slab that is on the partial list, checked where somebody asked for that. */
static void *pop_slab(struct kmem_cache *s, struct page *page)
{
	void *object = page->freelist;
	bool good = !kmem_cache_debug(s) || alloc_debug_processing(s, page, object);

	if (check_valid_pointer(s, page, object)) {
		page->freelist = *free_link(s, object);
		page->inuse++;
	} else {
		/* Where the others are nobody knows: all count as in use, and none goes out. */
		page->freelist = NULL;
		page->inuse = page->objects;
	}
	if (!page->freelist)
		remove_partial(&s->node, page);
	return good ? object : NULL;
}

static void *pop_partial(struct kmem_cache *s)
{
	struct page *page;
	void *object;

	while ((page = first_partial(&s->node))) {
		object = pop_slab(s, page);
		if (object)
			return object;
	}
	return NULL;
}

static void *get_object(struct kmem_cache *s)
{
	unsigned long flags;
	void *object;

	spin_lock_irqsave(&s->node.list_lock, flags);
	object = has_fast_path(s) ? pop_cpu_slab(s) : pop_partial(s);
	if (likely(object))
		s->cpu_slab = s->cpu;
	spin_unlock_irqrestore(&s->node.list_lock, flags);
	return object;
}

/* One more slab with free objects, on the partial list like any other. */
static bool grow(struct kmem_cache *s, gfp_t gfp)
{
	struct page *page = new_slab(s, gfp);
	unsigned long flags;

	if (unlikely(!page))
		return false;
	spin_lock_irqsave(&s->node.list_lock, flags);
	inc_slabs_node(&s->node, page);
	add_partial(&s->node, page);
	spin_unlock_irqrestore(&s->node.list_lock, flags);
	return true;
}

static noinline void slab_out_of_memory(struct kmem_cache *s, gfp_t gfp)
{
	static struct ratelimit_state limit = RATELIMIT_STATE_INIT;

	if (gfp & __GFP_NOWARN || !__ratelimit(&limit))
		return;
	pr_warn("SLUB: Unable to allocate memory on node 0 (gfp=%#x)\n", gfp);
	pr_warn("  cache: %s, object size: %u, buffer size: %u, default order: %u, min order: %u\n",
		s->name, s->object_size, s->size, s->order, s->min_order);
	pr_warn("  node 0: slabs: %lu, objs: %lu, free: %lu\n", s->node.nr_slabs,
		s->node.total_objects, kmem_cache_free_objects(s));
}

static noinline void *refuse_gfp(const struct kmem_cache *s, gfp_t gfp)
{
	pr_err("kmem_cache_alloc: %s: objects come from NORMAL, not from %s; nothing allocated\n",
	       s->name, gfp & __GFP_HIGHMEM ? "HIGHMEM, which has no addresses" : "DMA");
	dump_stack();
	return NULL;
}

__landmark void *__slab_alloc(struct kmem_cache *s, gfp_t gfp)
{
	void *object;

	if (unlikely(gfp & GFP_REFUSED))
		return refuse_gfp(s, gfp);
	if (unlikely(should_failslab(s, gfp)))
		return NULL;
	while (!(object = get_object(s))) {
		/* The page allocator may sleep one day: no lock held, interrupts as they were. */
		if (!grow(s, gfp)) {
			slab_out_of_memory(s, gfp);
			return NULL;
		}
	}
	if (gfp & __GFP_ZERO || (init_on_alloc && !s->ctor))
		memset(object, 0, s->object_size);
	return object;
}

/* Lab 06 */
/* The fast path, interrupts off: the object that came back last. Whatever takes more: __slab_alloc(). */
static __always_inline void *slab_alloc(struct kmem_cache *s, gfp_t gfp)
{
	struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu);
	unsigned long flags;
	void *object;

	if (unlikely(gfp & GFP_SLOW))
		return __slab_alloc(s, gfp);
	local_irq_save(flags);
	object = c->freelist;
	if (unlikely(!object)) {
		local_irq_restore(flags);
		return __slab_alloc(s, gfp);
	}
	c->freelist = *(void **)object;
	local_irq_restore(flags);
	return object;
}

__landmark void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	return slab_alloc(s, gfp);
}

/* ---- freeing ---- */

void report_bad_free(const char *who, const void *p, const char *why)
{
	pr_err("%s: %p: %s; nothing freed\n", who, p, why);
	dump_stack();
}

/* Is the object good enough to be put on a freelist? */
static __always_inline bool free_is_valid(struct kmem_cache *s, struct page *page, void *object)
{
	if (kmem_cache_debug(s))
		return free_debug_processing(s, page, object);
	if (likely(object != page->freelist))
		return true;
	report_bad_free(s->name, object, "is free already");
	return false;
}

/* From the partial list to this CPU. Returns the slab that it had, if that is to be discarded. */
static struct page *switch_cpu_slab(struct kmem_cache *s, struct kmem_cache_cpu *c,
				    struct page *page)
{
	struct page *surplus;

	remove_partial(&s->node, page);
	surplus = deactivate_slab(s, c);
	activate_slab(c, page);
	return surplus;
}

/* Lab 06 */
/*
 * The object goes back to its slab, and the slab, if it was full, to the partial list.
 *
 * What was allocated together is often freed together: the second object in a row that goes back to
 * the same slab makes it this CPU's, and the next ones find it there. Returns a slab to be
 * discarded, or NULL.
 */
static __always_inline struct page *put_object(struct kmem_cache *s, struct page *page,
					       void *object)
{
	struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu);
	void *prior = page->freelist;

	if (page == c->page) { /* since an interrupt after the fast path had looked */
		*free_link(s, object) = c->freelist;
		c->freelist = object;
		return NULL;
	}
	*free_link(s, object) = prior;
	page->freelist = object;
	page->inuse--;
	if (!prior)
		add_partial(&s->node, page);
	if (page == c->last_free && has_fast_path(s))
		return switch_cpu_slab(s, c, page);
	c->last_free = page;
	return retire_surplus(s, page);
}

/* @page: the first frame of the slab that the object is in. */
__landmark static void __slab_free(struct kmem_cache *s, struct page *page, void *object)
{
	struct page *surplus = NULL;
	unsigned long flags;

	spin_lock_irqsave(&s->node.list_lock, flags);
	if (likely(free_is_valid(s, page, object))) {
		if (unlikely(init_on_free) && !s->ctor && !kmem_cache_debug(s))
			memset(object, 0, s->object_size);
		surplus = put_object(s, page, object);
	}
	spin_unlock_irqrestore(&s->node.list_lock, flags);
	if (unlikely(surplus))
		discard_slab(s, surplus);
}

/* The CPU's slab, interrupts off. */
static __always_inline void push_cpu_slab(struct kmem_cache_cpu *c, void *object)
{
	*(void **)object = c->freelist;
	c->freelist = object;
}

static noinline void refuse_free(const struct kmem_cache *s, const void *object,
				 const struct page *page)
{
	if (object)
		report_bad_free(s->name, object,
				page ? "is an object of another cache" : "is no object");
}

/* Not in this CPU's slab. */
static noinline void kmem_cache_free_slow(struct kmem_cache *s, void *object)
{
	struct page *page = slab_page_of(object);

	if (likely(page && page->slab == s))
		__slab_free(s, page, object);
	else
		refuse_free(s, object, page);
}

/* Lab 06 */
/* The fast path: the address alone tells that the object is in the CPU's slab. */
__landmark void kmem_cache_free(struct kmem_cache *s, void *object)
{
	struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu);
	unsigned long flags;

	local_irq_save(flags);
	if (unlikely((unsigned long)object < c->start || (unsigned long)object >= c->end)) {
		local_irq_restore(flags);
		kmem_cache_free_slow(s, object);
		return;
	}
	push_cpu_slab(c, object);
	local_irq_restore(flags);
}

/* What is not in the first run of lowmem: slabs behind a hole of it, NULL, and mistakes. */
static noinline void kfree_slow(const void *p)
{
	struct page *page = slab_page_of(p);

	if (page)
		__slab_free(page->slab, page, (void *)p);
	else
		kfree_nonslab(p);
}

/* Lab 06 */
/* The fast path: the frame's struct page tells the cache, and that the object is in the CPU's slab. */
__landmark void kfree(const void *p)
{
	unsigned long pfn = linear_pfn(p);
	struct kmem_cache_cpu *c;
	struct page *page;
	unsigned long flags;

	if (unlikely(pfn >= flat_lowmem_pfn))
		return kfree_slow(p);
	page = compound_head(pfn_to_page(pfn));
	if (unlikely(!PageSlab(page)))
		return kfree_nonslab(p);
	c = this_cpu_ptr(page->slab->cpu);
	local_irq_save(flags);
	if (unlikely(page != c->page)) {
		local_irq_restore(flags);
		return __slab_free(page->slab, page, (void *)p);
	}
	push_cpu_slab(c, (void *)p);
	local_irq_restore(flags);
}

/* ---- any size ---- */

struct kmem_cache *kmalloc_caches[NR_KMALLOC_CACHES];

/* kmalloc_index(), by (size - 1) / KMALLOC_MIN_SIZE: looked up faster than worked out. */
static u8 size_index[KMALLOC_MAX_CACHE_SIZE / KMALLOC_MIN_SIZE];

static noinline void *kmalloc_slow(size_t size, gfp_t gfp)
{
	return size ? kmalloc_large(size, gfp) : ZERO_SIZE_PTR;
}

/* Size 0 wraps to the largest one, so one comparison finds both ends. */
__landmark void *__kmalloc(size_t size, gfp_t gfp)
{
	if (unlikely(size - 1 >= KMALLOC_MAX_CACHE_SIZE || gfp & __GFP_DMA))
		return kmalloc_slow(size, gfp);
	return slab_alloc(kmalloc_caches[size_index[(size - 1) / KMALLOC_MIN_SIZE]], gfp);
}

void kmalloc_index_init(void)
{
	for (size_t size = 1; size <= KMALLOC_MAX_CACHE_SIZE; size += KMALLOC_MIN_SIZE)
		size_index[(size - 1) / KMALLOC_MIN_SIZE] = kmalloc_index(size);
}

/* ---- caches ---- */

/* Is too much lost at the end of a slab of that order, or too few objects in it? */
static bool slab_order_fits(unsigned int size, unsigned int order, unsigned int min_objects,
			    unsigned int max_waste)
{
	unsigned long slab_size = PAGE_SIZE << order;

	return slab_size / size >= min_objects && slab_size % size <= slab_size / max_waste;
}

/* The least order that wastes little; asking for less and less until there is one. */
static unsigned int calculate_order(unsigned int size)
{
	for (unsigned int objects = MIN_OBJECTS; objects > 1; objects /= 2) {
		for (unsigned int waste = MAX_WASTE; waste >= 4; waste /= 2) {
			for (unsigned int order = 0; order <= SLUB_MAX_ORDER; order++)
				if (slab_order_fits(size, order, objects, waste))
					return order;
		}
	}
	return get_order(size);
}

/*
 * What an object is made of:
 *
 *      0           object_size   inuse    offset              size
 *      | the user's | red zone   | (link) | owners, red zone | (padding) | next object
 *
 * The link lies in the object itself unless what is in there must outlive the object.
 */
static void calculate_layout(struct kmem_cache *s)
{
	unsigned int size = ALIGN(s->object_size, sizeof(void *));

	if (s->flags & SLAB_RED_ZONE && size == s->object_size)
		size += sizeof(void *);
	s->inuse = size;
	if (s->flags & SLAB_POISON || s->ctor) {
		s->offset = size;
		size += sizeof(void *);
	}
	size += debug_info_size(s->flags);
	s->size = ALIGN(size, s->align);
}

size_t calculate_alignment(size_t size, size_t align, unsigned long flags)
{
	size_t line = SMP_CACHE_BYTES;

	/* Small objects share a line, but none lies in more of them than it must. */
	while (size <= line / 2)
		line /= 2;
	if (flags & SLAB_HWCACHE_ALIGN)
		align = max(align, line);
	return ALIGN(max(align, sizeof(void *)), sizeof(void *));
}

bool kmem_cache_open(struct kmem_cache *s, const char *name, size_t size, size_t align,
		     unsigned long flags, void (*ctor)(void *object))
{
	strscpy(s->name, name, sizeof(s->name));
	s->object_size = size;
	s->flags = kmem_cache_flags(name, flags);
	s->align = calculate_alignment(size, align, flags);
	s->ctor = ctor;
	s->min_partial = MIN_PARTIAL;
	s->refcount = 1;
	INIT_LIST_HEAD(&s->node.partial);
	calculate_layout(s);
	if (s->size > KMALLOC_MAX_SIZE)
		return false;
	s->min_order = get_order(s->size);
	s->order = calculate_order(s->size);
	return true;
}

void kmem_cache_relocate(struct kmem_cache *to, struct kmem_cache *from)
{
	struct page *page;

	INIT_LIST_HEAD(&to->node.partial);
	list_splice_init(&from->node.partial, &to->node.partial);
	list_for_each_entry (page, &to->node.partial, lru)
		page->slab = to;
	to->cpu_slab = to->cpu;
}

static unsigned long count_partial_free(const struct kmem_cache *s)
{
	const struct page *page;
	unsigned long nr = 0;

	list_for_each_entry (page, &s->node.partial, lru)
		nr += page->objects - page->inuse;
	return nr;
}

unsigned long kmem_cache_free_objects(struct kmem_cache *s)
{
	unsigned long flags, nr;

	spin_lock_irqsave(&s->node.list_lock, flags);
	nr = count_partial_free(s) + count_free(s, this_cpu_ptr(s->cpu)->freelist);
	spin_unlock_irqrestore(&s->node.list_lock, flags);
	return nr;
}

/* Gathered under the lock, given back without it. */
int kmem_cache_shrink(struct kmem_cache *s)
{
	struct page *page, *next;
	unsigned long flags;
	LIST_HEAD(discard);

	flush_cpu_slab(s);
	spin_lock_irqsave(&s->node.list_lock, flags);
	list_for_each_entry_safe (page, next, &s->node.partial, lru) {
		if (page->inuse)
			continue;
		retire_slab(&s->node, page);
		list_add(&page->lru, &discard);
	}
	spin_unlock_irqrestore(&s->node.list_lock, flags);
	list_for_each_entry_safe (page, next, &discard, lru)
		discard_slab(s, page);
	return 0;
}
