/*
 * A fork bomb: every process forks for ever. `bomb hide` also ignores SIGINT and SIGTERM, and `bomb
 * eat` writes to a megabyte more in each. Not for a host that you like.
 */
#include <signal.h>
#include <sys/mman.h>
#include "check.h"

#define BITE (1UL << 20)

static void eat(void)
{
	char *bite = mmap(NULL, BITE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (bite != MAP_FAILED)
		memset(bite, 1, BITE);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	bool full = false;

	if (!strcmp(how, "hide")) {
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
	}
	printf("bomb: group %d\n", getpgrp());
	fflush(stdout);
	for (;;) {
		if (!strcmp(how, "eat"))
			eat();
		if (fork() < 0 && !full && getpid() == getpgrp()) {
			full = true;
			printf("bomb: fork: %s\n", strerror(errno));
			fflush(stdout);
		}
	}
}
