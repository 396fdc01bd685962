/* include/lib/list.h: the order of entries, seen along next and along prev. */
#include <tests/kunit.h>
#include <lib/list.h>

struct item {
	char name;
	struct list_head node;
};

static struct item a = { .name = 'a' }, b = { .name = 'b' }, c = { .name = 'c' };

/* The list must read @wanted forwards, and the same along the prev pointers. */
static void expect_order(struct kunit *test, const struct list_head *list, const char *wanted)
{
	const struct list_head *at = list;
	const struct item *item;
	size_t nr = 0;

	list_for_each_entry (item, list, node) {
		KUNIT_ASSERT_LT(test, nr, strlen(wanted));
		KUNIT_ASSERT_EQ(test, item->name, wanted[nr]);
		KUNIT_ASSERT_PTR_EQ(test, item->node.prev, at);
		at = &item->node;
		nr++;
	}
	KUNIT_ASSERT_PTR_EQ(test, list->prev, at);
	KUNIT_ASSERT_EQ(test, nr, strlen(wanted));
}

static void append_a_b_c(struct list_head *list)
{
	list_add_tail(&a.node, list);
	list_add_tail(&b.node, list);
	list_add_tail(&c.node, list);
}

static void a_new_list_is_empty(struct kunit *test)
{
	LIST_HEAD(defined);
	struct list_head initialised;

	INIT_LIST_HEAD(&initialised);
	KUNIT_EXPECT_TRUE(test, list_empty(&defined));
	KUNIT_EXPECT_TRUE(test, list_empty(&initialised));
	expect_order(test, &defined, "");
}

static void list_add_makes_a_stack(struct kunit *test)
{
	LIST_HEAD(list);

	list_add(&a.node, &list);
	list_add(&b.node, &list);
	list_add(&c.node, &list);
	KUNIT_EXPECT_FALSE(test, list_empty(&list));
	expect_order(test, &list, "cba");
}

static void list_add_tail_makes_a_queue(struct kunit *test)
{
	LIST_HEAD(list);

	append_a_b_c(&list);
	expect_order(test, &list, "abc");
}

static void an_entry_is_removed_from_front_middle_and_end(struct kunit *test)
{
	LIST_HEAD(list);

	append_a_b_c(&list);
	list_del(&b.node);
	expect_order(test, &list, "ac");
	list_del(&a.node);
	expect_order(test, &list, "c");
	list_del(&c.node);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
}

static void list_del_poisons_the_entry(struct kunit *test)
{
	LIST_HEAD(list);

	list_add(&a.node, &list);
	list_del(&a.node);
	KUNIT_EXPECT_PTR_EQ(test, a.node.next, LIST_POISON1);
	KUNIT_EXPECT_PTR_EQ(test, a.node.prev, LIST_POISON2);
}

static void list_del_init_leaves_an_entry_that_is_on_no_list(struct kunit *test)
{
	LIST_HEAD(list);

	append_a_b_c(&list);
	list_del_init(&b.node);
	expect_order(test, &list, "ac");
	KUNIT_EXPECT_TRUE(test, list_empty(&b.node));
}

static void an_entry_moves_to_either_end_of_another_list(struct kunit *test)
{
	LIST_HEAD(from);
	LIST_HEAD(to);

	append_a_b_c(&from);
	list_move(&b.node, &to);
	list_move(&c.node, &to);
	list_move_tail(&a.node, &to);
	KUNIT_EXPECT_TRUE(test, list_empty(&from));
	expect_order(test, &to, "cba");
}

static void an_entry_moves_within_its_list(struct kunit *test)
{
	LIST_HEAD(list);

	append_a_b_c(&list);
	list_move(&c.node, &list);
	expect_order(test, &list, "cab");
	list_move_tail(&c.node, &list);
	expect_order(test, &list, "abc");
}

static void list_splice_init_puts_a_list_before_the_entries_of_another(struct kunit *test)
{
	LIST_HEAD(list);
	LIST_HEAD(front);

	list_add_tail(&c.node, &list);
	list_add_tail(&a.node, &front);
	list_add_tail(&b.node, &front);
	list_splice_init(&front, &list);
	expect_order(test, &list, "abc");
	KUNIT_EXPECT_TRUE(test, list_empty(&front));
	list_splice_init(&front, &list);
	expect_order(test, &list, "abc");
}

static void the_first_and_last_entries_are_found(struct kunit *test)
{
	LIST_HEAD(list);

	append_a_b_c(&list);
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry(&list, struct item, node), &a);
	KUNIT_EXPECT_PTR_EQ(test, list_last_entry(&list, struct item, node), &c);
}

static void entries_may_be_removed_during_a_safe_walk(struct kunit *test)
{
	LIST_HEAD(list);
	struct item *item, *next;
	int nr = 0;

	append_a_b_c(&list);
	list_for_each_entry_safe (item, next, &list, node) {
		list_del(&item->node);
		nr++;
	}
	KUNIT_EXPECT_EQ(test, nr, 3);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_new_list_is_empty),
	KUNIT_CASE(list_add_makes_a_stack),
	KUNIT_CASE(list_add_tail_makes_a_queue),
	KUNIT_CASE(an_entry_is_removed_from_front_middle_and_end),
	KUNIT_CASE(list_del_poisons_the_entry),
	KUNIT_CASE(list_del_init_leaves_an_entry_that_is_on_no_list),
	KUNIT_CASE(an_entry_moves_to_either_end_of_another_list),
	KUNIT_CASE(an_entry_moves_within_its_list),
	KUNIT_CASE(list_splice_init_puts_a_list_before_the_entries_of_another),
	KUNIT_CASE(the_first_and_last_entries_are_found),
	KUNIT_CASE(entries_may_be_removed_during_a_safe_walk),
	{},
};
static struct kunit_suite suite = { .name = "list", .test_cases = cases };
kunit_test_suite(suite);
