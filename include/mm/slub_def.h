/*
 * What a cache is made of. For those who look inside: the allocator, the monitor, the tests.
 *
 *      kmem_cache                       slab: 2^order frames, cut into objects
 *      +-----------------+
 *      | cpu[] .page ----|------------> [obj|ob|obj|obj|...]   this CPU's own: its free objects
 *      |       .freelist-|----------------> +-->+              hang on cpu[].freelist
 *      | node  .partial--|------------> [obj|ob|obj|obj|...]   some free: on page->freelist
 *      +-----------------+              [obj|ob|obj|obj|...]
 *                                       [obj|ob|obj|obj|...]   full: on no list; mem_map knows it
 *
 * A free object holds the address of the next one. struct page of a slab's first frame holds the
 * rest: slab, freelist, inuse, objects. Condenses include/linux/slub_def.h.
 */
#ifndef MM_SLUB_DEF_H
#define MM_SLUB_DEF_H

#include <kernel/mutex.h>
#include <lib/threads.h>
#include <mm/mm.h>

#define KMEM_CACHE_NAME_LEN 32

struct kmem_cache_cpu {
	void *freelist;		      /* the objects that this CPU hands out next */
	struct page *page;	      /* the slab that they are in */
	unsigned long start, end;     /* its first byte, and the first one after it; else 0, 0 */
	const struct page *last_free; /* the other slab that an object went back to last */
};

struct kmem_cache_node {
	/* Guards the partial list, the counters, and the freelists of slabs that are on it. */
	spinlock_t list_lock;
	unsigned long nr_partial; /* slabs on the list */
	struct list_head partial;
	unsigned long nr_slabs;	     /* slabs there are, full ones included */
	unsigned long total_objects; /* that they have room for */
};

struct kmem_cache {
	/* The fast paths go here and not through cpu_slab: they have no time to test for NULL. */
	struct kmem_cache_cpu cpu[NR_CPUS];
	/* cpu[], as soon as an object has been handed out; NULL before. */
	struct kmem_cache_cpu *cpu_slab;
	unsigned long flags;
	unsigned int size;	  /* from one object to the next */
	unsigned int object_size; /* what the user gets */
	unsigned int inuse;	  /* from here on an object is ours: red zone, link, owners */
	unsigned int offset;	  /* of the link in a free object */
	unsigned int align;
	u8 order;     /* of a new slab */
	u8 min_order; /* if there is no block that large */
	int refcount; /* caches of the same geometry that share this one, itself included */
	void (*ctor)(void *object);
	unsigned long min_partial; /* empty slabs beyond so many partial ones are given back */
	struct kmem_cache_node node;
	struct list_head list; /* in slab_caches */
	char name[KMEM_CACHE_NAME_LEN];
};

/* Every cache, newest first; with slab_mutex held, for others may make and destroy some. */
extern struct list_head slab_caches;
extern struct mutex slab_mutex;

#define for_each_kmem_cache(s) list_for_each_entry (s, &slab_caches, list)

/* The address of a slab's first byte. */
static inline void *slab_address(const struct page *page)
{
	return pfn_to_virt(page_to_pfn(page));
}

/* @object: any place in the slab where an object begins. */
#define for_each_object(object, s, page)                                                \
	for (object = slab_address(page);                                               \
	     (char *)object < (char *)slab_address(page) + (page)->objects * (s)->size; \
	     object = (char *)object + (s)->size)

/* Where a free object keeps the address of the next one. */
static __always_inline void **free_link(const struct kmem_cache *s, const void *object)
{
	return (void **)((char *)object + s->offset);
}

/**
 * kmem_cache_free_objects - how many free objects a cache has at hand
 *
 * Those of the partial slabs and of this CPU's. Takes node.list_lock.
 */
unsigned long kmem_cache_free_objects(struct kmem_cache *s);

/**
 * kmem_cache_check_all - the invariants of every slab there is
 * @report: called for each violation: the rule that is broken, the function that found it, and the
 *          number of the slab's first frame
 *
 * Each slab belongs to a cache, its freelist is sane, its counts are what is counted, and it is on
 * the partial list if it should be. Debug caches: what slub_debug= watches, too.
 *
 * Returns how many violations there are. Interrupts are off for as long as it takes.
 */
unsigned long kmem_cache_check_all(void (*report)(const char *rule, const char *fn,
						  unsigned long pfn));

#endif
