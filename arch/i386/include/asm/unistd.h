/*
 * The numbers of the system calls: INT 0x80 with the number in EAX. They are Linux's; only those
 * that we have are here, and arch/i386/kernel/syscall_table.c leads from each to its function.
 */
#ifndef ASM_UNISTD_H
#define ASM_UNISTD_H

#define __NR_exit	     1
#define __NR_fork	     2
#define __NR_read	     3
#define __NR_write	     4
#define __NR_open	     5
#define __NR_close	     6
#define __NR_waitpid	     7
#define __NR_execve	     11
#define __NR_chdir	     12
#define __NR_time	     13
#define __NR_lseek	     19
#define __NR_getpid	     20
#define __NR_getuid	     24
#define __NR_alarm	     27
#define __NR_pause	     29
#define __NR_access	     33
#define __NR_kill	     37
#define __NR_dup	     41
#define __NR_pipe	     42
#define __NR_brk	     45
#define __NR_getgid	     47
#define __NR_geteuid	     49
#define __NR_getegid	     50
#define __NR_ioctl	     54
#define __NR_fcntl	     55
#define __NR_setpgid	     57
#define __NR_umask	     60
#define __NR_dup2	     63
#define __NR_getppid	     64
#define __NR_getpgrp	     65
#define __NR_setsid	     66
#define __NR_sigaction	     67
#define __NR_setrlimit	     75
#define __NR_getrlimit	     76
#define __NR_gettimeofday    78
#define __NR_readlink	     85
#define __NR_mmap	     90
#define __NR_munmap	     91
#define __NR_setitimer	     104
#define __NR_getitimer	     105
#define __NR_wait4	     114
#define __NR_sigreturn	     119
#define __NR_clone	     120
#define __NR_uname	     122
#define __NR_mprotect	     125
#define __NR_getpgid	     132
#define __NR_fchdir	     133
#define __NR__llseek	     140
#define __NR_readv	     145
#define __NR_writev	     146
#define __NR_getsid	     147
#define __NR_mlock	     150
#define __NR_munlock	     151
#define __NR_sched_yield     158
#define __NR_nanosleep	     162
#define __NR_mremap	     163
#define __NR_rt_sigreturn    173
#define __NR_rt_sigaction    174
#define __NR_rt_sigprocmask  175
#define __NR_rt_sigpending   176
#define __NR_rt_sigsuspend   179
#define __NR_pread64	     180
#define __NR_getcwd	     183
#define __NR_sigaltstack     186
#define __NR_vfork	     190
#define __NR_ugetrlimit	     191
#define __NR_mmap2	     192
#define __NR_stat64	     195
#define __NR_lstat64	     196
#define __NR_fstat64	     197
#define __NR_getuid32	     199
#define __NR_getgid32	     200
#define __NR_geteuid32	     201
#define __NR_getegid32	     202
#define __NR_madvise	     219
#define __NR_getdents64	     220
#define __NR_fcntl64	     221
#define __NR_gettid	     224
#define __NR_tkill	     238
#define __NR_set_thread_area 243
#define __NR_get_thread_area 244
#define __NR_exit_group	     252
#define __NR_set_tid_address 258
#define __NR_clock_gettime   265
#define __NR_clock_getres    266
#define __NR_clock_nanosleep 267
#define __NR_tgkill	     270
#define __NR_openat	     295
#define __NR_fstatat64	     300
#define __NR_readlinkat	     305
#define __NR_faccessat	     307
#define __NR_dup3	     330
#define __NR_pipe2	     331
#define __NR_prlimit64	     340
#define __NR_getrandom	     355
#define __NR_statx	     383
#define __NR_clock_gettime64 403

/* Room for all that Linux had by 5.10; what we do not have gives -ENOSYS. */
#define NR_syscalls 441

#endif
