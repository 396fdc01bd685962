/*
 * The slab allocator: hot pairs (the same object comes out again), and 1000 objects allocated, then
 * freed.
 */
#include <tests/bench.h>
#include <lib/kernel.h>
#include <mm/slab.h>

#define NR_PAIRS   100
#define NR_OBJECTS 1000

static void *objects[NR_OBJECTS];
static struct kmem_cache *cache;

/* Made for the first batch, and kept: the next finds it as it was left. */
static void make_cache(void)
{
	if (!cache)
		cache = kmem_cache_create("bench-192", 192, 0, 0, NULL);
}

static void cache_pairs(void)
{
	struct kmem_cache *s = cache;

	for (int i = 0; i < NR_PAIRS; i++)
		kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
}

static void cache_alloc(void)
{
	for (int i = 0; i < NR_OBJECTS; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
}

static void cache_free(void)
{
	for (int i = 0; i < NR_OBJECTS; i++)
		kmem_cache_free(cache, objects[i]);
}

static void make_and_fill(void)
{
	make_cache();
	cache_alloc();
}

static void free_all(void)
{
	for (int i = 0; i < NR_OBJECTS; i++)
		kfree(objects[i]);
}

/* Sizes are constants, as they nearly always are in a kernel. */
#define SIZE_BENCH(size)                                        \
	static void pairs_##size(void)                          \
	{                                                       \
		for (int i = 0; i < NR_PAIRS; i++)              \
			kfree(kmalloc(size, GFP_KERNEL));       \
	}                                                       \
	static __unused void alloc_##size(void)                 \
	{                                                       \
		for (int i = 0; i < NR_OBJECTS; i++)            \
			objects[i] = kmalloc(size, GFP_KERNEL); \
	}
SIZE_BENCH(64)
SIZE_BENCH(1024)
SIZE_BENCH(4096)
SIZE_BENCH(16384)

bench_rows(slab) = {
	{ "kmalloc-64", "kmalloc/kfree 64 B hot pair", NR_PAIRS, 100, NULL, pairs_64, NULL, NULL },
	{ "kmalloc-1024", "kmalloc/kfree 1024 B hot pair", NR_PAIRS, 100, NULL, pairs_1024, NULL,
	  NULL },
	{ "kmalloc-4096", "kmalloc/kfree 4096 B hot pair", NR_PAIRS, 100, NULL, pairs_4096, NULL,
	  NULL },
	{ "kmalloc-16384",
	  "kmalloc/kfree 16384 B hot pair (page allocator; SLAB columns serve it from a cache)",
	  NR_PAIRS, 100, NULL, pairs_16384, NULL, NULL },
	{ "kmalloc-64-alloc", "kmalloc 64 B x 1000 (alloc half)", NR_OBJECTS, 100, NULL, alloc_64,
	  free_all, NULL },
	{ "kmalloc-64-free", "kmalloc 64 B x 1000 (free half)", NR_OBJECTS, 100, alloc_64, free_all,
	  NULL, NULL },
	{ "kmalloc-1024-alloc", "kmalloc 1024 B x 1000 (alloc half)", NR_OBJECTS, 100, NULL,
	  alloc_1024, free_all, NULL },
	{ "kmalloc-1024-free", "kmalloc 1024 B x 1000 (free half)", NR_OBJECTS, 100, alloc_1024,
	  free_all, NULL, NULL },
	{ "cache-192", "kmem_cache_alloc/free 192 B hot pair", NR_PAIRS, 100, make_cache,
	  cache_pairs, NULL, NULL },
	{ "cache-192-alloc", "kmem_cache 192 B x 1000 (alloc half)", NR_OBJECTS, 100, make_cache,
	  cache_alloc, cache_free, NULL },
	{ "cache-192-free", "kmem_cache 192 B x 1000 (free half)", NR_OBJECTS, 100, make_and_fill,
	  cache_free, NULL, NULL },
};
