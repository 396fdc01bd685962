/*
 * What the programs share: saying what is wrong, and the status that follows from it.
 *
 *      CHECK(condition)      goes on; main() ends with `return failures;`, 0 when all is well
 *      FAILS(call, EINVAL)   the call returns -1 with that errno
 *
 * A program is an ordinary one for Linux on the same CPU: it runs on the host, too, and what fails
 * there is a mistake of the program.
 */
#ifndef USER_CHECK_H
#define USER_CHECK_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE		  4096UL

/* 1 from the first CHECK that failed. A child's is its own: it exits with it. */
static int failures;

#define CHECK(condition)                                                                      \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__, \
				#condition, errno);                                           \
			failures = 1;                                                         \
		}                                                                             \
	} while (0)

#define FAILS(call, error)                                     \
	do {                                                   \
		errno = 0;                                     \
		CHECK((long)(call) == -1 && errno == (error)); \
	} while (0)

static inline bool exited_with(int status, int code)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

static inline bool killed_by(int status, int signal)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

/* How a child ends that does @body. */
static inline int status_of_child(void (*body)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		body();
		_exit(failures);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status;
}

/* An address that the compiler must not think about. */
static inline void *at(unsigned long address)
{
	__asm__("" : "+r"(address));
	return (void *)address;
}

/* The same numbers in every run. */
static inline unsigned int next_random(unsigned int *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

#endif
