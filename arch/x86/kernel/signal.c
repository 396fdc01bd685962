/*
 * What is seen to before a return to ring 3: another thread's turn, and signals. entry.asm calls in
 * here when the thread's flags say so.
 *
 * A system call that a signal broke off ends with an error that no program sees (<lib/errno.h>): by
 * then it is known whether it is made again, which is to step back over its instruction.
 *
 * Condenses arch/i386/kernel/signal.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <kernel/sched.h>
#include <process/signal.h>
#include <asm/i387.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>

/* INT 0x80 and SYSCALL are as long. */
#define SYSCALL_LENGTH 2

/* entry.asm */
void do_notify_resume(struct pt_regs *regs);

/* Is the call to be made again? @sa_flags: of the handler that comes first. */
static bool is_to_be_restarted(long error, unsigned long sa_flags)
{
	switch (error) {
	case -ERESTARTNOINTR:
		return true;
	case -ERESTARTSYS:
		return sa_flags & SA_RESTART;
	}
	return false;
}

static bool was_broken_off(const struct pt_regs *regs)
{
	const long result = syscall_result(regs);

	return in_syscall(regs) &&
	       (result == -ERESTARTSYS || result == -ERESTARTNOINTR || result == -ERESTARTNOHAND);
}

static void restart_syscall(struct pt_regs *regs)
{
	set_syscall_result(regs, syscall_number(regs));
	set_instruction_pointer(regs, instruction_pointer(regs) - SYSCALL_LENGTH);
}

static void handle_signal(const struct ksignal *ksig, struct pt_regs *regs)
{
	if (was_broken_off(regs)) {
		if (is_to_be_restarted(syscall_result(regs), ksig->action.sa_flags))
			restart_syscall(regs);
		else
			set_syscall_result(regs, -EINTR);
	}
	leave_syscall(regs);
	if (setup_frame(ksig, sigmask_to_save(), regs)) {
		force_sigsegv(ksig->sig, "no room for a signal's frame on its stack at");
		return;
	}
	drop_fpu(current); /* the frame has it; the handler's is as good as new */
	regs->eflags &= ~(X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_RF);
	signal_delivered(ksig);
}

static void do_signal(struct pt_regs *regs)
{
	struct ksignal ksig;

	if (get_signal(&ksig)) {
		handle_signal(&ksig, regs);
		return;
	}
	if (was_broken_off(regs)) {
		restart_syscall(regs);
		leave_syscall(regs);
	}
	restore_saved_sigmask();
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
