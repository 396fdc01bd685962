/*
 * Sending signals. A signal is a bit in the task it is sent to; the task takes it when it is about to
 * return to ring 3 (process/signal.c, which calls the handler or ends the task).
 *
 *      send_sig_info() --> pending --> _TIF_SIGPENDING --> do_signal(), before the return to ring 3
 *
 * Condenses the sending half of kernel/signal.c.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

#include <kernel/sched.h>

/**
 * send_sig_info - let a task have a signal
 * @sig: 1 to _NSIG; ignored where the task ignores it
 * @info: why
 *
 * Wakes the task if it sleeps interruptibly, and may take it now. A kernel thread never does. May be
 * called in an interrupt. Returns 0, or -EINVAL.
 */
int send_sig_info(int sig, const struct kernel_siginfo *info, struct task_struct *task);

/* The same from the kernel, for no reason but that. */
int send_sig(int sig, struct task_struct *task);

/**
 * kill_something_info - let all whom kill() means have a signal
 * @sig: 1 to _NSIG; 0 only asks whether there is somebody
 * @info: why
 * @pid: a process; 0: the caller's group; -1: all but the caller and pid 1; less: the group -@pid
 *
 * May be called in an interrupt. Returns 0, -EINVAL, or -ESRCH: nobody is meant.
 */
int kill_something_info(int sig, const struct kernel_siginfo *info, pid_t pid);

/* The same from the kernel, for no reason but that. */
int kill_proc(pid_t pid, int sig);

/*
 * What is on its way to all of the current task's group is for its new @child too, or that would slip
 * away: a parent may fork before it takes the signal. Interrupts off, both in one group.
 */
void copy_group_signals(struct task_struct *child);

/**
 * force_sig_info - a signal that cannot wait: a fault of the task itself
 *
 * If it is blocked or ignored, the task gets the default action instead: it ends. Not for kernel threads.
 */
void force_sig_info(int sig, const struct kernel_siginfo *info, struct task_struct *task);

/* force_sig_info() for a fault at @addr: SIGSEGV with SEGV_MAPERR ... */
void force_sig_fault(int sig, int code, unsigned long addr, struct task_struct *task);

/* Would a forced @sig end the task? Its handler is asked for, not called. */
static inline bool unhandled_signal(const struct task_struct *task, int sig)
{
	const sighandler_user_t handler = task->signal.sighand->action[sig - 1].sa_handler;

	return handler == SIG_DFL || handler == SIG_IGN || task->signal.blocked & sigmask(sig);
}

/* Does @handler do nothing, said so by the program or by default? */
bool sig_handler_ignored(sighandler_user_t handler, int sig);

/* Recompute _TIF_SIGPENDING after pending or blocked changed. Interrupts off. */
void recalc_sigpending(struct task_struct *task);

/* "SIGSEGV"; "signal 40" for what has no name. */
const char *signal_name(int sig);

#endif
