/* The tree of physical ranges, on a root of our own. */
#include <lib/errno.h>
#include <tests/kunit.h>
#include <kernel/resource.h>

static struct resource root;
static struct resource a, b, c; /* 0x1000-0x1fff, 0x2000-0x2fff, 0x3000-0x3fff */

static int reset(struct kunit *test __unused)
{
	root = (struct resource){ .start = 0x1000, .end = 0xFFFF, .name = "root" };
	a = (struct resource){ .start = 0x1000, .end = 0x1FFF, .name = "a" };
	b = (struct resource){ .start = 0x2000, .end = 0x2FFF, .name = "b" };
	c = (struct resource){ .start = 0x3000, .end = 0x3FFF, .name = "c" };
	return 0;
}

static int insert(u64 start, u64 end)
{
	static struct resource res;

	res = (struct resource){ .start = start, .end = end, .name = "other" };
	return insert_resource(&root, &res);
}

static void siblings_are_sorted_whatever_the_order_of_their_coming(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, insert_resource(&root, &b), 0);
	KUNIT_EXPECT_EQ(test, insert_resource(&root, &c), 0);
	KUNIT_EXPECT_EQ(test, insert_resource(&root, &a), 0);
	KUNIT_EXPECT_PTR_EQ(test, root.child, &a);
	KUNIT_EXPECT_PTR_EQ(test, a.sibling, &b);
	KUNIT_EXPECT_PTR_EQ(test, b.sibling, &c);
	KUNIT_EXPECT_NULL(test, c.sibling);
	KUNIT_EXPECT_PTR_EQ(test, b.parent, &root);
}

static void a_range_goes_into_the_smallest_that_contains_it(struct kunit *test)
{
	struct resource half = { .start = 0x2000, .end = 0x27FF },
			byte = { .start = 0x27FF, .end = 0x27FF };

	insert_resource(&root, &a);
	insert_resource(&root, &b);
	KUNIT_EXPECT_EQ(test, insert_resource(&root, &half), 0);
	KUNIT_EXPECT_EQ(test, insert_resource(&root, &byte), 0);
	KUNIT_EXPECT_PTR_EQ(test, half.parent, &b);
	KUNIT_EXPECT_PTR_EQ(test, byte.parent, &half);
	KUNIT_EXPECT_PTR_EQ(test, b.child, &half);
	KUNIT_EXPECT_NULL(test, a.child);
	KUNIT_EXPECT_NULL(test, b.sibling);
}

static void a_range_that_cuts_through_another_is_refused(struct kunit *test)
{
	insert_resource(&root, &b);
	KUNIT_EXPECT_EQ(test, insert(0x1800, 0x2000), -EBUSY);
	KUNIT_EXPECT_EQ(test, insert(0x2FFF, 0x3000), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, root.child, &b);
	KUNIT_EXPECT_NULL(test, b.sibling);
	KUNIT_EXPECT_NULL(test, b.child);
	KUNIT_EXPECT_EQ(test, insert(0x1800, 0x1FFF), 0);
}

static void a_range_that_reaches_out_of_the_root_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, insert(0x0FFF, 0x1FFF), -EBUSY);
	KUNIT_EXPECT_EQ(test, insert(0xF000, 0x10000), -EBUSY);
	KUNIT_EXPECT_NULL(test, root.child);
	KUNIT_EXPECT_EQ(test, insert(0x1000, 0xFFFF), 0);
}

static void a_range_that_ends_before_it_begins_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, insert(0x2000, 0x1FFF), -EBUSY);
	KUNIT_EXPECT_NULL(test, root.child);
}

static void requesting_goes_no_level_down(struct kunit *test)
{
	struct resource inner = { .start = 0x2100, .end = 0x21FF };

	KUNIT_EXPECT_EQ(test, request_resource(&root, &b), 0);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &inner), -EBUSY);
	KUNIT_EXPECT_EQ(test, request_resource(&b, &inner), 0);
	KUNIT_EXPECT_PTR_EQ(test, inner.parent, &b);
}

static void the_root_of_all_reaches_to_the_last_address(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, iomem_resource.start, 0);
	KUNIT_EXPECT_EQ(test, iomem_resource.end, ~0ULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(siblings_are_sorted_whatever_the_order_of_their_coming),
	KUNIT_CASE(a_range_goes_into_the_smallest_that_contains_it),
	KUNIT_CASE(a_range_that_cuts_through_another_is_refused),
	KUNIT_CASE(a_range_that_reaches_out_of_the_root_is_refused),
	KUNIT_CASE(a_range_that_ends_before_it_begins_is_refused),
	KUNIT_CASE(requesting_goes_no_level_down),
	KUNIT_CASE(the_root_of_all_reaches_to_the_last_address),
	{},
};

static struct kunit_suite suite = { .name = "resource", .init = reset, .test_cases = cases };
kunit_test_suite(suite);
