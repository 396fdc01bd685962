/*
 * The system calls of i386, by Linux's numbers. Condenses arch/i386/kernel/entry.S of Linux 2.6.
 */
#include <process/signal.h>
#include <asm/sigframe.h>
#include <asm/syscall.h>
#include <asm/tls.h>

/* The rows that are said twice are meant: each call's own stands for the one that is none. */
#pragma GCC diagnostic ignored "-Woverride-init"

const void *const sys_call_table[NR_syscalls] = {
	[0 ... NR_syscalls - 1] = sys_ni_syscall,

	/* signals */
	[__NR_rt_sigaction] = sys_rt_sigaction,
	[__NR_rt_sigprocmask] = sys_rt_sigprocmask,
	[__NR_rt_sigpending] = sys_rt_sigpending,
	[__NR_rt_sigsuspend] = sys_rt_sigsuspend,
	[__NR_rt_sigreturn] = sys_rt_sigreturn,
	[__NR_sigaltstack] = sys_sigaltstack,
	[__NR_pause] = sys_pause,
	[__NR_kill] = sys_kill,
	[__NR_tkill] = sys_tkill,
	[__NR_tgkill] = sys_tgkill,
	[__NR_sigreturn] = sys_sigreturn,

	/* thread-local storage */
	[__NR_set_thread_area] = sys_set_thread_area,
	[__NR_get_thread_area] = sys_get_thread_area,
};
