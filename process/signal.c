/*
 * Taking signals: see the figure in <process/signal.h>. Condenses the receiving half of
 * kernel/signal.c of Linux 2.6. Left out: stopping (SIGSTOP and its like do nothing), queues.
 */
#include <lib/kernel.h>
#include <kernel/printk.h>
#include <process/exit.h>
#include <process/signal.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>

/* A fault of the task itself is taken first: its registers are those of the fault only now. */
#define SYNCHRONOUS \
	(sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | sigmask(SIGTRAP) | sigmask(SIGFPE))

/* Of these the default is to stop the task, of SIG_DEFAULT_IGNORE nothing, of all others its end. */
#define SIG_DEFAULT_STOP (sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))

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
		ksig->info = (struct kernel_siginfo){ .si_signo = ksig->sig, .si_code = SI_USER };
		if (ksig->sig < (int)ARRAY_SIZE(signal->sighand->info))
			ksig->info = signal->sighand->info[ksig->sig];
		ksig->action = signal->sighand->action[ksig->sig - 1];
	}
	recalc_sigpending(current);
	local_irq_enable();
	return ksig->sig;
}

/* Where it struck: the address that was not to be touched, or where the program was. */
static void __noreturn die_of_signal(const struct ksignal *ksig)
{
	unsigned long addr = ksig->info.si_addr;

	if (ksig->info.si_code <= SI_USER || ksig->info.si_code == SI_KERNEL)
		addr = instruction_pointer(task_pt_regs(current));
	pr_info("%s[%d]: killed by %s at %p\n", current->comm, current->pid, signal_name(ksig->sig),
		(void *)addr);
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
