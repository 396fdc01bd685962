/*
 * Who has which physical addresses: a tree of ranges, each inside its parent, as /proc/iomem shows
 * it. Condenses kernel/resource.c's part for memory.
 */
#ifndef KERNEL_RESOURCE_H
#define KERNEL_RESOURCE_H

#include <lib/types.h>

struct resource {
	u64 start, end; /* physical, both inclusive */
	const char *name;
	struct resource *parent, *sibling, *child;
};

/* All physical addresses there can be. */
extern struct resource iomem_resource;

/**
 * request_resource - claim a range directly below a parent
 * @root: must contain it
 * @new: with start, end and name filled in; kept for good
 *
 * Returns 0, or -EBUSY where another child of @root has part of it.
 */
int request_resource(struct resource *root, struct resource *new);

/**
 * insert_resource - claim a range wherever in the tree it fits
 * @root: where to begin; goes down into the child that contains @new
 *
 * Returns 0, or -EBUSY where it would cut through another range, or enclose one that came before:
 * outer ranges go first.
 */
int insert_resource(struct resource *root, struct resource *new);

#endif
