/* What the suites of the slab allocator share. */
#include "slab_tools.h"

const char *first_rule;
static struct kunit *reported_to;

static void note_violation(const char *rule, const char *fn, unsigned long pfn)
{
	if (!*first_rule)
		first_rule = rule;
	if (reported_to)
		KUNIT_FAIL(reported_to, "%s at %s: frame %#lx", rule, fn, pfn);
}

unsigned long slab_violations(struct kunit *test)
{
	first_rule = "";
	reported_to = test;
	return kmem_cache_check_all(note_violation);
}

bool is_cache(const struct kmem_cache *wanted)
{
	struct kmem_cache *s;

	for_each_kmem_cache (s) {
		if (s == wanted)
			return true;
	}
	return false;
}

bool is_filled(const void *p, u8 value, size_t size)
{
	for (const u8 *byte = p; byte < (const u8 *)p + size; byte++)
		if (*byte != value)
			return false;
	return true;
}

unsigned long settled_free_pages(void)
{
	struct kmem_cache *s;

	for_each_kmem_cache (s)
		kmem_cache_shrink(s);
	drain_all_pages();
	return nr_free_pages();
}
