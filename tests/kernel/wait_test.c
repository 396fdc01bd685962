/* Sleeping until something is so, and who is woken. */
#include <asm/processor.h>
#include <tests/kunit.h>
#include <tests/threads.h>

static DECLARE_WAIT_QUEUE_HEAD(queue);
static volatile bool condition;
static volatile unsigned int nr_waiting, nr_served;

static int reset(struct kunit *test __unused)
{
	init_waitqueue_head(&queue);
	condition = false;
	nr_waiting = nr_served = 0;
	return 0;
}

static int wait_for_condition(void *unused __unused)
{
	nr_waiting++;
	wait_event(queue, condition);
	nr_served++;
	return 0;
}

/* Served as soon as it is woken, whatever the condition. */
static int wait_exclusively(void *unused __unused)
{
	DEFINE_WAIT(wait);

	nr_waiting++;
	prepare_to_wait_exclusive(&queue, &wait, TASK_UNINTERRUPTIBLE);
	schedule();
	finish_wait(&queue, &wait);
	nr_served++;
	return 0;
}

/* @nr threads that sleep in @fn. */
static void start_waiters(struct kunit *test, int (*fn)(void *), unsigned int nr)
{
	const unsigned int before = nr_waiting;

	for (unsigned int i = 0; i < nr; i++)
		KUNIT_ASSERT_TRUE(test, kernel_thread(fn, NULL, 0) > 0);
	KUNIT_ASSERT_TRUE(test, wait_until(nr_waiting == before + nr && nr_running() == 1));
}

/* Lets all run that can. */
static void settle(void)
{
	while (nr_running() > 1)
		yield();
}

static void a_condition_that_holds_is_not_waited_for(struct kunit *test)
{
	condition = true;
	wait_event(queue, condition);
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&queue));
}

static void a_waiter_sleeps_until_it_is_woken_and_the_condition_holds(struct kunit *test)
{
	start_waiters(test, wait_for_condition, 1);
	KUNIT_EXPECT_TRUE(test, waitqueue_active(&queue));
	wake_up(&queue);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 0U);
	condition = true;
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 0U);
	wake_up(&queue);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 1U);
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&queue));
}

static void wake_up_wakes_all_that_are_not_exclusive(struct kunit *test)
{
	start_waiters(test, wait_for_condition, 3);
	condition = true;
	wake_up(&queue);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 3U);
}

static void wake_up_wakes_one_of_the_exclusive_ones(struct kunit *test)
{
	start_waiters(test, wait_exclusively, 3);
	wake_up(&queue);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 1U);
	wake_up_all(&queue);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 3U);
}

static char order[4];

static int wait_exclusively_and_note(void *letter)
{
	wait_exclusively(NULL);
	order[nr_served - 1] = *(const char *)letter;
	return 0;
}

static void exclusive_waiters_are_woken_in_the_order_in_which_they_came(struct kunit *test)
{
	static const char letters[] = "abc";

	for (unsigned int i = 0; i < 3; i++) {
		KUNIT_ASSERT_TRUE(
			test, kernel_thread(wait_exclusively_and_note, (void *)&letters[i], 0) > 0);
		KUNIT_ASSERT_TRUE(test, wait_until(nr_waiting == i + 1 && nr_running() == 1));
	}
	for (int i = 0; i < 3; i++) {
		wake_up(&queue);
		settle();
	}
	KUNIT_EXPECT_STREQ(test, order, letters);
}

/* The second finds the first one's entry still queued, but its thread awake. */
static void two_wake_ups_at_once_wake_two_exclusive_ones(struct kunit *test)
{
	start_waiters(test, wait_exclusively, 3);
	preempt_disable();
	wake_up(&queue);
	wake_up(&queue);
	preempt_enable();
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 2U);
	wake_up(&queue);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 3U);
}

static void an_uninterruptible_waiter_is_left_asleep_by_wake_up_interruptible(struct kunit *test)
{
	start_waiters(test, wait_for_condition, 1);
	condition = true;
	wake_up_interruptible(&queue);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 0U);
	wake_up(&queue);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 1U);
}

static void make_true_and_wake(unsigned long unused __unused)
{
	condition = true;
	wake_up(&queue);
}

static void an_interrupt_may_wake(struct kunit *test)
{
	struct timer_list timer;

	setup_timer(&timer, make_true_and_wake, 0);
	mod_timer(&timer, jiffies + 2);
	wait_event(queue, condition);
	KUNIT_EXPECT_FALSE(test, timer_pending(&timer));
}

static void a_wait_may_have_a_limit(struct kunit *test)
{
	const unsigned long start = jiffies;

	KUNIT_EXPECT_EQ(test, wait_event_timeout(queue, condition, 3), 0L);
	KUNIT_EXPECT_GE(test, jiffies - start, 3UL);
	KUNIT_EXPECT_FALSE(test, waitqueue_active(&queue));
}

static void a_limited_wait_tells_what_was_left(struct kunit *test)
{
	struct timer_list timer;
	long left;

	setup_timer(&timer, make_true_and_wake, 0);
	mod_timer(&timer, jiffies + 2);
	left = wait_event_timeout(queue, condition, TEST_PATIENCE);
	KUNIT_EXPECT_GT(test, left, 0L);
	KUNIT_EXPECT_LT(test, left, (long)TEST_PATIENCE);
}

static DECLARE_COMPLETION(completion);

static int wait_for_the_completion(void *unused __unused)
{
	nr_waiting++;
	wait_for_completion(&completion);
	nr_served++;
	return 0;
}

static void each_completion_lets_one_waiter_go_on(struct kunit *test)
{
	init_completion(&completion);
	start_waiters(test, wait_for_the_completion, 3);
	complete(&completion);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 1U);
	complete(&completion);
	complete(&completion);
	settle();
	KUNIT_EXPECT_EQ(test, nr_served, 3U);
}

static void a_completion_that_came_first_is_not_lost(struct kunit *test)
{
	init_completion(&completion);
	complete(&completion);
	wait_for_completion(&completion);
	KUNIT_EXPECT_EQ(test, completion.done, 0U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_condition_that_holds_is_not_waited_for),
	KUNIT_CASE(a_waiter_sleeps_until_it_is_woken_and_the_condition_holds),
	KUNIT_CASE(wake_up_wakes_all_that_are_not_exclusive),
	KUNIT_CASE(wake_up_wakes_one_of_the_exclusive_ones),
	KUNIT_CASE(exclusive_waiters_are_woken_in_the_order_in_which_they_came),
	KUNIT_CASE(two_wake_ups_at_once_wake_two_exclusive_ones),
	KUNIT_CASE(an_uninterruptible_waiter_is_left_asleep_by_wake_up_interruptible),
	KUNIT_CASE(an_interrupt_may_wake),
	KUNIT_CASE(a_wait_may_have_a_limit),
	KUNIT_CASE(a_limited_wait_tells_what_was_left),
	KUNIT_CASE(each_completion_lets_one_waiter_go_on),
	KUNIT_CASE(a_completion_that_came_first_is_not_lost),
	{},
};
static struct kunit_suite suite = { .name = "wait", .init = reset, .test_cases = cases };
kunit_test_suite(suite);
