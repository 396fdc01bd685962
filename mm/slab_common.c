/*
 * Caches come and go, and kmalloc.
 *
 *      kmem_cache_init
 *        1  boot_kmem_cache: the cache of caches needs a struct kmem_cache before there is a cache
 *           to take one from, so the first one is static
 *        2  it gives out one object, which becomes a copy of it: from here on it lives in itself
 *        3  kmalloc-8 ... kmalloc-8192, the ordinary way
 *
 *      kmem_cache_create    refuse what makes no sense, share if allowed, else one from kmem_cache
 *      kmem_cache_destroy   only when no object lives
 *
 *      kmalloc_large        more than 8 KB: frames of their own, marked by `private`
 *
 * slub.c does the rest. Condenses mm/slab_common.c and the bootstrap in mm/slub.c of Linux 3.10.
 */
#include <lib/errno.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <asm/stack.h>
#include "slub_internal.h"

DEFINE_MUTEX(slab_mutex);
struct kmem_cache *kmem_cache;
bool slab_merge;

static int setup_slab_merge(char *val __unused)
{
	slab_merge = true;
	return 0;
}
__setup("slab_merge", setup_slab_merge);

/* ---- caches ---- */

static struct kmem_cache *find_cache(const char *name)
{
	struct kmem_cache *s;

	for_each_kmem_cache (s) {
		if (!strcmp(s->name, name))
			return s;
	}
	return NULL;
}

/* slabinfo has a word for each cache, and columns behind it. */
static bool is_one_word(const char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~')
			return false;
	return true;
}

static const char *why_bad_name(const char *name)
{
	if (!name || !*name)
		return "it has no name";
	if (strnlen(name, KMEM_CACHE_NAME_LEN) == KMEM_CACHE_NAME_LEN)
		return "the name is too long";
	if (!is_one_word(name))
		return "the name is more than one word";
	return find_cache(name) ? "there is a cache of that name" : NULL;
}

static const char *why_not_create(const char *name, size_t size, size_t align, unsigned long flags)
{
	if (!size)
		return "objects of no size";
	if (size > KMALLOC_MAX_SIZE)
		return "no block of frames is large enough for an object";
	if (align & (align - 1))
		return "the alignment is no power of two";
	if (align > PAGE_SIZE)
		return "the alignment is above a page's";
	if (flags & ~SLAB_CREATE_FLAGS)
		return "there are no such flags";
	return why_bad_name(name);
}

/* The flags that make two caches different. */
#define SLAB_MERGE_SAME (SLAB_DEBUG_FLAGS | SLAB_KMALLOC)

/* Objects that nobody could tell apart: of a size, aligned, nothing special about them. */
static bool mergeable(const struct kmem_cache *s, size_t size, size_t align)
{
	return !s->ctor && !(s->flags & SLAB_MERGE_SAME) && s != kmem_cache && s->size >= size &&
	       s->size - size < sizeof(void *) && IS_ALIGNED(s->size, align);
}

static struct kmem_cache *find_mergeable(const char *name, size_t size, size_t align,
					 unsigned long flags)
{
	struct kmem_cache *s;

	if (!slab_merge || kmem_cache_flags(name, flags) & SLAB_MERGE_SAME)
		return NULL;
	align = calculate_alignment(size, align, flags);
	size = ALIGN(size, align);
	for_each_kmem_cache (s) {
		if (mergeable(s, size, align))
			return s;
	}
	return NULL;
}

static struct kmem_cache *share_cache(struct kmem_cache *s, size_t size)
{
	s->refcount++;
	s->object_size = max_t(unsigned int, s->object_size, size);
	return s;
}

/* kmem_cache_check_all() takes no mutex: it must not find the list half changed. */
static void link_cache(struct kmem_cache *s)
{
	preempt_disable();
	list_add(&s->list, &slab_caches);
	preempt_enable();
}

static void unlink_cache(struct kmem_cache *s)
{
	preempt_disable();
	list_del(&s->list);
	preempt_enable();
}

static struct kmem_cache *new_cache(const char *name, size_t size, size_t align,
				    unsigned long flags, void (*ctor)(void *object))
{
	struct kmem_cache *s = kmem_cache_zalloc(kmem_cache, GFP_KERNEL);

	if (!s)
		return NULL;
	if (!kmem_cache_open(s, name, size, align, flags, ctor)) {
		kmem_cache_free(kmem_cache, s);
		return NULL;
	}
	link_cache(s);
	return s;
}

static struct kmem_cache *refuse_create(const char *name, unsigned long flags, const char *why)
{
	if (flags & SLAB_PANIC)
		panic("kmem_cache_create: '%.*s': %s", KMEM_CACHE_NAME_LEN, name ? name : "", why);
	pr_err("kmem_cache_create: '%.*s': %s; not created\n", KMEM_CACHE_NAME_LEN,
	       name ? name : "", why);
	dump_stack();
	return NULL;
}

/* With slab_mutex held. */
static struct kmem_cache *find_or_make_cache(const char *name, size_t size, size_t align,
					     unsigned long flags, void (*ctor)(void *object))
{
	const char *why = why_not_create(name, size, align, flags);
	struct kmem_cache *s;

	if (why)
		return refuse_create(name, flags, why);
	s = ctor ? NULL : find_mergeable(name, size, align, flags);
	if (s)
		return share_cache(s, size);
	s = new_cache(name, size, align, flags, ctor);
	if (!s)
		return refuse_create(name, flags, "no memory for it");
	return s;
}

__landmark struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align,
						unsigned long flags, void (*ctor)(void *object))
{
	struct kmem_cache *s;

	mutex_lock(&slab_mutex);
	s = find_or_make_cache(name, size, align, flags, ctor);
	mutex_unlock(&slab_mutex);
	return s;
}

/* With slab_mutex held. */
static void release_cache(struct kmem_cache *s)
{
	if (s->refcount > 1) {
		s->refcount--;
		return;
	}
	kmem_cache_shrink(s);
	if (s->node.nr_slabs || s->flags & SLAB_KMALLOC) {
		pr_err("kmem_cache_destroy: %s: objects are in use in %lu slabs; not destroyed\n",
		       s->name, s->node.nr_slabs);
		list_live_objects(s);
		dump_stack();
		return;
	}
	unlink_cache(s);
	kmem_cache_free(kmem_cache, s);
}

__landmark void kmem_cache_destroy(struct kmem_cache *s)
{
	if (!s)
		return;
	mutex_lock(&slab_mutex);
	release_cache(s);
	mutex_unlock(&slab_mutex);
}

/* ---- the beginning ---- */

/* The cache of caches, until it lives in an object of its own. Nothing else has been allocated. */
static struct kmem_cache *bootstrap(struct kmem_cache *boot)
{
	struct kmem_cache *s;

	if (!kmem_cache_open(boot, "kmem_cache", sizeof(*boot), 0, SLAB_HWCACHE_ALIGN, NULL))
		panic("kmem_cache_init: no slab holds a struct kmem_cache");
	kmem_cache = boot;
	s = kmem_cache_zalloc(boot, GFP_KERNEL);
	if (!s)
		panic("kmem_cache_init: no memory for the first cache");
	list_add(&boot->list, &slab_caches);
	kmem_cache_flush_all(); /* so that its only slab is on the partial list */
	list_del(&boot->list);
	memcpy(s, boot, sizeof(*s));
	kmem_cache_relocate(s, boot);
	list_add(&s->list, &slab_caches);
	return s;
}

static void create_kmalloc_cache(size_t size)
{
	char name[KMEM_CACHE_NAME_LEN];
	struct kmem_cache *s;

	snprintf(name, sizeof(name), "kmalloc-%zu", size);
	s = new_cache(name, size, KMALLOC_MIN_SIZE, SLAB_KMALLOC, NULL);
	if (!s)
		panic("kmem_cache_init: no memory for %s", name);
	kmalloc_caches[kmalloc_index(size)] = s;
}

__landmark void kmem_cache_init(void)
{
	static struct kmem_cache boot_kmem_cache;

	slub_debug_init();
	kmem_cache = bootstrap(&boot_kmem_cache);
	for (size_t size = KMALLOC_MIN_SIZE; size <= KMALLOC_MAX_CACHE_SIZE; size *= 2)
		create_kmalloc_cache(size);
	create_kmalloc_cache(96);
	create_kmalloc_cache(192);
	kmalloc_index_init();
	pr_info("SLUB: %d general caches, kmalloc-%d to kmalloc-%d\n", NR_KMALLOC_CACHES - 1,
		KMALLOC_MIN_SIZE, KMALLOC_MAX_CACHE_SIZE);
}

/* ---- large blocks ---- */

/* Its address in `private` says that a block is kmalloc's. */
static const char large_mark;

static bool is_large_block(const struct page *page)
{
	return page->private == (unsigned long)&large_mark;
}

static void *refuse_large(size_t size, gfp_t gfp)
{
	pr_err("kmalloc: %zu bytes, flags %#x: %s; nothing allocated\n", size, gfp,
	       gfp & __GFP_HIGHMEM ? "highmem has no addresses"
				   : "more than kmalloc can have, but vmalloc may");
	dump_stack();
	return NULL;
}

__landmark void *kmalloc_large(size_t size, gfp_t gfp)
{
	struct page *page;
	unsigned int order;

	if (size > KMALLOC_MAX_SIZE || gfp & __GFP_HIGHMEM)
		return refuse_large(size, gfp);
	order = get_order(size);
	page = alloc_pages(gfp | __GFP_COMP, order);
	if (!page)
		return NULL;
	page->private = (unsigned long)&large_mark;
	slab_page_new(NULL, page, order);
	return slab_address(page);
}

static struct page *large_page_of(const void *p)
{
	struct page *page = lowmem_page_of(p);

	return page && is_large_block(page) ? page : NULL;
}

void kfree_nonslab(const void *p)
{
	struct page *page = large_page_of(p);

	if (ZERO_OR_NULL_PTR(p))
		return;
	if (!page) {
		report_bad_free("kfree", p, "is not from kmalloc, or free already");
		return;
	}
	if (p != slab_address(page)) {
		report_bad_free("kfree", p, "is not where its block begins");
		return;
	}
	slab_page_free(NULL, page, compound_order(page));
	page->private = 0;
	__free_pages(page, compound_order(page));
}

/* ---- sizes ---- */

size_t ksize(const void *p)
{
	struct page *page;

	if (ZERO_OR_NULL_PTR(p))
		return 0;
	page = slab_page_of(p);
	if (page)
		return page->slab->object_size;
	page = large_page_of(p);
	if (page)
		return PAGE_SIZE << compound_order(page);
	pr_err("ksize: %p is not from kmalloc; taken for 0 bytes\n", p);
	dump_stack();
	return 0;
}

void *krealloc(const void *p, size_t size, gfp_t gfp)
{
	size_t old_size = ksize(p);
	void *new;

	if (!size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	if (size <= old_size)
		return (void *)p;
	if (!old_size && !ZERO_OR_NULL_PTR(p))
		return NULL; /* ksize() has said why */
	new = __kmalloc(size, gfp);
	if (!new)
		return NULL;
	memcpy(new, p, old_size);
	kfree(p);
	return new;
}

void *kmemdup(const void *src, size_t size, gfp_t gfp)
{
	void *copy = src ? __kmalloc(size, gfp) : NULL;

	if (copy)
		memcpy(copy, src, size);
	return copy;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL;
}
