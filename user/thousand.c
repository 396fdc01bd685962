/*
 * 1,000 processes, one after another; each touches 16 pages, and every tenth becomes another program.
 * Whoever counts frames before and after finds the same number.
 */
#include <sys/auxv.h>
#include "check.h"

#define PROCESSES 1000

static char pages[16 * PAGE];

static void live(int number)
{
	char *const argv[] = { (char *)"thousand", (char *)"child", NULL };
	char *const envp[] = { NULL };

	for (size_t i = 0; i < sizeof(pages); i += PAGE)
		pages[i] = (char)number;
	if (number % 10 == 0)
		execve((const char *)getauxval(AT_EXECFN), argv, envp);
	_exit(number % 100);
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc > 1)
		return 42;
	for (int i = 0; i < PROCESSES && !failures; i++) {
		pid = fork();
		if (!pid)
			live(i);
		CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
		CHECK(exited_with(status, i % 10 ? i % 100 : 42));
	}
	CHECK(pages[0] == 0);
	return failures;
}
