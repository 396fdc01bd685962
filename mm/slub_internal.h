/*
 * Between the files of the slab allocator: slub.c (slabs and objects), slab_common.c (caches and
 * kmalloc), slub_debug.c (what slub_debug= watches), slub_check.c (the invariants).
 */
#ifndef MM_SLUB_INTERNAL_H
#define MM_SLUB_INTERNAL_H

#include <mm/slab.h>

/* ---- slub.c ---- */

/*
 * The first frame of the compound page or the single frame that an address lies in; NULL if that is
 * not in the linear mapping. One comparison finds NULL, a user's and vmalloc's pointers too.
 */
static __always_inline struct page *lowmem_page_of(const void *p)
{
	unsigned long pfn = linear_pfn(p);

	return lowmem_pfn_valid(pfn) ? compound_head(pfn_to_page(pfn)) : NULL;
}

/* The first frame of the slab that an address lies in; NULL where no slab is. */
static __always_inline struct page *slab_page_of(const void *p)
{
	struct page *page = lowmem_page_of(p);

	return likely(page && PageSlab(page)) ? page : NULL;
}

/**
 * kmem_cache_open - lay out the objects of a new cache
 * @s: all zero; its refcount and list are the caller's
 *
 * Returns false if no slab could hold one.
 */
bool kmem_cache_open(struct kmem_cache *s, const char *name, size_t size, size_t align,
		     unsigned long flags, void (*ctor)(void *object));

/* The alignment that objects get when a caller asks for @align, maybe 0, and @flags. */
size_t calculate_alignment(size_t size, size_t align, unsigned long flags);

/**
 * kmem_cache_relocate - make a copy of a cache the cache
 * @to: a copy of @from, byte for byte
 */
void kmem_cache_relocate(struct kmem_cache *to, struct kmem_cache *from);

/* Objects of @s, zeroed if @gfp or init_on_alloc= says so; every way but the fast one. */
void *__slab_alloc(struct kmem_cache *s, gfp_t gfp);

/* "kfree: 0xc1234567: why; nothing freed", and who called. */
void report_bad_free(const char *who, const void *p, const char *why);

/* Lets __kmalloc() find the caches. */
void kmalloc_index_init(void);

/* Tell the hooks. */
void slab_page_new(struct kmem_cache *s, struct page *page, unsigned int order);
void slab_page_free(struct kmem_cache *s, struct page *page, unsigned int order);

/* ---- slab_common.c ---- */

/* kmalloc() of more than the general caches have, or of frames for DMA; @size is not 0. */
void *kmalloc_large(size_t size, gfp_t gfp);

/* kfree() of what lies in no slab: NULL, a large block, or a mistake. */
void kfree_nonslab(const void *p);

/* ---- slub_debug.c ---- */

static inline bool kmem_cache_debug(const struct kmem_cache *s)
{
	return s->flags & SLAB_DEBUG_FLAGS;
}

/* From here on new slabs are made ready for what watches them. */
void slub_debug_init(void);

/* @flags, and those that slub_debug= has for a cache of that name. */
unsigned long kmem_cache_flags(const char *name, unsigned long flags);

/* Room for what slub_debug.c keeps with each object, behind the link. */
unsigned int debug_info_size(unsigned long flags);

/**
 * alloc_debug_processing - an object is about to be handed out
 * @object: the first of the slab's freelist, in the state of a free one
 *
 * Returns false, with a report, if it must not be: somebody has written to it.
 */
bool alloc_debug_processing(struct kmem_cache *s, struct page *page, void *object);

/* The same for one that comes back: false if it is no object, free already, or overrun. */
bool free_debug_processing(struct kmem_cache *s, struct page *page, void *object);

/* Is it where an object of the slab begins, or NULL, the end of a freelist? */
bool check_valid_pointer(const struct kmem_cache *s, const struct page *page, const void *object);

/* Does the freelist, however broken, lead to the object? */
bool on_freelist(const struct kmem_cache *s, const struct page *page, const void *object);

/* Reports each object of the cache that is in use, with its owner where that is known. */
void list_live_objects(struct kmem_cache *s);

/* What slub_debug= finds wrong with a slab, or NULL. */
const char *debug_violation(const struct kmem_cache *s, const struct page *page);

#endif
