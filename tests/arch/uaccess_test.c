/*
 * Pointers of a program's that must not be followed: into the kernel, across its border, to where
 * nothing is. That copies work is shown in uaccess_copy_test.c.
 */
#include <lib/string.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <asm/irqflags.h>
#include <asm/page.h>
#include <mm/uaccess.h>
#include <tests/kunit.h>

#define NOTHING_THERE ((void __user *)0x00400000UL)
#define KERNEL	      ((void __user *)PAGE_OFFSET)
#define BORDER(n)     ((void __user *)(TASK_SIZE - (n)))

static void what_lies_below_the_border_is_a_programs(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, access_ok(NULL, TASK_SIZE));
	KUNIT_EXPECT_TRUE(test, access_ok(BORDER(1), 1));
	KUNIT_EXPECT_TRUE(test, access_ok(BORDER(8), 8));
	KUNIT_EXPECT_TRUE(test, access_ok(BORDER(0), 0));
}

static void what_reaches_across_the_border_is_not(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, access_ok(BORDER(1), 2));
	KUNIT_EXPECT_FALSE(test, access_ok(BORDER(0), 1));
	KUNIT_EXPECT_FALSE(test, access_ok(KERNEL, 1));
	KUNIT_EXPECT_FALSE(test, access_ok((void *)~0UL, 1));
}

static void a_size_that_wraps_around_is_refused(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, access_ok((void *)PAGE_SIZE, ~0UL));
	KUNIT_EXPECT_FALSE(test, access_ok((void *)PAGE_SIZE, 0 - PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, access_ok(NULL, TASK_SIZE + 1));
}

static void the_kernel_is_neither_read_nor_written_for_a_program(struct kunit *test)
{
	static char secret[32] = "secret", copy[32];

	KUNIT_EXPECT_EQ(test, copy_from_user(copy, secret, 32), 32UL);
	KUNIT_EXPECT_EQ(test, copy[0], '\0');
	KUNIT_EXPECT_EQ(test, copy_to_user(secret, copy, 32), 32UL);
	KUNIT_EXPECT_EQ(test, clear_user(secret, 32), 32UL);
	KUNIT_EXPECT_EQ(test, put_user((char)0, secret), -EFAULT);
	KUNIT_EXPECT_STREQ(test, secret, "secret");
	KUNIT_EXPECT_EQ(test, strncpy_from_user(copy, secret, 32), -EFAULT);
	KUNIT_EXPECT_EQ(test, strnlen_user(secret, 32), 0);
}

static void where_nothing_is_every_access_fails(struct kunit *test)
{
	char buf[4];

	KUNIT_EXPECT_EQ(test, copy_from_user(buf, NOTHING_THERE, 4), 4UL);
	KUNIT_EXPECT_EQ(test, copy_to_user(NOTHING_THERE, buf, 4), 4UL);
	KUNIT_EXPECT_EQ(test, clear_user(NOTHING_THERE, 4), 4UL);
	KUNIT_EXPECT_EQ(test, strncpy_from_user(buf, NOTHING_THERE, 4), -EFAULT);
	KUNIT_EXPECT_EQ(test, strnlen_user(NOTHING_THERE, 4), 0);
}

static void what_cannot_be_read_is_zero(struct kunit *test)
{
	char buf[8] = "oldword";

	KUNIT_EXPECT_EQ(test, copy_from_user(buf, NOTHING_THERE, 5), 5UL);
	KUNIT_EXPECT_EQ(test, memcmp(buf, "\0\0\0\0\0rd", 8), 0);
}

#define EXPECT_NO_VALUE(test, type)                                                            \
	do {                                                                                   \
		type value = (type)-1;                                                         \
                                                                                               \
		KUNIT_EXPECT_EQ(test, get_user(value, (type __user *)NOTHING_THERE), -EFAULT); \
		KUNIT_EXPECT_EQ(test, value, 0);                                               \
		KUNIT_EXPECT_EQ(test, put_user(value, (type __user *)NOTHING_THERE), -EFAULT); \
	} while (0)

static void values_of_all_sizes_fail_where_nothing_is(struct kunit *test)
{
	EXPECT_NO_VALUE(test, u8);
	EXPECT_NO_VALUE(test, u16);
	EXPECT_NO_VALUE(test, u32);
	EXPECT_NO_VALUE(test, u64);
}

static void the_null_pointer_is_no_exception(struct kunit *test)
{
	int value = 1;

	KUNIT_EXPECT_EQ(test, get_user(value, (int __user *)NULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, value, 0);
}

static void stac_opens_and_clac_closes_where_there_is_smap(struct kunit *test)
{
	bool open;

	stac();
	open = native_save_fl() & X86_EFLAGS_AC;
	clac();
	KUNIT_EXPECT_EQ(test, open, cpu_has_smap);
	KUNIT_EXPECT_FALSE(test, native_save_fl() & X86_EFLAGS_AC);
}

static void a_failed_access_leaves_the_door_closed(struct kunit *test)
{
	char buf[4];

	KUNIT_EXPECT_EQ(test, get_user(buf[0], (char __user *)NOTHING_THERE), -EFAULT);
	KUNIT_EXPECT_EQ(test, copy_to_user(NOTHING_THERE, buf, 4), 4UL);
	KUNIT_EXPECT_FALSE(test, native_save_fl() & X86_EFLAGS_AC);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_lies_below_the_border_is_a_programs),
	KUNIT_CASE(what_reaches_across_the_border_is_not),
	KUNIT_CASE(a_size_that_wraps_around_is_refused),
	KUNIT_CASE(the_kernel_is_neither_read_nor_written_for_a_program),
	KUNIT_CASE(where_nothing_is_every_access_fails),
	KUNIT_CASE(what_cannot_be_read_is_zero),
	KUNIT_CASE(values_of_all_sizes_fail_where_nothing_is),
	KUNIT_CASE(the_null_pointer_is_no_exception),
	KUNIT_CASE(stac_opens_and_clac_closes_where_there_is_smap),
	KUNIT_CASE(a_failed_access_leaves_the_door_closed),
	{},
};
static struct kunit_suite suite = { .name = "uaccess", .test_cases = cases };
kunit_test_suite(suite);
