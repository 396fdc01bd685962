/*
 * execve(): another program in the same process. What the new one finds on its stack:
 *
 *      argc  argv[0..] NULL  envp[0..] NULL  auxv: (type, value).. AT_NULL  | the strings
 */
#include <fcntl.h>
#include <sys/auxv.h>
#include "check.h"

extern char **environ;

static const struct row {
	unsigned long type;
	const char *name;
} auxv[] = {
	{ AT_PHDR, "AT_PHDR" },	    { AT_PHENT, "AT_PHENT" },	{ AT_PHNUM, "AT_PHNUM" },
	{ AT_PAGESZ, "AT_PAGESZ" }, { AT_BASE, "AT_BASE" },	{ AT_ENTRY, "AT_ENTRY" },
	{ AT_UID, "AT_UID" },	    { AT_EUID, "AT_EUID" },	{ AT_GID, "AT_GID" },
	{ AT_EGID, "AT_EGID" },	    { AT_HWCAP, "AT_HWCAP" },	{ AT_CLKTCK, "AT_CLKTCK" },
	{ AT_RANDOM, "AT_RANDOM" }, { AT_SECURE, "AT_SECURE" },
};

static const char *self;

static void show(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		printf("argv[%d] = %s\n", i, argv[i]);
	for (char **variable = environ; *variable; variable++)
		printf("envp: %s\n", *variable);
	for (size_t i = 0; i < ARRAY_SIZE(auxv); i++)
		printf("%-12s %#lx\n", auxv[i].name, getauxval(auxv[i].type));
	printf("%-12s %s\n", "AT_EXECFN", (const char *)getauxval(AT_EXECFN));
	printf("%-12s %s\n", "AT_PLATFORM", (const char *)getauxval(AT_PLATFORM));
	fflush(stdout);
}

/* AT_RANDOM: 16 bytes that not all are alike. */
static bool is_random(const unsigned char *bytes)
{
	for (int i = 1; i < 16; i++)
		if (bytes[i] != bytes[0])
			return true;
	return false;
}

static void auxv_is_right(void)
{
	CHECK(!memcmp((const char *)(getauxval(AT_PHDR) & -PAGE), "\177ELF", 4));
	CHECK(getauxval(AT_PHENT) == (sizeof(long) == 8 ? 56 : 32) && getauxval(AT_PHNUM) > 1);
	CHECK(getauxval(AT_PAGESZ) == PAGE && getauxval(AT_CLKTCK) == 100);
	CHECK(getauxval(AT_UID) == getuid() && getauxval(AT_EGID) == getegid());
	CHECK(getauxval(AT_SECURE) == 0 && getauxval(AT_BASE) == 0);
	CHECK(is_random((const unsigned char *)getauxval(AT_RANDOM)));
	CHECK(!strcmp((const char *)getauxval(AT_PLATFORM), sizeof(long) == 8 ? "x86_64" : "i686"));
}

/* The second life: execed with "again" by main() below. The second pipe end was O_CLOEXEC. */
static int again(int argc, char **argv)
{
	CHECK(argc == 4 && !strcmp(argv[2], "") && !strcmp(argv[3], "two words") && !argv[4]);
	CHECK(!strcmp(environ[0], "COLOUR=red") && !environ[1]);
	CHECK(!strcmp((const char *)getauxval(AT_EXECFN), self));
	CHECK(fcntl(10, F_GETFD) == 0);
	FAILS(fcntl(11, F_GETFD), EBADF);
	auxv_is_right();
	return failures;
}

static void second_life(void)
{
	char *const argv[] = { (char *)"exec", (char *)"again", (char *)"", (char *)"two words",
			       NULL };
	char *const envp[] = { (char *)"COLOUR=red", NULL };

	CHECK(dup2(0, 10) == 10 && dup2(0, 11) == 11);
	CHECK(fcntl(11, F_SETFD, FD_CLOEXEC) == 0);
	execve(self, argv, envp);
	CHECK(!"execve came back");
}

static void refusals(void)
{
	static char word[100000];
	char *const few[] = { (char *)"x", NULL };
	char *many[500];

	memset(word, 'w', sizeof(word) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = word;
	many[ARRAY_SIZE(many) - 1] = NULL;
	FAILS(execve("/nowhere/nothing", few, environ), ENOENT);
	FAILS(execve("", few, environ), ENOENT);
	FAILS(execve("/", few, environ), EACCES);
	FAILS(execve(self, many, environ), E2BIG);
	FAILS(execve(at(1), few, environ), EFAULT);
	FAILS(execve(self, at(1), environ), EFAULT);
	FAILS(execve(self, few, at(1)), EFAULT);
}

int main(int argc, char **argv)
{
	self = (const char *)getauxval(AT_EXECFN);
	if (argc > 1 && !strcmp(argv[1], "again"))
		return again(argc, argv);
	show(argc, argv);
	auxv_is_right();
	refusals();
	for (int i = 0; i < 5; i++)
		CHECK(exited_with(status_of_child(second_life), 0));
	return failures;
}
