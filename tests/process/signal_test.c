/* Taking signals: in which order, what is blocked meanwhile, and where the frame goes. */
#include <lib/errno.h>
#include <process/signal.h>
#include <tests/kunit.h>
#include <asm/irqflags.h>

#define HANDLER	    ((sighandler_user_t)0x1000)
#define STACK_START 0x50000000UL
#define STACK_SIZE  0x4000UL

static struct sighand_struct sighand;
static struct signal_state old_state;

/* The suite's own thread has signals while a case runs, each with a handler. */
static int begin(struct kunit *test __unused)
{
	memset(&sighand, 0, sizeof(sighand));
	for (int i = 0; i < _NSIG; i++)
		sighand.action[i].sa_handler = HANDLER;
	old_state = current->signal;
	current->signal = (struct signal_state){ .sighand = &sighand };
	return 0;
}

static void end(struct kunit *test __unused)
{
	current->signal = old_state;
	local_irq_disable();
	recalc_sigpending(current);
	local_irq_enable();
}

static void faults_are_taken_first_then_the_lowest(struct kunit *test)
{
	static const int order[] = { SIGFPE, SIGSEGV, SIGHUP, SIGTERM, 40 };
	struct ksignal ksig;

	send_sig(40, current);
	send_sig(SIGTERM, current);
	send_sig(SIGSEGV, current);
	send_sig(SIGHUP, current);
	send_sig(SIGFPE, current);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		KUNIT_ASSERT_TRUE(test, get_signal(&ksig));
		KUNIT_EXPECT_EQ(test, ksig.sig, order[i]);
	}
	KUNIT_EXPECT_FALSE(test, get_signal(&ksig));
	KUNIT_EXPECT_FALSE(test, signal_pending(current));
}

static void what_is_ignored_or_stops_is_passed_over(struct kunit *test)
{
	struct ksignal ksig;

	sighand.action[SIGCHLD - 1].sa_handler = SIG_DFL;
	sighand.action[SIGTSTP - 1].sa_handler = SIG_DFL;
	current->signal.pending = sigmask(SIGCHLD) | sigmask(SIGTSTP) | sigmask(SIGUSR2);
	KUNIT_EXPECT_TRUE(test, get_signal(&ksig));
	KUNIT_EXPECT_EQ(test, ksig.sig, SIGUSR2);
}

static void one_that_is_blocked_is_not_taken(struct kunit *test)
{
	struct ksignal ksig;

	current->signal.blocked = sigmask(SIGHUP);
	send_sig(SIGHUP, current);
	send_sig(SIGTERM, current);
	KUNIT_EXPECT_TRUE(test, get_signal(&ksig));
	KUNIT_EXPECT_EQ(test, ksig.sig, SIGTERM);
	KUNIT_EXPECT_FALSE(test, get_signal(&ksig));
	KUNIT_EXPECT_EQ(test, current->signal.pending, sigmask(SIGHUP));
}

static struct ksignal ksignal_with(unsigned long flags, sigset_t mask)
{
	return (struct ksignal){
		.sig = SIGUSR1,
		.action = { .sa_handler = HANDLER, .sa_flags = flags, .sa_mask = mask },
	};
}

static void the_signal_and_its_mask_are_blocked_meanwhile(struct kunit *test)
{
	const struct ksignal ksig = ksignal_with(0, sigmask(SIGINT) | sigmask(SIGKILL));

	signal_delivered(&ksig);
	KUNIT_EXPECT_EQ(test, current->signal.blocked, sigmask(SIGUSR1) | sigmask(SIGINT));
	KUNIT_EXPECT_PTR_EQ(test, sighand.action[SIGUSR1 - 1].sa_handler, HANDLER);
}

static void sa_nodefer_and_sa_resethand_say_otherwise(struct kunit *test)
{
	const struct ksignal ksig = ksignal_with(SA_NODEFER | SA_RESETHAND, 0);

	signal_delivered(&ksig);
	KUNIT_EXPECT_EQ(test, current->signal.blocked, 0ULL);
	KUNIT_EXPECT_PTR_EQ(test, sighand.action[SIGUSR1 - 1].sa_handler, SIG_DFL);
}

/* The handler runs with what sigsuspend() has blocked, and brings back what was before it. */
static void a_frame_keeps_the_mask_from_before_sigsuspend(struct kunit *test)
{
	struct signal_state *signal = &current->signal;
	const struct ksignal ksig = ksignal_with(0, 0);

	signal->blocked = sigmask(SIGINT);
	signal->saved_blocked = sigmask(SIGTERM);
	KUNIT_EXPECT_EQ(test, sigmask_to_save(), sigmask(SIGINT));
	signal->restore_blocked = true;
	KUNIT_EXPECT_EQ(test, sigmask_to_save(), sigmask(SIGTERM));
	signal_delivered(&ksig);
	KUNIT_EXPECT_EQ(test, signal->blocked, sigmask(SIGINT) | sigmask(SIGUSR1));
	restore_saved_sigmask(); /* the frame's business by now */
	KUNIT_EXPECT_EQ(test, signal->blocked, sigmask(SIGINT) | sigmask(SIGUSR1));
}

static void sigsuspend_without_a_handler_gives_the_mask_back(struct kunit *test)
{
	current->signal.blocked = sigmask(SIGINT);
	current->signal.saved_blocked = sigmask(SIGTERM);
	current->signal.restore_blocked = true;
	restore_saved_sigmask();
	KUNIT_EXPECT_EQ(test, current->signal.blocked, sigmask(SIGTERM));
}

static int set_stack(unsigned long size, int flags, unsigned long sp)
{
	return set_altstack(&(struct sigaltstack){ STACK_START, flags, size }, sp);
}

static void another_stack_is_used_from_its_end(struct kunit *test)
{
	const struct ksignal on_it = ksignal_with(SA_ONSTACK, 0), not = ksignal_with(0, 0);
	const unsigned long sp = 0x1000, within = STACK_START + 0x100;

	KUNIT_EXPECT_EQ(test, sigsp(sp, &on_it), sp); /* there is none */
	KUNIT_ASSERT_EQ(test, set_stack(STACK_SIZE, 0, sp), 0);
	KUNIT_EXPECT_EQ(test, sigsp(sp, &on_it), STACK_START + STACK_SIZE);
	KUNIT_EXPECT_EQ(test, sigsp(sp, &not ), sp);
	KUNIT_EXPECT_EQ(test, sigsp(within, &on_it), within); /* on it already */
}

static void another_stack_is_checked(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, set_stack(MINSIGSTKSZ - 1, 0, 0), -ENOMEM);
	KUNIT_EXPECT_EQ(test, set_stack(STACK_SIZE, 4, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_stack(STACK_SIZE, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, set_stack(STACK_SIZE, 0, STACK_START + 8), -EPERM); /* in use */
	KUNIT_EXPECT_EQ(test, set_stack(0, SS_DISABLE, 0), 0);
	KUNIT_EXPECT_EQ(test, current->signal.sas_ss_size, 0UL);
}

static void only_a_fault_has_an_address(struct kunit *test)
{
	const struct kernel_siginfo fault = { .si_signo = SIGSEGV,
					      .si_code = SEGV_ACCERR,
					      .si_addr = 896 };
	const struct kernel_siginfo sent = {
		.si_signo = SIGSEGV, .si_code = SI_USER, .si_pid = 7, .si_addr = 896
	};
	struct siginfo info;

	siginfo_for_user(&info, &fault);
	KUNIT_EXPECT_EQ(test, info.si_addr, 896UL);
	siginfo_for_user(&info, &sent);
	KUNIT_EXPECT_EQ(test, info.si_pid, 7);
	KUNIT_EXPECT_EQ(test, sizeof(info), 128U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(faults_are_taken_first_then_the_lowest),
	KUNIT_CASE(what_is_ignored_or_stops_is_passed_over),
	KUNIT_CASE(one_that_is_blocked_is_not_taken),
	KUNIT_CASE(the_signal_and_its_mask_are_blocked_meanwhile),
	KUNIT_CASE(sa_nodefer_and_sa_resethand_say_otherwise),
	KUNIT_CASE(a_frame_keeps_the_mask_from_before_sigsuspend),
	KUNIT_CASE(sigsuspend_without_a_handler_gives_the_mask_back),
	KUNIT_CASE(another_stack_is_used_from_its_end),
	KUNIT_CASE(another_stack_is_checked),
	KUNIT_CASE(only_a_fault_has_an_address),
	{},
};
static struct kunit_suite suite = {
	.name = "signal_take", .init = begin, .exit = end, .test_cases = cases
};
kunit_test_suite(suite);
