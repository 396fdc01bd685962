/*
 * What the terminal's keys do to a program, and who may read from it:
 *
 *      keys read      says each line that it reads, until there is no more
 *      keys ignore    ignores Ctrl-C and Ctrl-\, and so does its child
 *      keys raw       the same, and both come as bytes, as all keys do
 *      keys left      leaves a child that reads
 */
#include <signal.h>
#include <termios.h>
#include "check.h"

static void say(const char *what)
{
	printf("keys: %s\n", what);
	fflush(stdout);
}

static int read_lines(void)
{
	char line[100];

	say("reads");
	errno = 0;
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		printf("keys: read '%s'\n", line);
	}
	say(errno ? strerror(errno) : "end of file");
	return 0;
}

static int ignore_all(void)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (fork() > 0)
		say("ignores");
	while (pause())
		;
	return 0;
}

static int make_raw(void)
{
	struct termios termios;

	CHECK(tcgetattr(0, &termios) == 0);
	termios.c_lflag &= ~(tcflag_t)(ISIG | ICANON | ECHO);
	CHECK(tcsetattr(0, TCSANOW, &termios) == 0);
	return ignore_all();
}

static int leave_reader(void)
{
	if (!fork())
		return read_lines();
	sleep(1);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} uses[] = {
	{ "read", read_lines },
	{ "ignore", ignore_all },
	{ "raw", make_raw },
	{ "left", leave_reader },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(uses); i++)
		if (!strcmp(argv[1], uses[i].name))
			return uses[i].run();
	say("read, ignore, raw or left");
	return 2;
}
