/*
 * Sending signals: see the figure in <kernel/signal.h>. What a task has pending and blocked changes
 * with interrupts off, for an interrupt may send (the terminal's). Condenses the sending half of
 * kernel/signal.c of Linux 2.6. Left out: queues; of each signal one is pending at most.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <kernel/panic.h>
#include <kernel/signal.h>
#include <asm/irqflags.h>

static const char *const names[] = {
	[SIGHUP] = "SIGHUP",	   [SIGINT] = "SIGINT",	      [SIGQUIT] = "SIGQUIT",
	[SIGILL] = "SIGILL",	   [SIGTRAP] = "SIGTRAP",     [SIGABRT] = "SIGABRT",
	[SIGBUS] = "SIGBUS",	   [SIGFPE] = "SIGFPE",	      [SIGKILL] = "SIGKILL",
	[SIGUSR1] = "SIGUSR1",	   [SIGSEGV] = "SIGSEGV",     [SIGUSR2] = "SIGUSR2",
	[SIGPIPE] = "SIGPIPE",	   [SIGALRM] = "SIGALRM",     [SIGTERM] = "SIGTERM",
	[SIGSTKFLT] = "SIGSTKFLT", [SIGCHLD] = "SIGCHLD",     [SIGCONT] = "SIGCONT",
	[SIGSTOP] = "SIGSTOP",	   [SIGTSTP] = "SIGTSTP",     [SIGTTIN] = "SIGTTIN",
	[SIGTTOU] = "SIGTTOU",	   [SIGURG] = "SIGURG",	      [SIGXCPU] = "SIGXCPU",
	[SIGXFSZ] = "SIGXFSZ",	   [SIGVTALRM] = "SIGVTALRM", [SIGPROF] = "SIGPROF",
	[SIGWINCH] = "SIGWINCH",   [SIGIO] = "SIGIO",	      [SIGPWR] = "SIGPWR",
	[SIGSYS] = "SIGSYS",
};

const char *signal_name(int sig)
{
	static char unnamed[] = "signal 00";

	if (sig > 0 && sig < (int)ARRAY_SIZE(names))
		return names[sig];
	unnamed[7] = (char)('0' + sig / 10 % 10);
	unnamed[8] = (char)('0' + sig % 10);
	return unnamed;
}

void recalc_sigpending(struct task_struct *task)
{
	if (task->signal.pending & ~task->signal.blocked)
		task->thread_info.flags |= _TIF_SIGPENDING;
	else
		task->thread_info.flags &= ~_TIF_SIGPENDING;
}

bool sig_handler_ignored(sighandler_user_t handler, int sig)
{
	return handler == SIG_IGN || (handler == SIG_DFL && sigmask(sig) & SIG_DEFAULT_IGNORE);
}

/* One that is blocked is kept: the task may want it by the time that it lets it in. */
static bool sig_ignored(const struct task_struct *task, int sig)
{
	return !(task->signal.blocked & sigmask(sig)) &&
	       sig_handler_ignored(task->signal.sighand->action[sig - 1].sa_handler, sig);
}

/* Interrupts off. Why it came is kept of the first 31 only, for which alone a program may ask. */
static void add_pending(int sig, const struct kernel_siginfo *info, struct task_struct *task)
{
	task->signal.pending |= sigmask(sig);
	if (sig < (int)ARRAY_SIZE(task->signal.sighand->info))
		task->signal.sighand->info[sig] = *info;
	recalc_sigpending(task);
	if (signal_pending(task))
		try_to_wake_up(task, TASK_INTERRUPTIBLE);
}

int send_sig_info(int sig, const struct kernel_siginfo *info, struct task_struct *task)
{
	unsigned long flags;

	if (sig < 1 || sig > _NSIG)
		return -EINVAL;
	local_irq_save(flags);
	if (task->signal.sighand && !sig_ignored(task, sig) &&
	    !(task->signal.pending & sigmask(sig)))
		add_pending(sig, info, task);
	local_irq_restore(flags);
	return 0;
}

int send_sig(int sig, struct task_struct *task)
{
	const struct kernel_siginfo info = { .si_signo = sig, .si_code = SI_KERNEL };

	return send_sig_info(sig, &info, task);
}

/* Does kill(@pid) mean this task? A kernel thread is never meant; one that has ended may be. */
static bool is_meant(const struct task_struct *task, pid_t pid)
{
	if (!task->signal.sighand && task->state != TASK_ZOMBIE)
		return false;
	if (pid > 0)
		return task->pid == pid;
	if (pid == -1)
		return task->pid > 1 && task != current;
	return pid ? -task->pgrp == pid : task->pgrp == current->pgrp;
}

int kill_something_info(int sig, const struct kernel_siginfo *info, pid_t pid)
{
	struct task_struct *task;
	unsigned long flags;
	int err = -ESRCH;

	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	local_irq_save(flags);
	for_each_process (task) {
		if (!is_meant(task, pid))
			continue;
		err = 0;
		if (!sig)
			continue;
		send_sig_info(sig, info, task);
		if (pid <= 0)
			task->signal.for_group |= task->signal.pending & sigmask(sig);
	}
	local_irq_restore(flags);
	return err;
}

void copy_group_signals(struct task_struct *child)
{
	const struct signal_state *ours = &current->signal;

	child->signal.pending = child->signal.for_group = ours->for_group;
	if (ours->for_group)
		memcpy(child->signal.sighand->info, ours->sighand->info,
		       sizeof(ours->sighand->info));
	recalc_sigpending(child);
}

int kill_proc(pid_t pid, int sig)
{
	const struct kernel_siginfo info = { .si_signo = sig, .si_code = SI_KERNEL };

	return kill_something_info(sig, &info, pid);
}

void force_sig_info(int sig, const struct kernel_siginfo *info, struct task_struct *task)
{
	struct sighand_struct *sighand = task->signal.sighand;
	struct k_sigaction *action = &sighand->action[sig - 1];
	unsigned long flags;

	BUG_ON(!sighand);
	local_irq_save(flags);
	if (task->signal.blocked & sigmask(sig) || action->sa_handler == SIG_IGN) {
		action->sa_handler = SIG_DFL;
		task->signal.blocked &= ~sigmask(sig);
	}
	add_pending(sig, info, task);
	local_irq_restore(flags);
}

void force_sig_fault(int sig, int code, unsigned long addr, struct task_struct *task)
{
	const struct kernel_siginfo info = { .si_signo = sig, .si_code = code, .si_addr = addr };

	force_sig_info(sig, &info, task);
}
