/*
 * Copy-on-write, for one who watches the frames from outside (`pagemap PID` in the monitor):
 *
 *                            parent     child
 *      1  after fork()       frame A    frame A      shared, read-only in both
 *      2  the child writes   frame A    frame B
 *      3  the parent writes  frame A    frame B      A is its own again: nothing is copied
 *
 * With the argument "hold" it waits for SIGUSR1 after each stage.
 */
#include <signal.h>
#include <stdint.h>
#include "check.h"

static volatile uint32_t page[PAGE / sizeof(uint32_t)] __attribute__((aligned(4096)));

#define BEFORE_FORK 0x11111111U
#define BY_CHILD    0x22222222U
#define BY_PARENT   0x33333333U

static bool hold;
static int to_child[2], to_parent[2];

static void fill(uint32_t word)
{
	for (size_t i = 0; i < ARRAY_SIZE(page); i++)
		page[i] = word;
}

static bool is_full_of(uint32_t word)
{
	for (size_t i = 0; i < ARRAY_SIZE(page); i++)
		if (page[i] != word)
			return false;
	return true;
}

static void go(int signal)
{
	(void)signal;
}

/* Says where we are. SIGUSR1 is blocked but in sigsuspend(): it cannot come too early. */
static void stage(const char *what, pid_t child)
{
	sigset_t none;

	printf("cow: %s: parent %d child %d page %p\n", what, getpid(), child, (void *)page);
	fflush(stdout);
	if (hold) {
		sigemptyset(&none);
		sigsuspend(&none);
	}
}

static void tell(const int fds[2])
{
	CHECK(write(fds[1], "x", 1) == 1);
}

static void listen_to(const int fds[2])
{
	char byte;

	CHECK(read(fds[0], &byte, 1) == 1);
}

static void child(void)
{
	CHECK(is_full_of(BEFORE_FORK));
	tell(to_parent);
	listen_to(to_child);
	fill(BY_CHILD);
	tell(to_parent);
	listen_to(to_child);
	CHECK(is_full_of(BY_CHILD));
	_exit(failures);
}

static void parent(pid_t pid)
{
	int status;

	listen_to(to_parent);
	stage("shared", pid);
	tell(to_child);
	listen_to(to_parent);
	CHECK(is_full_of(BEFORE_FORK));
	stage("child wrote", pid);
	fill(BY_PARENT);
	stage("parent wrote", pid);
	tell(to_child);
	CHECK(waitpid(pid, &status, 0) == pid && exited_with(status, 0));
	CHECK(is_full_of(BY_PARENT));
}

static void block_sigusr1(void)
{
	struct sigaction action = { .sa_handler = go };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
}

int main(int argc, char **argv)
{
	pid_t pid;

	hold = argc > 1 && !strcmp(argv[1], "hold");
	block_sigusr1();
	fill(BEFORE_FORK);
	CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		child();
	parent(pid);
	return failures;
}
