/*
 * How tasks end: see the figure in <process/exit.h>.
 *
 * A task that ends gives up all it owns, then turns into a zombie: number, family and exit code, for
 * its parent to ask for. From there to the end interrupts are off: preempted in that state it would
 * never run again, and a parent that woke up meanwhile must find it off its stack.
 *
 * Called by entry.asm's table of system calls, by signals, and by kernel threads that return.
 * Condenses kernel/exit.c of Linux 2.6. Left out: stopped tasks, usage.
 */
#include <lib/errno.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <kernel/panic.h>
#include <kernel/signal.h>
#include <process/exit.h>
#include <process/fork.h>
#include <process/syscalls.h>
#include <asm/irqflags.h>
#include <asm/uaccess.h>
#include "internal.h"

void (*init_has_ended)(struct task_struct *task);

static void check_may_exit(struct task_struct *task)
{
	if (in_interrupt())
		panic("do_exit: an interrupt handler in %s/%d can not end", task->comm, task->pid);
	if (task->pid == 1 && task->mm && init_has_ended)
		init_has_ended(task);
	if (task->pid <= 1)
		panic("do_exit: %s/%d has ended: without it nothing goes on", task->comm,
		      task->pid);
}

/* --- the parent is told --------------------------------------------------------------------------- */

/* The parent does not care for its children: they are gone without a wait4(). */
static bool ignores_children(const struct task_struct *parent)
{
	const struct k_sigaction *action;

	if (!parent->signal.sighand)
		return false;
	action = &parent->signal.sighand->action[SIGCHLD - 1];
	return action->sa_handler == SIG_IGN || (action->sa_flags & SA_NOCLDWAIT);
}

static void send_exit_signal(struct task_struct *task)
{
	const int status = (int)task->exit_code;
	const struct kernel_siginfo info = {
		.si_signo = task->exit_signal,
		.si_code = WTERMSIG(status) ? CLD_KILLED : CLD_EXITED,
		.si_pid = task->pid,
		.si_status = WTERMSIG(status) ? WTERMSIG(status) : WEXITSTATUS(status),
	};

	if (task->exit_signal && task->parent->signal.sighand)
		send_sig_info(task->exit_signal, &info, task->parent);
}

/* Returns whether anybody will ask for it. tasklist_lock is held. */
static bool notify_parent(struct task_struct *task)
{
	const bool ignored = task->exit_signal == SIGCHLD && ignores_children(task->parent);

	if (task->exit_signal == EXIT_AUTOREAP)
		return false;
	send_exit_signal(task);
	wake_up_all(&task->parent->wait_chldexit);
	return !ignored;
}

/* --- its children --------------------------------------------------------------------------------- */

/*
 * To pid 1. As long as that is the kernel's own thread it never waits, so they become children that
 * nobody waits for.
 */
static void reparent(struct task_struct *child, struct task_struct *reaper)
{
	list_del_init(&child->sibling);
	child->parent = reaper;
	child->exit_signal = reaper->mm ? SIGCHLD : EXIT_AUTOREAP;
	if (reaper->mm)
		list_add_tail(&child->sibling, &reaper->children);
	if (child->state == TASK_ZOMBIE && !notify_parent(child))
		__release_task(child);
}

static void forget_original_parent(struct task_struct *task)
{
	struct task_struct *reaper = find_task_by_pid(1), *child, *next;

	list_for_each_entry_safe (child, next, &task->children, sibling)
		reparent(child, reaper);
}

/* --- the end ---------------------------------------------------------------------------------------- */

/* Interrupts off. */
static void exit_notify(struct task_struct *task)
{
	spin_lock(&tasklist_lock);
	forget_original_parent(task);
	task->state = notify_parent(task) ? TASK_ZOMBIE : TASK_DEAD;
	spin_unlock(&tasklist_lock);
	complete(&task->exited);
}

__landmark void do_exit(long code)
{
	struct task_struct *task = current;

	task->exit_code = code;
	check_may_exit(task);
	del_timer(&task->real_timer);
	exit_resources(task);
	if (task->ended)
		task->ended(task);
	local_irq_disable();
	exit_notify(task);
	schedule();
	BUG();
}

void do_group_exit(int code)
{
	do_exit(code);
}

void describe_exit(char *buf, size_t size, const struct task_struct *task)
{
	const int status = (int)task->exit_code;

	if (WTERMSIG(status))
		snprintf(buf, size, "killed by %s at %p", signal_name(WTERMSIG(status)),
			 (void *)task->exit_addr);
	else
		snprintf(buf, size, "exit %d", WEXITSTATUS(status));
}

/* --- waiting -------------------------------------------------------------------------------------- */

static bool eligible_child(const struct task_struct *child, pid_t pid, unsigned int options)
{
	const bool clone = child->exit_signal != SIGCHLD;

	if (pid > 0 && child->pid != pid)
		return false;
	if (pid == 0 && child->pgrp != current->pgrp)
		return false;
	if (pid < -1 && -child->pgrp != pid)
		return false;
	return (options & __WALL) || clone == !!(options & __WCLONE);
}

/* A child that has ended, out of the family; *@any: is there one to wait for at all? */
static struct task_struct *take_zombie(pid_t pid, unsigned int options, bool *any)
{
	struct task_struct *child;

	*any = false;
	list_for_each_entry (child, &current->children, sibling) {
		if (!eligible_child(child, pid, options))
			continue;
		*any = true;
		if (child->state != TASK_ZOMBIE)
			continue;
		list_del_init(&child->sibling);
		return child;
	}
	return NULL;
}

/* Its number; 0: none has ended yet; -ECHILD: there is none. */
static long reap_child(pid_t pid, unsigned int options, int *status)
{
	struct task_struct *child;
	bool any;

	spin_lock(&tasklist_lock);
	child = take_zombie(pid, options, &any);
	spin_unlock(&tasklist_lock);
	if (!child)
		return any ? 0 : -ECHILD;
	pid = child->pid;
	if (status)
		*status = (int)child->exit_code;
	release_task(child);
	return pid;
}

long do_wait(pid_t pid, unsigned int options, int *status)
{
	DEFINE_WAIT(wait);
	long result;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WALL | __WCLONE))
		return -EINVAL;
	for (;;) {
		prepare_to_wait(&current->wait_chldexit, &wait, TASK_INTERRUPTIBLE);
		result = reap_child(pid, options, status);
		if (result || (options & WNOHANG))
			break;
		if (signal_pending(current)) {
			result = -ERESTARTSYS;
			break;
		}
		schedule();
	}
	finish_wait(&current->wait_chldexit, &wait);
	return result;
}

/* --- system calls --------------------------------------------------------------------------------- */

long sys_exit(int code)
{
	do_exit((code & 0xFF) << 8);
}

long sys_exit_group(int code)
{
	do_group_exit((code & 0xFF) << 8);
}

/* What a process has used: we do not count, and say 0. */
struct rusage {
	struct timeval ru_utime, ru_stime;
	long counts[14];
};

long sys_wait4(int pid, int __user *status, int options, struct rusage __user *usage)
{
	int code;
	const long result = do_wait(pid, (unsigned int)options, &code);

	if (result <= 0)
		return result;
	if (status && put_user(code, status))
		return -EFAULT;
	if (usage && clear_user(usage, sizeof(*usage)))
		return -EFAULT;
	return result;
}

long sys_waitpid(int pid, int __user *status, int options)
{
	return sys_wait4(pid, status, options, NULL);
}
