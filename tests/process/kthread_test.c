/* Threads begin, are stopped, end, and leave nothing behind. */
#include <lib/errno.h>
#include <kernel/kallsyms.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <tests/kunit.h>
#include <tests/threads.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/stack.h>
#include <asm/traps.h>

#define NR_MANY 200

static DECLARE_WAIT_QUEUE_HEAD(queue);
static volatile bool gate_open;
static volatile unsigned int nr_started, nr_ended;

static int reset(struct kunit *test __unused)
{
	gate_open = false;
	nr_started = nr_ended = 0;
	return 0;
}

/* What the case before left to be buried is no business of the next. */
static void let_all_end(struct kunit *test)
{
	gate_open = true;
	wake_up_all(&queue);
	KUNIT_EXPECT_TRUE(test, wait_until(nr_threads() == 2)); /* swapper, init */
}

static noinline int wait_at_the_gate(void *result)
{
	nr_started++;
	wait_event(queue, gate_open);
	nr_ended++;
	return (int)(long)result;
}

static int work_until_stopped(void *result)
{
	nr_started++;
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		set_current_state(TASK_RUNNING);
	}
	nr_ended++;
	return (int)(long)result;
}

static int return_at_once(void *unused __unused)
{
	nr_ended++;
	return 0;
}

static void kthread_stop_wakes_the_thread_and_returns_its_result(struct kunit *test)
{
	struct task_struct *task = kthread_run(work_until_stopped, (void *)896L, "worker");

	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_ASSERT_TRUE(test, wait_until(nr_started == 1 && nr_running() == 1));
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 896);
	KUNIT_EXPECT_EQ(test, nr_ended, 1U);
}

static void a_thread_stopped_before_it_ran_never_runs(struct kunit *test)
{
	struct task_struct *task = kthread_create(return_at_once, NULL, "too late");

	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), -EINTR);
	KUNIT_EXPECT_EQ(test, nr_ended, 0U);
}

static void a_created_thread_waits_to_be_woken(struct kunit *test)
{
	struct task_struct *task = kthread_create(return_at_once, NULL, "sleeper");

	KUNIT_ASSERT_NOT_NULL(test, task);
	yield();
	KUNIT_EXPECT_EQ(test, nr_ended, 0U);
	wake_up_process(task);
	KUNIT_EXPECT_TRUE(test, wait_until(nr_ended == 1));
}

static void a_thread_has_name_number_and_stack_of_its_own(struct kunit *test)
{
	struct task_struct *task = kthread_run(work_until_stopped, NULL, "worker %d", 7);

	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_EXPECT_STREQ(test, task->comm, "worker 7");
	KUNIT_EXPECT_GT(test, task->pid, 1);
	KUNIT_EXPECT_PTR_NE(test, task->stack, current->stack);
	preempt_disable();
	KUNIT_EXPECT_PTR_EQ(test, find_task_by_pid(task->pid), task);
	preempt_enable();
	kthread_stop(task);
}

static void a_long_name_is_cut(struct kunit *test)
{
	struct task_struct *task = kthread_run(work_until_stopped, NULL, "0123456789abcdefghij");

	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_EXPECT_STREQ(test, task->comm, "0123456789abcde");
	kthread_stop(task);
}

static void a_number_is_not_used_again_soon(struct kunit *test)
{
	const pid_t first = kernel_thread(return_at_once, NULL, 0);
	pid_t second;

	KUNIT_ASSERT_TRUE(test, wait_until(nr_threads() == 2));
	second = kernel_thread(return_at_once, NULL, 0);
	KUNIT_EXPECT_NE(test, first, second);
}

static void numbers_of_ended_threads_are_used_again_when_all_were_used(struct kunit *test)
{
	for (int i = 0; i < PID_MAX; i++) {
		KUNIT_ASSERT_TRUE(test, kernel_thread(return_at_once, NULL, 0) > 1);
		yield();
	}
	KUNIT_EXPECT_EQ(test, nr_ended, (unsigned int)PID_MAX);
}

static void a_thread_s_stack_is_known_and_guarded(struct kunit *test)
{
	struct task_struct *task = kthread_run(work_until_stopped, NULL, "worker");
	struct stack_area area;
	unsigned long low;

	KUNIT_ASSERT_NOT_NULL(test, task);
	low = (unsigned long)task->stack;
	KUNIT_EXPECT_TRUE(test, stack_of(low + THREAD_SIZE - 1, &area));
	KUNIT_EXPECT_EQ(test, area.low, low);
	KUNIT_EXPECT_EQ(test, area.high, low + THREAD_SIZE);
	KUNIT_EXPECT_EQ(test, area.guard, low - PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, vaddr_mapped(area.guard));
	KUNIT_EXPECT_EQ(test, strncmp(area.owner, "worker/", 7), 0);
	kthread_stop(task);
	KUNIT_EXPECT_FALSE(test, stack_of(low, &area) && area.low == low);
}

static void a_sleeper_s_stack_tells_where_it_sleeps(struct kunit *test)
{
	struct task_struct *task = kthread_run(wait_at_the_gate, NULL, "sleeper");
	unsigned long size, offset;

	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_ASSERT_TRUE(test, wait_until(task->state == TASK_UNINTERRUPTIBLE));
	KUNIT_EXPECT_STREQ(test, kallsyms_lookup(get_wchan(task), &size, &offset),
			   "wait_at_the_gate");
	KUNIT_EXPECT_EQ(test, get_wchan(current), 0UL);
}

/* Starts @nr threads, all alive at once, and lets them end. */
static void run_threads(struct kunit *test, unsigned int nr)
{
	gate_open = false;
	nr_started = nr_ended = 0;
	for (unsigned int i = 0; i < nr; i++)
		KUNIT_ASSERT_TRUE(test, kernel_thread(wait_at_the_gate, NULL, 0) > 1);
	KUNIT_ASSERT_TRUE(test, wait_until(nr_started == nr));
	KUNIT_EXPECT_EQ(test, nr_threads(), nr + 2);
	KUNIT_EXPECT_EQ(test, nr_ended, 0U);
	gate_open = true;
	wake_up_all(&queue);
	KUNIT_ASSERT_TRUE(test, wait_until(nr_threads() == 2));
	KUNIT_EXPECT_EQ(test, nr_ended, nr);
}

static void two_hundred_threads_live_at_once(struct kunit *test)
{
	run_threads(test, NR_MANY);
}

/* Without what is only kept for later use: addresses and empty slabs. */
static unsigned long frames_at_rest(void)
{
	struct kmem_cache *cache;

	free_vm_stack_cache();
	vm_unmap_aliases();
	for_each_kmem_cache (cache)
		kmem_cache_shrink(cache);
	return nr_free_pages();
}

static void run_threads_again_and_again(struct kunit *test)
{
	for (int i = 0; i < 5; i++)
		run_threads(test, NR_MANY);
}

/* The first time the window's page tables grow, and stay. */
static void threads_leave_no_frame_behind(struct kunit *test)
{
	unsigned long free;

	run_threads_again_and_again(test);
	free = frames_at_rest();
	run_threads_again_and_again(test);
	KUNIT_EXPECT_EQ(test, frames_at_rest(), free);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(kthread_stop_wakes_the_thread_and_returns_its_result),
	KUNIT_CASE(a_thread_stopped_before_it_ran_never_runs),
	KUNIT_CASE(a_created_thread_waits_to_be_woken),
	KUNIT_CASE(a_thread_has_name_number_and_stack_of_its_own),
	KUNIT_CASE(a_long_name_is_cut),
	KUNIT_CASE(a_number_is_not_used_again_soon),
	KUNIT_CASE(numbers_of_ended_threads_are_used_again_when_all_were_used),
	KUNIT_CASE(a_thread_s_stack_is_known_and_guarded),
	KUNIT_CASE(a_sleeper_s_stack_tells_where_it_sleeps),
	KUNIT_CASE(two_hundred_threads_live_at_once),
	KUNIT_CASE(threads_leave_no_frame_behind),
	{},
};
static struct kunit_suite suite = {
	.name = "kthread",
	.init = reset,
	.exit = let_all_end,
	.test_cases = cases,
};
kunit_test_suite(suite);
