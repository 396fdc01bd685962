/*
 * What the command page finds out about a frame: for its tests.
 */
#ifndef MONITOR_MEMORY_H
#define MONITOR_MEMORY_H

#include <kernel/resource.h>

/**
 * address_to_pfn - the frame behind an address of the kernel's
 *
 * An address of lowmem has its frame whether it is mapped or, as a stack's guard, just now not;
 * others are looked up in the tables. Returns false where nothing is mapped.
 */
bool address_to_pfn(unsigned long vaddr, unsigned long *pfn);

/* The smallest range of a tree that has a physical address; @root itself if no child does. */
const struct resource *deepest_resource(const struct resource *root, u64 pa);

#endif
