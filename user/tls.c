/*
 * Thread-local storage: variables that %gs (i386) or %fs (x86_64) leads to. The kernel keeps the base
 * of that segment per task: each of two processes that take turns finds its own.
 */
#include <sched.h>
#include <stdint.h>
#include <signal.h>
#include "check.h"

static __thread volatile int initialised = 1234;
static __thread volatile int zeroed;
static __thread char aligned[64] __attribute__((aligned(64)));

static void first_sight(void)
{
	CHECK(initialised == 1234 && zeroed == 0);
	CHECK((uintptr_t)aligned % 64 == 0);
}

static void take_turns(int own)
{
	initialised = own;
	for (int i = 0; i < 1000; i++) {
		zeroed = own + i;
		sched_yield();
		CHECK(zeroed == own + i && initialised == own);
	}
}

static void child(void)
{
	first_sight();
	take_turns(-5000);
}

static void in_handler(int signal)
{
	zeroed += signal;
}

static void handlers_see_it(void)
{
	zeroed = 1;
	signal(SIGUSR1, in_handler);
	CHECK(raise(SIGUSR1) == 0 && zeroed == 1 + SIGUSR1);
}

int main(int argc, char **argv)
{
	pid_t pid;
	int status;

	first_sight();
	pid = fork();
	if (!pid) {
		child();
		_exit(failures);
	}
	take_turns(5000);
	CHECK(waitpid(pid, &status, 0) == pid && exited_with(status, 0));
	handlers_see_it();
	return failures;
}
