/* fork() and its relatives: what a child has of its own, what it shares, and that a failed one leaves nothing. */
#include <lib/err.h>
#include <kernel/signal.h>
#include <process/signal.h>
#include <process/syscalls.h>
#include <asm/ptrace.h>
#include <asm/uaccess.h>
#include "process_tools.h"

#define SOMEWHERE ((int __user *)(DATA_ADDR + PAGE_SIZE)) /* in bss */

static struct kunit *asking;

static int begin(struct kunit *test)
{
	asking = test;
	return remember_resources(test);
}

static int user_int(const int __user *at)
{
	int value = -1;

	if (get_user(value, at))
		KUNIT_FAIL(asking, "nothing at %p", (const void *)at);
	return value;
}

/* A copy of the caller, which does not run yet. */
static struct task_struct *make_child(unsigned long flags)
{
	struct task_struct *task = copy_process(&(struct kernel_clone_args){
		.flags = flags, .exit_signal = SIGCHLD, .child_tid = SOMEWHERE });

	KUNIT_EXPECT_FALSE(asking, IS_ERR(task));
	return task;
}

static int run_child(struct task_struct *task)
{
	const pid_t pid = task->pid;
	int status = -1;

	wake_up_process(task);
	KUNIT_EXPECT_EQ(asking, do_wait(pid, 0, &status), pid);
	return status;
}

/* --- what a child has -------------------------------------------------------------------------------- */

static int fork_once(void *unused __unused)
{
	int status = -1;
	const long pid = sys_fork();

	KUNIT_EXPECT_GT(asking, pid, (long)current->pid);
	KUNIT_EXPECT_EQ(asking, do_wait((pid_t)pid, 0, &status), pid);
	KUNIT_EXPECT_EQ(asking, status, 42 << 8);
	return 1;
}

static void a_child_goes_on_in_ring_3_where_its_parent_was(struct kunit *test)
{
	in_a_program(fork_once, test);
}

static void fork_and_wait_work_from_ring_3(struct kunit *test)
{
	struct exec_result result;

	image_begin(&user_fork_wait);
	result = run_image(&(struct exec_plan){ .argv = NULL });
	KUNIT_EXPECT_EQ(test, result.status, 42 << 8);
}

static int compare_with_child(void *unused __unused)
{
	struct task_struct *task;

	current->signal.sighand->action[SIGUSR1 - 1].sa_handler = (sighandler_user_t)TEXT_ADDR;
	current->signal.blocked = sigmask(SIGUSR2);
	current->signal.pending = sigmask(SIGUSR2);
	current->rlim[RLIMIT_AS].rlim_cur = 1UL << 30;
	task = make_child(0);
	KUNIT_EXPECT_PTR_EQ(asking, task->parent, current);
	KUNIT_EXPECT_PTR_NE(asking, task->mm, current->mm);
	KUNIT_EXPECT_PTR_NE(asking, task->files, current->files);
	KUNIT_EXPECT_PTR_NE(asking, task->signal.sighand, current->signal.sighand);
	KUNIT_EXPECT_EQ(asking, task->mm->brk, current->mm->brk);
	KUNIT_EXPECT_EQ(asking, task->mm->map_count, current->mm->map_count);
	KUNIT_EXPECT_EQ(asking, task->mm->rss, current->mm->rss);
	KUNIT_EXPECT_TRUE(asking, task->signal.sighand->action[SIGUSR1 - 1].sa_handler ==
					  (sighandler_user_t)TEXT_ADDR);
	KUNIT_EXPECT_EQ(asking, task->signal.blocked, sigmask(SIGUSR2));
	KUNIT_EXPECT_EQ(asking, task->signal.pending, 0ULL);
	KUNIT_EXPECT_EQ(asking, task->rlim[RLIMIT_AS].rlim_cur, 1UL << 30);
	KUNIT_EXPECT_STREQ(asking, task->comm, "image");
	KUNIT_EXPECT_EQ(asking, run_child(task), 42 << 8);
	return 1;
}

static void a_child_has_copies_of_what_its_parent_has(struct kunit *test)
{
	in_a_program(compare_with_child, test);
}

static int share_with_child(void *unused __unused)
{
	const unsigned int users = (unsigned int)atomic_read(&current->mm->mm_users);
	struct task_struct *task = make_child(CLONE_VM | CLONE_FILES);

	KUNIT_EXPECT_PTR_EQ(asking, task->mm, current->mm);
	KUNIT_EXPECT_PTR_EQ(asking, task->files, current->files);
	KUNIT_EXPECT_EQ(asking, atomic_read(&current->mm->mm_users), (int)users + 1);
	KUNIT_EXPECT_EQ(asking, run_child(task), 42 << 8);
	KUNIT_EXPECT_EQ(asking, atomic_read(&current->mm->mm_users), (int)users);
	return 1;
}

static void clone_vm_and_files_share_instead(struct kunit *test)
{
	in_a_program(share_with_child, test);
}

static int give_child_a_stack(void *unused __unused)
{
	struct task_struct *task = copy_process(&(struct kernel_clone_args){
		.exit_signal = SIGCHLD, .stack = DATA_ADDR + DATA_MEMSZ });

	KUNIT_EXPECT_EQ(asking, kernel_stack_pointer(task_pt_regs(task)), DATA_ADDR + DATA_MEMSZ);
	KUNIT_EXPECT_EQ(asking, instruction_pointer(task_pt_regs(task)), ENTRY_ADDR);
	run_child(task);
	return 1;
}

static void clone_puts_a_child_on_a_stack_of_its_own(struct kunit *test)
{
	in_a_program(give_child_a_stack, test);
}

/* --- numbers in memory --------------------------------------------------------------------------------- */

static int look_at_tids(void *unused __unused)
{
	struct task_struct *task;
	pid_t pid;

	pid = (pid_t)sys_clone(CLONE_PARENT_SETTID | SIGCHLD, 0, SOMEWHERE, NULL, 0);
	KUNIT_EXPECT_EQ(asking, user_int(SOMEWHERE), pid);
	do_wait(pid, 0, NULL);

	task = make_child(CLONE_VM | CLONE_CHILD_SETTID);
	pid = task->pid;
	run_child(task);
	KUNIT_EXPECT_EQ(asking, user_int(SOMEWHERE), pid);

	run_child(make_child(CLONE_VM | CLONE_CHILD_CLEARTID));
	KUNIT_EXPECT_EQ(asking, user_int(SOMEWHERE), 0);
	return 1;
}

static void tids_are_written_where_clone_asks_for_them(struct kunit *test)
{
	in_a_program(look_at_tids, test);
}

static int look_at_own_copy(void *unused __unused)
{
	if (put_user(1, SOMEWHERE))
		return 1;
	run_child(make_child(CLONE_CHILD_SETTID));
	KUNIT_EXPECT_EQ(asking, user_int(SOMEWHERE), 1);
	return 1;
}

static void a_tid_goes_to_the_child_s_own_copy(struct kunit *test)
{
	in_a_program(look_at_own_copy, test);
}

/* --- vfork ------------------------------------------------------------------------------------------------ */

static int uses_of(pid_t pid)
{
	struct task_struct *task;
	int uses;

	preempt_disable();
	task = find_task_by_pid(pid);
	uses = task ? atomic_read(&task->usage) : 0;
	preempt_enable();
	return uses;
}

static int vfork_once(void *unused __unused)
{
	struct mm_struct *mm = current->mm;
	int status = -1;
	const long pid = sys_vfork();

	/* Its exit is over before we are back: nobody else is in here, and we let go of the zombie. */
	KUNIT_EXPECT_EQ(asking, atomic_read(&mm->mm_users), 1);
	KUNIT_EXPECT_EQ(asking, uses_of((pid_t)pid), 1);
	KUNIT_EXPECT_EQ(asking, do_wait((pid_t)pid, WNOHANG, &status), pid);
	KUNIT_EXPECT_EQ(asking, status, 42 << 8);
	return 1;
}

static void vfork_waits_for_the_child_s_exit(struct kunit *test)
{
	in_a_program(vfork_once, test);
}

static struct completion left;

static int wait_for_vfork_child(void *unused __unused)
{
	static const char *const none[] = { NULL };

	init_completion(&left);
	current->vfork_done = &left;
	KUNIT_EXPECT_EQ(asking, kernel_execve_file(open_image(), "/test/new", none, none), 0);
	KUNIT_EXPECT_EQ(asking, left.done, 1U);
	KUNIT_EXPECT_NULL(asking, current->vfork_done);
	return 1;
}

static void an_exec_lets_vfork_s_parent_go_on(struct kunit *test)
{
	in_a_program(wait_for_vfork_child, test);
}

static int kill_current(void *victim)
{
	send_sig(SIGKILL, victim);
	return 0;
}

/* Its child spins for ever in the shared memory; a signal that it does not block ends it. */
static int vfork_a_spinner(void *child_pid)
{
	KUNIT_EXPECT_GT(asking, kernel_thread(kill_current, current, 0), 0);
	*(pid_t *)child_pid = (pid_t)sys_vfork();
	return 1;
}

static void sigkill_ends_the_wait_for_a_vfork_child(struct kunit *test)
{
	struct task_struct *child;
	pid_t pid = 0;

	image_begin(&user_spin);
	run_image(&(struct exec_plan){ .after = vfork_a_spinner, .arg = &pid });
	KUNIT_ASSERT_TRUE(test, pid > 0);
	preempt_disable();
	child = find_task_by_pid(pid);
	if (child)
		send_sig(SIGKILL, child);
	preempt_enable();
	KUNIT_EXPECT_NOT_NULL(test, child);
}

/* --- refused ------------------------------------------------------------------------------------------------ */

#define CLONE_SIGHAND 0x00000800UL
#define CLONE_THREAD  0x00010000UL

static int clone_threads(void *unused __unused)
{
	const u64 mark = log_mark();

	KUNIT_EXPECT_EQ(asking, sys_clone(CLONE_VM | CLONE_SIGHAND, 0, NULL, NULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(asking,
			sys_clone(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, 0, NULL, NULL, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(asking, sys_clone(0xFF, 0, NULL, NULL, 0), -EINVAL); /* no such signal */
	KUNIT_EXPECT_TRUE(asking, logged_since(mark, "threads of one process"));
	KUNIT_EXPECT_TRUE(asking, list_empty(&current->children));
	return 1;
}

static void threads_of_one_process_are_refused_and_said_so(struct kunit *test)
{
	in_a_program(clone_threads, test);
}

static int do_nothing(void *unused __unused)
{
	return 0;
}

static int fork_beyond_limit(void *unused __unused)
{
	current->rlim[RLIMIT_NPROC].rlim_cur = nr_threads();
	KUNIT_EXPECT_EQ(asking, sys_fork(), -EAGAIN);
	KUNIT_EXPECT_GT(asking, kernel_thread(do_nothing, NULL, 0), 0);
	current->rlim[RLIMIT_NPROC].rlim_cur += 2;
	run_child(make_child(0));
	return 1;
}

static void programs_are_limited_and_the_kernels_threads_less_so(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, init_task.rlim[RLIMIT_NPROC].rlim_max, max_threads / 2);
	in_a_program(fork_beyond_limit, test);
}

/* It is blocked, so the parent has not taken it; sent to the parent alone, it is the parent's. */
static int fork_with_signals_on_their_way(void *unused __unused)
{
	struct task_struct *task;

	current->pgrp = current->pid;
	current->signal.blocked = ~0ULL;
	KUNIT_EXPECT_EQ(asking, kill_proc(-current->pgrp, SIGTERM), 0);
	KUNIT_EXPECT_EQ(asking, kill_proc(current->pid, SIGUSR1), 0);
	task = make_child(0);
	KUNIT_EXPECT_EQ(asking, task->pgrp, current->pgrp);
	KUNIT_EXPECT_EQ(asking, task->signal.pending, sigmask(SIGTERM));
	run_child(task);
	set_current_blocked(0);
	return 1;
}

static void a_signal_for_the_group_is_for_a_child_forked_meanwhile(struct kunit *test)
{
	in_a_program(fork_with_signals_on_their_way, test);
}

static bool fork_well;

static int fork_if_possible(void *unused __unused)
{
	int status = -1;
	const long pid = sys_fork();

	KUNIT_EXPECT_TRUE(asking, pid > 0 || pid == -ENOMEM);
	KUNIT_EXPECT_EQ(asking, list_empty(&current->children), pid < 0);
	if (pid > 0)
		do_wait((pid_t)pid, 0, &status);
	fork_well = status == 42 << 8;
	return 1;
}

static bool program_forks(struct kunit *test)
{
	fork_well = false;
	in_a_program(fork_if_possible, test);
	return fork_well;
}

static void nothing_is_lost_whichever_allocation_fails(struct kunit *test)
{
	with_each_allocation_failing(test, program_forks);
}

/* Stacks of the last two dead: no page table is touched for the next ones. */
static void the_stack_of_the_last_dead_is_the_next_one_s(struct kunit *test)
{
	void *stacks[2];

	for (int i = 0; i < 2; i++) {
		struct task_struct *task = kthread_create(vfork_once, NULL, "never run");

		KUNIT_ASSERT_NOT_NULL(test, task);
		stacks[i] = task->stack;
		KUNIT_EXPECT_EQ(test, kthread_stop(task), -EINTR);
		KUNIT_EXPECT_TRUE(test, wait_until(nr_threads() == 2));
	}
	KUNIT_EXPECT_PTR_EQ(test, stacks[0], stacks[1]);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_child_goes_on_in_ring_3_where_its_parent_was),
	KUNIT_CASE(fork_and_wait_work_from_ring_3),
	KUNIT_CASE(a_child_has_copies_of_what_its_parent_has),
	KUNIT_CASE(clone_vm_and_files_share_instead),
	KUNIT_CASE(clone_puts_a_child_on_a_stack_of_its_own),
	KUNIT_CASE(tids_are_written_where_clone_asks_for_them),
	KUNIT_CASE(a_tid_goes_to_the_child_s_own_copy),
	KUNIT_CASE(vfork_waits_for_the_child_s_exit),
	KUNIT_CASE(an_exec_lets_vfork_s_parent_go_on),
	KUNIT_CASE(sigkill_ends_the_wait_for_a_vfork_child),
	KUNIT_CASE(threads_of_one_process_are_refused_and_said_so),
	KUNIT_CASE(programs_are_limited_and_the_kernels_threads_less_so),
	KUNIT_CASE(a_signal_for_the_group_is_for_a_child_forked_meanwhile),
	KUNIT_CASE(nothing_is_lost_whichever_allocation_fails),
	KUNIT_CASE(the_stack_of_the_last_dead_is_the_next_one_s),
	{},
};
static struct kunit_suite suite = {
	.name = "fork",
	.init = begin,
	.exit = expect_resources,
	.test_cases = cases,
};
kunit_test_suite(suite);
