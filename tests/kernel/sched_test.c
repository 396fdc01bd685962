/* Who runs, who may be preempted, and who must not sleep. */
#include <asm/processor.h>
#include <tests/kunit.h>
#include <tests/threads.h>

static volatile bool stop_spinning;
static volatile unsigned long spins;

/* Never gives up the CPU of its own will. */
static int spin(void *unused __unused)
{
	while (!stop_spinning)
		spins++;
	return 0;
}

static struct task_struct *start_spinning(struct kunit *test)
{
	struct task_struct *task;

	stop_spinning = false;
	spins = 0;
	task = kthread_create(spin, NULL, "spinner");
	KUNIT_ASSERT_NOT_NULL(test, task);
	get_task_struct(task);
	wake_up_process(task);
	return task;
}

static void end_spinning(struct task_struct *task)
{
	stop_spinning = true;
	wait_for_completion(&task->exited);
	put_task_struct(task);
}

static void busy_loop_for(unsigned long ticks)
{
	const unsigned long end = jiffies + ticks;

	while (time_before(jiffies, end))
		cpu_relax();
}

static void a_busy_loop_is_preempted_for_a_waiting_thread(struct kunit *test)
{
	struct task_struct *spinner = start_spinning(test);

	KUNIT_EXPECT_TRUE(test, spin_until(spins > 0)); /* we were preempted */
	busy_loop_for(4 * RR_TIMESLICE);		/* and so was it: we are here */
	end_spinning(spinner);
}

static char trace[16];
static volatile unsigned int trace_length;

static int write_letter_three_times(void *letter)
{
	for (int i = 0; i < 3; i++) {
		trace[trace_length++] = *(const char *)letter;
		yield();
	}
	return 0;
}

static void threads_that_yield_run_in_turn(struct kunit *test)
{
	static const char letters[] = "abc";
	struct task_struct *tasks[3];

	trace_length = 0;
	memset(trace, 0, sizeof(trace));
	for (int i = 0; i < 3; i++) {
		tasks[i] = kthread_create(write_letter_three_times, (void *)&letters[i], "writer");
		KUNIT_ASSERT_NOT_NULL(test, tasks[i]);
	}
	preempt_disable(); /* so that all are in the queue before the first one runs */
	for (int i = 0; i < 3; i++)
		wake_up_process(tasks[i]);
	preempt_enable();
	KUNIT_ASSERT_TRUE(test, wait_until(trace_length == 9));
	KUNIT_EXPECT_STREQ(test, trace, "abcabcabc");
}

static void a_spinlock_keeps_others_off_until_it_is_released(struct kunit *test)
{
	struct task_struct *spinner = start_spinning(test);
	DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	KUNIT_EXPECT_EQ(test, preempt_count(), 1);
	busy_loop_for(4 * RR_TIMESLICE);
	KUNIT_EXPECT_EQ(test, spins, 0UL);
	KUNIT_EXPECT_TRUE(test, need_resched());
	spin_unlock(&lock); /* the switch that was due happens in here */
	KUNIT_EXPECT_GT(test, spins, 0UL);
	KUNIT_EXPECT_EQ(test, preempt_count(), 0);
	end_spinning(spinner);
}

static void preemption_waits_for_interrupts_too(struct kunit *test)
{
	struct task_struct *spinner = start_spinning(test);
	unsigned long flags;

	preempt_disable();
	KUNIT_EXPECT_TRUE(test, spin_until(need_resched()));
	local_irq_save(flags);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, spins, 0UL);
	KUNIT_EXPECT_TRUE(test, need_resched());
	local_irq_restore(flags);
	KUNIT_EXPECT_TRUE(test, spin_until(spins > 0));
	end_spinning(spinner);
}

static void preempt_counts_nest(struct kunit *test)
{
	preempt_disable();
	preempt_disable();
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, in_atomic());
	KUNIT_EXPECT_FALSE(test, preemptible());
	KUNIT_EXPECT_FALSE(test, in_interrupt());
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, preemptible());
}

/* Were it taken for asleep, nobody would ever wake it. */
static void a_thread_preempted_on_its_way_to_sleep_runs_on(struct kunit *test)
{
	struct task_struct *spinner = start_spinning(test);

	set_current_state(TASK_UNINTERRUPTIBLE);
	KUNIT_EXPECT_TRUE(test, spin_until(spins > 0));
	busy_loop_for(2);
	KUNIT_EXPECT_EQ(test, current->state, TASK_UNINTERRUPTIBLE);
	set_current_state(TASK_RUNNING);
	end_spinning(spinner);
}

static void only_a_sleeper_is_woken(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, wake_up_process(current));
	set_current_state(TASK_INTERRUPTIBLE);
	KUNIT_EXPECT_FALSE(test, try_to_wake_up(current, TASK_UNINTERRUPTIBLE));
	KUNIT_EXPECT_TRUE(test, wake_up_process(current));
	KUNIT_EXPECT_EQ(test, current->state, TASK_RUNNING);
	KUNIT_EXPECT_EQ(test, nr_running(), 1U);
}

static void cond_resched_gives_way_only_when_another_is_due(struct kunit *test)
{
	struct task_struct *spinner = start_spinning(test);
	bool gave_way;

	preempt_disable();
	KUNIT_EXPECT_TRUE(test, spin_until(need_resched()));
	KUNIT_EXPECT_FALSE(test, cond_resched());
	preempt_enable_no_resched();
	gave_way = cond_resched();
	KUNIT_EXPECT_TRUE(test, gave_way || spins); /* unless an interrupt was quicker */
	KUNIT_EXPECT_GT(test, spins, 0UL);
	end_spinning(spinner);
}

static void scheduling_while_atomic_is_reported(struct kunit *test)
{
	const u64 mark = log_mark();

	preempt_disable();
	schedule();
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "scheduling while atomic: init/1"));
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "scheduling_while_atomic_is_reported"));
}

static void sleeping_where_it_is_not_allowed_is_reported_once_for_each_place(struct kunit *test)
{
	static unsigned long place; /* another one in each run of the suite */
	u64 mark = log_mark();

	place++;
	preempt_disable();
	__might_sleep("a test", place);
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "a test: called from"));
	mark = log_mark();
	__might_sleep("a test", place);
	KUNIT_EXPECT_FALSE(test, logged_since(mark, "a test"));
	__might_sleep("another test", place);
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "another test: called from"));
	preempt_enable();
}

static noinline void sleep_perhaps(void)
{
	might_sleep();
}

static void might_sleep_knows_locks_and_interrupts(struct kunit *test)
{
	static bool done;
	u64 mark = log_mark();

	if (done)
		kunit_skip(test, "each place is reported once, and was");
	done = true;
	sleep_perhaps();
	KUNIT_EXPECT_FALSE(test, logged_since(mark, "sleep_perhaps"));
	preempt_disable();
	sleep_perhaps();
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "sleep_perhaps: called from"));
	preempt_enable();
	mark = log_mark();
	local_irq_disable();
	sleep_perhaps();
	local_irq_enable();
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "sleep_perhaps: called from"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_busy_loop_is_preempted_for_a_waiting_thread),
	KUNIT_CASE(threads_that_yield_run_in_turn),
	KUNIT_CASE(a_spinlock_keeps_others_off_until_it_is_released),
	KUNIT_CASE(preemption_waits_for_interrupts_too),
	KUNIT_CASE(preempt_counts_nest),
	KUNIT_CASE(a_thread_preempted_on_its_way_to_sleep_runs_on),
	KUNIT_CASE(only_a_sleeper_is_woken),
	KUNIT_CASE(cond_resched_gives_way_only_when_another_is_due),
	KUNIT_CASE(scheduling_while_atomic_is_reported),
	KUNIT_CASE(sleeping_where_it_is_not_allowed_is_reported_once_for_each_place),
	KUNIT_CASE(might_sleep_knows_locks_and_interrupts),
	{},
};
static struct kunit_suite suite = { .name = "sched", .test_cases = cases };
kunit_test_suite(suite);
