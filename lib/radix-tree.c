/*
 * Radix trees: see <lib/radix-tree.h> for the figure.
 *
 * The page cache finds its frames by index with it, and shared memory does. Nodes come from whoever
 * called radix_tree_init(). Condenses lib/radix-tree.c.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/radix-tree.h>

/* So many levels reach every index: the highest one has slots that none leads to. */
#define RADIX_TREE_MAX_PATH DIV_ROUND_UP(BITS_PER_LONG, RADIX_TREE_MAP_SHIFT)

static const struct radix_tree_allocator *nodes;

void radix_tree_init(const struct radix_tree_allocator *allocator)
{
	nodes = allocator;
}

/* The largest index that a tree of a height has room for. */
static unsigned long max_index(unsigned int height)
{
	const unsigned int bits = height * RADIX_TREE_MAP_SHIFT;

	return bits >= BITS_PER_LONG ? ~0UL : (1UL << bits) - 1;
}

/* Bits of the index below those that a node at @height, 1 at the bottom, is asked for. */
static unsigned int shift_at(unsigned int height)
{
	return (height - 1) * RADIX_TREE_MAP_SHIFT;
}

static void **slot_of(struct radix_tree_node *node, unsigned int height, unsigned long index)
{
	return &node->slots[(index >> shift_at(height)) & RADIX_TREE_MAP_MASK];
}

/* One level more on top; what is there becomes slot 0. An empty tree grows for free. */
static int grow(struct radix_tree_root *root)
{
	struct radix_tree_node *node;

	if (root->rnode) {
		node = nodes->alloc(root->gfp_mask);
		if (!node)
			return -ENOMEM;
		node->slots[0] = root->rnode;
		node->count = 1;
		root->rnode = node;
	}
	root->height++;
	return 0;
}

/* One level less, while the top node has nothing but slot 0. */
static void shrink(struct radix_tree_root *root)
{
	while (root->height && root->rnode) {
		struct radix_tree_node *node = root->rnode;

		if (node->count != 1 || !node->slots[0])
			return;
		root->rnode = node->slots[0];
		root->height--;
		nodes->free(node);
	}
	if (!root->rnode)
		root->height = 0;
}

/* The nodes on the way down to an index, top first; path[] ends where the way does. */
static unsigned int find_path(const struct radix_tree_root *root, unsigned long index,
			      struct radix_tree_node **path)
{
	void *item = root->rnode;
	unsigned int depth = 0;

	for (unsigned int height = root->height; height && item; height--) {
		path[depth++] = item;
		item = *slot_of(item, height, index);
	}
	return depth;
}

/* From the bottom up: nodes of the path that have nothing in them go. */
static void prune(struct radix_tree_root *root, struct radix_tree_node **path, unsigned int depth,
		  unsigned long index)
{
	while (depth && !path[depth - 1]->count) {
		nodes->free(path[--depth]);
		if (!depth) {
			root->rnode = NULL;
		} else {
			*slot_of(path[depth - 1], root->height - depth + 1, index) = NULL;
			path[depth - 1]->count--;
		}
	}
	shrink(root);
}

/* The slot of an index, the nodes on the way made if they are missing; or NULL. */
static void **make_path(struct radix_tree_root *root, unsigned long index,
			struct radix_tree_node **parent)
{
	void **slot = &root->rnode;

	*parent = NULL;
	for (unsigned int height = root->height; height; height--) {
		if (!*slot) {
			*slot = nodes->alloc(root->gfp_mask);
			if (!*slot)
				return NULL;
			if (*parent)
				(*parent)->count++;
		}
		*parent = *slot;
		slot = slot_of(*parent, height, index);
	}
	return slot;
}

int radix_tree_insert(struct radix_tree_root *root, unsigned long index, void *item)
{
	struct radix_tree_node *path[RADIX_TREE_MAX_PATH], *parent;
	void **slot = NULL;
	int err = 0;

	while (!err && index > max_index(root->height))
		err = grow(root);
	if (!err)
		slot = make_path(root, index, &parent);
	if (!slot) {
		prune(root, path, find_path(root, index, path), index);
		return -ENOMEM;
	}
	if (*slot)
		return -EEXIST;
	*slot = item;
	if (parent)
		parent->count++;
	return 0;
}

void *radix_tree_lookup(const struct radix_tree_root *root, unsigned long index)
{
	void *item = root->rnode;

	if (index > max_index(root->height))
		return NULL;
	for (unsigned int height = root->height; height && item; height--)
		item = *slot_of(item, height, index);
	return item;
}

void *radix_tree_delete(struct radix_tree_root *root, unsigned long index)
{
	struct radix_tree_node *path[RADIX_TREE_MAX_PATH];
	unsigned int depth;
	void **slot, *item;

	if (index > max_index(root->height))
		return NULL;
	depth = find_path(root, index, path);
	if (depth < root->height)
		return NULL;
	slot = depth ? slot_of(path[depth - 1], 1, index) : &root->rnode;
	item = *slot;
	if (!item)
		return NULL;
	*slot = NULL;
	if (depth)
		path[depth - 1]->count--;
	prune(root, path, depth, index);
	return item;
}

/* The first item from *@index on, which is moved there; or NULL. */
static void *next_item(const struct radix_tree_root *root, unsigned long *index)
{
	while (root->rnode && *index <= max_index(root->height)) {
		unsigned int height = root->height;
		void *item = root->rnode;

		while (height && (item = *slot_of(item, height, *index)))
			height--;
		if (item)
			return item;
		*index = (*index | ((1UL << shift_at(height)) - 1)) + 1;
		if (!*index)
			return NULL;
	}
	return NULL;
}

unsigned int radix_tree_gang_lookup(const struct radix_tree_root *root, void **results,
				    unsigned long first_index, unsigned int max_items)
{
	unsigned long index = first_index;
	unsigned int nr = 0;

	while (nr < max_items) {
		void *item = next_item(root, &index);

		if (!item)
			break;
		results[nr++] = item;
		if (!++index)
			break;
	}
	return nr;
}
