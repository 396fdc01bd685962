/* Process groups and sessions: who is in which, who may change that, and whom a signal reaches. */
#include <signal.h>
#include "check.h"

/* Stays until a signal ends it. */
static pid_t sleeper(pid_t group)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	CHECK(pid > 0 && setpgid(pid, group) == 0);
	return pid;
}

static int status_of(pid_t pid)
{
	int status = -1;

	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

static void a_child_is_in_its_parents_group(void)
{
	CHECK(getpgrp() == getpgid(getppid()) && getsid(0) == getsid(getppid()));
}

static void a_signal_for_a_group_reaches_all_in_it_and_nobody_else(void)
{
	const pid_t one = sleeper(0), two = sleeper(one), other = sleeper(0);
	int status;

	CHECK(getpgid(one) == one && getpgid(two) == one && getpgid(other) == other);
	CHECK(kill(-one, SIGTERM) == 0);
	CHECK(waitpid(-one, &status, 0) > 0 && killed_by(status, SIGTERM));
	CHECK(waitpid(-one, &status, 0) > 0 && killed_by(status, SIGTERM));
	FAILS(waitpid(-one, &status, 0), ECHILD);
	CHECK(waitpid(other, &status, WNOHANG) == 0);
	CHECK(kill(other, SIGKILL) == 0 && killed_by(status_of(other), SIGKILL));
	FAILS(kill(-one, SIGTERM), ESRCH);
}

/* Not its parent, which has left the group. */
static void signals_its_own_group(void)
{
	CHECK(setpgid(0, 0) == 0);
	signal(SIGTERM, SIG_DFL);
	kill(0, SIGTERM);
}

static int fds[2];

static void fork_for_ever(void)
{
	for (int i = 0; i < 5; i++)
		fork();
	for (;;)
		if (!fork())
			_exit(0);
		else
			waitpid(-1, NULL, 0);
}

/*
 * Children fork while the signal for all is on its way, and C libraries block signals in fork(). The
 * last one's end closes the pipe.
 */
static void none_slips_away_by_forking(void)
{
	char byte;
	pid_t pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		fork_for_ever();
	}
	setpgid(pid, pid);
	usleep(200000);
	CHECK(close(fds[1]) == 0);
	CHECK(kill(-pid, SIGINT) == 0 && killed_by(status_of(pid), SIGINT));
	alarm(20);
	CHECK(read(fds[0], &byte, 1) == 0);
	alarm(0);
}

static void leads_a_session(void)
{
	CHECK(setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid());
	FAILS(setsid(), EPERM);
	FAILS(setpgid(0, 0), EPERM);
	FAILS(setpgid(0, getpid()), EPERM);
}

static void leads_a_group(void)
{
	CHECK(setpgid(0, 0) == 0);
	FAILS(setsid(), EPERM);
}

static void refusals(void)
{
	const pid_t child = sleeper(0);

	FAILS(setpgid(child, -1), EINVAL);
	FAILS(setpgid(getppid(), 0), ESRCH);
	FAILS(setpgid(child, 31000), EPERM);
	FAILS(getpgid(31000), ESRCH);
	FAILS(getsid(31000), ESRCH);
	CHECK(setpgid(child, child) == 0);
	CHECK(kill(child, SIGKILL) == 0 && killed_by(status_of(child), SIGKILL));
}

/* Tells when it has become another program: then its parent can not move it. */
static void a_child_that_execed_stays(char *self)
{
	char byte;
	pid_t pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (!pid) {
		dup2(fds[1], 1);
		execl(self, self, "wait", NULL);
		_exit(1);
	}
	CHECK(read(fds[0], &byte, 1) == 1);
	FAILS(setpgid(pid, 0), EACCES);
	CHECK(kill(pid, SIGKILL) == 0 && killed_by(status_of(pid), SIGKILL));
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		CHECK(write(1, "x", 1) == 1);
		for (;;)
			pause();
	}
	CHECK(exited_with(status_of_child(a_child_is_in_its_parents_group), 0));
	a_signal_for_a_group_reaches_all_in_it_and_nobody_else();
	CHECK(killed_by(status_of_child(signals_its_own_group), SIGTERM));
	none_slips_away_by_forking();
	CHECK(exited_with(status_of_child(leads_a_session), 0));
	CHECK(exited_with(status_of_child(leads_a_group), 0));
	refusals();
	a_child_that_execed_stays(argv[0]);
	return failures;
}
