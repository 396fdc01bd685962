/*
 * How tasks end, and how their parents learn of it.
 *
 *      do_exit() -> mm, files, signals go -> children to pid 1 -> zombie, SIGCHLD -> schedule()
 *                                                                   |                  |
 *      parent:  do_wait() finds the zombie <------------------------+    the next task takes
 *               release_task()                                           back its stack
 *
 * A status is coded as Linux does: 0xNN00 for exit(0xNN), the signal's number for a task that one
 * ended. Condenses kernel/exit.c of Linux 2.6.
 */
#ifndef PROCESS_EXIT_H
#define PROCESS_EXIT_H

#include <kernel/sched.h>

#define WNOHANG	       0x00000001
#define WUNTRACED      0x00000002 /* accepted; nothing is ever stopped */
#define WCONTINUED     0x00000008
#define __WNOTHREAD    0x20000000
#define __WALL	       0x40000000
#define __WCLONE       0x80000000U

#define WEXITSTATUS(s) ((int)((s) >> 8 & 0xFF))
#define WTERMSIG(s)    ((int)((s)&0x7F))

/* End the calling task. @code: a process's status; of a kernel thread, what kthread_stop() returns. */
void do_exit(long code) __noreturn;

/* The same for all tasks of a process: with us it has one. Signals end in here too. */
void do_group_exit(int code) __noreturn;

/**
 * do_wait - wait for a child to end, and take it away
 * @pid: which; -1: any; 0: any of the caller's group; less: any of the group -@pid
 * @options: WNOHANG ...
 * @status: out, if not NULL
 *
 * Returns its number; 0 with WNOHANG if none has ended yet; -ECHILD: there is no such child;
 * -ERESTARTSYS: a signal came first; -EINVAL. May sleep.
 */
long do_wait(pid_t pid, unsigned int options, int *status);

/**
 * describe_exit - how a process ended, in words
 * @task: has ended
 *
 * "exit 3", "killed by SIGSEGV at 0x08049012": the address that it must not have touched, or for
 * other signals that of its next instruction.
 */
void describe_exit(char *buf, size_t size, const struct task_struct *task);
#define EXIT_WORDS 64 /* what describe_exit() needs of @buf */

/* Set by init/: pid 1, a program, is about to end with task->exit_code. Does not return. */
extern void (*init_has_ended)(struct task_struct *task);

#endif
