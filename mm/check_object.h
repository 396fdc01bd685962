/* For the walkers: a pointer is followed only once it is known to lead to something. */
#ifndef MM_CHECK_OBJECT_H
#define MM_CHECK_OBJECT_H

#include <lib/kernel.h>
#include <mm/mm.h>
#include <asm/highmem.h>

/* Does a pointer lead to an object of the slab allocator? */
static inline bool is_object(const void *ptr)
{
	unsigned long vaddr = (unsigned long)ptr;

	return vaddr >= PAGE_OFFSET && vaddr < (unsigned long)high_memory &&
	       IS_ALIGNED(vaddr, sizeof(long)) && pfn_valid(virt_to_pfn(ptr)) &&
	       PageSlab(compound_head(virt_to_page(ptr)));
}

#endif
