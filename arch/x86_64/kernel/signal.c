/*
 * Frames of signals: made before a handler runs, taken apart when it returns. See the figure in
 * sigframe.h. Twin of arch/i386/kernel/signal.c; arch/x86/kernel/signal.c calls setup_frame(),
 * a program rt_sigreturn(). Condenses arch/x86_64/kernel/signal.c of Linux 2.6.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <process/signal.h>
#include <asm/desc.h>
#include <asm/ptrace.h>
#include <asm/uaccess.h>
#include "sigframe.h"

#define RED_ZONE 128

/* Programs, and debuggers, count on it. */
_Static_assert(sizeof(struct sigcontext) == 256, "sigcontext");
_Static_assert(offsetof(struct ucontext, uc_sigmask) == 296, "ucontext");
_Static_assert(offsetof(struct rt_sigframe, info) == 312, "rt_sigframe");

/* --- making one ------------------------------------------------------------------------------- */

static void fill_sigcontext(struct sigcontext *sc, const struct pt_regs *regs, sigset_t mask)
{
	const struct thread_struct *thread = &current->thread;

	*sc = (struct sigcontext){
		.r8 = regs->r8,
		.r9 = regs->r9,
		.r10 = regs->r10,
		.r11 = regs->r11,
		.r12 = regs->r12,
		.r13 = regs->r13,
		.r14 = regs->r14,
		.r15 = regs->r15,
		.rdi = regs->rdi,
		.rsi = regs->rsi,
		.rbp = regs->rbp,
		.rbx = regs->rbx,
		.rdx = regs->rdx,
		.rax = regs->rax,
		.rcx = regs->rcx,
		.rsp = regs->rsp,
		.rip = regs->rip,
		.eflags = regs->eflags,
		.cs = (u16)regs->cs,
		.ss = (u16)regs->ss,
		.err = thread->error_code,
		.trapno = thread->trap_nr,
		.oldmask = mask,
		.cr2 = thread->cr2,
	};
}

/* Below what the program may be using, or at the end of its other stack. */
static unsigned long frame_end(const struct ksignal *ksig, const struct pt_regs *regs)
{
	return sigsp(regs->rsp - RED_ZONE, ksig);
}

/* An overflow of the other stack would otherwise go on below it. */
static bool runs_over(const struct pt_regs *regs, unsigned long frame)
{
	return on_sig_stack(regs->rsp) && !on_sig_stack(frame);
}

/* Returns where it lies, NULL if the program has never calculated, or ERR_PTR(-EFAULT). */
static struct i387_fxsave_struct __user *save_fpstate(unsigned long end)
{
	const union i387_union *state = fpu_state();
	struct i387_fxsave_struct __user *to = (void *)ALIGN_DOWN(end - sizeof(*to), 16UL);

	if (!state)
		return NULL;
	return copy_to_user(to, &state->fxsave, sizeof(*to)) ? ERR_PTR(-EFAULT) : to;
}

int setup_frame(const struct ksignal *ksig, sigset_t mask, struct pt_regs *regs)
{
	const unsigned long end = frame_end(ksig, regs);
	struct i387_fxsave_struct __user *fpstate = save_fpstate(end);
	struct rt_sigframe __user *to;
	struct rt_sigframe frame;

	/* There is no other way back: retcode on a stack that cannot be run would be none. */
	if (IS_ERR(fpstate) || !(ksig->action.sa_flags & SA_RESTORER))
		return -EFAULT;
	memset(&frame, 0, sizeof(frame));
	frame.pretcode = ksig->action.sa_restorer;
	get_altstack(&frame.uc.uc_stack, regs->rsp);
	fill_sigcontext(&frame.uc.uc_mcontext, regs, mask);
	frame.uc.uc_mcontext.fpstate = fpstate;
	frame.uc.uc_sigmask = mask;
	siginfo_for_user(&frame.info, &ksig->info);

	/* The handler is to find its stack as if it had been called: 16 bytes, but for pretcode. */
	to = (void *)(ALIGN_DOWN((fpstate ? (unsigned long)fpstate : end) - sizeof(frame), 16UL) -
		      8);
	if (runs_over(regs, (unsigned long)to) || copy_to_user(to, &frame, sizeof(frame)))
		return -EFAULT;
	regs->rdi = (unsigned long)ksig->sig;
	regs->rsi = (unsigned long)&to->info;
	regs->rdx = (unsigned long)&to->uc;
	regs->rax = 0; /* vector registers that a function without a prototype is given */
	regs->rip = (unsigned long)ksig->action.sa_handler;
	regs->rsp = (unsigned long)to;
	regs->cs = __USER_CS;
	regs->ss = __USER_DS;
	return 0;
}

/* --- taking one apart ------------------------------------------------------------------------- */

static int restore_fpstate(const struct i387_fxsave_struct __user *from)
{
	union i387_union *state;

	if (!from) {
		drop_fpu(current);
		return 0;
	}
	state = make_fpu_state();
	if (!state)
		return -ENOMEM;
	return fxsave_from_user(&state->fxsave, from);
}

/* Only what a program may have anyway: ring 3's selectors, and the flags that are its own. */
static int restore_sigcontext(struct pt_regs *regs, const struct sigcontext *sc)
{
	*regs = (struct pt_regs){
		.r15 = sc->r15,
		.r14 = sc->r14,
		.r13 = sc->r13,
		.r12 = sc->r12,
		.rbp = sc->rbp,
		.rbx = sc->rbx,
		.r11 = sc->r11,
		.r10 = sc->r10,
		.r9 = sc->r9,
		.r8 = sc->r8,
		.rax = sc->rax,
		.rcx = sc->rcx,
		.rdx = sc->rdx,
		.rsi = sc->rsi,
		.rdi = sc->rdi,
		.rip = sc->rip,
		.cs = sc->cs | 3,
		.eflags = (regs->eflags & ~USER_EFLAGS) | (sc->eflags & USER_EFLAGS),
		.rsp = sc->rsp,
		.ss = __USER_DS,
	};
	return restore_fpstate(sc->fpstate);
}

long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	/* pretcode has been popped. */
	const struct rt_sigframe __user *frame = (void *)(regs->rsp - 8);
	struct ucontext uc;
	bool bad = copy_from_user(&uc, &frame->uc, sizeof(uc));

	if (!bad) {
		set_current_blocked(uc.uc_sigmask);
		bad = restore_sigcontext(regs, &uc.uc_mcontext);
	}
	if (bad)
		force_sigsegv(SIGSEGV, "sigreturn() finds no frame of a signal on its stack at");
	else
		set_altstack(&uc.uc_stack, regs->rsp);
	return syscall_result(regs);
}
