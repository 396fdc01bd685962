/* lib/rbtree.c against a sorted array, and every rule of the tree looked at in every node. */
#include <lib/rbtree_augmented.h>
#include <tests/kunit.h>

#define NR_ITEMS   600
#define NR_CHANGES 20000
#define SEED	   0x00000896U

struct item {
	unsigned int weight;
	unsigned int max_weight; /* of the subtree */
	bool on_tree;
	struct rb_node node;
};

/* An item's key is its index; the model is on_tree, read in the order of the array. */
static struct item items[NR_ITEMS];
static struct rb_root root;
static unsigned int random_state;

static unsigned int weight_of(const struct item *item)
{
	return item->weight;
}
RB_DECLARE_CALLBACKS_MAX(static, weights, struct item, node, unsigned int, max_weight, weight_of);

static unsigned int next_random(unsigned int limit)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % limit;
}

static struct item *item_of(const struct rb_node *node)
{
	return rb_entry(node, struct item, node);
}

static struct rb_node *link_item(struct item *item)
{
	struct rb_node **link = &root.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = item < item_of(parent) ? &parent->rb_left : &parent->rb_right;
	}
	item->max_weight = item->weight;
	item->on_tree = true;
	rb_link_node(&item->node, parent, link);
	return &item->node;
}

static void insert(struct item *item)
{
	rb_insert_color(link_item(item), &root);
}

static void insert_with_weight(struct item *item)
{
	item->weight = next_random(1000);
	rb_insert_augmented(link_item(item), &root, &weights);
}

static void erase(struct item *item)
{
	item->on_tree = false;
	rb_erase(&item->node, &root);
}

static void erase_with_weight(struct item *item)
{
	item->on_tree = false;
	rb_erase_augmented(&item->node, &root, &weights);
}

/* Trusts the children's values, which are checked first. */
static unsigned int right_maximum(const struct rb_node *node)
{
	unsigned int largest = item_of(node)->weight;

	if (node->rb_left)
		largest = max(largest, item_of(node->rb_left)->max_weight);
	if (node->rb_right)
		largest = max(largest, item_of(node->rb_right)->max_weight);
	return largest;
}

/* Returns how many black nodes each way down from @node passes. */
static int check_subtree(struct kunit *test, const struct rb_node *node, bool augmented)
{
	int left, right;

	if (!node)
		return 0;
	for (int i = 0; i < 2; i++) {
		const struct rb_node *child = i ? node->rb_right : node->rb_left;

		if (!child)
			continue;
		KUNIT_ASSERT_PTR_EQ(test, rb_parent(child), node);
		KUNIT_ASSERT_TRUE(test, rb_color(node) == RB_BLACK || rb_color(child) == RB_BLACK);
	}
	left = check_subtree(test, node->rb_left, augmented);
	right = check_subtree(test, node->rb_right, augmented);
	KUNIT_ASSERT_EQ(test, left, right);
	if (augmented)
		KUNIT_ASSERT_EQ(test, item_of(node)->max_weight, right_maximum(node));
	return left + (rb_color(node) == RB_BLACK);
}

/* Forwards and backwards, the tree holds what the model holds. */
static void check_order(struct kunit *test)
{
	const struct rb_node *node = rb_first(&root);

	for (int i = 0; i < NR_ITEMS; i++) {
		if (!items[i].on_tree)
			continue;
		KUNIT_ASSERT_PTR_EQ(test, node, &items[i].node);
		node = rb_next(node);
	}
	KUNIT_ASSERT_PTR_EQ(test, node, NULL);
	node = rb_last(&root);
	for (int i = NR_ITEMS - 1; i >= 0; i--) {
		if (!items[i].on_tree)
			continue;
		KUNIT_ASSERT_PTR_EQ(test, node, &items[i].node);
		node = rb_prev(node);
	}
	KUNIT_ASSERT_PTR_EQ(test, node, NULL);
}

static void check_tree(struct kunit *test, bool augmented)
{
	if (root.rb_node) {
		KUNIT_ASSERT_PTR_EQ(test, rb_parent(root.rb_node), NULL);
		KUNIT_ASSERT_EQ(test, rb_color(root.rb_node), RB_BLACK);
	}
	check_subtree(test, root.rb_node, augmented);
	check_order(test);
}

static int empty_tree(struct kunit *test)
{
	(void)test;
	memset(items, 0, sizeof(items));
	root = RB_ROOT;
	random_state = SEED;
	return 0;
}

static void an_empty_tree_has_no_ends(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&root));
	KUNIT_EXPECT_NULL(test, rb_first(&root));
	KUNIT_EXPECT_NULL(test, rb_last(&root));
}

static void a_node_on_no_tree_is_known_and_has_no_neighbours(struct kunit *test)
{
	RB_CLEAR_NODE(&items[0].node);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_NODE(&items[0].node));
	KUNIT_EXPECT_NULL(test, rb_next(&items[0].node));
	KUNIT_EXPECT_NULL(test, rb_prev(&items[0].node));
	insert(&items[0]);
	KUNIT_EXPECT_FALSE(test, RB_EMPTY_NODE(&items[0].node));
}

static void keys_in_rising_order_make_no_list_of_the_tree(struct kunit *test)
{
	const struct rb_node *node;
	int depth = 0;

	for (int i = 0; i < 511; i++)
		insert(&items[i]);
	check_tree(test, false);
	for (node = root.rb_node; node; node = node->rb_right)
		depth++;
	KUNIT_EXPECT_LE(test, depth, 2 * 9); /* twice log2(512) */
}

static void keys_in_falling_order_too(struct kunit *test)
{
	for (int i = NR_ITEMS - 1; i >= 0; i--) {
		insert(&items[i]);
		check_subtree(test, root.rb_node, false);
	}
	check_order(test);
}

static void a_tree_erased_from_the_root_stays_balanced_to_the_last(struct kunit *test)
{
	for (int i = 0; i < NR_ITEMS; i++)
		insert(&items[i * 7 % NR_ITEMS]); /* 7 and 600 have no common divisor: each once */
	while (root.rb_node) {
		erase(item_of(root.rb_node));
		check_subtree(test, root.rb_node, false);
	}
	check_order(test);
}

/* A small set of keys first, so that small trees, where the odd cases are, come often. */
static void random_changes_keep_order_and_balance(struct kunit *test)
{
	for (int i = 0; i < NR_CHANGES; i++) {
		struct item *item = &items[next_random(i < NR_CHANGES / 2 ? 24 : NR_ITEMS)];

		if (item->on_tree)
			erase(item);
		else
			insert(item);
		if (i < NR_CHANGES / 2 || i % 50 == 0)
			check_tree(test, false);
	}
}

static void random_changes_keep_the_maximum_of_every_subtree(struct kunit *test)
{
	for (int i = 0; i < NR_CHANGES; i++) {
		struct item *item = &items[next_random(i < NR_CHANGES / 2 ? 24 : NR_ITEMS)];

		if (item->on_tree)
			erase_with_weight(item);
		else
			insert_with_weight(item);
		if (i < NR_CHANGES / 2 || i % 50 == 0)
			check_tree(test, true);
	}
}

static void a_changed_weight_is_told_upwards(struct kunit *test)
{
	for (int i = 0; i < 100; i++)
		insert_with_weight(&items[i]);
	for (int i = 0; i < 1000; i++) {
		struct item *item = &items[next_random(100)];

		item->weight = next_random(1000);
		weights.propagate(&item->node, NULL);
		check_subtree(test, root.rb_node, true);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_empty_tree_has_no_ends),
	KUNIT_CASE(a_node_on_no_tree_is_known_and_has_no_neighbours),
	KUNIT_CASE(keys_in_rising_order_make_no_list_of_the_tree),
	KUNIT_CASE(keys_in_falling_order_too),
	KUNIT_CASE(a_tree_erased_from_the_root_stays_balanced_to_the_last),
	KUNIT_CASE(random_changes_keep_order_and_balance),
	KUNIT_CASE(random_changes_keep_the_maximum_of_every_subtree),
	KUNIT_CASE(a_changed_weight_is_told_upwards),
	{},
};
static struct kunit_suite suite = { .name = "rbtree", .init = empty_tree, .test_cases = cases };
kunit_test_suite(suite);
