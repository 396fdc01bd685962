/* What a process is told of itself, of its limits and of the time, and what it may change of that. */
#include <kernel/signal.h>
#include <process/syscalls.h>
#include <asm/uaccess.h>
#include "process_tools.h"

/* Places in bss for what the calls write. */
#define AT(offset) ((void __user *)(DATA_ADDR + PAGE_SIZE + (offset)))
#define NOWHERE	   ((void __user *)PAGE_SIZE)

static struct kunit *asking;

static int begin(struct kunit *test)
{
	asking = test;
	return remember_resources(test);
}

static unsigned long word_at(unsigned long offset)
{
	unsigned long value = ~0UL;

	KUNIT_EXPECT_EQ(asking, get_user(value, (unsigned long __user *)AT(offset)), 0);
	return value;
}

static int ask_who(void *unused __unused)
{
	char name[65];

	KUNIT_EXPECT_EQ(asking, sys_getpid(), current->pid);
	KUNIT_EXPECT_EQ(asking, sys_gettid(), current->pid);
	KUNIT_EXPECT_EQ(asking, sys_getppid(), 1L);
	KUNIT_EXPECT_EQ(asking, sys_getuid(), 0L);
	KUNIT_EXPECT_EQ(asking, sys_uname(AT(0)), 0L);
	KUNIT_EXPECT_EQ(asking, strncpy_from_user(name, AT(0), sizeof(name)), 5L);
	KUNIT_EXPECT_STREQ(asking, name, "Linux");
	KUNIT_EXPECT_GT(asking, strncpy_from_user(name, AT(4 * 65), sizeof(name)), 0L);
	KUNIT_EXPECT_STREQ(asking, name, ELF_PLATFORM);
	KUNIT_EXPECT_EQ(asking, sys_uname(NOWHERE), -EFAULT);
	return 1;
}

static void a_process_knows_its_number_its_parent_and_its_kernel(struct kunit *test)
{
	in_a_program(ask_who, test);
}

static int change_limits(void *unused __unused)
{
	const struct rlimit new = { 1UL << 20, 1UL << 21 };

	KUNIT_EXPECT_EQ(asking, sys_getrlimit(RLIMIT_STACK, AT(0)), 0L);
	KUNIT_EXPECT_EQ(asking, word_at(0), _STK_LIM);
	KUNIT_EXPECT_EQ(asking, word_at(sizeof(long)), RLIM_INFINITY);
	KUNIT_EXPECT_EQ(asking, sys_old_getrlimit(RLIMIT_STACK, AT(0)), 0L);
	KUNIT_EXPECT_EQ(asking, word_at(sizeof(long)), 0x7FFFFFFFUL);

	KUNIT_EXPECT_EQ(asking, copy_to_user(AT(64), &new, sizeof(new)), 0UL);
	KUNIT_EXPECT_EQ(asking, sys_setrlimit(RLIMIT_STACK, AT(64)), 0L);
	KUNIT_EXPECT_EQ(asking, current->rlim[RLIMIT_STACK].rlim_cur, new.rlim_cur);
	KUNIT_EXPECT_EQ(asking, current->rlim[RLIMIT_STACK].rlim_max, new.rlim_max);
	KUNIT_EXPECT_EQ(asking, init_task.rlim[RLIMIT_STACK].rlim_cur, _STK_LIM);

	KUNIT_EXPECT_EQ(asking, sys_getrlimit(RLIM_NLIMITS, AT(0)), -EINVAL);
	KUNIT_EXPECT_EQ(asking, sys_setrlimit(RLIM_NLIMITS, AT(64)), -EINVAL);
	KUNIT_EXPECT_EQ(asking, sys_setrlimit(RLIMIT_STACK, NOWHERE), -EFAULT);
	KUNIT_EXPECT_EQ(asking, sys_setrlimit(RLIMIT_NOFILE, AT(64)), -EPERM);
	return 1;
}

static void limits_are_told_and_changed_for_one_process(struct kunit *test)
{
	in_a_program(change_limits, test);
}

static int change_limits_64(void *unused __unused)
{
	const u64 wide[2] = { 1ULL << 20, ~0ULL }, crossed[2] = { 2, 1 };
	u64 told[2];

	KUNIT_EXPECT_EQ(asking, copy_to_user(AT(0), wide, sizeof(wide)), 0UL);
	KUNIT_EXPECT_EQ(asking, sys_prlimit64(0, RLIMIT_AS, AT(0), AT(64)), 0L);
	KUNIT_EXPECT_EQ(asking, copy_from_user(told, AT(64), sizeof(told)), 0UL);
	KUNIT_EXPECT_EQ(asking, told[0], ~0ULL); /* as it was before */
	KUNIT_EXPECT_EQ(asking, current->rlim[RLIMIT_AS].rlim_cur, 1UL << 20);
	KUNIT_EXPECT_EQ(asking, current->rlim[RLIMIT_AS].rlim_max, RLIM_INFINITY);
	KUNIT_EXPECT_EQ(asking, copy_to_user(AT(0), crossed, sizeof(crossed)), 0UL);
	KUNIT_EXPECT_EQ(asking, sys_prlimit64(current->pid, RLIMIT_AS, AT(0), NULL), -EINVAL);
	KUNIT_EXPECT_EQ(asking, sys_prlimit64(1, RLIMIT_AS, NULL, AT(64)), -ESRCH);
	return 1;
}

static void prlimit64_knows_infinity_in_64_bits(struct kunit *test)
{
	in_a_program(change_limits_64, test);
}

static int draw(void *unused __unused)
{
	u8 bytes[200];
	unsigned int zeros = 0;

	KUNIT_EXPECT_EQ(asking, sys_getrandom(AT(0), sizeof(bytes), 0), (long)sizeof(bytes));
	KUNIT_EXPECT_EQ(asking, copy_from_user(bytes, AT(0), sizeof(bytes)), 0UL);
	for (size_t i = 0; i < sizeof(bytes); i++)
		zeros += !bytes[i];
	KUNIT_EXPECT_LT(asking, zeros, 20U);
	KUNIT_EXPECT_EQ(asking, sys_getrandom(AT(0), 8, 8), -EINVAL);
	KUNIT_EXPECT_EQ(asking, sys_getrandom(NOWHERE, 8, 0), -EFAULT);
	return 1;
}

static void getrandom_fills_all_that_is_asked_for(struct kunit *test)
{
	in_a_program(draw, test);
}

static int read_clocks(void *unused __unused)
{
	const unsigned long before = jiffies / HZ;

	KUNIT_EXPECT_EQ(asking, sys_clock_gettime(1, AT(0)), 0L);
	KUNIT_EXPECT_GE(asking, word_at(0), before);
	KUNIT_EXPECT_LT(asking, word_at(sizeof(long)), 1000000000UL);
	KUNIT_EXPECT_EQ(asking, sys_gettimeofday(AT(0), AT(64)), 0L);
	KUNIT_EXPECT_GE(asking, word_at(0), before);
	KUNIT_EXPECT_LT(asking, word_at(sizeof(long)), 1000000UL);
	KUNIT_EXPECT_GE(asking, sys_time(AT(0)), (long)before);
	KUNIT_EXPECT_EQ(asking, sys_clock_gettime(99, AT(0)), -EINVAL);
	KUNIT_EXPECT_EQ(asking, sys_clock_gettime(0, NOWHERE), -EFAULT);
	return 1;
}

static void clocks_count_from_boot(struct kunit *test)
{
	in_a_program(read_clocks, test);
}

static int sleep_for(long seconds, long nanoseconds)
{
	const struct timespec time = { seconds, nanoseconds };

	KUNIT_EXPECT_EQ(asking, copy_to_user(AT(0), &time, sizeof(time)), 0UL);
	return (int)sys_nanosleep(AT(0), AT(64));
}

static int wake_sleeper(void *sleeper)
{
	send_sig(SIGUSR1, sleeper);
	return 0;
}

static int sleep_a_little(void *unused __unused)
{
	const unsigned long before = jiffies;

	KUNIT_EXPECT_EQ(asking, sleep_for(0, 30000000), 0);
	KUNIT_EXPECT_GE(asking, jiffies - before, 3UL);
	KUNIT_EXPECT_EQ(asking, sleep_for(0, 0), 0);
	KUNIT_EXPECT_EQ(asking, sleep_for(0, 1000000000), -EINVAL);
	KUNIT_EXPECT_EQ(asking, sleep_for(-1, 0), -EINVAL);
	KUNIT_EXPECT_GT(asking, kernel_thread(wake_sleeper, current, 0), 0);
	KUNIT_EXPECT_EQ(asking, sleep_for(100, 0), -EINTR);
	KUNIT_EXPECT_GE(asking, word_at(64), 98UL);
	return 1;
}

static void a_sleep_lasts_as_long_as_asked_or_until_a_signal(struct kunit *test)
{
	in_a_program(sleep_a_little, test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_process_knows_its_number_its_parent_and_its_kernel),
	KUNIT_CASE(limits_are_told_and_changed_for_one_process),
	KUNIT_CASE(prlimit64_knows_infinity_in_64_bits),
	KUNIT_CASE(getrandom_fills_all_that_is_asked_for),
	KUNIT_CASE(clocks_count_from_boot),
	KUNIT_CASE(a_sleep_lasts_as_long_as_asked_or_until_a_signal),
	{},
};
static struct kunit_suite suite = {
	.name = "sys",
	.init = begin,
	.exit = expect_resources,
	.test_cases = cases,
};
kunit_test_suite(suite);
