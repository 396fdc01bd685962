/*
 * The system calls of i386, by Linux's numbers. Condenses arch/i386/kernel/entry.S of Linux 2.6.
 */
#include <asm/syscall.h>

/* The rows that are said twice are meant: each call's own stands for the one that is none. */
#pragma GCC diagnostic ignored "-Woverride-init"

const void *const sys_call_table[NR_syscalls] = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,
};
