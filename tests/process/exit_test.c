/* How tasks end, what becomes of them until somebody asks, and who is told. */
#include <kernel/signal.h>
#include <process/syscalls.h>
#include <asm/uaccess.h>
#include "process_tools.h"

static struct kunit *asking;
static DECLARE_WAIT_QUEUE_HEAD(queue);
static volatile bool gate_open;
static volatile pid_t grandchild;

static int begin(struct kunit *test)
{
	asking = test;
	gate_open = false;
	grandchild = 0;
	return remember_resources(test);
}

static void let_all_end(struct kunit *test)
{
	gate_open = true;
	wake_up_all(&queue);
	while (do_wait(-1, __WALL, NULL) > 0)
		;
	expect_resources(test);
}

static int end_with(void *status)
{
	do_exit((long)status);
}

static int wait_at_the_gate(void *status)
{
	wait_event(queue, gate_open);
	do_exit((long)status);
}

static pid_t start(struct kunit *test, int (*fn)(void *), long status)
{
	const pid_t pid = kernel_thread(fn, (void *)status, SIGCHLD);

	KUNIT_ASSERT_TRUE(test, pid > 0);
	return pid;
}

static unsigned int state_of(pid_t pid)
{
	struct task_struct *task;
	unsigned int state;

	preempt_disable();
	task = find_task_by_pid(pid);
	state = task ? task->state : TASK_DEAD;
	preempt_enable();
	return state;
}

static bool is_zombie(pid_t pid)
{
	return wait_until(state_of(pid) == TASK_ZOMBIE);
}

/* --- zombies --------------------------------------------------------------------------------------------- */

static void a_child_that_has_ended_is_a_zombie_until_it_is_asked_for(struct kunit *test)
{
	const pid_t pid = start(test, end_with, 3 << 8);
	struct task_struct *task;
	int status = -1;

	KUNIT_ASSERT_TRUE(test, is_zombie(pid));
	preempt_disable();
	task = find_task_by_pid(pid);
	KUNIT_EXPECT_NULL(test, task->stack);
	KUNIT_EXPECT_PTR_EQ(test, task->parent, current);
	preempt_enable();
	KUNIT_EXPECT_EQ(test, do_wait(pid, 0, &status), pid);
	KUNIT_EXPECT_EQ(test, WEXITSTATUS(status), 3);
	KUNIT_EXPECT_EQ(test, WTERMSIG(status), 0);
	KUNIT_EXPECT_EQ(test, state_of(pid), TASK_DEAD);
	KUNIT_EXPECT_EQ(test, do_wait(pid, 0, &status), -ECHILD);
}

static int open_the_gate(void *unused __unused)
{
	gate_open = true;
	wake_up_all(&queue);
	return 0;
}

static void waiting_lasts_until_the_child_has_ended(struct kunit *test)
{
	const pid_t pid = start(test, wait_at_the_gate, 0);

	KUNIT_EXPECT_EQ(test, do_wait(pid, WNOHANG, NULL), 0);
	KUNIT_EXPECT_GT(test, kernel_thread(open_the_gate, NULL, 0), 0);
	KUNIT_EXPECT_FALSE(test, gate_open);
	KUNIT_EXPECT_EQ(test, do_wait(pid, 0, NULL), pid);
	KUNIT_EXPECT_TRUE(test, gate_open);
}

static void one_child_can_be_asked_for_among_many(struct kunit *test)
{
	pid_t pids[3];
	int status;

	for (int i = 0; i < 3; i++)
		pids[i] = start(test, end_with, (i + 1) << 8);
	KUNIT_EXPECT_EQ(test, do_wait(pids[1], 0, &status), pids[1]);
	KUNIT_EXPECT_EQ(test, status, 2 << 8);
	KUNIT_EXPECT_EQ(test, do_wait(-1, 0, &status), pids[0]);
	KUNIT_EXPECT_EQ(test, do_wait(0, 0, &status), pids[2]);
	KUNIT_EXPECT_EQ(test, do_wait(-1, 0, &status), -ECHILD);
}

static void there_must_be_such_a_child(struct kunit *test)
{
	const pid_t pid = start(test, end_with, 0);

	KUNIT_EXPECT_EQ(test, do_wait(pid + 1, 0, NULL), -ECHILD);
	KUNIT_EXPECT_EQ(test, do_wait(current->pid, 0, NULL), -ECHILD);
	KUNIT_EXPECT_EQ(test, do_wait(-pid, 0, NULL), -ECHILD);
	KUNIT_EXPECT_EQ(test, do_wait(pid, __WCLONE, NULL), -ECHILD);
	KUNIT_EXPECT_EQ(test, do_wait(pid, 0x100, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, do_wait(pid, __WALL | WUNTRACED | WCONTINUED, NULL), pid);
}

static void a_child_without_sigchld_is_a_clone(struct kunit *test)
{
	const pid_t pid = kernel_thread(end_with, NULL, SIGUSR1);

	KUNIT_EXPECT_EQ(test, do_wait(pid, 0, NULL), -ECHILD);
	KUNIT_EXPECT_EQ(test, do_wait(pid, __WCLONE, NULL), pid);
}

static void a_thread_that_is_nobody_s_child_is_not_waited_for(struct kunit *test)
{
	const pid_t pid = kernel_thread(end_with, NULL, 0);

	KUNIT_EXPECT_EQ(test, do_wait(pid, __WALL, NULL), -ECHILD);
	KUNIT_EXPECT_TRUE(test, wait_until(state_of(pid) == TASK_DEAD));
}

/* --- how it ended ----------------------------------------------------------------------------------------- */

static struct exec_result run_code(const struct user_code *code)
{
	image_begin(code);
	return run_image(&(struct exec_plan){ .argv = NULL });
}

static void a_bad_access_ends_a_program_with_sigsegv_and_its_address(struct kunit *test)
{
	const struct exec_result result = run_code(&user_read_16);

	KUNIT_EXPECT_EQ(test, WTERMSIG(result.status), SIGSEGV);
	KUNIT_EXPECT_EQ(test, result.exit_addr, 16UL);
}

static int kill_soon(void *victim)
{
	send_sig(SIGTERM, victim);
	return 0;
}

static int ask_for_a_kill(void *unused __unused)
{
	KUNIT_EXPECT_GT(asking, kernel_thread(kill_soon, current, 0), 0);
	return 0;
}

static void a_program_that_computes_for_ever_can_be_killed(struct kunit *test)
{
	struct exec_result result;

	image_begin(&user_spin);
	result = run_image(&(struct exec_plan){ .after = ask_for_a_kill });
	KUNIT_EXPECT_EQ(test, result.status, SIGTERM);
	KUNIT_EXPECT_EQ(test, result.exit_addr, ENTRY_ADDR);
}

static void an_end_is_described_in_words(struct kunit *test)
{
	struct task_struct task = { .exit_code = 3 << 8 };
	char words[EXIT_WORDS];

	describe_exit(words, sizeof(words), &task);
	KUNIT_EXPECT_STREQ(test, words, "exit 3");
	task.exit_code = SIGSEGV;
	task.exit_addr = 0x10;
	describe_exit(words, sizeof(words), &task);
	KUNIT_EXPECT_PTR_EQ(test, strstr(words, "killed by SIGSEGV at 0x0"), words);
}

/* --- a program's children ------------------------------------------------------------------------------------ */

static struct k_sigaction *sigchld_action(void)
{
	return &current->signal.sighand->action[SIGCHLD - 1];
}

static int take_sigchld(void *unused __unused)
{
	const struct kernel_siginfo *info = &current->signal.sighand->info[SIGCHLD];
	pid_t pid;

	sigchld_action()->sa_handler = (sighandler_user_t)TEXT_ADDR;
	current->signal.blocked = sigmask(SIGCHLD);
	pid = kernel_thread(end_with, (void *)(5L << 8), SIGCHLD);
	KUNIT_EXPECT_EQ(asking, do_wait(pid, 0, NULL), pid);
	KUNIT_EXPECT_EQ(asking, current->signal.pending, sigmask(SIGCHLD));
	KUNIT_EXPECT_EQ(asking, info->si_code, CLD_EXITED);
	KUNIT_EXPECT_EQ(asking, info->si_pid, pid);
	KUNIT_EXPECT_EQ(asking, info->si_status, 5);
	return 1;
}

static void a_parent_gets_sigchld_with_pid_and_status(struct kunit *test)
{
	in_a_program(take_sigchld, test);
}

static int ignore_children(void *unused __unused)
{
	pid_t pid;

	sigchld_action()->sa_handler = SIG_IGN;
	pid = kernel_thread(end_with, NULL, SIGCHLD);
	KUNIT_EXPECT_EQ(asking, do_wait(pid, 0, NULL), -ECHILD);
	KUNIT_EXPECT_EQ(asking, state_of(pid), TASK_DEAD);

	sigchld_action()->sa_handler = SIG_DFL;
	sigchld_action()->sa_flags = SA_NOCLDWAIT;
	pid = kernel_thread(end_with, NULL, SIGCHLD);
	KUNIT_EXPECT_EQ(asking, do_wait(pid, 0, NULL), -ECHILD);
	return 1;
}

static void children_that_are_ignored_leave_no_zombie(struct kunit *test)
{
	in_a_program(ignore_children, test);
}

static int signal_parent(void *parent)
{
	send_sig(SIGUSR1, parent);
	return 0;
}

static int wait_with_signals(void *unused __unused)
{
	const pid_t pid = kernel_thread(wait_at_the_gate, NULL, SIGCHLD);

	current->signal.sighand->action[SIGUSR1 - 1].sa_handler = (sighandler_user_t)TEXT_ADDR;
	KUNIT_EXPECT_GT(asking, kernel_thread(signal_parent, current, 0), 0);
	KUNIT_EXPECT_EQ(asking, do_wait(pid, 0, NULL), -ERESTARTSYS);
	return 1;
}

static void a_signal_breaks_the_wait_off(struct kunit *test)
{
	in_a_program(wait_with_signals, test);
}

#define SOMEWHERE (DATA_ADDR + PAGE_SIZE)
#define NOWHERE	  PAGE_SIZE

static int wait_into_memory(void *unused __unused)
{
	int __user *status = (int __user *)SOMEWHERE;
	struct rusage __user *usage = (struct rusage __user *)(SOMEWHERE + 64);
	int value = -1;
	pid_t pid = kernel_thread(end_with, (void *)(7L << 8), SIGCHLD);

	KUNIT_EXPECT_EQ(asking, put_user(-1L, (long __user *)usage), 0);
	KUNIT_EXPECT_EQ(asking, sys_wait4(pid, status, 0, usage), pid);
	KUNIT_EXPECT_EQ(asking, get_user(value, status), 0);
	KUNIT_EXPECT_EQ(asking, value, 7 << 8);
	KUNIT_EXPECT_EQ(asking, get_user(value, (int __user *)usage), 0);
	KUNIT_EXPECT_EQ(asking, value, 0);

	pid = kernel_thread(end_with, NULL, SIGCHLD);
	KUNIT_EXPECT_EQ(asking, sys_waitpid(pid, (int __user *)NOWHERE, 0), -EFAULT);
	KUNIT_EXPECT_EQ(asking, sys_waitpid(pid, status, 0), -ECHILD); /* asked for is asked for */
	return 1;
}

static void the_status_goes_where_the_program_wants_it(struct kunit *test)
{
	in_a_program(wait_into_memory, test);
}

/* --- orphans --------------------------------------------------------------------------------------------------- */

static int leave_a_child(void *fn)
{
	grandchild = kernel_thread((int (*)(void *))fn, NULL, SIGCHLD);
	if (fn == (void *)end_with)
		KUNIT_EXPECT_TRUE(asking, is_zombie(grandchild));
	return 0;
}

static pid_t parent_of(pid_t pid)
{
	struct task_struct *task;
	pid_t parent;

	preempt_disable();
	task = find_task_by_pid(pid);
	parent = task ? task->parent->pid : -1;
	preempt_enable();
	return parent;
}

/* Which is the kernel's own thread here and waits for nobody. */
static void orphans_become_children_of_pid_1_and_vanish_when_they_end(struct kunit *test)
{
	const pid_t pid = start(test, leave_a_child, (long)wait_at_the_gate);

	KUNIT_EXPECT_EQ(test, do_wait(pid, 0, NULL), pid);
	KUNIT_EXPECT_EQ(test, parent_of(grandchild), 1);
	KUNIT_EXPECT_EQ(test, do_wait(-1, __WALL, NULL), -ECHILD);
	gate_open = true;
	wake_up_all(&queue);
	KUNIT_EXPECT_TRUE(test, wait_until(state_of(grandchild) == TASK_DEAD));
}

static void a_zombie_whose_parent_ends_vanishes_with_it(struct kunit *test)
{
	const pid_t pid = start(test, leave_a_child, (long)end_with);

	KUNIT_EXPECT_EQ(test, do_wait(pid, 0, NULL), pid);
	KUNIT_EXPECT_EQ(test, state_of(grandchild), TASK_DEAD);
}

static int leave_children_behind(void *depth)
{
	if ((long)depth)
		kernel_thread(leave_children_behind, (void *)((long)depth - 1), SIGCHLD);
	return 0;
}

static void families_of_any_depth_leave_nothing(struct kunit *test)
{
	const pid_t pid = start(test, leave_children_behind, 100);

	KUNIT_EXPECT_EQ(test, do_wait(pid, 0, NULL), pid);
	KUNIT_EXPECT_TRUE(test, wait_until(nr_threads() == 2));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_child_that_has_ended_is_a_zombie_until_it_is_asked_for),
	KUNIT_CASE(waiting_lasts_until_the_child_has_ended),
	KUNIT_CASE(one_child_can_be_asked_for_among_many),
	KUNIT_CASE(there_must_be_such_a_child),
	KUNIT_CASE(a_child_without_sigchld_is_a_clone),
	KUNIT_CASE(a_thread_that_is_nobody_s_child_is_not_waited_for),
	KUNIT_CASE(a_bad_access_ends_a_program_with_sigsegv_and_its_address),
	KUNIT_CASE(a_program_that_computes_for_ever_can_be_killed),
	KUNIT_CASE(an_end_is_described_in_words),
	KUNIT_CASE(a_parent_gets_sigchld_with_pid_and_status),
	KUNIT_CASE(children_that_are_ignored_leave_no_zombie),
	KUNIT_CASE(a_signal_breaks_the_wait_off),
	KUNIT_CASE(the_status_goes_where_the_program_wants_it),
	KUNIT_CASE(orphans_become_children_of_pid_1_and_vanish_when_they_end),
	KUNIT_CASE(a_zombie_whose_parent_ends_vanishes_with_it),
	KUNIT_CASE(families_of_any_depth_leave_nothing),
	{},
};
static struct kunit_suite suite = {
	.name = "exit",
	.init = begin,
	.exit = let_all_end,
	.test_cases = cases,
};
kunit_test_suite(suite);
