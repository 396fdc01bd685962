/*
 * The registers of the FPU and of SSE, of which the CPU has one set and each program its own.
 *
 *      CR0.TS set      the CPU's are somebody else's; the first instruction that wants them is #NM
 *        #NM           math_state_restore(): this thread's come in, TS off, _TIF_USEDFPU
 *        switch_to()   save_fpu(): if _TIF_USEDFPU, save them, TS on
 *
 * So a program that does not calculate costs nothing, and kernel threads never do: the kernel itself
 * is compiled without. Condenses include/asm-i386/i387.h of Linux 2.6.
 */
#ifndef ASM_I387_H
#define ASM_I387_H

#include <lib/compiler.h>
#include <lib/types.h>

/* As FNSAVE writes it, on CPUs that have nothing better. Intel SDM vol. 1, figure 8-9. */
struct i387_fsave_struct {
	u32 cwd, swd, twd; /* control, status, tags */
	u32 fip, fcs, foo, fos;
	u32 st_space[20]; /* 8 registers of 10 bytes */
};

/* As FXSAVE does, where i386 and x86_64 number FIP and FOP in different ways. Vol. 1, table 10-2. */
struct i387_fxsave_struct {
	u16 cwd, swd, twd, fop;
	u32 fip, fcs, foo, fos;
	u32 mxcsr, mxcsr_mask;
	u32 st_space[32];  /* 8 registers of 16 bytes */
	u32 xmm_space[64]; /* 16 of 16 bytes, of which i386 has 8 */
	u32 padding[24];
};

struct task_struct;

union i387_union {
	struct i387_fsave_struct fsave;
	struct i387_fxsave_struct fxsave;
} __aligned(16);

/* Look what there is, and set CR0 and CR4 for it. Once, by trap_init(). */
void fpu_init(void);

/* #NM: @current wants to calculate. Called with interrupts on, for it may take memory. */
void math_state_restore(void);

/* Into the memory of a thread with _TIF_USEDFPU, whose they are. Interrupts off. */
void save_fpu(struct task_struct *task);

/**
 * fpu_state - the registers of the current thread, in memory
 *
 * Saved there and no longer in the CPU, so that they may be read and written.
 *
 * Returns NULL where it has never calculated.
 */
union i387_union *fpu_state(void);

/* The same, but that it has registers, fresh ones, afterwards. NULL: no memory, or no FPU. */
union i387_union *make_fpu_state(void);

/* From a signal's frame, whatever a program made of it, into what FXRSTOR takes. 0 or -EFAULT. */
int fxsave_from_user(struct i387_fxsave_struct *to, const struct i387_fxsave_struct __user *from);

/* fork: @child gets a copy of the caller's. 0 or -ENOMEM. */
int copy_fpu(struct task_struct *child);

/* exec, and the end of a task: it has never calculated. */
void drop_fpu(struct task_struct *task);

/* #MF, #XM: which of the exceptions that are not masked it was, as si_code. */
int math_error_code(unsigned long vector);

#endif
