/*
 * Radix trees: from a number to a pointer, for numbers that come in runs.
 *
 *      height 2               root
 *                              |
 *                     [0][1][2]...[63]           index bits 11..6
 *                      |     \
 *      [0][1]...[63]         [0][1]...[63]       index bits 5..0
 *       item                     item            0: item, 0x81: item
 *
 * As high as the largest index needs. Whoever owns the root owns the lock. Items are not NULL.
 * Condenses include/linux/radix-tree.h. Left out: tags, preloading, lookups without the lock.
 */
#ifndef LIB_RADIX_TREE_H
#define LIB_RADIX_TREE_H

#include <lib/types.h>

#define RADIX_TREE_MAP_SHIFT 6
#define RADIX_TREE_MAP_SIZE  (1UL << RADIX_TREE_MAP_SHIFT)
#define RADIX_TREE_MAP_MASK  (RADIX_TREE_MAP_SIZE - 1)

struct radix_tree_node {
	unsigned int count; /* slots that are not NULL */
	void *slots[RADIX_TREE_MAP_SIZE];
};

struct radix_tree_root {
	unsigned int height; /* levels of nodes; 0: no item, or the one with index 0 */
	gfp_t gfp_mask;	     /* for nodes */
	void *rnode;
};

#define INIT_RADIX_TREE(root, mask) \
	(*(root) = (struct radix_tree_root){ .height = 0, .gfp_mask = (mask), .rnode = NULL })

/* Where nodes come from: lib/ itself has no memory. alloc() returns a zeroed node or NULL. */
struct radix_tree_allocator {
	struct radix_tree_node *(*alloc)(gfp_t gfp);
	void (*free)(struct radix_tree_node *node);
};

/* Before the first insertion. */
void radix_tree_init(const struct radix_tree_allocator *allocator);

/**
 * radix_tree_insert - let an index lead to an item
 * @item: not NULL
 *
 * Returns 0; -EEXIST where there is one; -ENOMEM, and the tree holds the same items as before.
 */
int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item);

/* The item, or NULL. */
void *radix_tree_lookup(const struct radix_tree_root *root, unsigned long index);

/* Take it out. Returns the item, or NULL. Nodes that are empty then go back. */
void *radix_tree_delete(struct radix_tree_root *root, unsigned long index);

/**
 * radix_tree_gang_lookup - many items, lowest index first
 * @results: room for @max_items
 * @first_index: where to begin
 *
 * Returns how many were found: fewer than @max_items only at the end.
 */
unsigned int radix_tree_gang_lookup(const struct radix_tree_root *root, void **results,
				    unsigned long first_index, unsigned int max_items);

#endif
