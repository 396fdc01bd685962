/*
 * Machine code that suites put into programs of their own: a few instructions for each architecture,
 * in tests/arch/.../user_code.c, which run wherever they are put.
 */
#ifndef TESTS_USER_CODE_H
#define TESTS_USER_CODE_H

#include <lib/types.h>

struct user_code {
	const u8 *start, *end;
};

extern const struct user_code user_exit_42;   /* exit(42) */
extern const struct user_code user_fork_wait; /* a child's exit(42) is what it exits with itself */
extern const struct user_code user_read_16;   /* reads the byte at address 16 */
extern const struct user_code user_spin;      /* for ever */

/* @code: instructions, one in a line; it may not name addresses. */
#define USER_CODE(name, code)                                              \
	__asm__(".pushsection .rodata\n" #name "_start:\n" code "\n" #name \
		"_end:\n.popsection\n");                                   \
	extern const u8 name##_start[], name##_end[];                      \
	const struct user_code name = { name##_start, name##_end }

#endif
