/*
 * System calls about tasks: see <kernel/syscalls.h>. Where the two architectures pass arguments in
 * another order there are two functions, and each table has its own.
 */
#ifndef PROCESS_SYSCALLS_H
#define PROCESS_SYSCALLS_H

#include <lib/compiler.h>
#include <lib/types.h>
#include <kernel/rlimit.h>

/* Times as a program of this architecture has them: longs. */
struct timespec {
	long tv_sec, tv_nsec;
};
struct timeval {
	long tv_sec, tv_usec;
};
struct timezone;
struct itimerval;
struct rusage;
struct new_utsname;
struct rlimit64;
struct timespec64;

/* fork.c */
long sys_fork(void);
long sys_vfork(void);
/* x86_64 */
long sys_clone(unsigned long flags, unsigned long stack, int __user *parent_tid,
	       int __user *child_tid, unsigned long tls);
/* i386 */
long sys_clone_backwards(unsigned long flags, unsigned long stack, int __user *parent_tid,
			 unsigned long tls, int __user *child_tid);

/* exit.c */
long sys_exit(int code);
long sys_exit_group(int code);
long sys_wait4(int pid, int __user *status, int options, struct rusage __user *usage);
long sys_waitpid(int pid, int __user *status, int options);

/* exec.c */
long sys_execve(const char __user *filename, const char __user *const __user *argv,
		const char __user *const __user *envp);

/* sys.c. sys_getuid serves getuid, geteuid, getgid and getegid, 16 and 32 bits wide: all are 0. */
long sys_getpid(void);
long sys_gettid(void);
long sys_getppid(void);
long sys_getuid(void);
long sys_set_tid_address(int __user *tid);
long sys_sched_yield(void);
long sys_uname(struct new_utsname __user *name);
long sys_getrandom(char __user *buf, size_t count, unsigned int flags);
long sys_getrlimit(unsigned int resource, struct rlimit __user *rlim);	   /* i386: ugetrlimit */
long sys_old_getrlimit(unsigned int resource, struct rlimit __user *rlim); /* i386: getrlimit */
long sys_setrlimit(unsigned int resource, const struct rlimit __user *rlim);
long sys_prlimit64(int pid, unsigned int resource, const struct rlimit64 __user *new_rlim,
		   struct rlimit64 __user *old_rlim);

/* pgrp.c: -ESRCH no such process; -EPERM not in this session, or a leader; -EACCES has execed */
long sys_setpgid(int pid, int pgid);
long sys_getpgid(int pid);
long sys_getpgrp(void);
long sys_setsid(void);
long sys_getsid(int pid);

/* time.c */
long sys_time(long __user *tloc);
long sys_gettimeofday(struct timeval __user *tv, struct timezone __user *tz);
long sys_clock_gettime(int clock, struct timespec __user *tp);
long sys_clock_gettime64(int clock,
			 struct timespec64 __user *tp); /* i386: for the years after 2038 */
long sys_clock_getres(int clock, struct timespec __user *tp);
long sys_nanosleep(const struct timespec __user *rqtp, struct timespec __user *rmtp);
long sys_clock_nanosleep(int clock, int flags, const struct timespec __user *rqtp,
			 struct timespec __user *rmtp);

/* itimer.c */
long sys_alarm(unsigned int seconds);
long sys_getitimer(int which, struct itimerval __user *to);
long sys_setitimer(int which, const struct itimerval __user *from, struct itimerval __user *to);

#endif
