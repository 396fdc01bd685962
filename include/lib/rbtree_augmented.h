/*
 * Red-black trees each of whose nodes knows something about the whole subtree below it, such as the
 * largest gap in it. A search can then leave out subtrees that hold nothing for it.
 *
 *                   gap 3, max 9
 *                  /            \
 *         gap 9, max 9        gap 1, max 4
 *                            /
 *                      gap 4, max 4            max = the largest gap of node and subtrees
 *
 * Inserting: set the new one's value to its own number, rb_link_node(), rb_insert_augmented(). When
 * a node's own number changes later, call propagate(node, NULL).
 *
 * Condenses include/linux/rbtree_augmented.h.
 */
#ifndef LIB_RBTREE_AUGMENTED_H
#define LIB_RBTREE_AUGMENTED_H

#include <lib/rbtree.h>

struct rb_augment_callbacks {
	/* Compute anew from @node upwards: until @stop, the root, or a value that is right. */
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	/* A new leaf: what is above it has its value at least. */
	void (*raise)(struct rb_node *leaf);
	/* @new takes over the place, and the value, of @old. */
	void (*copy)(struct rb_node *old, struct rb_node *new);
	/* @new rose to the place of @old, which is now its child. */
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

/* Like rb_insert_color() and rb_erase(), for a tree with such values. */
void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

/**
 * RB_DECLARE_CALLBACKS_MAX - define the callbacks of a tree that keeps the maximum of each subtree
 * @storage: static, or nothing
 * @name: of the struct rb_augment_callbacks
 * @type: the structure that the nodes are in; @member: its struct rb_node
 * @value_type: of the numbers
 * @max_member: where the structure keeps the maximum of its subtree
 * @own_value: function: the structure's own number, of @value_type
 */
#define RB_DECLARE_CALLBACKS_MAX(storage, name, type, member, value_type, max_member, own_value)   \
	static inline value_type name##_compute_max(type *entry)                                   \
	{                                                                                          \
		const struct rb_node *left = entry->member.rb_left;                                \
		const struct rb_node *right = entry->member.rb_right;                              \
		value_type largest = own_value(entry);                                             \
                                                                                                   \
		if (left)                                                                          \
			largest = max(largest, rb_entry(left, type, member)->max_member);          \
		if (right)                                                                         \
			largest = max(largest, rb_entry(right, type, member)->max_member);         \
		return largest;                                                                    \
	}                                                                                          \
	static void name##_propagate(struct rb_node *node, struct rb_node *stop)                   \
	{                                                                                          \
		for (; node != stop; node = rb_parent(node)) {                                     \
			type *entry = rb_entry(node, type, member);                                \
			const value_type largest = name##_compute_max(entry);                      \
                                                                                                   \
			if (entry->max_member == largest)                                          \
				return;                                                            \
			entry->max_member = largest;                                               \
		}                                                                                  \
	}                                                                                          \
	static void name##_raise(struct rb_node *leaf)                                             \
	{                                                                                          \
		const value_type value = rb_entry(leaf, type, member)->max_member;                 \
		struct rb_node *node = leaf;                                                       \
                                                                                                   \
		while ((node = rb_parent(node)) &&                                                 \
		       rb_entry(node, type, member)->max_member < value)                           \
			rb_entry(node, type, member)->max_member = value;                          \
	}                                                                                          \
	static void name##_copy(struct rb_node *old, struct rb_node *new)                          \
	{                                                                                          \
		rb_entry(new, type, member)->max_member = rb_entry(old, type, member)->max_member; \
	}                                                                                          \
	static void name##_rotate(struct rb_node *old, struct rb_node *new)                        \
	{                                                                                          \
		name##_copy(old, new);                                                             \
		rb_entry(old, type, member)->max_member =                                          \
			name##_compute_max(rb_entry(old, type, member));                           \
	}                                                                                          \
	storage const struct rb_augment_callbacks name = { name##_propagate, name##_raise,         \
							   name##_copy, name##_rotate }

#endif
