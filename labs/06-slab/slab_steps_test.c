/*
 * The steps of lab 06's grader, typed at a prompt between mem_init() and kmem_cache_init()
 * (`before_slabs` on the command line, as the last option): there are frames and no objects, and no cache
 * but the grader's two. Objects are told by their number: the first that was handed out is 0.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <mm/fault_inject.h>
#include <mm/slab.h>
#include <monitor/monitor.h>
#include "arguments.h"
#include "early_prompt.h"
#include "facts.h"
#include "patience.h"

/* mm/slub_internal.h */
bool kmem_cache_open(struct kmem_cache *s, const char *name, size_t size, size_t align,
		     unsigned long flags, void (*ctor)(void *object));
void *__slab_alloc(struct kmem_cache *s, gfp_t gfp);

#define NR_CACHES   2
#define NR_OBJECTS  1024
#define CONSTRUCTED 0xC7
#define DIRT	    0x5A

static struct kmem_cache caches[NR_CACHES];
static void *objects[NR_OBJECTS];
static unsigned int nr_objects;

static struct kmem_cache *cache(const char *word)
{
	return &caches[number(word) % NR_CACHES];
}

static void fact_free_frames(const char *name)
{
	drain_all_pages();
	fact(name, nr_free_pages());
}

/* --- a cache ---------------------------------------------------------------------------------- */

static void construct(void *object)
{
	fact("constructed", (unsigned long)object);
	memset(object, CONSTRUCTED, caches[0].object_size);
}

/* The frames that the next slab will be made of hold something already. */
static void leave_dirt(unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);

	memset(slab_address(page), DIRT, PAGE_SIZE << order);
	fact("dirty frame", page_to_pfn(page));
	__free_pages(page, order);
}

static int sl_cache(int argc, char **argv)
{
	struct kmem_cache *s = cache(argv[1]);

	memset(s, 0, sizeof(*s));
	kmem_cache_open(s, s == caches ? "first" : "second", number(argv[2]), number(argv[3]), 0,
			argc > 4 ? construct : NULL);
	list_add(&s->list, &slab_caches);
	leave_dirt(s->order);
	fact("cache", (unsigned long)s);
	fact("size", s->size);
	fact("object size", s->object_size);
	fact("link", s->offset);
	fact("align", s->align);
	fact("order", s->order);
	fact("min_partial", s->min_partial);
	fact("PG_slab", 1UL << PG_slab);
	fact("PG_head", 1UL << PG_head);
	return 0;
}

/* What a cache's own structures say; the partial list is followed a while, if it should not end. */
static int sl_state(int argc __unused, char **argv)
{
	struct kmem_cache *s = cache(argv[1]);
	const struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu);
	const struct page *page;
	int left = 100;

	fact("page", c->page ? page_to_pfn(c->page) : 0);
	fact("freelist", (unsigned long)c->freelist);
	fact("start", c->start);
	fact("end", c->end);
	fact("nr_partial", s->node.nr_partial);
	list_for_each_entry (page, &s->node.partial, lru) {
		if (!left--)
			break;
		fact("partial", page_to_pfn(page));
	}
	return 0;
}

static int sl_flush(int argc __unused, char **argv __unused)
{
	kmem_cache_flush_all();
	return 0;
}

static int sl_free_frames(int argc __unused, char **argv __unused)
{
	fact_free_frames("free frames");
	return 0;
}

/* --- objects ---------------------------------------------------------------------------------- */

static void note(void *object)
{
	fact("object", (unsigned long)object);
	if (nr_objects < NR_OBJECTS)
		objects[nr_objects++] = object;
}

/* Past the fast path. */
static int sl_slow(int argc __unused, char **argv)
{
	for (unsigned long i = 0; i < number(argv[2]); i++)
		note(__slab_alloc(cache(argv[1]), GFP_KERNEL));
	return 0;
}

static int sl_take(int argc, char **argv)
{
	for (unsigned long i = 0; i < number(argv[2]); i++)
		note(kmem_cache_alloc(cache(argv[1]), GFP_KERNEL | (argc > 3 ? __GFP_ZERO : 0)));
	return 0;
}

/* No block of the cache's order is to be had, but smaller ones are. */
static int sl_smaller(int argc __unused, char **argv)
{
	static const struct fault_attr once = { .probability = 100, .times = 1 };

	set_fail_page_alloc(&once);
	note(__slab_alloc(cache(argv[1]), GFP_KERNEL));
	set_fail_page_alloc(NULL);
	return 0;
}

static int sl_fail(int argc __unused, char **argv)
{
	static const struct fault_attr always = { .probability = 100, .times = -1 };

	fact_free_frames("before");
	set_fail_page_alloc(&always);
	fact("got", (unsigned long)__slab_alloc(cache(argv[1]), GFP_KERNEL | __GFP_NOWARN));
	set_fail_page_alloc(NULL);
	fact_free_frames("after");
	return 0;
}

static int sl_free(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		kmem_cache_free(cache(argv[1]), objects[number(argv[i])]);
	return 0;
}

static int sl_kfree(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		kfree(objects[number(argv[i])]);
	return 0;
}

/* The last N objects: one by one, or with a larger STEP in so many rounds. */
static int sl_free_row(int argc __unused, char **argv)
{
	const unsigned long step = number(argv[2]), first = nr_objects - number(argv[3]);

	for (unsigned long begin = first; begin < first + step; begin++)
		for (unsigned long i = begin; i < nr_objects; i += step)
			kmem_cache_free(cache(argv[1]), objects[i]);
	return 0;
}

static int sl_fill(int argc __unused, char **argv)
{
	const struct kmem_cache *s = cache(argv[1]);

	for (unsigned int i = 0; i < nr_objects; i++)
		memset(objects[i], (int)number(argv[2]), s->object_size);
	return 0;
}

/* --- mistakes --------------------------------------------------------------------------------- */

static int sl_free_nothing(int argc __unused, char **argv)
{
	kmem_cache_free(cache(argv[1]), NULL);
	kmem_cache_free(cache(argv[1]), caches);
	kfree(NULL);
	kfree(ZERO_SIZE_PTR);
	return 0;
}

/* What has no slab, only frames. */
static int sl_large(int argc __unused, char **argv __unused)
{
	void *block;

	fact_free_frames("before");
	block = kmalloc(3 * KMALLOC_MAX_CACHE_SIZE, GFP_KERNEL);
	fact("block", (unsigned long)block);
	fact_free_frames("between");
	kfree(block);
	fact_free_frames("after");
	return 0;
}

/* --- is it the fast path? --------------------------------------------------------------------- */

/* The slow path sets cpu_slab. */
static int sl_fast_take(int argc __unused, char **argv)
{
	struct kmem_cache *s = cache(argv[1]);

	s->cpu_slab = NULL;
	note(kmem_cache_alloc(s, GFP_KERNEL));
	fact("slow", s->cpu_slab != NULL);
	s->cpu_slab = s->cpu;
	return 0;
}

static void free_by_kmem_cache_free(void *object)
{
	kmem_cache_free(caches, object);
}

static void free_by_kfree(void *object)
{
	kfree(object);
}

/* The slow path looks at page->freelist, and refuses an object that it finds there. */
static void fact_fast_free(const char *name, void *object, void (*free)(void *object))
{
	struct page *page = compound_head(virt_to_page(object));

	page->freelist = object;
	free(object);
	fact(name, this_cpu_ptr(caches->cpu)->freelist != object);
	page->freelist = NULL;
}

static int sl_fast_free(int argc __unused, char **argv)
{
	fact_fast_free("slow kmem_cache_free", objects[number(argv[1])], free_by_kmem_cache_free);
	fact_fast_free("slow kfree", objects[number(argv[2])], free_by_kfree);
	return 0;
}

/* --- interrupts, on a machine that has booted ------------------------------------------------- */

#define NR_INTERRUPTS 150

static struct {
	struct timer_list timer;
	void *volatile object; /* that the interrupt has */
	volatile int number;
} interrupt;

static void take_in_interrupt(unsigned long unused __unused)
{
	void *last = interrupt.object;

	interrupt.object = kmem_cache_alloc(caches, GFP_ATOMIC);
	kmem_cache_free(caches, last);
	if (++interrupt.number < NR_INTERRUPTS)
		mod_timer(&interrupt.timer, jiffies + 1);
}

static int sl_interrupts(int argc __unused, char **argv __unused)
{
	unsigned long both_have = 0;

	setup_timer(&interrupt.timer, take_in_interrupt, 0);
	mod_timer(&interrupt.timer, jiffies + 1);
	while (interrupt.number < NR_INTERRUPTS && !both_have) {
		void *mine = kmem_cache_alloc(caches, GFP_KERNEL);

		if (mine == interrupt.object)
			both_have = (unsigned long)mine;
		else
			kmem_cache_free(caches, mine);
	}
	del_timer(&interrupt.timer);
	fact("interrupts", interrupt.number);
	fact("both have", both_have);
	return 0;
}

/* --- the prompt ------------------------------------------------------------------------------- */

static int stop_before_slabs(char *val __unused)
{
	mem_init();
	early_prompt();
}
__setup("before_slabs", stop_before_slabs);

static const struct monitor_command commands[] = {
	{ "sl_cache", "NR SIZE ALIGN [CTOR]", "an empty cache", 3, 4, sl_cache },
	{ "sl_state", "NR", "its CPU's slab and its partial ones", 1, 1, sl_state },
	{ "sl_flush", "", "no CPU has a slab", 0, 0, sl_flush },
	{ "sl_free_frames", "", "how many there are", 0, 0, sl_free_frames },
	{ "sl_slow", "NR N", "objects, past the fast path", 2, 2, sl_slow },
	{ "sl_take", "NR N [ZERO]", "objects", 2, 3, sl_take },
	{ "sl_smaller", "NR", "an object, with no large block left", 1, 1, sl_smaller },
	{ "sl_fail", "NR", "an object, with all frames gone", 1, 1, sl_fail },
	{ "sl_free", "NR I ...", "kmem_cache_free", 2, 14, sl_free },
	{ "sl_kfree", "I ...", "kfree", 1, 14, sl_kfree },
	{ "sl_free_row", "NR STEP N", "kmem_cache_free of many", 3, 3, sl_free_row },
	{ "sl_fill", "NR BYTE", "write to all objects", 2, 2, sl_fill },
	{ "sl_free_nothing", "NR", "free what is no object", 1, 1, sl_free_nothing },
	{ "sl_large", "", "kmalloc and kfree of frames", 0, 0, sl_large },
	{ "sl_fast_take", "NR", "one object, the fast way?", 1, 1, sl_fast_take },
	{ "sl_fast_free", "I J", "two objects back, the fast way?", 2, 2, sl_fast_free },
	{ "sl_interrupts", "", "thread and interrupt at one cache", 0, 0, sl_interrupts },
};
monitor_group(slab_steps, "grade", commands);
