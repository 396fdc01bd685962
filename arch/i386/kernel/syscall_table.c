/*
 * The system calls of i386, by Linux's numbers. Condenses arch/i386/kernel/entry.S of Linux 2.6.
 */
#include <fs/syscalls.h>
#include <kernel/syscalls.h>
#include <process/signal.h>
#include <process/syscalls.h>
#include <asm/syscall.h>
#include <asm/tls.h>
#include "sigframe.h"

/* The rows that are said twice are meant: each call's own stands for the one that is none. */
#pragma GCC diagnostic ignored "-Woverride-init"

const void *const sys_call_table[NR_syscalls] = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,

#include <asm/syscall_rows.h>

	/* memory */
	[__NR_mmap] = sys_old_mmap,
	[__NR_mmap2] = sys_mmap2,

	/* files */
	[__NR__llseek] = sys_llseek,
	[__NR_fcntl64] = sys_fcntl,
	[__NR_stat64] = sys_newstat,
	[__NR_lstat64] = sys_newlstat,
	[__NR_fstat64] = sys_newfstat,
	[__NR_fstatat64] = sys_newfstatat,

	/* tasks */
	[__NR_clone] = sys_clone_backwards,
	[__NR_waitpid] = sys_waitpid,
	[__NR_getuid32] = sys_getuid,
	[__NR_getgid32] = sys_getuid,
	[__NR_geteuid32] = sys_getuid,
	[__NR_getegid32] = sys_getuid,
	[__NR_getrlimit] = sys_old_getrlimit,
	[__NR_ugetrlimit] = sys_getrlimit,

	/* time */
	[__NR_clock_gettime64] = sys_clock_gettime64,

	/* signals */
	[__NR_sigaction] = sys_sigaction,
	[__NR_sigreturn] = sys_sigreturn,

	/* thread-local storage */
	[__NR_set_thread_area] = sys_set_thread_area,
	[__NR_get_thread_area] = sys_get_thread_area,
};
