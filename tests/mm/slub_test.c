/* Caches: their objects, their slabs, and what is refused. */
#include <lib/kernel.h>
#include <kernel/percpu.h>
#include <mm/fault_inject.h>
#include <mm/slab.h>
#include <tests/kunit.h>
#include "slab_tools.h"

#define NR_OBJECTS 300

static void *objects[NR_OBJECTS];

static struct kmem_cache *create(struct kunit *test, size_t size, size_t align, unsigned long flags)
{
	struct kmem_cache *s = kmem_cache_create("test", size, align, flags, NULL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	return s;
}

static void allocate_all(struct kunit *test, struct kmem_cache *s)
{
	for (int i = 0; i < NR_OBJECTS; i++) {
		objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, objects[i]);
	}
}

static void free_all(struct kmem_cache *s)
{
	for (int i = 0; i < NR_OBJECTS; i++)
		kmem_cache_free(s, objects[i]);
}

static void cpu_slab_is_NULL_until_the_first_allocation(struct kunit *test)
{
	struct kmem_cache *s = create(test, 40, 0, 0);
	void *object;

	KUNIT_EXPECT_NULL(test, s->cpu_slab);
	KUNIT_EXPECT_EQ(test, s->node.nr_slabs, 0UL);
	object = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, s->cpu_slab, s->cpu);
	KUNIT_EXPECT_EQ(test, s->node.nr_slabs, 1UL);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

static void objects_of_a_new_slab_come_lowest_address_first(struct kunit *test)
{
	struct kmem_cache *s = create(test, 64, 0, 0);
	void *first = kmem_cache_alloc(s, GFP_KERNEL), *second = kmem_cache_alloc(s, GFP_KERNEL);

	KUNIT_EXPECT_PTR_EQ(test, first, slab_address(compound_head(virt_to_page(first))));
	KUNIT_EXPECT_PTR_EQ(test, second, (char *)first + s->size);
	kmem_cache_free(s, first);
	kmem_cache_free(s, second);
	kmem_cache_destroy(s);
}

static void the_object_freed_last_is_the_first_to_go_out_again(struct kunit *test)
{
	struct kmem_cache *s = create(test, 100, 0, 0);
	void *a = kmem_cache_alloc(s, GFP_KERNEL), *b = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, a);
	kmem_cache_free(s, b);
	KUNIT_EXPECT_PTR_EQ(test, kmem_cache_alloc(s, GFP_KERNEL), b);
	KUNIT_EXPECT_PTR_EQ(test, kmem_cache_alloc(s, GFP_KERNEL), a);
	kmem_cache_free(s, a);
	kmem_cache_free(s, b);
	kmem_cache_destroy(s);
}

static void a_slab_is_marked_and_knows_its_cache(struct kunit *test)
{
	struct kmem_cache *s = create(test, 1000, 0, 0);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);
	struct page *page = compound_head(virt_to_page(object));

	KUNIT_EXPECT_TRUE(test, PageSlab(page));
	KUNIT_EXPECT_PTR_EQ(test, page->slab, s);
	KUNIT_EXPECT_EQ(test, (unsigned long)page->objects,
			(PAGE_SIZE << compound_order(page)) / s->size);
	KUNIT_EXPECT_EQ(test, compound_order(page), (unsigned int)s->order);
	kmem_cache_free(s, object);
	kmem_cache_shrink(s);
	KUNIT_EXPECT_FALSE(test, PageSlab(page));
	kmem_cache_destroy(s);
}

static void a_full_slab_becomes_partial_when_an_object_comes_back(struct kunit *test)
{
	struct kmem_cache *s = create(test, 200, 0, 0);
	unsigned long partial;

	allocate_all(test, s);
	partial = s->node.nr_partial;
	kmem_cache_free(s, objects[0]);
	KUNIT_EXPECT_EQ(test, s->node.nr_partial, partial + 1);
	KUNIT_EXPECT_EQ(test, compound_head(virt_to_page(objects[0]))->inuse,
			compound_head(virt_to_page(objects[0]))->objects - 1);
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
	objects[0] = kmem_cache_alloc(s, GFP_KERNEL);
	free_all(s);
	kmem_cache_destroy(s);
}

static void empty_slabs_beyond_min_partial_are_given_back(struct kunit *test)
{
	struct kmem_cache *s = create(test, 2000, 0, 0);

	allocate_all(test, s);
	KUNIT_EXPECT_GT(test, s->node.nr_slabs, s->min_partial + 2);
	free_all(s);
	KUNIT_EXPECT_LE(test, s->node.nr_slabs, s->min_partial + 1);
	kmem_cache_destroy(s);
}

static void shrink_leaves_no_empty_slab(struct kunit *test)
{
	struct kmem_cache *s = create(test, 500, 0, 0);
	void *kept;

	allocate_all(test, s);
	kept = objects[NR_OBJECTS - 1];
	objects[NR_OBJECTS - 1] = NULL;
	free_all(s);
	KUNIT_EXPECT_EQ(test, kmem_cache_shrink(s), 0);
	KUNIT_EXPECT_EQ(test, s->node.nr_slabs, 1UL);
	kmem_cache_free(s, kept);
	kmem_cache_shrink(s);
	KUNIT_EXPECT_EQ(test, s->node.nr_slabs, 0UL);
	KUNIT_EXPECT_EQ(test, s->node.total_objects, 0UL);
	kmem_cache_destroy(s);
}

static void destroy_is_refused_while_objects_live(struct kunit *test)
{
	struct kmem_cache *s = create(test, 72, 0, 0);
	void *object = kmem_cache_alloc(s, GFP_KERNEL), *other;

	kmem_cache_destroy(s);
	KUNIT_EXPECT_TRUE(test, is_cache(s));
	other = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, other);
	kmem_cache_free(s, other);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
	KUNIT_EXPECT_FALSE(test, is_cache(s));
}

static void objects_are_aligned_as_asked(struct kunit *test)
{
	for (size_t align = sizeof(void *); align <= PAGE_SIZE; align *= 2) {
		struct kmem_cache *s = create(test, 24, align, 0);
		void *a = kmem_cache_alloc(s, GFP_KERNEL), *b = kmem_cache_alloc(s, GFP_KERNEL);

		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)a, align));
		KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)b, align));
		kmem_cache_free(s, a);
		kmem_cache_free(s, b);
		kmem_cache_destroy(s);
	}
}

static int constructed;

static void construct(void *object)
{
	*(int *)object = 896;
	constructed++;
}

static void the_constructor_runs_once_for_each_object_of_a_slab(struct kunit *test)
{
	struct kmem_cache *s = kmem_cache_create("test", 128, 0, 0, construct);
	int *object;

	KUNIT_ASSERT_NOT_NULL(test, s);
	constructed = 0;
	object = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, constructed, (int)compound_head(virt_to_page(object))->objects);
	KUNIT_EXPECT_EQ(test, *object, 896);
	*object = 1;
	kmem_cache_free(s, object);
	KUNIT_EXPECT_EQ(test, *object, 1); /* free, and yet as its last user left it */
	kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, constructed, (int)(PAGE_SIZE << s->order) / (int)s->size);
	kmem_cache_destroy(s);
}

static void zalloc_clears_an_object_that_was_used_before(struct kunit *test)
{
	struct kmem_cache *s = create(test, 50, 0, 0);
	char *object = kmem_cache_alloc(s, GFP_KERNEL);

	memset(object, 0xff, 50);
	kmem_cache_free(s, object);
	KUNIT_EXPECT_PTR_EQ(test, kmem_cache_zalloc(s, GFP_KERNEL), object);
	KUNIT_EXPECT_TRUE(test, is_filled(object, 0, 50));
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

static void caches_of_one_geometry_merge_only_when_asked_to(struct kunit *test)
{
	struct kmem_cache *a = kmem_cache_create("test-a", 52, 0, 0, NULL);
	struct kmem_cache *b = kmem_cache_create("test-b", 52, 0, 0, NULL), *c, *d;

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_EXPECT_PTR_NE(test, a, b);
	slab_merge = true;
	c = kmem_cache_create("test-c", 50, 0, 0, NULL);
	d = kmem_cache_create("test-d", 52, 0, 0, construct);
	slab_merge = false;
	if (!(b->flags & SLAB_DEBUG_FLAGS)) { /* else slub_debug= keeps them apart */
		KUNIT_EXPECT_PTR_EQ(test, c, b);
		KUNIT_EXPECT_EQ(test, b->refcount, 2);
	}
	KUNIT_EXPECT_PTR_NE(test, d, b);
	kmem_cache_destroy(c);
	KUNIT_EXPECT_TRUE(test, is_cache(b));
	KUNIT_EXPECT_EQ(test, b->refcount, 1);
	kmem_cache_destroy(b);
	KUNIT_EXPECT_FALSE(test, is_cache(b));
	kmem_cache_destroy(a);
	kmem_cache_destroy(d);
}

static const struct {
	const char *name;
	size_t size, align;
	unsigned long flags;
} bad_caches[] = {
	{ NULL, 8, 0, 0 },
	{ "", 8, 0, 0 },
	{ "two words", 8, 0, 0 },
	{ "a-name-of-thirty-two-characters-", 8, 0, 0 },
	{ "kmalloc-64", 8, 0, 0 },
	{ "test", 0, 0, 0 },
	{ "test", KMALLOC_MAX_SIZE + 1, 0, 0 },
	{ "test", (size_t)-1, 0, 0 },
	{ "test", 8, 3, 0 },
	{ "test", 8, 2 * PAGE_SIZE, 0 },
	{ "test", 8, 0, SLAB_KMALLOC },
	{ "test", KMALLOC_MAX_SIZE, 0, SLAB_RED_ZONE },
};

static void bad_caches_are_refused(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_caches); i++)
		KUNIT_EXPECT_NULL(test, kmem_cache_create(bad_caches[i].name, bad_caches[i].size,
							  bad_caches[i].align, bad_caches[i].flags,
							  NULL));
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
}

static void the_largest_object_has_a_slab_of_its_own(struct kunit *test)
{
	struct kmem_cache *s = create(test, SZ_1M, 0, 0);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, object);
	memset(object, 1, SZ_1M);
	KUNIT_EXPECT_EQ(test, s->node.total_objects, 1UL);
	kmem_cache_free(s, object);
	kmem_cache_destroy(s);
}

static void an_object_is_not_freed_to_another_cache(struct kunit *test)
{
	struct kmem_cache *s = create(test, 64, 0, 0);
	void *foreign = kmalloc(64, GFP_KERNEL), *own = kmem_cache_alloc(s, GFP_KERNEL);
	int local = 0;

	kmem_cache_free(s, foreign);
	kmem_cache_free(s, &local);
	kmem_cache_free(s, NULL);
	KUNIT_EXPECT_PTR_NE(test, this_cpu_ptr(s->cpu)->freelist, foreign);
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
	kmem_cache_free(s, own);
	kfree(foreign);
	kmem_cache_destroy(s);
}

static void objects_come_neither_from_highmem_nor_from_dma(struct kunit *test)
{
	struct kmem_cache *s = create(test, 64, 0, 0);

	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(s, GFP_HIGHUSER));
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(s, GFP_KERNEL | __GFP_DMA));
	kmem_cache_destroy(s);
}

static void without_frames_allocation_fails_and_nothing_is_half_built(struct kunit *test)
{
	const struct fault_attr always = { .probability = 100, .times = -1 };
	struct kmem_cache *s = create(test, 64, 0, 0);

	set_fail_page_alloc(&always);
	KUNIT_EXPECT_NULL(test, kmem_cache_alloc(s, GFP_KERNEL | __GFP_NOWARN));
	set_fail_page_alloc(NULL);
	KUNIT_EXPECT_EQ(test, s->node.nr_slabs, 0UL);
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
	kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
	kmem_cache_destroy(s);
}

static void one_frame_will_do_when_there_is_no_larger_block(struct kunit *test)
{
	const struct fault_attr first = { .probability = 100, .times = 1 };
	struct kmem_cache *s = create(test, 1024, 0, 0);
	void *object;

	set_fail_page_alloc(&first);
	object = kmem_cache_alloc(s, GFP_KERNEL);
	set_fail_page_alloc(NULL);
	KUNIT_ASSERT_NOT_NULL(test, object);
	KUNIT_EXPECT_EQ(test, compound_order(compound_head(virt_to_page(object))), 0U);
	KUNIT_EXPECT_EQ(test, s->node.total_objects, PAGE_SIZE / s->size);
	kmem_cache_free(s, object);
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
	kmem_cache_destroy(s);
}

static struct kmem_cache *hooked_cache;
static long hooked_frames;

static void hook_new(struct kmem_cache *s, struct page *page __unused, unsigned int order)
{
	hooked_cache = s;
	hooked_frames += 1L << order;
}

static void hook_free(struct kmem_cache *s, struct page *page __unused, unsigned int order)
{
	hooked_cache = s;
	hooked_frames -= 1L << order;
}

static void the_hook_sees_every_frame_come_and_go(struct kunit *test)
{
	struct slab_page_hook hook = { .new_slab = hook_new, .free_slab = hook_free };
	struct kmem_cache *s = create(test, 2000, 0, 0);
	void *large;

	register_slab_page_hook(&hook);
	allocate_all(test, s);
	KUNIT_EXPECT_PTR_EQ(test, hooked_cache, s);
	KUNIT_EXPECT_EQ(test, hooked_frames, (long)(s->node.nr_slabs << s->order));
	free_all(s);
	kmem_cache_shrink(s);
	KUNIT_EXPECT_EQ(test, hooked_frames, 0L);
	large = kmalloc(5 * PAGE_SIZE, GFP_KERNEL);
	KUNIT_EXPECT_NULL(test, hooked_cache);
	KUNIT_EXPECT_EQ(test, hooked_frames, 8L);
	kfree(large);
	KUNIT_EXPECT_EQ(test, hooked_frames, 0L);
	unregister_slab_page_hook(&hook);
	kmem_cache_destroy(s);
}

static void the_cache_of_caches_lives_in_itself(struct kunit *test)
{
	struct page *page = compound_head(virt_to_page(kmem_cache));

	KUNIT_EXPECT_TRUE(test, PageSlab(page));
	KUNIT_EXPECT_PTR_EQ(test, page->slab, kmem_cache);
}

static void no_frame_is_lost(struct kunit *test)
{
	unsigned long before = settled_free_pages();
	struct kmem_cache *s = create(test, 333, 0, 0);

	allocate_all(test, s);
	KUNIT_EXPECT_LT(test, nr_free_pages(), before);
	free_all(s);
	kmem_cache_destroy(s);
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
}

/* ---- the invariants find what is wrong ---- */

static void expect_violation(struct kunit *test, const char *rule)
{
	KUNIT_EXPECT_GE(test, slab_violations(NULL), 1UL);
	KUNIT_EXPECT_STREQ(test, first_rule, rule);
}

static void the_walker_finds_each_fault(struct kunit *test)
{
	struct kmem_cache *s = create(test, 256, 0, 0);
	struct page *page;

	allocate_all(test, s);
	kmem_cache_free(s, objects[0]);
	page = compound_head(virt_to_page(objects[0]));
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);

	page->inuse++;
	expect_violation(test, "slab-inuse");
	page->inuse--;
	page->objects++;
	expect_violation(test, "slab-objects");
	page->objects--;
	page->slab = (struct kmem_cache *)page;
	expect_violation(test, "slab-cache");
	page->slab = s;
	*free_link(s, objects[0]) = objects[0];
	expect_violation(test, "slab-freelist");
	*free_link(s, objects[0]) = (char *)objects[1] + 4;
	expect_violation(test, "slab-freelist");
	*free_link(s, objects[0]) = NULL;
	s->node.nr_partial++;
	expect_violation(test, "cache-nr-partial");
	s->node.nr_partial--;
	s->node.nr_slabs--;
	expect_violation(test, "cache-nr-slabs");
	s->node.nr_slabs++;
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);

	objects[0] = NULL;
	free_all(s);
	kmem_cache_destroy(s);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(cpu_slab_is_NULL_until_the_first_allocation),
	KUNIT_CASE(objects_of_a_new_slab_come_lowest_address_first),
	KUNIT_CASE(the_object_freed_last_is_the_first_to_go_out_again),
	KUNIT_CASE(a_slab_is_marked_and_knows_its_cache),
	KUNIT_CASE(a_full_slab_becomes_partial_when_an_object_comes_back),
	KUNIT_CASE(empty_slabs_beyond_min_partial_are_given_back),
	KUNIT_CASE(shrink_leaves_no_empty_slab),
	KUNIT_CASE(destroy_is_refused_while_objects_live),
	KUNIT_CASE(objects_are_aligned_as_asked),
	KUNIT_CASE(the_constructor_runs_once_for_each_object_of_a_slab),
	KUNIT_CASE(zalloc_clears_an_object_that_was_used_before),
	KUNIT_CASE(caches_of_one_geometry_merge_only_when_asked_to),
	KUNIT_CASE(bad_caches_are_refused),
	KUNIT_CASE(the_largest_object_has_a_slab_of_its_own),
	KUNIT_CASE(an_object_is_not_freed_to_another_cache),
	KUNIT_CASE(objects_come_neither_from_highmem_nor_from_dma),
	KUNIT_CASE(without_frames_allocation_fails_and_nothing_is_half_built),
	KUNIT_CASE(one_frame_will_do_when_there_is_no_larger_block),
	KUNIT_CASE(the_hook_sees_every_frame_come_and_go),
	KUNIT_CASE(the_cache_of_caches_lives_in_itself),
	KUNIT_CASE(no_frame_is_lost),
	KUNIT_CASE(the_walker_finds_each_fault),
	{},
};

static struct kunit_suite suite = { .name = "slub", .test_cases = cases };
kunit_test_suite(suite);
