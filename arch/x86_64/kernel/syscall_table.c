/*
 * The system calls of x86_64, by Linux's numbers. Condenses arch/x86_64/kernel/syscall.c of Linux 2.6.
 */
#include <fs/syscalls.h>
#include <kernel/syscalls.h>
#include <process/signal.h>
#include <process/syscalls.h>
#include <asm/syscall.h>
#include <asm/tls.h>

/* The rows that are said twice are meant: each call's own stands for the one that is none. */
#pragma GCC diagnostic ignored "-Woverride-init"

const void *const sys_call_table[NR_syscalls] = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,

#include <asm/syscall_rows.h>

	/* memory */
	[__NR_mmap] = sys_mmap_offset,

	/* files */
	[__NR_stat] = sys_newstat,
	[__NR_lstat] = sys_newlstat,
	[__NR_fstat] = sys_newfstat,
	[__NR_newfstatat] = sys_newfstatat,

	/* tasks */
	[__NR_clone] = sys_clone,
	[__NR_getrlimit] = sys_getrlimit,

	/* thread-local storage */
	[__NR_arch_prctl] = sys_arch_prctl,
};
