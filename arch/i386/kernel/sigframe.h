/*
 * What a handler finds on the program's stack, as i386 programs know it since Linux 2.0.
 *
 *      handler without SA_SIGINFO              with
 *      ESP -> pretcode   return address        ESP -> pretcode
 *             sig        argument 1                   sig
 *             sc         the registers                pinfo --> info
 *             fpstate    and the FPU's                puc   --> uc  (registers, mask, other stack)
 *             extramask                               info, uc, fpstate
 *             retcode    code that calls              retcode
 *                        sigreturn()
 *
 * Condenses include/asm-i386/{sigcontext,ucontext}.h and arch/i386/kernel/sigframe.h of Linux 2.6.
 */
#ifndef SIGFRAME_H
#define SIGFRAME_H

#include <kernel/signal_types.h>
#include <asm/i387.h>

/* FNSAVE's registers, and FXSAVE's behind them where there are such. */
struct fpstate {
	struct i387_fsave_struct fsave;
	u16 status, magic;
	struct i387_fxsave_struct fxsave;
};
#define FPSTATE_FXSR_MAGIC 0x0000 /* .fxsave is there */
#define FPSTATE_NO_FXSR	   0xFFFF

struct sigcontext {
	u32 gs, fs, es, ds;
	u32 edi, esi, ebp, esp, ebx, edx, ecx, eax;
	u32 trapno, err;
	u32 eip, cs, eflags, esp_at_signal, ss;
	struct fpstate __user *fpstate; /* NULL: the program has never calculated */
	u32 oldmask, cr2;
};

struct ucontext {
	u32 uc_flags;
	struct ucontext __user *uc_link;
	struct sigaltstack uc_stack;
	struct sigcontext uc_mcontext;
	sigset_t uc_sigmask;
};

struct sigframe {
	const void __user *pretcode;
	int sig;
	struct sigcontext sc;
	struct fpstate fpstate;
	u32 extramask; /* signals 33 to 64; the others are in sc.oldmask */
	u8 retcode[8];
};

struct rt_sigframe {
	const void __user *pretcode;
	int sig;
	struct siginfo __user *pinfo;
	struct ucontext __user *puc;
	struct siginfo info;
	struct ucontext uc;
	struct fpstate fpstate;
	u8 retcode[8];
};

/**
 * save_fpstate - FPU and SSE of the current program into a frame
 *
 * Returns 1, 0 if it has never calculated, -EFAULT.
 */
int save_fpstate(struct fpstate __user *to);

/* And back; NULL: it has never calculated. 0, -EFAULT, -ENOMEM. */
int restore_fpstate(const struct fpstate __user *from);

/* A handler without SA_SIGINFO has returned. */
long sys_sigreturn(void);

/* rt_sigaction() of 32 signals. */
struct old_sigaction;
long sys_sigaction(int sig, const struct old_sigaction __user *action,
		   struct old_sigaction __user *old_action);

#endif
