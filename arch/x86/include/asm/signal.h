/*
 * Between arch/x86/kernel/signal.c, which decides, and arch/.../kernel/signal.c, which knows how a frame
 * looks.
 */
#ifndef ASM_SIGNAL_H
#define ASM_SIGNAL_H

#include <kernel/signal_types.h>
#include <asm/irqflags.h>

struct ksignal;
struct pt_regs;

/* The flags that a program may set: CF PF AF ZF SF TF DF OF RF AC. */
#define USER_EFLAGS (0x000008D5UL | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_RF | X86_EFLAGS_AC)

/**
 * setup_frame - put the program's registers onto its stack, and its handler into their place
 * @mask: what was blocked before
 *
 * Returns 0, or -EFAULT; then nothing of @regs is changed.
 */
int setup_frame(const struct ksignal *ksig, sigset_t mask, struct pt_regs *regs);

#endif
