/*
 * What a task keeps of signals; the numbers are Linux's on both architectures. The calls are in
 * <kernel/signal.h>. Condenses include/linux/signal_types.h.
 */
#ifndef KERNEL_SIGNAL_TYPES_H
#define KERNEL_SIGNAL_TYPES_H

#include <lib/compiler.h>
#include <lib/types.h>

#define SIGHUP	  1
#define SIGINT	  2
#define SIGQUIT	  3
#define SIGILL	  4
#define SIGTRAP	  5
#define SIGABRT	  6
#define SIGBUS	  7
#define SIGFPE	  8
#define SIGKILL	  9
#define SIGUSR1	  10
#define SIGSEGV	  11
#define SIGUSR2	  12
#define SIGPIPE	  13
#define SIGALRM	  14
#define SIGTERM	  15
#define SIGSTKFLT 16
#define SIGCHLD	  17
#define SIGCONT	  18
#define SIGSTOP	  19
#define SIGTSTP	  20
#define SIGTTIN	  21
#define SIGTTOU	  22
#define SIGURG	  23
#define SIGXCPU	  24
#define SIGXFSZ	  25
#define SIGVTALRM 26
#define SIGPROF	  27
#define SIGWINCH  28
#define SIGIO	  29
#define SIGPWR	  30
#define SIGSYS	  31
#define _NSIG	  64

/* Signal n is bit n - 1. One word on x86_64, two on i386: Linux's layout in both. */
typedef u64 sigset_t;
#define sigmask(sig) ((sigset_t)1 << ((sig)-1))

/* These do nothing where a program has not said what they shall do. */
#define SIG_DEFAULT_IGNORE \
	(sigmask(SIGCHLD) | sigmask(SIGCONT) | sigmask(SIGURG) | sigmask(SIGWINCH))

typedef void __user *sighandler_user_t;
#define SIG_DFL	     ((sighandler_user_t)0)
#define SIG_IGN	     ((sighandler_user_t)1)

#define SA_NOCLDWAIT 0x00000002UL
#define SA_SIGINFO   0x00000004UL
#define SA_RESTORER  0x04000000UL
#define SA_ONSTACK   0x08000000UL
#define SA_RESTART   0x10000000UL
#define SA_NODEFER   0x40000000UL
#define SA_RESETHAND 0x80000000UL

struct k_sigaction {
	sighandler_user_t sa_handler;
	unsigned long sa_flags;
	void __user *sa_restorer;
	sigset_t sa_mask;
};

/* Why a signal came: what a handler with SA_SIGINFO is told. */
struct kernel_siginfo {
	int si_signo, si_errno, si_code;
	int si_pid, si_uid, si_status; /* who sent it; SIGCHLD: who ended, and how */
	unsigned long si_addr;	       /* SIGSEGV, SIGBUS, SIGILL, SIGFPE: where */
};

/* The same as a program sees it: 128 bytes, of which three words and one of these are told. */
struct siginfo {
	int si_signo, si_errno, si_code;
	union {
		long pad[(128 - 3 * sizeof(int)) / sizeof(long)];
		struct {
			int si_pid, si_uid, si_status;
			long si_utime, si_stime;
		};
		unsigned long si_addr;
	};
};

/* Another stack for handlers with SA_ONSTACK. */
struct sigaltstack {
	unsigned long ss_sp;
	int ss_flags;
	unsigned long ss_size;
};
#define SS_ONSTACK  1 /* in use now */
#define SS_DISABLE  2 /* there is none */
#define MINSIGSTKSZ 2048

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SI_USER	    0
#define SI_KERNEL   0x80
#define SI_TKILL    (-6)
#define SEGV_MAPERR 1 /* no VMA there */
#define SEGV_ACCERR 2 /* a VMA, but it forbids that */
#define BUS_ADRALN  1
#define BUS_ADRERR  2
#define ILL_ILLOPN  2
#define FPE_INTDIV  1
#define FPE_FLTDIV  3
#define FPE_FLTOVF  4
#define FPE_FLTUND  5
#define FPE_FLTRES  6
#define FPE_FLTINV  7
#define TRAP_BRKPT  1
#define TRAP_TRACE  2
#define CLD_EXITED  1
#define CLD_KILLED  2

/* What a process does with each signal, and why each pending one came. NULL in kernel threads. */
struct sighand_struct {
	struct k_sigaction action[_NSIG];
	struct kernel_siginfo info[SIGSYS + 1]; /* of those that are pending */
};

struct signal_state {
	sigset_t blocked, pending;
	sigset_t for_group;	/* of those pending: what a child is meant by, too */
	sigset_t saved_blocked; /* what sigsuspend() is to put back, */
	bool restore_blocked;	/* once the signal that ends it was taken */
	struct sighand_struct *sighand;
	unsigned long sas_ss_sp, sas_ss_size; /* sigaltstack() */
};

#endif
