/* What the suites of the slab allocator share. */
#ifndef TESTS_MM_SLAB_TOOLS_H
#define TESTS_MM_SLAB_TOOLS_H

#include <mm/slab.h>
#include <tests/kunit.h>

/* The rule that the last slab_violations() found broken first; "" if none. */
extern const char *first_rule;

/* How many invariants are broken; each fails @test, unless that is NULL. */
unsigned long slab_violations(struct kunit *test);

bool is_cache(const struct kmem_cache *wanted);

bool is_filled(const void *p, u8 value, size_t size);

/* Free frames when no cache keeps an empty slab and no CPU keeps a frame. */
unsigned long settled_free_pages(void);

#endif
