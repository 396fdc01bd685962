/* Signals: blocked, pending, taken; what they interrupt; and what a parent hears of its children. */
#include <signal.h>
#include <time.h>
#include "check.h"

static volatile int taken, in_handler, deepest;

static void count(int signal)
{
	(void)signal;
	taken++;
}

static void handle(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	CHECK(sigaction(signal, &action, NULL) == 0);
}

static sigset_t set_of(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	return set;
}

static void a_blocked_signal_waits(void)
{
	sigset_t usr1 = set_of(SIGUSR1), pending, old;

	taken = 0;
	handle(SIGUSR1, count, 0);
	CHECK(sigprocmask(SIG_BLOCK, &usr1, &old) == 0 && !sigismember(&old, SIGUSR1));
	CHECK(kill(getpid(), SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0 && taken == 0);
	CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1));
	CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0 && taken == 1);
	CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR1));
}

static void raise_again(int signal)
{
	in_handler++;
	if (in_handler > deepest)
		deepest = in_handler;
	if (++taken < 3)
		raise(signal);
	in_handler--;
}

/* It is blocked while it is handled, unless SA_NODEFER says otherwise. */
static void a_handler_is_not_entered_twice(void)
{
	taken = deepest = 0;
	handle(SIGUSR1, raise_again, 0);
	CHECK(raise(SIGUSR1) == 0 && taken == 3 && deepest == 1);
	taken = deepest = 0;
	handle(SIGUSR1, raise_again, SA_NODEFER);
	CHECK(raise(SIGUSR1) == 0 && taken == 3 && deepest == 3);
}

static void raise_reset(void)
{
	handle(SIGUSR2, count, SA_RESETHAND);
	taken = 0;
	CHECK(raise(SIGUSR2) == 0 && taken == 1);
	raise(SIGUSR2);
}

static siginfo_t heard;

static void keep_info(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)context;
	heard = *info;
	taken++;
}

static void exit_7(void)
{
	_exit(7);
}

static void a_parent_hears_of_its_child(void)
{
	struct sigaction action = { .sa_sigaction = keep_info, .sa_flags = SA_SIGINFO };

	taken = 0;
	CHECK(sigaction(SIGCHLD, &action, NULL) == 0);
	CHECK(exited_with(status_of_child(exit_7), 7));
	CHECK(taken == 1 && heard.si_signo == SIGCHLD && heard.si_code == CLD_EXITED);
	CHECK(heard.si_status == 7 && heard.si_pid > getpid());
	handle(SIGCHLD, SIG_IGN, 0);
	FAILS(waitpid(fork() ?: (_exit(0), 0), NULL, 0), ECHILD);
	handle(SIGCHLD, SIG_DFL, 0);
}

static void sleep_a_little(void)
{
	const struct timespec time = { .tv_nsec = 50000000 };

	nanosleep(&time, NULL);
}

static int fds[2];

/* Wakes its parent out of read() by a signal, and then by a byte. */
static void disturb(void)
{
	sleep_a_little();
	CHECK(kill(getppid(), SIGUSR1) == 0);
	sleep_a_little();
	CHECK(write(fds[1], "x", 1) == 1);
}

static ssize_t disturbed_read(int flags)
{
	char byte;
	ssize_t size;
	int status, error;
	pid_t pid;

	taken = 0;
	handle(SIGUSR1, count, flags);
	CHECK(pipe(fds) == 0);
	pid = fork();
	if (!pid) {
		disturb();
		_exit(failures);
	}
	size = read(fds[0], &byte, 1);
	error = errno;
	CHECK(waitpid(pid, &status, 0) == pid && exited_with(status, 0) && taken == 1);
	CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
	errno = error;
	return size;
}

static void SA_RESTART_goes_on_with_read(void)
{
	CHECK(disturbed_read(SA_RESTART) == 1);
	FAILS(disturbed_read(0), EINTR);
}

static void sigsuspend_waits_with_another_mask(void)
{
	sigset_t usr1 = set_of(SIGUSR1), none, now;

	taken = 0;
	sigemptyset(&none);
	handle(SIGUSR1, count, 0);
	CHECK(sigprocmask(SIG_BLOCK, &usr1, NULL) == 0 && raise(SIGUSR1) == 0 && taken == 0);
	FAILS(sigsuspend(&none), EINTR);
	CHECK(taken == 1 && sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGUSR1));
	CHECK(sigprocmask(SIG_UNBLOCK, &usr1, NULL) == 0);
}

/* The number of one that there is no more. */
static pid_t gone(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	CHECK(waitpid(pid, NULL, 0) == pid);
	return pid;
}

static void refusals(void)
{
	struct sigaction action = { .sa_handler = count };

	FAILS(sigaction(SIGKILL, &action, NULL), EINVAL);
	FAILS(sigaction(SIGSTOP, &action, NULL), EINVAL);
	FAILS(kill(getpid(), 65), EINVAL);
	FAILS(kill(gone(), SIGUSR1), ESRCH);
	CHECK(kill(getpid(), 0) == 0);
}

static void kill_self(void)
{
	raise(SIGKILL);
}

static void end_by_term(void)
{
	raise(SIGTERM);
}

int main(int argc, char **argv)
{
	a_blocked_signal_waits();
	a_handler_is_not_entered_twice();
	CHECK(killed_by(status_of_child(raise_reset), SIGUSR2));
	a_parent_hears_of_its_child();
	SA_RESTART_goes_on_with_read();
	sigsuspend_waits_with_another_mask();
	refusals();
	CHECK(killed_by(status_of_child(kill_self), SIGKILL));
	CHECK(killed_by(status_of_child(end_by_term), SIGTERM));
	CHECK(killed_by(status_of_child(abort), SIGABRT));
	return failures;
}
