/*
 * What is seen to before a return to ring 3: another thread's turn, and signals. entry.asm calls in
 * here when the thread's flags say so. Condenses arch/i386/kernel/signal.c of Linux 2.6.
 */
#include <kernel/sched.h>
#include <process/signal.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>

/* entry.asm */
void do_notify_resume(struct pt_regs *regs);

static void do_signal(struct pt_regs *regs __unused)
{
	struct ksignal ksig;

	get_signal(&ksig);
}

/* Interrupts off, and so again on return: what comes in between is seen by the next look. */
void do_notify_resume(struct pt_regs *regs)
{
	unsigned long work;

	while ((work = current_thread_info()->flags & _TIF_WORK_MASK)) {
		local_irq_enable();
		if (work & _TIF_NEED_RESCHED)
			schedule();
		if (work & _TIF_SIGPENDING)
			do_signal(regs);
		local_irq_disable();
	}
}
