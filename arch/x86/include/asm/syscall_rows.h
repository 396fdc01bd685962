/*
 * The system calls that i386 and x86_64 have alike, but for their numbers: rows in the midst of
 * sys_call_table[] of arch/.../kernel/syscall_table.c, which adds what only one of them has.
 */

/* memory */
[__NR_brk] = sys_brk,
	[__NR_munmap] = sys_munmap, [__NR_mprotect] = sys_mprotect, [__NR_mremap] = sys_mremap,
	[__NR_madvise] = sys_madvise, [__NR_mlock] = sys_mlock, [__NR_munlock] = sys_munlock,

	/* files */
	[__NR_read] = sys_read, [__NR_write] = sys_write, [__NR_readv] = sys_readv,
	[__NR_writev] = sys_writev, [__NR_pread64] = sys_pread64, [__NR_lseek] = sys_lseek,
	[__NR_open] = sys_open, [__NR_openat] = sys_openat, [__NR_close] = sys_close,
	[__NR_access] = sys_access, [__NR_faccessat] = sys_faccessat, [__NR_dup] = sys_dup,
	[__NR_dup2] = sys_dup2, [__NR_dup3] = sys_dup3, [__NR_fcntl] = sys_fcntl,
	[__NR_pipe] = sys_pipe, [__NR_pipe2] = sys_pipe2, [__NR_ioctl] = sys_ioctl,
	[__NR_statx] = sys_statx, [__NR_getdents64] = sys_getdents64,
	[__NR_readlink] = sys_readlink, [__NR_readlinkat] = sys_readlinkat,
	[__NR_getcwd] = sys_getcwd, [__NR_chdir] = sys_chdir, [__NR_fchdir] = sys_fchdir,
	[__NR_umask] = sys_umask,

	/* tasks */
	[__NR_fork] = sys_fork, [__NR_vfork] = sys_vfork, [__NR_execve] = sys_execve,
	[__NR_exit] = sys_exit, [__NR_exit_group] = sys_exit_group, [__NR_wait4] = sys_wait4,
	[__NR_getpid] = sys_getpid, [__NR_gettid] = sys_gettid, [__NR_getppid] = sys_getppid,
	[__NR_setpgid] = sys_setpgid, [__NR_getpgid] = sys_getpgid, [__NR_getpgrp] = sys_getpgrp,
	[__NR_setsid] = sys_setsid, [__NR_getsid] = sys_getsid,
	[__NR_set_tid_address] = sys_set_tid_address, [__NR_sched_yield] = sys_sched_yield,
	[__NR_getuid] = sys_getuid, [__NR_getgid] = sys_getuid, [__NR_geteuid] = sys_getuid,
	[__NR_getegid] = sys_getuid, [__NR_uname] = sys_uname, [__NR_getrandom] = sys_getrandom,
	[__NR_setrlimit] = sys_setrlimit, [__NR_prlimit64] = sys_prlimit64,

	/* time */
	[__NR_time] = sys_time, [__NR_gettimeofday] = sys_gettimeofday,
	[__NR_clock_gettime] = sys_clock_gettime, [__NR_clock_getres] = sys_clock_getres,
	[__NR_nanosleep] = sys_nanosleep, [__NR_clock_nanosleep] = sys_clock_nanosleep,
	[__NR_alarm] = sys_alarm, [__NR_getitimer] = sys_getitimer,
	[__NR_setitimer] = sys_setitimer,

	/* signals */
	[__NR_rt_sigaction] = sys_rt_sigaction, [__NR_rt_sigprocmask] = sys_rt_sigprocmask,
	[__NR_rt_sigpending] = sys_rt_sigpending, [__NR_rt_sigsuspend] = sys_rt_sigsuspend,
	[__NR_rt_sigreturn] = sys_rt_sigreturn, [__NR_sigaltstack] = sys_sigaltstack,
	[__NR_pause] = sys_pause, [__NR_kill] = sys_kill, [__NR_tkill] = sys_tkill,
	[__NR_tgkill] = sys_tgkill,
