/*
 * What the invariant walkers share: how a rule is told of, and whether a pointer may be followed.
 */
#ifndef MM_CHECK_INTERNAL_H
#define MM_CHECK_INTERNAL_H

#include <lib/compiler.h>
#include <lib/kernel.h>
#include <mm/check.h>
#include <mm/mm.h>
#include <asm/highmem.h>

/* A rule's name, and the function that has to keep it. A walker has a table of them. */
struct check_rule {
	const char *name;
	const char *function;
};

/* Tells @report that @rule is broken at frame @pfn; @fmt and what follows say how. */
void __printf(4, 5) check_violated(check_report_t *report, const struct check_rule *rule,
				   unsigned long pfn, const char *fmt, ...);

/* Does a pointer lead to an object of the slab allocator? */
static inline bool is_object(const void *ptr)
{
	unsigned long vaddr = (unsigned long)ptr;

	return vaddr >= PAGE_OFFSET && vaddr < (unsigned long)high_memory &&
	       IS_ALIGNED(vaddr, sizeof(long)) && pfn_valid(virt_to_pfn(ptr)) &&
	       PageSlab(compound_head(virt_to_page(ptr)));
}

#endif
