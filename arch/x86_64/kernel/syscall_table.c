/*
 * The system calls of x86_64, by Linux's numbers. Condenses arch/x86_64/kernel/syscall.c of Linux 2.6.
 */
#include <asm/syscall.h>

/* The rows that are said twice are meant: each call's own stands for the one that is none. */
#pragma GCC diagnostic ignored "-Woverride-init"

const void *const sys_call_table[NR_syscalls] = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,
};
