/* lib/radix-tree.c, against an array and at its edges; no node may be lost. */
#include <lib/errno.h>
#include <lib/radix-tree.h>
#include <mm/fault_inject.h>
#include <mm/slab.h>
#include <tests/kunit.h>

static struct radix_tree_root tree;
static int things[4];
#define A (&things[0])
#define B (&things[1])
#define C (&things[2])

static int begin(struct kunit *test __unused)
{
	INIT_RADIX_TREE(&tree, GFP_KERNEL);
	return 0;
}

/* An empty tree has no node: whatever a case did, this must come of it. */
static void empty_it(struct kunit *test)
{
	struct radix_tree_node *top = tree.rnode;
	void *found[1];

	while (radix_tree_gang_lookup(&tree, found, 0, 1)) {
		unsigned long index = 0;

		while (radix_tree_lookup(&tree, index) != found[0] && index < 10000)
			index++;
		if (!radix_tree_delete(&tree, index))
			break;
	}
	KUNIT_EXPECT_TRUE(test, !top || !tree.rnode);
}

static void what_was_inserted_is_found_and_nothing_else(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, radix_tree_lookup(&tree, 0));
	KUNIT_EXPECT_EQ(test, radix_tree_insert(&tree, 5, A), 0);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, 5), A);
	KUNIT_EXPECT_NULL(test, radix_tree_lookup(&tree, 4));
	KUNIT_EXPECT_NULL(test, radix_tree_lookup(&tree, 5 + RADIX_TREE_MAP_SIZE));
	KUNIT_EXPECT_NULL(test, radix_tree_lookup(&tree, ~0UL));
}

static void an_index_that_is_taken_is_refused(struct kunit *test)
{
	radix_tree_insert(&tree, 70, A);
	KUNIT_EXPECT_EQ(test, radix_tree_insert(&tree, 70, B), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, 70), A);
}

static void index_0_alone_needs_no_node(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, radix_tree_insert(&tree, 0, A), 0);
	KUNIT_EXPECT_EQ(test, tree.height, 0U);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, 0), A);
	KUNIT_EXPECT_NULL(test, radix_tree_lookup(&tree, 1));
	KUNIT_EXPECT_EQ(test, radix_tree_insert(&tree, 0, B), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_delete(&tree, 0), A);
	KUNIT_EXPECT_NULL(test, tree.rnode);
}

static void the_tree_is_as_high_as_its_largest_index_needs(struct kunit *test)
{
	radix_tree_insert(&tree, 0, A);
	radix_tree_insert(&tree, RADIX_TREE_MAP_SIZE - 1, B);
	KUNIT_EXPECT_EQ(test, tree.height, 1U);
	radix_tree_insert(&tree, RADIX_TREE_MAP_SIZE, C);
	KUNIT_EXPECT_EQ(test, tree.height, 2U);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, 0), A);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_delete(&tree, RADIX_TREE_MAP_SIZE), C);
	KUNIT_EXPECT_EQ(test, tree.height, 1U);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, RADIX_TREE_MAP_SIZE - 1), B);
	radix_tree_delete(&tree, RADIX_TREE_MAP_SIZE - 1);
	KUNIT_EXPECT_EQ(test, tree.height, 0U);
}

static void the_largest_index_of_all_has_a_place(struct kunit *test)
{
	void *found[3];

	KUNIT_EXPECT_EQ(test, radix_tree_insert(&tree, ~0UL, A), 0);
	KUNIT_EXPECT_EQ(test, radix_tree_insert(&tree, 3, B), 0);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, ~0UL), A);
	KUNIT_EXPECT_NULL(test, radix_tree_lookup(&tree, ~0UL - 1));
	KUNIT_EXPECT_EQ(test, radix_tree_gang_lookup(&tree, found, 4, 3), 1U);
	KUNIT_EXPECT_PTR_EQ(test, found[0], A);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_delete(&tree, ~0UL), A);
	KUNIT_EXPECT_EQ(test, tree.height, 1U);
}

static void what_is_not_there_cannot_be_deleted(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, radix_tree_delete(&tree, 0));
	radix_tree_insert(&tree, 100, A);
	KUNIT_EXPECT_NULL(test, radix_tree_delete(&tree, 0));
	KUNIT_EXPECT_NULL(test, radix_tree_delete(&tree, 101));
	KUNIT_EXPECT_NULL(test, radix_tree_delete(&tree, 1UL << 20));
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_delete(&tree, 100), A);
	KUNIT_EXPECT_NULL(test, tree.rnode);
}

static void many_are_looked_up_in_order_from_any_index(struct kunit *test)
{
	void *found[4];

	radix_tree_insert(&tree, 5000, C);
	radix_tree_insert(&tree, 2, A);
	radix_tree_insert(&tree, 64, B);
	KUNIT_EXPECT_EQ(test, radix_tree_gang_lookup(&tree, found, 0, 4), 3U);
	KUNIT_EXPECT_TRUE(test, found[0] == A && found[1] == B && found[2] == C);
	KUNIT_EXPECT_EQ(test, radix_tree_gang_lookup(&tree, found, 3, 1), 1U);
	KUNIT_EXPECT_PTR_EQ(test, found[0], B);
	KUNIT_EXPECT_EQ(test, radix_tree_gang_lookup(&tree, found, 64, 4), 2U);
	KUNIT_EXPECT_EQ(test, radix_tree_gang_lookup(&tree, found, 5001, 4), 0U);
}

static void an_empty_tree_has_nothing_to_look_up(struct kunit *test)
{
	void *found[1];

	KUNIT_EXPECT_EQ(test, radix_tree_gang_lookup(&tree, found, 0, 1), 0U);
	KUNIT_EXPECT_EQ(test, radix_tree_gang_lookup(&tree, found, ~0UL, 1), 0U);
}

#define NR_MODEL 9000

static void thousands_come_and_go_as_in_an_array(struct kunit *test)
{
	static bool there[NR_MODEL];
	u32 dice = 4711;

	memset(there, 0, sizeof(there));
	for (int i = 0; i < 20000; i++) {
		unsigned long index;
		void *item;

		dice = dice * 1664525 + 1013904223;
		index = (dice >> 8) % NR_MODEL;
		item = &there[index];
		if (dice >> 31)
			KUNIT_EXPECT_EQ(test, radix_tree_insert(&tree, index, item),
					there[index] ? -EEXIST : 0);
		else
			KUNIT_EXPECT_PTR_EQ(test, radix_tree_delete(&tree, index),
					    there[index] ? item : NULL);
		there[index] = dice >> 31;
	}
	for (unsigned long index = 0; index < NR_MODEL; index++) {
		KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, index),
				    there[index] ? &there[index] : NULL);
		radix_tree_delete(&tree, index);
	}
	KUNIT_EXPECT_NULL(test, tree.rnode);
}

/* Each node on the way may be the one that is not to be had. */
static void an_insertion_without_memory_changes_nothing(struct kunit *test)
{
	struct fault_attr attr = { .probability = 100, .times = 1 };
	int err = -ENOMEM;

	radix_tree_insert(&tree, 1, A);
	for (unsigned int nth = 1; nth < 10 && err; nth++) {
		attr.interval = nth;
		set_failslab(&attr);
		err = radix_tree_insert(&tree, 1UL << 20, B);
		set_failslab(NULL);
		KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, 1), A);
		KUNIT_EXPECT_PTR_EQ(test, radix_tree_lookup(&tree, 1UL << 20), err ? NULL : B);
		KUNIT_EXPECT_EQ(test, tree.height, err ? 1U : 4U);
	}
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_PTR_EQ(test, radix_tree_delete(&tree, 1UL << 20), B);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_was_inserted_is_found_and_nothing_else),
	KUNIT_CASE(an_index_that_is_taken_is_refused),
	KUNIT_CASE(index_0_alone_needs_no_node),
	KUNIT_CASE(the_tree_is_as_high_as_its_largest_index_needs),
	KUNIT_CASE(the_largest_index_of_all_has_a_place),
	KUNIT_CASE(what_is_not_there_cannot_be_deleted),
	KUNIT_CASE(many_are_looked_up_in_order_from_any_index),
	KUNIT_CASE(an_empty_tree_has_nothing_to_look_up),
	KUNIT_CASE(thousands_come_and_go_as_in_an_array),
	KUNIT_CASE(an_insertion_without_memory_changes_nothing),
	{},
};

static struct kunit_suite suite = {
	.name = "radix_tree", .init = begin, .exit = empty_it, .test_cases = cases
};
kunit_test_suite(suite);
