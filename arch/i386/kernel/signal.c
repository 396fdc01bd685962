/*
 * Frames of signals: made before a handler runs, taken apart when it returns. See the figure in
 * sigframe.h. Twin of arch/x86_64/kernel/signal.c; arch/x86/kernel/signal.c calls setup_frame(),
 * a program sigreturn(). Condenses arch/i386/kernel/signal.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <process/signal.h>
#include <asm/desc.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>
#include <asm/uaccess.h>
#include <asm/unistd.h>
#include "sigframe.h"

/* What a program gets to run when a handler returns, if it has brought nothing of its own. */
static const u8 call_sigreturn[8] = { 0x58, /* pop eax: sig */
				      0xB8, __NR_sigreturn,
				      0,    0,
				      0,	    /* mov eax, NR */
				      0xCD, 0x80 }; /* int 0x80 */
static const u8 call_rt_sigreturn[8] = { 0xB8, __NR_rt_sigreturn, 0, 0, 0, 0xCD, 0x80 };

/* Programs, and debuggers, count on it. */
_Static_assert(sizeof(struct sigcontext) == 88, "sigcontext");
_Static_assert(sizeof(struct ucontext) == 116, "ucontext");
_Static_assert(offsetof(struct sigframe, fpstate) == 96, "sigframe");
_Static_assert(sizeof(struct fpstate) == 624, "fpstate");
_Static_assert(offsetof(struct rt_sigframe, uc) == 144, "rt_sigframe");

/* --- the first sigaction() ------------------------------------------------------------------------ */

/* From before there were more than 32 signals. */
struct old_sigaction {
	sighandler_user_t sa_handler;
	u32 sa_mask;
	unsigned long sa_flags;
	void __user *sa_restorer;
};

long sys_sigaction(int sig, const struct old_sigaction __user *action,
		   struct old_sigaction __user *old_action)
{
	struct old_sigaction user;
	struct k_sigaction new, old;
	int err;

	if (action && copy_from_user(&user, action, sizeof(user)))
		return -EFAULT;
	if (action)
		new = (struct k_sigaction){ user.sa_handler, user.sa_flags, user.sa_restorer,
					    user.sa_mask };
	err = do_sigaction(sig, action ? &new : NULL, &old);
	if (err)
		return err;
	user = (struct old_sigaction){ old.sa_handler, (u32)old.sa_mask, old.sa_flags,
				       old.sa_restorer };
	return old_action && copy_to_user(old_action, &user, sizeof(user)) ? -EFAULT : 0;
}

/* --- making one ------------------------------------------------------------------------------- */

static void fill_sigcontext(struct sigcontext *sc, const struct pt_regs *regs, u32 oldmask)
{
	struct thread_struct *thread = &current->thread;

	save_tls(&thread->tls);
	*sc = (struct sigcontext){
		.gs = thread->tls.gs,
		.fs = thread->tls.fs,
		.es = regs->es & 0xFFFF,
		.ds = regs->ds & 0xFFFF,
		.edi = regs->edi,
		.esi = regs->esi,
		.ebp = regs->ebp,
		.esp = regs->esp,
		.ebx = regs->ebx,
		.edx = regs->edx,
		.ecx = regs->ecx,
		.eax = regs->eax,
		.trapno = thread->trap_nr,
		.err = thread->error_code,
		.eip = regs->eip,
		.cs = regs->cs & 0xFFFF,
		.eflags = regs->eflags,
		.esp_at_signal = regs->esp,
		.ss = regs->ss & 0xFFFF,
		.oldmask = oldmask,
		.cr2 = thread->cr2,
	};
}

/* The handler is to find its stack as if it had been called: 16 bytes, but for the return address. */
static unsigned long frame_address(const struct ksignal *ksig, const struct pt_regs *regs,
				   unsigned long size)
{
	const unsigned long sp = sigsp(regs->esp, ksig) - size;

	return ALIGN_DOWN(sp + 4, 16UL) - 4;
}

/* An overflow of the other stack would otherwise go on below it. */
static bool runs_over(const struct pt_regs *regs, unsigned long frame)
{
	return on_sig_stack(regs->esp) && !on_sig_stack(frame);
}

static const void __user *return_code(const struct ksignal *ksig, const u8 *retcode)
{
	return ksig->action.sa_flags & SA_RESTORER ? ksig->action.sa_restorer : retcode;
}

/* Arguments for handlers compiled with -mregparm=3 too. */
static void enter_handler(struct pt_regs *regs, const struct ksignal *ksig, unsigned long frame,
			  unsigned long info, unsigned long uc)
{
	regs->esp = frame;
	regs->eip = (unsigned long)ksig->action.sa_handler;
	regs->eax = (unsigned long)ksig->sig;
	regs->edx = info;
	regs->ecx = uc;
	regs->ds = regs->es = regs->ss = __USER_DS;
	regs->cs = __USER_CS;
}

static int setup_plain_frame(const struct ksignal *ksig, sigset_t mask, struct pt_regs *regs)
{
	struct sigframe frame;
	struct sigframe __user *to = (void *)frame_address(ksig, regs, sizeof(frame));
	int fp;

	fill_sigcontext(&frame.sc, regs, (u32)mask);
	fp = save_fpstate(&to->fpstate);
	if (fp < 0 || runs_over(regs, (unsigned long)to))
		return -EFAULT;
	frame.sc.fpstate = fp ? &to->fpstate : NULL;
	frame.pretcode = return_code(ksig, to->retcode);
	frame.sig = ksig->sig;
	if (copy_to_user(to, &frame, offsetof(struct sigframe, fpstate)) ||
	    put_user((u32)(mask >> 32), &to->extramask) ||
	    copy_to_user(to->retcode, call_sigreturn, sizeof(call_sigreturn)))
		return -EFAULT;
	enter_handler(regs, ksig, (unsigned long)to, 0, 0);
	return 0;
}

static int setup_rt_frame(const struct ksignal *ksig, sigset_t mask, struct pt_regs *regs)
{
	struct rt_sigframe frame;
	struct rt_sigframe __user *to = (void *)frame_address(ksig, regs, sizeof(frame));
	int fp;

	memset(&frame, 0, offsetof(struct rt_sigframe, fpstate));
	frame.pretcode = return_code(ksig, to->retcode);
	frame.sig = ksig->sig;
	frame.pinfo = &to->info;
	frame.puc = &to->uc;
	siginfo_for_user(&frame.info, &ksig->info);
	get_altstack(&frame.uc.uc_stack, regs->esp);
	fill_sigcontext(&frame.uc.uc_mcontext, regs, (u32)mask);
	frame.uc.uc_sigmask = mask;
	fp = save_fpstate(&to->fpstate);
	if (fp < 0 || runs_over(regs, (unsigned long)to))
		return -EFAULT;
	frame.uc.uc_mcontext.fpstate = fp ? &to->fpstate : NULL;
	if (copy_to_user(to, &frame, offsetof(struct rt_sigframe, fpstate)) ||
	    copy_to_user(to->retcode, call_rt_sigreturn, sizeof(call_rt_sigreturn)))
		return -EFAULT;
	enter_handler(regs, ksig, (unsigned long)to, (unsigned long)&to->info,
		      (unsigned long)&to->uc);
	return 0;
}

int setup_frame(const struct ksignal *ksig, sigset_t mask, struct pt_regs *regs)
{
	if (ksig->action.sa_flags & SA_SIGINFO)
		return setup_rt_frame(ksig, mask, regs);
	return setup_plain_frame(ksig, mask, regs);
}

/* --- taking one apart ------------------------------------------------------------------------- */

static void restore_fs_gs(const struct sigcontext *sc)
{
	struct thread_tls *tls = &current->thread.tls;

	local_irq_disable(); /* a switch would save what the CPU has now */
	tls->fs = (u16)sc->fs;
	tls->gs = (u16)sc->gs;
	load_tls(tls);
	local_irq_enable();
}

/* Only what a program may have anyway: ring 3's selectors, and the flags that are its own. */
static int restore_sigcontext(struct pt_regs *regs, const struct sigcontext *sc)
{
	*regs = (struct pt_regs){
		.ebx = sc->ebx,
		.ecx = sc->ecx,
		.edx = sc->edx,
		.esi = sc->esi,
		.edi = sc->edi,
		.ebp = sc->ebp,
		.eax = sc->eax,
		.ds = sc->ds & 0xFFFF,
		.es = sc->es & 0xFFFF,
		.eip = sc->eip,
		.cs = (sc->cs & 0xFFFF) | 3,
		.eflags = (regs->eflags & ~USER_EFLAGS) | (sc->eflags & USER_EFLAGS),
		.esp = sc->esp,
		.ss = (sc->ss & 0xFFFF) | 3,
	};
	restore_fs_gs(sc);
	return restore_fpstate(sc->fpstate);
}

/* A frame that cannot be read, or makes no sense: no handler of ours has made that. */
static long bad_frame(const struct pt_regs *regs)
{
	force_sigsegv(SIGSEGV, "sigreturn() finds no frame of a signal on its stack at");
	return syscall_result(regs);
}

long sys_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	/* pretcode and sig have been popped. */
	const struct sigframe __user *frame = (void *)(regs->esp - 8);
	struct sigcontext sc;
	u32 extramask;

	if (copy_from_user(&sc, &frame->sc, sizeof(sc)) || get_user(extramask, &frame->extramask))
		return bad_frame(regs);
	set_current_blocked(sc.oldmask | (sigset_t)extramask << 32);
	if (restore_sigcontext(regs, &sc))
		return bad_frame(regs);
	return syscall_result(regs);
}

long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	/* pretcode has been popped. */
	const struct rt_sigframe __user *frame = (void *)(regs->esp - 4);
	struct ucontext uc;

	if (copy_from_user(&uc, &frame->uc, sizeof(uc)))
		return bad_frame(regs);
	set_current_blocked(uc.uc_sigmask);
	if (restore_sigcontext(regs, &uc.uc_mcontext))
		return bad_frame(regs);
	set_altstack(&uc.uc_stack, regs->esp);
	return syscall_result(regs);
}
