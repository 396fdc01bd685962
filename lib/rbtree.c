/*
 * Keeping red-black trees balanced; the rules are in <lib/rbtree.h>.
 *
 *      rotate(top, RIGHT):        top              up
 *                                /   \            /   \
 *                              up     c   -->    a    top      the order a up b top c stays
 *                             /  \                   /   \
 *                            a    b                 b     c
 *
 * Every step has a mirror image. It is written once, with the side as an argument: LEFT or RIGHT
 * names a child, OTHER(side) the one across.
 *
 * Called by whoever keeps things sorted; touches nothing but nodes and, through the callbacks, the
 * values that their owner keeps in them. Condenses lib/rbtree.c of Linux 3.10.
 */
#include <lib/rbtree_augmented.h>

enum side { LEFT, RIGHT };
#define OTHER(side) ((side) == LEFT ? RIGHT : LEFT)

static inline struct rb_node **link_of(struct rb_node *node, enum side side)
{
	return side == LEFT ? &node->rb_left : &node->rb_right;
}

static inline struct rb_node *child_of(const struct rb_node *node, enum side side)
{
	return side == LEFT ? node->rb_left : node->rb_right;
}

static inline enum side side_of(const struct rb_node *node, const struct rb_node *parent)
{
	return parent->rb_left == node ? LEFT : RIGHT;
}

/* A missing child counts as black. */
static inline bool is_red(const struct rb_node *node)
{
	return node && rb_color(node) == RB_RED;
}

static inline void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = (unsigned long)parent | rb_color(node);
}

static inline void set_color(struct rb_node *node, unsigned long color)
{
	node->__rb_parent_color = (unsigned long)rb_parent(node) | color;
}

static inline void hang(struct rb_node *child, struct rb_node *parent, enum side side)
{
	*link_of(parent, side) = child;
	if (child)
		set_parent(child, parent);
}

/* @new, which may be NULL, hangs where @old did. */
static void take_place(struct rb_root *root, struct rb_node *old, struct rb_node *new)
{
	struct rb_node *parent = rb_parent(old);

	if (parent)
		*link_of(parent, side_of(old, parent)) = new;
	else
		root->rb_node = new;
	if (new)
		set_parent(new, parent);
}

/* @top sinks to @side, its child from the other side rises. Colours stay with their nodes. */
static void rotate(struct rb_root *root, struct rb_node *top, enum side side,
		   const struct rb_augment_callbacks *augment)
{
	struct rb_node *up = child_of(top, OTHER(side));

	take_place(root, top, up);
	hang(child_of(up, side), top, OTHER(side));
	hang(top, up, side);
	if (augment)
		augment->rotate(top, up);
}

/*
 * @node is red, and so may its parent be: the one rule that is broken. Where the uncle is red too,
 * the grandparent's black moves down to both, and the question up by two; else rotations end it.
 */
static void mend_red_pair(struct rb_node *node, struct rb_root *root,
			  const struct rb_augment_callbacks *augment)
{
	while (is_red(rb_parent(node))) {
		struct rb_node *parent = rb_parent(node), *grandparent = rb_parent(parent);
		const enum side side = side_of(parent, grandparent);
		struct rb_node *uncle = child_of(grandparent, OTHER(side));

		if (is_red(uncle)) {
			set_color(parent, RB_BLACK);
			set_color(uncle, RB_BLACK);
			set_color(grandparent, RB_RED);
			node = grandparent;
			continue;
		}
		if (side_of(node, parent) != side) { /* make the bend straight first */
			rotate(root, parent, side, augment);
			parent = node;
		}
		set_color(parent, RB_BLACK);
		set_color(grandparent, RB_RED);
		rotate(root, grandparent, OTHER(side), augment);
		break;
	}
	set_color(root->rb_node, RB_BLACK);
}

/* One more black node for the ways down on @side of @parent: a child of the sibling has red to spend. */
static void spend_red_nephew(struct rb_node *parent, enum side side, struct rb_root *root,
			     const struct rb_augment_callbacks *augment)
{
	struct rb_node *sibling = child_of(parent, OTHER(side));

	if (!is_red(child_of(sibling, OTHER(side)))) { /* get the red nephew outside */
		set_color(sibling, RB_RED);
		set_color(child_of(sibling, side), RB_BLACK);
		rotate(root, sibling, OTHER(side), augment);
		sibling = child_of(parent, OTHER(side));
	}
	set_color(sibling, rb_color(parent));
	set_color(parent, RB_BLACK);
	set_color(child_of(sibling, OTHER(side)), RB_BLACK);
	rotate(root, parent, side, augment);
}

/*
 * The ways down on @side of @parent lack a black node. Where sibling and nephews have no red to turn
 * black, the sibling turns red: then all ways through @parent lack one, and the question moves up.
 */
static void mend_missing_black(struct rb_node *parent, enum side side, struct rb_root *root,
			       const struct rb_augment_callbacks *augment)
{
	while (parent) {
		struct rb_node *sibling = child_of(parent, OTHER(side)), *child;

		if (is_red(sibling)) { /* get a black one, under a red parent */
			set_color(sibling, RB_BLACK);
			set_color(parent, RB_RED);
			rotate(root, parent, side, augment);
			sibling = child_of(parent, OTHER(side));
		}
		if (is_red(sibling->rb_left) || is_red(sibling->rb_right)) {
			spend_red_nephew(parent, side, root, augment);
			return;
		}
		set_color(sibling, RB_RED);
		if (is_red(parent)) {
			set_color(parent, RB_BLACK);
			return;
		}
		child = parent;
		parent = rb_parent(child);
		side = parent ? side_of(child, parent) : LEFT;
	}
}

/*
 * @node has two children. It changes places and colours with its successor, which has no left child:
 * then it has at most one.
 */
static struct rb_node *trade_with_successor(struct rb_node *node, struct rb_root *root,
					    const struct rb_augment_callbacks *augment)
{
	struct rb_node *successor = rb_next(node), *parent = rb_parent(successor);
	struct rb_node *orphan = successor->rb_right;
	const unsigned long color = rb_color(successor);

	if (parent == node) {
		parent = successor;
	} else {
		parent->rb_left = node;
		hang(node->rb_right, successor, RIGHT);
	}
	take_place(root, node, successor);
	set_color(successor, rb_color(node));
	hang(node->rb_left, successor, LEFT);
	if (parent == successor)
		successor->rb_right = node;
	node->rb_left = NULL;
	node->rb_right = orphan;
	node->__rb_parent_color = (unsigned long)parent | color;
	if (augment)
		augment->copy(node, successor);
	return successor;
}

static void erase(struct rb_node *node, struct rb_root *root,
		  const struct rb_augment_callbacks *augment)
{
	struct rb_node *successor = NULL, *parent, *child;
	enum side side;

	if (node->rb_left && node->rb_right)
		successor = trade_with_successor(node, root, augment);
	parent = rb_parent(node);
	child = node->rb_left ? node->rb_left : node->rb_right;
	side = parent ? side_of(node, parent) : LEFT;
	take_place(root, node, child);
	/* The successor has a copy of a value that it must give up even if those below kept theirs. */
	if (augment)
		augment->propagate(parent, successor);
	if (augment && successor)
		augment->propagate(successor, NULL);
	if (rb_color(node) == RB_RED)
		return;
	if (child)
		set_color(child, RB_BLACK); /* an only child is red */
	else
		mend_missing_black(parent, side, root, augment);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	mend_red_pair(node, root, NULL);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	erase(node, root, NULL);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	augment->raise(node);
	mend_red_pair(node, root, augment);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	erase(node, root, augment);
}

static struct rb_node *outermost(struct rb_node *node, enum side side)
{
	while (node && child_of(node, side))
		node = child_of(node, side);
	return node;
}

/* Below @node on @side if there is anything, else the first above that has @node on its other side. */
static struct rb_node *neighbour(const struct rb_node *node, enum side side)
{
	struct rb_node *parent;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (child_of(node, side))
		return outermost(child_of(node, side), OTHER(side));
	while ((parent = rb_parent(node)) && side_of(node, parent) == side)
		node = parent;
	return parent;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, LEFT);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, RIGHT);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, RIGHT);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, LEFT);
}
