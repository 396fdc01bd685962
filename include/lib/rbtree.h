/*
 * Red-black trees: sorted, threaded through the structures that they hold, never much deeper on one
 * side than on another.
 *
 *                     (40 black)
 *                    /          \
 *             (20 red)          (60 black)      1. a red node has no red child
 *            /        \              \          2. every way down to a missing child passes
 *      (10 black)  (30 black)      (70 red)        the same number of black nodes
 *
 * So no way down is more than twice as long as another, and finding a place takes O(log n).
 *
 * The tree knows no keys. Whoever owns it walks down from the root by comparing, and hangs the new
 * node where that ends:
 *
 *      struct rb_node **link = &root->rb_node, *parent = NULL;
 *
 *      while (*link) {
 *              parent = *link;
 *              link = key < key_of(parent) ? &parent->rb_left : &parent->rb_right;
 *      }
 *      rb_link_node(node, parent, link);
 *      rb_insert_color(node, root);
 *
 * Who owns the root also owns the lock. Trees that keep a value about each subtree:
 * <lib/rbtree_augmented.h>. Condenses include/linux/rbtree.h.
 */
#ifndef LIB_RBTREE_H
#define LIB_RBTREE_H

#include <lib/kernel.h>

/* Aligned, so that the lowest bit of a parent's address is free for the node's own colour. */
struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right, *rb_left;
} __aligned(sizeof(long));

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT          \
	(struct rb_root) \
	{                \
		NULL     \
	}
#define RB_EMPTY_ROOT(root) ((root)->rb_node == NULL)

/* The structure that has @ptr as its @member. */
#define rb_entry(ptr, type, member) container_of(ptr, type, member)

/* A node on no tree points to itself. */
#define RB_EMPTY_NODE(node) ((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node) ((node)->__rb_parent_color = (unsigned long)(node))

#define RB_RED		    0UL
#define RB_BLACK	    1UL

/* The node above, or NULL at the root. */
static inline struct rb_node *rb_parent(const struct rb_node *node)
{
	return (struct rb_node *)(node->__rb_parent_color & ~RB_BLACK);
}

static inline unsigned long rb_color(const struct rb_node *node)
{
	return node->__rb_parent_color & RB_BLACK;
}

/**
 * rb_link_node - hang a node where the search for its place ended
 * @node: new; red, and without children
 * @parent: the last node on the way, NULL in an empty tree
 * @link: the place itself: &parent->rb_left, &parent->rb_right or &root->rb_node
 *
 * The tree is balanced again, and fit for use, only after rb_insert_color().
 */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent | RB_RED;
	node->rb_left = NULL;
	node->rb_right = NULL;
	*link = node;
}

/**
 * rb_insert_color - balance the tree after rb_link_node()
 * @node: the new one
 * @root: its tree
 *
 * At most two rotations.
 */
void rb_insert_color(struct rb_node *node, struct rb_root *root);

/**
 * rb_erase - take a node out
 * @node: on the tree; its own fields are left as they are
 * @root: its tree
 *
 * No other node is moved in memory, only links change. At most three rotations.
 */
void rb_erase(struct rb_node *node, struct rb_root *root);

/* The node with the lowest and the one with the highest key; NULL in an empty tree. */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);

/* The neighbour in the order of keys; NULL after the last, before the first, and off any tree. */
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

#endif
