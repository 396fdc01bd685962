/*
 * All programs in one file with many names: the name it is called by says which main() is meant.
 *
 *      user/cow.c      main()  --compiled as-->  cow_main()  --+
 *      user/hello.c    main()                    hello_main()  +--> programs[] --> by argv[0]
 *
 * A static program carries half a megabyte of glibc with it; so they share it, as busybox does. Each
 * is an ordinary program all the same: `gcc -static user/cow.c` makes it alone.
 */
#include <stdio.h>
#include <string.h>

/* PROGRAMS, from the Makefile: PROGRAM(cow) PROGRAM(hello) ... */
#define PROGRAM(name) int name##_main(int argc, char **argv);
PROGRAMS
#undef PROGRAM

static const struct program {
	const char *name;
	int (*main)(int argc, char **argv);
} programs[] = {
#define PROGRAM(name) { #name, name##_main },
	PROGRAMS
#undef PROGRAM
};

#define NR_PROGRAMS (sizeof(programs) / sizeof(programs[0]))

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "";

	for (size_t i = 0; i < NR_PROGRAMS; i++)
		if (!strcmp(name, programs[i].name))
			return programs[i].main(argc, argv);
	fprintf(stderr, "'%s' is none of the programs in here:", name);
	for (size_t i = 0; i < NR_PROGRAMS; i++)
		fprintf(stderr, " %s", programs[i].name);
	fprintf(stderr, "\n");
	return 1;
}
