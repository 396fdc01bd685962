/*
 * A chain of 100 processes, each the child of the one before, all alive at once. Each writes to one
 * page of its own: its descendants see that, its ancestors never do.
 */
#include "check.h"

#define DEPTH 100

static volatile int marks[DEPTH + 1][PAGE / sizeof(int)] __attribute__((aligned(4096)));

static void all_before_are_there(int depth)
{
	for (int i = 0; i <= DEPTH; i++)
		CHECK(marks[i][0] == (i < depth ? i + 1 : 0));
}

static void generation(int depth)
{
	int status;
	pid_t pid;

	all_before_are_there(depth);
	marks[depth][0] = depth + 1;
	if (depth == DEPTH)
		return;
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		generation(depth + 1);
		_exit(failures);
	}
	CHECK(waitpid(pid, &status, 0) == pid && exited_with(status, 0));
	all_before_are_there(depth + 1);
}

int main(int argc, char **argv)
{
	generation(0);
	return failures;
}
