/*
 * Eats all memory there is, until the kernel ends the process that holds most: our child, not us.
 * Not for a host that you like.
 */
#include <signal.h>
#include <sys/mman.h>
#include "check.h"

#define BITE (1UL << 20)

static void eat(void)
{
	for (;;) {
		char *bite = mmap(NULL, BITE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				  -1, 0);

		if (bite == MAP_FAILED)
			return;
		memset(bite, 1, BITE);
	}
}

static void nothing(void)
{
}

int main(int argc, char **argv)
{
	for (int i = 0; i < 3; i++)
		CHECK(killed_by(status_of_child(eat), SIGKILL));
	CHECK(exited_with(status_of_child(nothing), 0));
	return failures;
}
