/*
 * Copies between the kernel and an address space: across pages that are not there yet, up to the
 * very byte where it ends, and with the thread asleep in between.
 */
#include <asm/irqflags.h>
#include <mm/memory.h>
#include <mm/uaccess.h>
#include <tests/threads.h>
#include "../mm/mm_tools.h"

#define NR_PAGES 3
#define SIZE	 (NR_PAGES * PAGE_SIZE)

static u8 pattern[SIZE], copy[SIZE];

static int do_nothing(void *unused __unused)
{
	return 0;
}

/* What the first thread leaves in slabs is not to be taken for lost. */
static int map_area(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, kernel_thread(do_nothing, NULL, 0) > 0);
	while (nr_running() > 1)
		yield();
	mm_begin(test);
	KUNIT_ASSERT_EQ(test, map(0, NR_PAGES, PROT_RW), 0);
	for (unsigned long i = 0; i < SIZE; i++)
		pattern[i] = (u8)(i * 7 + i / 256 + 1);
	memset(copy, 0xEE, SIZE);
	return 0;
}

/* SIZE bytes, and nothing behind them. */
static void *user(unsigned long offset)
{
	return (void *)(at(0) + offset);
}

static void a_copy_goes_there_and_back_across_pages(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, copy_to_user(user(0), pattern, SIZE), 0UL);
	KUNIT_EXPECT_EQ(test, copy_from_user(copy, user(0), SIZE), 0UL);
	KUNIT_EXPECT_EQ(test, memcmp(copy, pattern, SIZE), 0);
	KUNIT_EXPECT_EQ(test, current->mm->rss, NR_PAGES);
}

static void every_size_and_offset_copies_that_and_no_more(struct kunit *test)
{
	for (unsigned long offset = 0; offset < 9; offset++) {
		for (unsigned long n = 0; n < 20; n++) {
			memset(copy, 0xEE, 64);
			KUNIT_EXPECT_EQ(test, copy_to_user(user(offset), pattern, n), 0UL);
			KUNIT_EXPECT_EQ(test, copy_from_user(copy + 1, user(offset), n), 0UL);
			KUNIT_EXPECT_EQ(test, memcmp(copy + 1, pattern, n), 0);
			KUNIT_EXPECT_EQ(test, copy[0], 0xEE);
			KUNIT_EXPECT_EQ(test, copy[n + 1], 0xEE);
		}
	}
}

static void what_is_left_is_counted_to_the_byte(struct kunit *test)
{
	for (unsigned long over = 1; over < 20; over++)
		for (unsigned long inside = 0; inside < 20; inside++)
			KUNIT_EXPECT_EQ(test,
					copy_to_user(user(SIZE - inside), pattern, inside + over),
					over);
}

static void a_copy_that_ends_early_zeroes_the_rest(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, copy_to_user(user(SIZE - 5), pattern, 5), 0UL);
	KUNIT_EXPECT_EQ(test, copy_from_user(copy, user(SIZE - 5), 16), 11UL);
	KUNIT_EXPECT_EQ(test, memcmp(copy, pattern, 5), 0);
	for (int i = 5; i < 16; i++)
		KUNIT_EXPECT_EQ(test, copy[i], 0);
	KUNIT_EXPECT_EQ(test, copy[16], 0xEE);
}

static void clear_user_zeroes_and_counts_what_it_could_not(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, copy_to_user(user(0), pattern, SIZE), 0UL);
	KUNIT_EXPECT_EQ(test, clear_user(user(3), 10), 0UL);
	KUNIT_EXPECT_EQ(test, copy_from_user(copy, user(0), 14), 0UL);
	KUNIT_EXPECT_EQ(test, memcmp(copy, pattern, 3), 0);
	for (int i = 3; i < 13; i++)
		KUNIT_EXPECT_EQ(test, copy[i], 0);
	KUNIT_EXPECT_EQ(test, copy[13], pattern[13]);
	KUNIT_EXPECT_EQ(test, clear_user(user(SIZE - 6), 17), 11UL);
}

#define EXPECT_ROUND_TRIP(test, type, value)                                         \
	do {                                                                         \
		type __got = 0;                                                      \
                                                                                     \
		KUNIT_EXPECT_EQ(test, put_user((value), (type __user *)user(8)), 0); \
		KUNIT_EXPECT_EQ(test, get_user(__got, (type __user *)user(8)), 0);   \
		KUNIT_EXPECT_EQ(test, __got, (type)(value));                         \
	} while (0)

static void values_of_all_sizes_come_back_whole(struct kunit *test)
{
	EXPECT_ROUND_TRIP(test, u8, 0x96);
	EXPECT_ROUND_TRIP(test, u16, 0x8960);
	EXPECT_ROUND_TRIP(test, u32, 0x89600896);
	EXPECT_ROUND_TRIP(test, u64, 0x8960089611223344ULL);
	EXPECT_ROUND_TRIP(test, int, -896);
}

static void a_value_touches_no_byte_beside_it(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, copy_to_user(user(0), pattern, 16), 0UL);
	KUNIT_EXPECT_EQ(test, put_user((u16)0, (u16 __user *)user(6)), 0);
	KUNIT_EXPECT_EQ(test, copy_from_user(copy, user(0), 16), 0UL);
	KUNIT_EXPECT_EQ(test, memcmp(copy, pattern, 6), 0);
	KUNIT_EXPECT_EQ(test, memcmp(copy + 8, pattern + 8, 8), 0);
}

static void a_value_across_the_end_is_none(struct kunit *test)
{
	u64 value = 1;

	KUNIT_EXPECT_EQ(test, get_user(value, (u64 __user *)user(SIZE - 4)), -EFAULT);
	KUNIT_EXPECT_EQ(test, value, 0ULL);
}

static void a_string_is_copied_with_its_end(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, copy_to_user(user(PAGE_SIZE - 3), "across", 7), 0UL);
	KUNIT_EXPECT_EQ(test, strncpy_from_user((char *)copy, user(PAGE_SIZE - 3), 32), 6);
	KUNIT_EXPECT_STREQ(test, (char *)copy, "across");
	KUNIT_EXPECT_EQ(test, copy[7], 0xEE);
	KUNIT_EXPECT_EQ(test, strnlen_user(user(PAGE_SIZE - 3), 32), 7);
}

static void a_string_that_is_too_long_is_cut(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, copy_to_user(user(0), "across", 7), 0UL);
	KUNIT_EXPECT_EQ(test, strncpy_from_user((char *)copy, user(0), 4), 4);
	KUNIT_EXPECT_EQ(test, memcmp(copy, "acro", 4), 0);
	KUNIT_EXPECT_EQ(test, copy[4], 0xEE);
	KUNIT_EXPECT_GT(test, strnlen_user(user(0), 6), 6);
	KUNIT_EXPECT_EQ(test, strnlen_user(user(0), 7), 7);
}

static void a_string_without_end_before_the_memorys_is_none(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, copy_to_user(user(SIZE - 4), "abcd", 4), 0UL);
	KUNIT_EXPECT_EQ(test, strncpy_from_user((char *)copy, user(SIZE - 4), 32), -EFAULT);
	KUNIT_EXPECT_EQ(test, strnlen_user(user(SIZE - 4), 32), 0);
	KUNIT_EXPECT_EQ(test, strncpy_from_user((char *)copy, user(SIZE - 4), 4), 4);
}

static volatile bool ended, door_open;

static int hold_the_semaphore(void *mm)
{
	down_write(&((struct mm_struct *)mm)->mmap_sem);
	ended = true;
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(3);
	door_open = native_save_fl() & X86_EFLAGS_AC;
	up_write(&((struct mm_struct *)mm)->mmap_sem);
	return 0;
}

/* The fault in the midst of the copy waits for the semaphore; AC is off elsewhere, and comes back. */
static void a_copy_may_sleep_half_way(struct kunit *test)
{
	ended = false;
	door_open = true;
	KUNIT_ASSERT_TRUE(test, kernel_thread(hold_the_semaphore, current->mm, 0) > 0);
	KUNIT_ASSERT_TRUE(test, wait_until(ended));
	KUNIT_EXPECT_EQ(test, copy_to_user(user(0), pattern, SIZE), 0UL);
	KUNIT_EXPECT_FALSE(test, door_open);
	KUNIT_EXPECT_FALSE(test, native_save_fl() & X86_EFLAGS_AC);
	KUNIT_EXPECT_EQ(test, copy_from_user(copy, user(0), SIZE), 0UL);
	KUNIT_EXPECT_EQ(test, memcmp(copy, pattern, SIZE), 0);
	while (nr_running() > 1) /* until it has ended */
		yield();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_copy_goes_there_and_back_across_pages),
	KUNIT_CASE(every_size_and_offset_copies_that_and_no_more),
	KUNIT_CASE(what_is_left_is_counted_to_the_byte),
	KUNIT_CASE(a_copy_that_ends_early_zeroes_the_rest),
	KUNIT_CASE(clear_user_zeroes_and_counts_what_it_could_not),
	KUNIT_CASE(values_of_all_sizes_come_back_whole),
	KUNIT_CASE(a_value_touches_no_byte_beside_it),
	KUNIT_CASE(a_value_across_the_end_is_none),
	KUNIT_CASE(a_string_is_copied_with_its_end),
	KUNIT_CASE(a_string_that_is_too_long_is_cut),
	KUNIT_CASE(a_string_without_end_before_the_memorys_is_none),
	KUNIT_CASE(a_copy_may_sleep_half_way),
	{},
};
static struct kunit_suite suite = {
	.name = "uaccess_copy", .init = map_area, .exit = mm_end, .test_cases = cases
};
kunit_test_suite(suite);
