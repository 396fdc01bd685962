/* Ticks, timers in their order, and sleeping for a time. */
#include <asm/processor.h>
#include <tests/kunit.h>
#include <tests/threads.h>

#define NR_TIMERS 5

static struct timer_list timers[NR_TIMERS];
static char calls[8];
static volatile unsigned int nr_calls;

static void note_call(unsigned long letter)
{
	calls[nr_calls++] = (char)letter;
}

static int set_up_timers(struct kunit *test __unused)
{
	nr_calls = 0;
	memset(calls, 0, sizeof(calls));
	for (int i = 0; i < NR_TIMERS; i++)
		setup_timer(&timers[i], note_call, 'a' + i);
	return 0;
}

static void stop_timers(struct kunit *test __unused)
{
	for (int i = 0; i < NR_TIMERS; i++)
		del_timer(&timers[i]);
}

static void time_goes_on(struct kunit *test)
{
	const unsigned long start = jiffies;

	KUNIT_EXPECT_TRUE(test, spin_until(jiffies - start >= 3));
}

static void times_are_compared_across_the_wrap(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, time_after(5UL, ~0UL - 5));
	KUNIT_EXPECT_TRUE(test, time_before(~0UL, 0UL));
	KUNIT_EXPECT_FALSE(test, time_after(7UL, 7UL));
	KUNIT_EXPECT_TRUE(test, time_after_eq(7UL, 7UL));
}

static void timers_are_called_in_order_of_time_then_of_setting(struct kunit *test)
{
	static const unsigned int delays[NR_TIMERS] = { 6, 3, 9, 3, 6 };
	const unsigned long now = jiffies;

	for (int i = 0; i < NR_TIMERS; i++)
		mod_timer(&timers[i], now + delays[i]);
	KUNIT_ASSERT_TRUE(test, wait_until(nr_calls == NR_TIMERS));
	KUNIT_EXPECT_STREQ(test, calls, "bdaec");
}

static void no_timer_is_called_before_its_time(struct kunit *test)
{
	const unsigned long expires = jiffies + 4;

	mod_timer(&timers[0], expires);
	KUNIT_EXPECT_TRUE(test, spin_until(nr_calls));
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, expires));
}

static void a_timer_in_the_past_is_called_at_the_next_tick(struct kunit *test)
{
	timers[0].expires = jiffies - 100;
	add_timer(&timers[0]);
	KUNIT_EXPECT_TRUE(test, spin_until(nr_calls == 1));
	KUNIT_EXPECT_FALSE(test, timer_pending(&timers[0]));
}

static void a_deleted_timer_is_not_called(struct kunit *test)
{
	mod_timer(&timers[0], jiffies + 3);
	mod_timer(&timers[1], jiffies + 6);
	KUNIT_EXPECT_TRUE(test, del_timer(&timers[0]));
	KUNIT_EXPECT_FALSE(test, del_timer(&timers[0]));
	KUNIT_EXPECT_TRUE(test, wait_until(nr_calls));
	KUNIT_EXPECT_STREQ(test, calls, "b");
}

static void a_timer_can_be_moved(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, mod_timer(&timers[0], jiffies + 3));
	KUNIT_EXPECT_TRUE(test, mod_timer(&timers[0], jiffies + 9));
	mod_timer(&timers[1], jiffies + 6);
	KUNIT_EXPECT_TRUE(test, wait_until(nr_calls == 2));
	KUNIT_EXPECT_STREQ(test, calls, "ba");
}

static bool interrupt_seen, atomic_seen;

static void look_around(unsigned long unused __unused)
{
	interrupt_seen = in_interrupt();
	atomic_seen = in_atomic() && !preemptible();
	nr_calls++;
}

static void a_timer_runs_in_an_interrupt(struct kunit *test)
{
	setup_timer(&timers[0], look_around, 0);
	mod_timer(&timers[0], jiffies + 1);
	KUNIT_ASSERT_TRUE(test, spin_until(nr_calls));
	KUNIT_EXPECT_TRUE(test, interrupt_seen);
	KUNIT_EXPECT_TRUE(test, atomic_seen);
	KUNIT_EXPECT_FALSE(test, in_interrupt());
}

static void set_again(unsigned long unused __unused)
{
	if (++nr_calls < 3)
		mod_timer(&timers[0], jiffies + 1);
}

static void a_timer_may_set_itself_again(struct kunit *test)
{
	setup_timer(&timers[0], set_again, 0);
	mod_timer(&timers[0], jiffies + 1);
	KUNIT_EXPECT_TRUE(test, wait_until(nr_calls == 3));
}

static void sleeping_takes_the_time_it_was_told(struct kunit *test)
{
	const unsigned long start = jiffies;

	set_current_state(TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, schedule_timeout(5), 0L);
	KUNIT_EXPECT_GE(test, jiffies - start, 5UL);
	KUNIT_EXPECT_EQ(test, current->state, TASK_RUNNING);
}

static void wake_thread(unsigned long task)
{
	wake_up_process((struct task_struct *)task);
}

static void a_sleeper_woken_early_is_told_what_was_left(struct kunit *test)
{
	long left;

	setup_timer(&timers[0], wake_thread, (unsigned long)current);
	mod_timer(&timers[0], jiffies + 2);
	set_current_state(TASK_INTERRUPTIBLE);
	left = schedule_timeout(TEST_PATIENCE);
	KUNIT_EXPECT_GT(test, left, 0L);
	KUNIT_EXPECT_LT(test, left, (long)TEST_PATIENCE);
}

/* Its timer lay on the stack. */
static void a_sleeper_woken_early_leaves_no_timer_behind(struct kunit *test)
{
	unsigned long start;

	setup_timer(&timers[0], wake_thread, (unsigned long)current);
	mod_timer(&timers[0], jiffies + 2);
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(6);
	start = jiffies;
	set_current_state(TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_EQ(test, schedule_timeout(12), 0L);
	KUNIT_EXPECT_GE(test, jiffies - start, 12UL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(time_goes_on),
	KUNIT_CASE(times_are_compared_across_the_wrap),
	KUNIT_CASE(timers_are_called_in_order_of_time_then_of_setting),
	KUNIT_CASE(no_timer_is_called_before_its_time),
	KUNIT_CASE(a_timer_in_the_past_is_called_at_the_next_tick),
	KUNIT_CASE(a_deleted_timer_is_not_called),
	KUNIT_CASE(a_timer_can_be_moved),
	KUNIT_CASE(a_timer_runs_in_an_interrupt),
	KUNIT_CASE(a_timer_may_set_itself_again),
	KUNIT_CASE(sleeping_takes_the_time_it_was_told),
	KUNIT_CASE(a_sleeper_woken_early_is_told_what_was_left),
	KUNIT_CASE(a_sleeper_woken_early_leaves_no_timer_behind),
	{},
};
static struct kunit_suite suite = {
	.name = "timer",
	.init = set_up_timers,
	.exit = stop_timers,
	.test_cases = cases,
};
kunit_test_suite(suite);
