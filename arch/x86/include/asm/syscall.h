/*
 * From numbers to functions: entry.asm calls sys_call_table[number].
 *
 * A function gets its arguments as the C compiler wants them, and finds the registers of ring 3, if it
 * needs them, in task_pt_regs(current).
 */
#ifndef ASM_SYSCALL_H
#define ASM_SYSCALL_H

#include <lib/compiler.h>
#include <asm/unistd.h>

/* arch/.../kernel/syscall_table.c: functions of different types, but all return long. */
extern const void *const sys_call_table[NR_syscalls];

/* What we do not have: -ENOSYS, and a line in the log. */
long sys_ni_syscall(void);

/* arch/x86/kernel/sys.c: as sys_mmap_pgoff(); -EBADF for a file that is not open. */
struct mmap_arg_struct;
long sys_mmap2(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
	       unsigned long fd, unsigned long pgoff);
long sys_mmap_offset(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
		     unsigned long fd, unsigned long offset);
long sys_old_mmap(const struct mmap_arg_struct __user *arg);

#endif
