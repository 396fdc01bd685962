/*
 * Taking signals: see the figure in <process/signal.h>. Condenses the receiving half of
 * kernel/signal.c of Linux 2.6. Left out: stopping (SIGSTOP and its like do nothing), queues.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <kernel/printk.h>
#include <kernel/ratelimit.h>
#include <drivers/drivers.h>
#include <process/exit.h>
#include <process/fork.h>
#include <process/signal.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>
#include <asm/uaccess.h>

/* A fault of the task itself is taken first: its registers are those of the fault only now. */
#define SYNCHRONOUS \
	(sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | sigmask(SIGTRAP) | sigmask(SIGFPE))

/* Of these the default is to stop the task, of SIG_DEFAULT_IGNORE nothing, of all others its end. */
#define SIG_DEFAULT_STOP (sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))

/* What no program may block, ignore or handle. */
#define UNSTOPPABLE (sigmask(SIGKILL) | sigmask(SIGSTOP))

/* --- taking one ------------------------------------------------------------------------------- */

static int next_signal(const struct signal_state *signal)
{
	sigset_t set = signal->pending & ~signal->blocked;

	if (set & SYNCHRONOUS)
		set &= SYNCHRONOUS;
	for (int sig = 1; sig <= _NSIG; sig++)
		if (set & sigmask(sig))
			return sig;
	return 0;
}

static bool dequeue_signal(struct signal_state *signal, struct ksignal *ksig)
{
	local_irq_disable();
	ksig->sig = next_signal(signal);
	if (ksig->sig) {
		signal->pending &= ~sigmask(ksig->sig);
		signal->for_group &= signal->pending;
		ksig->info = (struct kernel_siginfo){ .si_signo = ksig->sig, .si_code = SI_USER };
		if (ksig->sig < (int)ARRAY_SIZE(signal->sighand->info))
			ksig->info = signal->sighand->info[ksig->sig];
		ksig->action = signal->sighand->action[ksig->sig - 1];
	}
	recalc_sigpending(current);
	local_irq_enable();
	return ksig->sig;
}

/* Of an instruction that it could not do: then signal_fault() has said so already. */
static bool is_own_fault(const struct kernel_siginfo *info)
{
	return sigmask(info->si_signo) & SYNCHRONOUS && info->si_code > SI_USER;
}

/* Is si_addr what it is about? */
static bool has_address(const struct kernel_siginfo *info)
{
	return is_own_fault(info) && info->si_code < SI_KERNEL;
}

/* Where it struck: the address that was not to be touched, or where the program was. */
static void __noreturn die_of_signal(const struct ksignal *ksig)
{
	static struct ratelimit_state ratelimit = RATELIMIT_STATE_INIT;
	unsigned long addr = instruction_pointer(task_pt_regs(current));

	if (has_address(&ksig->info))
		addr = ksig->info.si_addr;
	current->exit_addr = addr;
	if (!is_own_fault(&ksig->info) && (tty_is_foreground(current) || __ratelimit(&ratelimit)))
		pr_info("%s[%d]: killed by %s at " IP_NAME " %p\n", current->comm, current->pid,
			signal_name(ksig->sig), (void *)addr);
	do_group_exit(ksig->sig);
}

bool get_signal(struct ksignal *ksig)
{
	while (dequeue_signal(&current->signal, ksig)) {
		if (ksig->action.sa_handler == SIG_IGN)
			continue;
		if (ksig->action.sa_handler != SIG_DFL)
			return true;
		if (!(sigmask(ksig->sig) & (SIG_DEFAULT_IGNORE | SIG_DEFAULT_STOP)))
			die_of_signal(ksig);
	}
	return false;
}

void siginfo_for_user(struct siginfo *to, const struct kernel_siginfo *from)
{
	memset(to, 0, sizeof(*to));
	to->si_signo = from->si_signo;
	to->si_errno = from->si_errno;
	to->si_code = from->si_code;
	if (has_address(from)) {
		to->si_addr = from->si_addr;
	} else {
		to->si_pid = from->si_pid;
		to->si_uid = from->si_uid;
		to->si_status = from->si_status;
	}
}

/* --- what is blocked -------------------------------------------------------------------------- */

void set_current_blocked(sigset_t blocked)
{
	local_irq_disable();
	current->signal.blocked = blocked & ~UNSTOPPABLE;
	recalc_sigpending(current);
	local_irq_enable();
}

sigset_t sigmask_to_save(void)
{
	const struct signal_state *signal = &current->signal;

	return signal->restore_blocked ? signal->saved_blocked : signal->blocked;
}

void restore_saved_sigmask(void)
{
	if (!current->signal.restore_blocked)
		return;
	current->signal.restore_blocked = false;
	set_current_blocked(current->signal.saved_blocked);
}

void signal_delivered(const struct ksignal *ksig)
{
	const unsigned long flags = ksig->action.sa_flags;
	sigset_t blocked = current->signal.blocked | ksig->action.sa_mask;

	if (!(flags & SA_NODEFER))
		blocked |= sigmask(ksig->sig);
	if (flags & SA_RESETHAND)
		current->signal.sighand->action[ksig->sig - 1].sa_handler = SIG_DFL;
	current->signal.restore_blocked = false;
	set_current_blocked(blocked);
}

void force_sigsegv(int sig, const char *why)
{
	const struct pt_regs *regs = task_pt_regs(current);

	pr_info("%s[%d]: SIGSEGV: %s %p, at " IP_NAME " %p\n", current->comm, current->pid, why,
		(void *)user_stack_pointer(regs), (void *)instruction_pointer(regs));
	if (sig == SIGSEGV)
		current->signal.sighand->action[SIGSEGV - 1].sa_handler = SIG_DFL;
	force_sig_fault(SIGSEGV, SI_KERNEL, 0, current);
}

/* @how: SIG_BLOCK ... Returns 0, or -EINVAL. */
static int change_blocked(int how, sigset_t set)
{
	const sigset_t old = current->signal.blocked;

	switch (how) {
	case SIG_BLOCK:
		set_current_blocked(old | set);
		return 0;
	case SIG_UNBLOCK:
		set_current_blocked(old & ~set);
		return 0;
	case SIG_SETMASK:
		set_current_blocked(set);
		return 0;
	}
	return -EINVAL;
}

long sys_rt_sigprocmask(int how, const sigset_t __user *set, sigset_t __user *old_set, size_t size)
{
	const sigset_t old = current->signal.blocked;
	sigset_t new;
	int err;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (set && get_user(new, set))
		return -EFAULT;
	err = set ? change_blocked(how, new) : 0;
	if (err)
		return err;
	return old_set && put_user(old, old_set) ? -EFAULT : 0;
}

long sys_rt_sigpending(sigset_t __user *set, size_t size)
{
	const struct signal_state *signal = &current->signal;

	if (size > sizeof(sigset_t))
		return -EINVAL;
	return put_user(signal->pending & signal->blocked, set) ? -EFAULT : 0;
}

/* --- actions ---------------------------------------------------------------------------------- */

/* What is ignored from now on is no longer pending either, blocked or not. */
static void set_action(int sig, const struct k_sigaction *action)
{
	struct k_sigaction *ours = &current->signal.sighand->action[sig - 1];

	local_irq_disable();
	*ours = *action;
	ours->sa_mask &= ~UNSTOPPABLE;
	if (sig_handler_ignored(ours->sa_handler, sig))
		current->signal.pending &= ~sigmask(sig);
	current->signal.for_group &= current->signal.pending;
	recalc_sigpending(current);
	local_irq_enable();
}

int do_sigaction(int sig, const struct k_sigaction *action, struct k_sigaction *old_action)
{
	if (sig < 1 || sig > _NSIG)
		return -EINVAL;
	if (action && sigmask(sig) & UNSTOPPABLE)
		return -EINVAL;
	*old_action = current->signal.sighand->action[sig - 1];
	if (action)
		set_action(sig, action);
	return 0;
}

long sys_rt_sigaction(int sig, const struct k_sigaction __user *action,
		      struct k_sigaction __user *old_action, size_t size)
{
	struct k_sigaction new, old;
	int err;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (action && copy_from_user(&new, action, sizeof(new)))
		return -EFAULT;
	err = do_sigaction(sig, action ? &new : NULL, &old);
	if (err)
		return err;
	return old_action && copy_to_user(old_action, &old, sizeof(old)) ? -EFAULT : 0;
}

/* --- another stack ---------------------------------------------------------------------------- */

bool on_sig_stack(unsigned long sp)
{
	const struct signal_state *signal = &current->signal;

	return sp > signal->sas_ss_sp && sp - signal->sas_ss_sp <= signal->sas_ss_size;
}

unsigned long sigsp(unsigned long sp, const struct ksignal *ksig)
{
	const struct signal_state *signal = &current->signal;

	if (!(ksig->action.sa_flags & SA_ONSTACK) || !signal->sas_ss_size || on_sig_stack(sp))
		return sp;
	return signal->sas_ss_sp + signal->sas_ss_size;
}

void get_altstack(struct sigaltstack *stack, unsigned long sp)
{
	const struct signal_state *signal = &current->signal;

	memset(stack, 0, sizeof(*stack)); /* its padding too: it is for a program to read */
	stack->ss_sp = signal->sas_ss_sp;
	stack->ss_flags = on_sig_stack(sp) ? SS_ONSTACK : 0;
	if (!signal->sas_ss_size)
		stack->ss_flags = SS_DISABLE;
	stack->ss_size = signal->sas_ss_size;
}

int set_altstack(const struct sigaltstack *stack, unsigned long sp)
{
	const bool disable = stack->ss_flags == SS_DISABLE;

	if (on_sig_stack(sp))
		return -EPERM;
	if (!disable && stack->ss_flags && stack->ss_flags != SS_ONSTACK)
		return -EINVAL;
	if (!disable && stack->ss_size < MINSIGSTKSZ)
		return -ENOMEM;
	current->signal.sas_ss_sp = disable ? 0 : stack->ss_sp;
	current->signal.sas_ss_size = disable ? 0 : stack->ss_size;
	return 0;
}

long sys_sigaltstack(const struct sigaltstack __user *stack, struct sigaltstack __user *old_stack)
{
	const unsigned long sp = user_stack_pointer(task_pt_regs(current));
	struct sigaltstack old, new;
	int err = 0;

	get_altstack(&old, sp);
	if (stack && copy_from_user(&new, stack, sizeof(new)))
		return -EFAULT;
	if (stack)
		err = set_altstack(&new, sp);
	if (!err && old_stack && copy_to_user(old_stack, &old, sizeof(old)))
		return -EFAULT;
	return err;
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* Whoever has no handler for what came goes on sleeping, by making the call again. */
long sys_pause(void)
{
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(current))
			schedule();
		set_current_state(TASK_RUNNING);
	}
	return -ERESTARTNOHAND;
}

long sys_rt_sigsuspend(const sigset_t __user *set, size_t size)
{
	sigset_t blocked;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (get_user(blocked, set))
		return -EFAULT;
	current->signal.saved_blocked = current->signal.blocked;
	current->signal.restore_blocked = true;
	set_current_blocked(blocked);
	return sys_pause();
}

/* --- sending ---------------------------------------------------------------------------------- */

static long do_send(pid_t pid, int sig, int code)
{
	const struct kernel_siginfo info = { .si_signo = sig,
					     .si_code = code,
					     .si_pid = current->pid };

	return kill_something_info(sig, &info, pid);
}

long sys_kill(int pid, int sig)
{
	return do_send(pid, sig, SI_USER);
}

long sys_tkill(int tid, int sig)
{
	return tid > 0 ? do_send(tid, sig, SI_TKILL) : -EINVAL;
}

long sys_tgkill(int tgid, int tid, int sig)
{
	if (tgid <= 0 || tid <= 0)
		return -EINVAL;
	return tgid == tid ? do_send(tid, sig, SI_TKILL) : -ESRCH;
}
