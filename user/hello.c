/* Hello from ring 3: who runs here, on what, and what it was told. */
#include <sys/utsname.h>
#include "check.h"

int main(int argc, char **argv)
{
	struct utsname name;

	CHECK(uname(&name) == 0);
	printf("hello from pid %d on %s %s, %s, addresses of %zu bits\n", getpid(), name.sysname,
	       name.release, name.machine, 8 * sizeof(void *));
	for (int i = 0; i < argc; i++)
		printf("argv[%d] = %s\n", i, argv[i]);
	return failures;
}
