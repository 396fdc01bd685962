/*
 * Failures on demand: allocations that fail although there is memory, so that the paths which
 * nobody ever takes are taken. Condenses include/linux/fault-inject.h.
 *
 *      failslab=<interval>,<probability>,<space>,<times>         every object
 *      fail_page_alloc=<interval>,<probability>,<space>,<times>  every block of frames
 *      seed=<number>                                             the dice of both, and of tests
 *
 * The last numbers may be left off: failslab=10,50 fails every second one of each tenth allocation.
 * Options take effect when the boot is through.
 */
#ifndef MM_FAULT_INJECT_H
#define MM_FAULT_INJECT_H

#include <lib/compiler.h>
#include <lib/types.h>
#include <asm/page.h>

struct kmem_cache;

struct fault_attr {
	unsigned int probability; /* in percent; 0: never */
	unsigned int interval;	  /* only every so many calls is a candidate; 0 and 1: each is */
	int times;		  /* how many failures are left; -1: no end */
	unsigned long space;	  /* so many bytes succeed first */
	u32 seed;		  /* of the dice: same seed, same failures */
	unsigned long count;	  /* calls so far */
};

#define FAULT_ATTR_OFF                      \
	{                                   \
		.interval = 1, .times = -1, \
	}

/* As seed= gave it; 0: not given. */
extern u32 boot_seed;

/**
 * setup_fault_attr - read an attr as it is written on the command line
 * @attr: its interval, probability, space and times are set, as many as there are
 * @str: numbers with commas between them
 *
 * Returns 0, or -EINVAL and leaves @attr alone.
 */
int setup_fault_attr(struct fault_attr *attr, char *str);

/**
 * should_fail - throw the dice for one call
 * @size: bytes asked for
 *
 * Returns true if the caller is to act as if memory had run out.
 */
bool should_fail(struct fault_attr *attr, size_t size);

/* Start, or with NULL stop, injecting failures into all callers of one allocator. */
void set_failslab(const struct fault_attr *attr);
void set_fail_page_alloc(const struct fault_attr *attr);

/* Is it the objects' turn to fail, now or later? The CPU slabs are bypassed for as long. */
bool failslab_armed(void);

/* For the allocators. The cache of caches is spared: the boot could not do without. */
bool should_failslab(const struct kmem_cache *s, gfp_t gfp);

extern struct fault_attr fail_page_alloc;

static inline bool should_fail_alloc_page(gfp_t gfp __unused, unsigned int order)
{
	return unlikely(fail_page_alloc.probability) &&
	       should_fail(&fail_page_alloc, PAGE_SIZE << order);
}

#endif
