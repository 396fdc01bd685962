/* Sending signals: what becomes pending, what is dropped, who is woken. */
#include <lib/errno.h>
#include <kernel/signal.h>
#include <tests/kunit.h>
#include <tests/threads.h>

static struct sighand_struct sighand;
static struct task_struct task;

/* A task that is not there, but for its signals. */
static int make_task(struct kunit *test __unused)
{
	memset(&task, 0, sizeof(task));
	memset(&sighand, 0, sizeof(sighand));
	task.signal.sighand = &sighand;
	return 0;
}

static void set_handler(int sig, sighandler_user_t handler)
{
	sighand.action[sig - 1].sa_handler = handler;
}

static bool is_pending(int sig)
{
	return task.signal.pending & sigmask(sig);
}

static void a_signal_waits_to_be_taken(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, signal_pending(&task));
	KUNIT_EXPECT_EQ(test, send_sig(SIGTERM, &task), 0);
	KUNIT_EXPECT_TRUE(test, is_pending(SIGTERM));
	KUNIT_EXPECT_TRUE(test, signal_pending(&task));
	KUNIT_EXPECT_FALSE(test, fatal_signal_pending(&task));
	KUNIT_EXPECT_EQ(test, sighand.info[SIGTERM].si_code, SI_KERNEL);
}

static void one_that_is_blocked_waits_longer(struct kunit *test)
{
	task.signal.blocked = sigmask(SIGTERM);
	send_sig(SIGTERM, &task);
	KUNIT_EXPECT_TRUE(test, is_pending(SIGTERM));
	KUNIT_EXPECT_FALSE(test, signal_pending(&task));
	task.signal.blocked = 0;
	recalc_sigpending(&task);
	KUNIT_EXPECT_TRUE(test, signal_pending(&task));
}

static void one_that_is_ignored_is_dropped(struct kunit *test)
{
	set_handler(SIGTERM, SIG_IGN);
	send_sig(SIGTERM, &task);
	send_sig(SIGCHLD, &task); /* by default */
	KUNIT_EXPECT_EQ(test, task.signal.pending, 0ULL);
}

/* By the time that it lets it in, the task may have a handler. */
static void unless_it_is_blocked(struct kunit *test)
{
	set_handler(SIGTERM, SIG_IGN);
	task.signal.blocked = sigmask(SIGTERM);
	send_sig(SIGTERM, &task);
	KUNIT_EXPECT_TRUE(test, is_pending(SIGTERM));
}

static void the_second_of_a_kind_is_one_with_the_first(struct kunit *test)
{
	const struct kernel_siginfo first = { .si_signo = SIGUSR1, .si_pid = 1 };
	const struct kernel_siginfo second = { .si_signo = SIGUSR1, .si_pid = 2 };

	task.signal.blocked = sigmask(SIGUSR1);
	send_sig_info(SIGUSR1, &first, &task);
	send_sig_info(SIGUSR1, &second, &task);
	KUNIT_EXPECT_EQ(test, sighand.info[SIGUSR1].si_pid, 1);
}

static void a_fault_is_neither_blocked_nor_ignored(struct kunit *test)
{
	set_handler(SIGSEGV, SIG_IGN);
	task.signal.blocked = sigmask(SIGSEGV) | sigmask(SIGTERM);
	force_sig_fault(SIGSEGV, SEGV_ACCERR, 896, &task);
	KUNIT_EXPECT_TRUE(test, signal_pending(&task));
	KUNIT_EXPECT_EQ(test, task.signal.blocked, sigmask(SIGTERM));
	KUNIT_EXPECT_PTR_EQ(test, sighand.action[SIGSEGV - 1].sa_handler, SIG_DFL);
	KUNIT_EXPECT_EQ(test, sighand.info[SIGSEGV].si_code, SEGV_ACCERR);
	KUNIT_EXPECT_EQ(test, sighand.info[SIGSEGV].si_addr, 896UL);
}

static void a_handler_for_faults_stays(struct kunit *test)
{
	set_handler(SIGSEGV, (sighandler_user_t)0x1000);
	force_sig_fault(SIGSEGV, SEGV_MAPERR, 0, &task);
	KUNIT_EXPECT_PTR_EQ(test, sighand.action[SIGSEGV - 1].sa_handler, (void *)0x1000);
}

static void there_are_signals_1_to_64(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, send_sig(0, &task), -EINVAL);
	KUNIT_EXPECT_EQ(test, send_sig(_NSIG + 1, &task), -EINVAL);
	KUNIT_EXPECT_EQ(test, send_sig(_NSIG, &task), 0);
	KUNIT_EXPECT_TRUE(test, is_pending(_NSIG));
}

static void a_kernel_thread_has_none(struct kunit *test)
{
	task.signal.sighand = NULL;
	KUNIT_EXPECT_EQ(test, send_sig(SIGKILL, &task), 0);
	KUNIT_EXPECT_EQ(test, task.signal.pending, 0ULL);
}

static DECLARE_WAIT_QUEUE_HEAD(queue);

/* With actions of its own, as long as it sleeps. */
static int sleep_until_a_signal(void *blocked)
{
	int err;

	current->signal.sighand = &sighand;
	current->signal.blocked = *(const sigset_t *)blocked;
	err = wait_event_interruptible(queue, kthread_should_stop());
	current->signal.sighand = NULL;
	return err;
}

static void who_sleeps_interruptibly_is_woken(struct kunit *test)
{
	sigset_t blocked = sigmask(SIGTERM);
	struct task_struct *sleeper = kthread_run(sleep_until_a_signal, &blocked, "sleeper");

	KUNIT_ASSERT_NOT_NULL(test, sleeper);
	get_task_struct(sleeper);
	KUNIT_EXPECT_TRUE(test, wait_until(sleeper->state == TASK_INTERRUPTIBLE));
	send_sig(SIGTERM, sleeper);
	KUNIT_EXPECT_EQ(test, sleeper->state, TASK_INTERRUPTIBLE);
	send_sig(SIGINT, sleeper);
	wait_for_completion(&sleeper->exited);
	KUNIT_EXPECT_EQ(test, sleeper->exit_code, -ERESTARTSYS);
	put_task_struct(sleeper);
}

static void signals_have_names(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, signal_name(SIGHUP), "SIGHUP");
	KUNIT_EXPECT_STREQ(test, signal_name(SIGSEGV), "SIGSEGV");
	KUNIT_EXPECT_STREQ(test, signal_name(SIGSYS), "SIGSYS");
	KUNIT_EXPECT_STREQ(test, signal_name(40), "signal 40");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_signal_waits_to_be_taken),
	KUNIT_CASE(one_that_is_blocked_waits_longer),
	KUNIT_CASE(one_that_is_ignored_is_dropped),
	KUNIT_CASE(unless_it_is_blocked),
	KUNIT_CASE(the_second_of_a_kind_is_one_with_the_first),
	KUNIT_CASE(a_fault_is_neither_blocked_nor_ignored),
	KUNIT_CASE(a_handler_for_faults_stays),
	KUNIT_CASE(there_are_signals_1_to_64),
	KUNIT_CASE(a_kernel_thread_has_none),
	KUNIT_CASE(who_sleeps_interruptibly_is_woken),
	KUNIT_CASE(signals_have_names),
	{},
};
static struct kunit_suite suite = { .name = "signal", .init = make_task, .test_cases = cases };
kunit_test_suite(suite);
