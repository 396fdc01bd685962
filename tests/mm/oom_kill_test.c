/*
 * The out-of-memory killer: whom it picks, what becomes of that one, and that nobody is picked twice.
 * The victims are kernel threads with an address space: they take no signal, and live until told.
 */
#include <kernel/signal.h>
#include <lib/printf.h>
#include <mm/mm_alloc.h>
#include <mm/oom.h>
#include <mm/gfp.h>
#include <process/fork.h>
#include <tests/kunit.h>
#include <tests/threads.h>

#define NR_VICTIMS 3

static struct task_struct *victims[NR_VICTIMS];
static volatile bool stop;
static volatile unsigned int nr_ended;

static int wait_for_the_end(void *mm)
{
	current->mm = mm;
	wait_until(stop);
	current->mm = NULL;
	mmput(mm);
	nr_ended++;
	return 0;
}

/* The first has 10 frames, the second 30, the third 20. */
static int start_victims(struct kunit *test)
{
	static const unsigned long rss[NR_VICTIMS] = { 10, 30, 20 };

	stop = false;
	nr_ended = 0;
	for (int i = 0; i < NR_VICTIMS; i++) {
		struct mm_struct *mm = mm_alloc();
		pid_t pid;

		KUNIT_ASSERT_NOT_NULL(test, mm);
		mm->rss = rss[i];
		pid = kernel_thread(wait_for_the_end, mm, 0);
		KUNIT_ASSERT_TRUE(test, pid > 0);
		victims[i] = find_task_by_pid(pid);
		KUNIT_ASSERT_TRUE(test, wait_until(victims[i]->mm == mm));
	}
	return 0;
}

static void end_victims(struct kunit *test)
{
	for (int i = 0; i < NR_VICTIMS; i++)
		if (victims[i]->mm)
			victims[i]->mm->rss = 0;
	stop = true;
	KUNIT_EXPECT_TRUE(test, wait_until(nr_ended == NR_VICTIMS));
	while (nr_running() > 1)
		yield();
	/* A victim that was told to end counts as dying for a while. */
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(2);
}

static bool is_chosen(const struct task_struct *task)
{
	return task->thread_info.flags & _TIF_MEMDIE;
}

static struct task_struct *picked(void)
{
	struct task_struct *task;

	preempt_disable();
	task = select_bad_process();
	preempt_enable();
	return task;
}

static void the_fattest_is_picked(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, picked(), victims[1]);
	victims[0]->mm->rss = 31;
	KUNIT_EXPECT_PTR_EQ(test, picked(), victims[0]);
}

static void page_tables_count_as_well(struct kunit *test)
{
	victims[2]->mm->nr_ptes = 15;
	KUNIT_EXPECT_PTR_EQ(test, picked(), victims[2]);
	victims[2]->mm->nr_ptes = 0;
}

static void kernel_threads_are_never_picked(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, oom_badness(&init_task), 0UL);
	KUNIT_EXPECT_GT(test, oom_badness(victims[0]), 0UL);
}

static void what_has_ended_is_not_picked(struct kunit *test)
{
	unsigned long badness;

	preempt_disable();
	victims[1]->state |= TASK_ZOMBIE;
	badness = oom_badness(victims[1]);
	victims[1]->state &= ~TASK_ZOMBIE;
	preempt_enable();
	KUNIT_EXPECT_EQ(test, badness, 0UL);
}

/* The suite's own thread is pid 1. */
static void pid_1_is_picked_only_if_there_is_no_other(struct kunit *test)
{
	struct mm_struct *mm = mm_alloc();
	struct task_struct *with_others, *alone;

	KUNIT_ASSERT_NOT_NULL(test, mm);
	KUNIT_ASSERT_EQ(test, current->pid, 1);
	mm->rss = 1000;
	preempt_disable();
	current->mm = mm;
	with_others = select_bad_process();
	for (int i = 0; i < NR_VICTIMS; i++)
		victims[i]->thread_info.flags |= _TIF_MEMDIE;
	alone = select_bad_process();
	for (int i = 0; i < NR_VICTIMS; i++)
		victims[i]->thread_info.flags &= ~_TIF_MEMDIE;
	current->mm = NULL;
	preempt_enable();
	mm->rss = 0;
	mmput(mm);
	KUNIT_EXPECT_PTR_EQ(test, with_others, victims[1]);
	KUNIT_EXPECT_PTR_EQ(test, alone, current);
}

static void the_victim_is_marked_and_named_in_the_log(struct kunit *test)
{
	const u64 mark = log_mark();
	char line[64];

	out_of_memory();
	KUNIT_EXPECT_TRUE(test, is_chosen(victims[1]));
	KUNIT_EXPECT_FALSE(test, is_chosen(victims[0]));
	KUNIT_EXPECT_FALSE(test, is_chosen(victims[2]));
	snprintf(line, sizeof(line), "Out of memory: killed process %d (init), 120 kB of its own",
		 victims[1]->pid);
	KUNIT_EXPECT_TRUE(test, logged_since(mark, line));
}

static void while_one_is_dying_no_other_is_picked(struct kunit *test)
{
	out_of_memory();
	out_of_memory();
	KUNIT_EXPECT_TRUE(test, is_chosen(victims[1]));
	KUNIT_EXPECT_FALSE(test, is_chosen(victims[2]));
}

static void one_that_does_not_die_is_not_waited_for_for_ever(struct kunit *test)
{
	out_of_memory();
	KUNIT_EXPECT_TRUE(test, wait_until((out_of_memory(), is_chosen(victims[2]))));
	KUNIT_EXPECT_FALSE(test, is_chosen(victims[0]));
}

static void all_who_share_the_memory_are_to_die(struct kunit *test)
{
	struct mm_struct *own = victims[0]->mm;

	victims[0]->mm = victims[1]->mm;
	out_of_memory();
	victims[0]->mm = own;
	KUNIT_EXPECT_TRUE(test, is_chosen(victims[0]));
	KUNIT_EXPECT_TRUE(test, is_chosen(victims[1]));
	KUNIT_EXPECT_FALSE(test, is_chosen(victims[2]));
}

static void a_fault_waits_a_little_and_comes_back(struct kunit *test)
{
	const unsigned long before = jiffies;

	pagefault_out_of_memory();
	KUNIT_EXPECT_TRUE(test, is_chosen(victims[1]));
	KUNIT_EXPECT_GT(test, jiffies, before);
	KUNIT_EXPECT_EQ(test, current->state, TASK_RUNNING);
}

static unsigned long take_all(struct list_head *taken)
{
	unsigned long nr = 0;
	struct page *page;

	while ((page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN))) {
		list_add(&page->lru, taken);
		nr++;
	}
	return nr;
}

static void one_that_is_to_die_may_take_the_last_frames(struct kunit *test)
{
	struct page *page, *next;
	unsigned long first, more;
	LIST_HEAD(taken);

	first = take_all(&taken);
	current_thread_info()->flags |= _TIF_MEMDIE;
	more = take_all(&taken);
	current_thread_info()->flags &= ~_TIF_MEMDIE;
	list_for_each_entry_safe (page, next, &taken, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	KUNIT_EXPECT_GT(test, first, 0UL);
	KUNIT_EXPECT_GT(test, more, 0UL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_fattest_is_picked),
	KUNIT_CASE(page_tables_count_as_well),
	KUNIT_CASE(kernel_threads_are_never_picked),
	KUNIT_CASE(what_has_ended_is_not_picked),
	KUNIT_CASE(pid_1_is_picked_only_if_there_is_no_other),
	KUNIT_CASE(the_victim_is_marked_and_named_in_the_log),
	KUNIT_CASE(while_one_is_dying_no_other_is_picked),
	KUNIT_CASE(one_that_does_not_die_is_not_waited_for_for_ever),
	KUNIT_CASE(all_who_share_the_memory_are_to_die),
	KUNIT_CASE(a_fault_waits_a_little_and_comes_back),
	KUNIT_CASE(one_that_is_to_die_may_take_the_last_frames),
	{},
};
static struct kunit_suite suite = {
	.name = "oom_kill", .init = start_victims, .exit = end_victims, .test_cases = cases
};
kunit_test_suite(suite);
