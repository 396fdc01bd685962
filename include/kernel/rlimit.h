/*
 * What a process may use at most. Numbers are Linux's; which of them are kept to is told at each.
 * Condenses include/uapi/linux/resource.h.
 */
#ifndef KERNEL_RLIMIT_H
#define KERNEL_RLIMIT_H

#define RLIMIT_DATA    2 /* bytes: brk() */
#define RLIMIT_STACK   3 /* bytes: stack growth, and room for arguments */
#define RLIMIT_NPROC   6 /* tasks: fork() */
#define RLIMIT_NOFILE  7 /* open files */
#define RLIMIT_MEMLOCK 8 /* bytes: mlock() */
#define RLIMIT_AS      9 /* bytes: all VMAs */
#define RLIM_NLIMITS   16

#define RLIM_INFINITY  (~0UL)

struct rlimit {
	unsigned long rlim_cur, rlim_max;
};

/* At what a process starts with: as init_task has them. */
#define _STK_LIM (8UL * 1024 * 1024)

#endif
