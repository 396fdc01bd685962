/*
 * What a handler finds on the program's stack, as x86_64 programs know it.
 *
 *      RSP -> pretcode    return address: sa_restorer, which calls rt_sigreturn()
 *             uc          the registers, mask, other stack       RDX
 *             info        why                                    RSI     (RDI: the signal)
 *             fpstate     FXSAVE's 512 bytes, on 16              uc.uc_mcontext.fpstate
 *             128 bytes   below RSP that the program may be using ("red zone")
 *
 * Condenses include/asm-x86_64/{sigcontext,ucontext}.h and arch/x86_64/kernel/signal.c of Linux 2.6.
 */
#ifndef SIGFRAME_H
#define SIGFRAME_H

#include <kernel/signal_types.h>
#include <asm/i387.h>

struct sigcontext {
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u64 rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
	u16 cs, gs, fs, ss;
	u64 err, trapno, oldmask, cr2;
	struct i387_fxsave_struct __user *fpstate; /* NULL: the program has never calculated */
	u64 reserved[8];
};

struct ucontext {
	u64 uc_flags;
	struct ucontext __user *uc_link;
	struct sigaltstack uc_stack;
	struct sigcontext uc_mcontext;
	sigset_t uc_sigmask;
};

struct rt_sigframe {
	const void __user *pretcode;
	struct ucontext uc;
	struct siginfo info;
};

#endif
