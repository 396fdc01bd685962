/*
 * Each thing that slub_debug= watches, once with its fault seeded. Whether it was found shows in
 * the structures: the object does not change hands.
 */
#include <kernel/percpu.h>
#include <lib/kernel.h>
#include <mm/slab.h>
#include <tests/kunit.h>
#include "slab_tools.h"

#define OBJECT_SIZE 40

static struct kmem_cache *create(struct kunit *test, unsigned long flags)
{
	struct kmem_cache *s = kmem_cache_create("test", OBJECT_SIZE, 0, flags, NULL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	return s;
}

static struct page *slab_of(const void *object)
{
	return compound_head(virt_to_page(object));
}

/* Is the object still counted as in use, the only one of its slab? */
static bool still_in_use(const void *object)
{
	return slab_of(object)->inuse == 1;
}

static void finish(struct kunit *test, struct kmem_cache *s)
{
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
	kmem_cache_destroy(s);
	KUNIT_EXPECT_FALSE(test, is_cache(s));
}

static void a_watched_cache_has_no_fast_path(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_DEBUG_FREE);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);

	KUNIT_EXPECT_PTR_EQ(test, s->cpu_slab, s->cpu);
	KUNIT_EXPECT_NULL(test, this_cpu_ptr(s->cpu)->freelist);
	KUNIT_EXPECT_EQ(test, s->node.nr_partial, 1UL);
	kmem_cache_free(s, object);
	finish(test, s);
}

static void a_write_behind_the_object_is_found_when_it_is_freed(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_RED_ZONE | SLAB_STORE_USER);
	u8 *object = kmem_cache_alloc(s, GFP_KERNEL);
	u8 wanted = object[OBJECT_SIZE];

	object[OBJECT_SIZE] = 0;
	kmem_cache_free(s, object);
	KUNIT_EXPECT_TRUE(test, still_in_use(object));
	KUNIT_EXPECT_EQ(test, object[OBJECT_SIZE], wanted); /* put right */
	kmem_cache_free(s, object);
	KUNIT_EXPECT_FALSE(test, still_in_use(object));
	KUNIT_EXPECT_NE(test, object[OBJECT_SIZE], wanted); /* a free object has another one */
	finish(test, s);
}

static void a_write_in_front_of_the_object_is_found_at_its_neighbour(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_RED_ZONE);
	u8 *first = kmem_cache_alloc(s, GFP_KERNEL), *second = kmem_cache_alloc(s, GFP_KERNEL);

	KUNIT_ASSERT_PTR_EQ(test, second, first + s->size);
	second[-1] = 0;
	kmem_cache_free(s, first);
	KUNIT_EXPECT_EQ(test, slab_of(first)->inuse, 2);
	kmem_cache_free(s, first);
	kmem_cache_free(s, second);
	finish(test, s);
}

static void a_write_to_a_free_object_is_found_and_it_is_not_handed_out(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_POISON);
	u8 *object = kmem_cache_alloc(s, GFP_KERNEL), *other;

	kmem_cache_free(s, object);
	object[8] = 0;
	other = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_PTR_NE(test, other, object);
	KUNIT_EXPECT_EQ(test, slab_of(object)->inuse, 2); /* it counts as in use */
	kmem_cache_free(s, other);
	kmem_cache_free(s, object);
	finish(test, s);
}

static void a_free_object_is_poisoned(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_POISON);
	u8 *object = kmem_cache_alloc(s, GFP_KERNEL);

	memset(object, 0, OBJECT_SIZE);
	kmem_cache_free(s, object);
	KUNIT_EXPECT_TRUE(test, is_filled(object, 0x6b, OBJECT_SIZE - 1));
	KUNIT_EXPECT_EQ(test, object[OBJECT_SIZE - 1], 0xa5);
	finish(test, s);
}

static void a_second_free_is_refused(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_DEBUG_FREE | SLAB_STORE_USER);
	void *kept = kmem_cache_alloc(s, GFP_KERNEL), *a = kmem_cache_alloc(s, GFP_KERNEL);
	void *b = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, a);
	kmem_cache_free(s, b);
	kmem_cache_free(s, a);
	KUNIT_EXPECT_EQ(test, slab_of(a)->inuse, 1);
	KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
	kmem_cache_free(s, kept);
	finish(test, s);
}

static void a_pointer_into_an_object_is_refused(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_DEBUG_FREE);
	u8 *object = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, object + 4);
	kfree(object + s->size - 1);
	KUNIT_EXPECT_TRUE(test, still_in_use(object));
	kmem_cache_free(s, object);
	finish(test, s);
}

static void a_freelist_that_leads_nowhere_is_not_followed(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_DEBUG_FREE);
	void *object = kmem_cache_alloc(s, GFP_KERNEL), *link, *next;
	struct page *page = slab_of(object);

	kmem_cache_free(s, object);
	link = *free_link(s, object);
	*free_link(s, object) = (void *)0xdeadbeef;
	KUNIT_EXPECT_PTR_EQ(test, kmem_cache_alloc(s, GFP_KERNEL), object);
	next = kmem_cache_alloc(s, GFP_KERNEL);
	KUNIT_EXPECT_PTR_NE(test, slab_of(next), page);
	KUNIT_EXPECT_EQ(test, page->inuse, page->objects); /* the slab is given up */
	kmem_cache_free(s, next);

	page->freelist = link; /* as it would have been, so that no frame is lost here */
	page->inuse = 1;
	s->node.nr_partial++;
	list_add(&page->lru, &s->node.partial);
	kmem_cache_free(s, object);
	finish(test, s);
}

/* Do the object's owners have the address of a place in @fn? */
static bool remembers(const struct kmem_cache *s, const void *object, void (*fn)(struct kunit *))
{
	const unsigned long *word = (const void *)((const char *)object + s->inuse);

	for (; (const char *)word < (const char *)object + s->size; word++)
		if (*word - (unsigned long)fn < 0x400)
			return true;
	return false;
}

static void owners_are_remembered_with_their_callers(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_STORE_USER);
	void *object = kmem_cache_alloc(s, GFP_KERNEL);

	KUNIT_EXPECT_TRUE(test, remembers(s, object, owners_are_remembered_with_their_callers));
	kmem_cache_free(s, object);
	finish(test, s);
}

static void the_walker_sees_what_is_watched(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_RED_ZONE);
	u8 *object = kmem_cache_alloc(s, GFP_KERNEL);
	u8 wanted = object[OBJECT_SIZE];

	object[OBJECT_SIZE]++;
	KUNIT_EXPECT_EQ(test, slab_violations(NULL), 1UL);
	KUNIT_EXPECT_STREQ(test, first_rule, "red zone");
	object[OBJECT_SIZE] = wanted;
	kmem_cache_free(s, object);
	finish(test, s);
}

static void all_of_it_at_once_lets_good_users_alone(struct kunit *test)
{
	struct kmem_cache *s = create(test, SLAB_DEBUG_FLAGS);
	static void *objects[200];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
			objects[i] = kmem_cache_alloc(s, GFP_KERNEL);
			KUNIT_ASSERT_NOT_NULL(test, objects[i]);
			memset(objects[i], (int)i, OBJECT_SIZE);
		}
		KUNIT_EXPECT_EQ(test, slab_violations(test), 0UL);
		for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
			kmem_cache_free(s, objects[(i * 7) % ARRAY_SIZE(objects)]);
		KUNIT_EXPECT_EQ(test, kmem_cache_free_objects(s), s->node.total_objects);
	}
	finish(test, s);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_watched_cache_has_no_fast_path),
	KUNIT_CASE(a_write_behind_the_object_is_found_when_it_is_freed),
	KUNIT_CASE(a_write_in_front_of_the_object_is_found_at_its_neighbour),
	KUNIT_CASE(a_write_to_a_free_object_is_found_and_it_is_not_handed_out),
	KUNIT_CASE(a_free_object_is_poisoned),
	KUNIT_CASE(a_second_free_is_refused),
	KUNIT_CASE(a_pointer_into_an_object_is_refused),
	KUNIT_CASE(a_freelist_that_leads_nowhere_is_not_followed),
	KUNIT_CASE(owners_are_remembered_with_their_callers),
	KUNIT_CASE(the_walker_sees_what_is_watched),
	KUNIT_CASE(all_of_it_at_once_lets_good_users_alone),
	{},
};

static struct kunit_suite suite = { .name = "slub_debug", .test_cases = cases };
kunit_test_suite(suite);
