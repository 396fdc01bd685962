/*
 * From numbers to functions: entry.asm calls sys_call_table[number].
 *
 * A function gets its arguments as the C compiler wants them, and finds the registers of ring 3, if it
 * needs them, in task_pt_regs(current).
 */
#ifndef ASM_SYSCALL_H
#define ASM_SYSCALL_H

#include <asm/unistd.h>

/* arch/.../kernel/syscall_table.c: functions of different types, but all return long. */
extern const void *const sys_call_table[NR_syscalls];

/* What we do not have: -ENOSYS, and a line in the log. */
long sys_ni_syscall(void);

#endif
