/*
 * Kernel objects: memory in sizes that are no pages.
 *
 *      kmem_cache_create    a cache of objects of one kind, all of one size
 *      kmem_cache_alloc, kmem_cache_free
 *
 *      kmalloc, kfree       any size: from the general caches kmalloc-8 ... kmalloc-8192, and above
 *                           them straight from the page allocator
 *
 * All of it lies in lowmem, so it has an address at once and is physically contiguous: no page
 * table is touched and no TLB entry flushed. Condenses include/linux/slab.h.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H

#include <mm/gfp.h>
#include <mm/slub_def.h>

/* ---- caches ---- */

#define SLAB_DEBUG_FREE	   0x00000100UL /* check each object and its freelist at every turn */
#define SLAB_RED_ZONE	   0x00000400UL /* a strip behind each object that nobody may write to */
#define SLAB_POISON	   0x00000800UL /* free objects hold a pattern */
#define SLAB_KMALLOC	   0x00001000UL /* one of the general caches */
#define SLAB_HWCACHE_ALIGN 0x00002000UL /* objects do not share cache lines needlessly */
#define SLAB_STORE_USER	   0x00010000UL /* remember who allocated and who freed */
#define SLAB_PANIC	   0x00040000UL /* no return without a cache */

#define SLAB_DEBUG_FLAGS   (SLAB_DEBUG_FREE | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)
/* What a caller may ask for. */
#define SLAB_CREATE_FLAGS (SLAB_DEBUG_FLAGS | SLAB_HWCACHE_ALIGN | SLAB_PANIC)

/**
 * kmem_cache_create - a new kind of object
 * @name: for slabinfo and reports: one word, no other cache's; copied
 * @size: of an object, in bytes: 1 to KMALLOC_MAX_SIZE
 * @align: of an object: a power of two up to a page; 0: a word
 * @flags: SLAB_HWCACHE_ALIGN, SLAB_PANIC, SLAB_RED_ZONE ...
 * @ctor: called once for each object when its slab is made, not at each allocation; may be NULL.
 *        A free object keeps what the constructor, or its last user, left in it.
 *
 * With slab_merge on the command line a cache of the same geometry may be shared.
 *
 * Returns the cache, or NULL with a report. With SLAB_PANIC it panics instead. May sleep. Takes
 * slab_mutex.
 */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
				     unsigned long flags, void (*ctor)(void *object));

/**
 * kmem_cache_destroy - give up a cache and all its slabs
 * @s: without live objects: while there are any it is reported and the cache stays as it is;
 *     NULL is allowed
 *
 * May sleep. Takes slab_mutex.
 */
void kmem_cache_destroy(struct kmem_cache *s);

/**
 * kmem_cache_shrink - give all empty slabs back to the page allocator
 *
 * Returns 0.
 */
int kmem_cache_shrink(struct kmem_cache *s);

/* Put this CPU's slabs of all caches back on the partial lists. Takes slab_mutex. */
void kmem_cache_flush_all(void);

/**
 * kmem_cache_alloc - an object of a cache
 * @gfp: GFP_KERNEL, GFP_ATOMIC ...; with __GFP_ZERO the object is zeroed. Not __GFP_HIGHMEM or
 *       __GFP_DMA, which are reported and refused.
 *
 * Returns the object, or NULL. Without __GFP_WAIT it may be called in an interrupt. Takes
 * node.list_lock.
 */
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);

static inline void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp)
{
	return kmem_cache_alloc(s, gfp | __GFP_ZERO);
}

/**
 * kmem_cache_free - let go of an object
 * @s: the cache it came from; another one is reported, and nothing freed
 * @object: as kmem_cache_alloc() returned it; NULL is allowed
 *
 * May be called in an interrupt. Takes node.list_lock.
 */
void kmem_cache_free(struct kmem_cache *s, void *object);

/* The size that was asked for, of each object. */
static inline unsigned int kmem_cache_size(const struct kmem_cache *s)
{
	return s->object_size;
}

/* The cache that all struct kmem_cache come from. */
extern struct kmem_cache *kmem_cache;

/* Share caches of the same geometry: slab_merge on the command line. */
extern bool slab_merge;

/* From here on kmalloc and the caches can be used. Needs the page allocator. */
void kmem_cache_init(void);

/* ---- any size ---- */

/* What kmalloc(0) returns: not NULL, as nothing went wrong, but it points to nothing. */
#define ZERO_SIZE_PTR	       ((void *)16)
#define ZERO_OR_NULL_PTR(p)    ((unsigned long)(p) <= (unsigned long)ZERO_SIZE_PTR)

#define KMALLOC_MIN_SIZE       8
#define KMALLOC_MAX_CACHE_SIZE 8192
#define KMALLOC_MAX_SIZE       (PAGE_SIZE << (MAX_ORDER - 1))

/* By kmalloc_index(): 1 and 2 are for 96 and 192 bytes, others for 2^index; 0 is nobody's. */
#define NR_KMALLOC_CACHES 14
extern struct kmem_cache *kmalloc_caches[NR_KMALLOC_CACHES];

/* @size: 1 to KMALLOC_MAX_CACHE_SIZE. For a constant it is a constant. */
static __always_inline unsigned int kmalloc_index(size_t size)
{
	if (size > 64 && size <= 96)
		return 1;
	if (size > 128 && size <= 192)
		return 2;
	return size <= KMALLOC_MIN_SIZE ? 3 : BITS_PER_LONG - __builtin_clzl(size - 1);
}

/* kmalloc() for a size that is known only when it runs. */
void *__kmalloc(size_t size, gfp_t gfp);

/**
 * kmalloc - physically contiguous memory of any size
 * @size: bytes; 0 gets ZERO_SIZE_PTR
 * @gfp: as for kmem_cache_alloc(). With __GFP_DMA whole frames from below 16 MB are taken.
 *
 * Aligned to 8 bytes.
 *
 * Returns the address, or NULL: no memory, or, with a report, more than KMALLOC_MAX_SIZE.
 */
static __always_inline void *kmalloc(size_t size, gfp_t gfp)
{
	if (__builtin_constant_p(size) && size && size <= KMALLOC_MAX_CACHE_SIZE &&
	    !(gfp & __GFP_DMA))
		return kmem_cache_alloc(kmalloc_caches[kmalloc_index(size)], gfp);
	return __kmalloc(size, gfp);
}

/**
 * kfree - let go of what kmalloc() returned
 * @p: as kmalloc() returned it; NULL and ZERO_SIZE_PTR do nothing. What is not kmalloc's or a
 *     cache's is reported, and nothing freed.
 *
 * May be called in an interrupt. Takes node.list_lock.
 */
void kfree(const void *p);

/* How many bytes at @p may be used: at least what was asked for. 0 for NULL and ZERO_SIZE_PTR. */
size_t ksize(const void *p);

/**
 * krealloc - make it larger or smaller
 * @p: as kmalloc() returned it; NULL: allocate
 * @size: 0: free @p, and return ZERO_SIZE_PTR
 *
 * Returns where it is now, its contents kept up to the smaller size; or NULL, and @p is as it was.
 */
void *krealloc(const void *p, size_t size, gfp_t gfp);

static inline void *kzalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

/* @n elements of @size bytes; NULL if the product does not fit. */
static inline void *kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return __kmalloc(bytes, gfp);
}

static inline void *kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc_array(n, size, gfp | __GFP_ZERO);
}

/* A copy of a string, or of @size bytes; NULL if there is no memory or @s is NULL. */
char *kstrdup(const char *s, gfp_t gfp);
void *kmemdup(const void *src, size_t size, gfp_t gfp);

/* ---- watching ---- */

/*
 * Told of all memory that kmalloc and the caches have, before the first object of it is handed out
 * and when it goes back to the page allocator. @s: the cache, NULL for a large kmalloc. Called with
 * interrupts on or off, no lock held; must not allocate objects.
 */
struct slab_page_hook {
	void (*new_slab)(struct kmem_cache *s, struct page *page, unsigned int order);
	void (*free_slab)(struct kmem_cache *s, struct page *page, unsigned int order);
	struct list_head list;
};

void register_slab_page_hook(struct slab_page_hook *hook);
void unregister_slab_page_hook(struct slab_page_hook *hook);

#endif
