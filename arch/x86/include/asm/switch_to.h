/*
 * From one thread to another: what the CPU leaves on a stack, and finds there when it comes back.
 *
 *      high   +----------------------+
 *             | ...                  |
 *             | schedule()'s frame   |
 *             | return address       |  \
 *             | frame pointer        |   | struct inactive_task_frame of <asm/ptrace.h>
 *             | what a call must keep|  /
 *    thread.sp+----------------------+      nothing below it is worth keeping
 */
#ifndef ASM_SWITCH_TO_H
#define ASM_SWITCH_TO_H

#include <lib/types.h>
#include <asm/layout.h>
#include <asm/tls.h>

struct task_struct;
struct expecter;
struct kernel_clone_args;
struct pt_regs;

/* What this architecture keeps of a thread. */
struct thread_struct {
	unsigned long sp;	    /* where switch_to() left its stack */
	struct expecter *expecting; /* the innermost expect_trap() it is in */

	/* Its last fault in ring 3, for the frame of the signal that comes of it. */
	unsigned long trap_nr, error_code, cr2;

	struct thread_tls tls;
	union i387_union
		*i387; /* FPU and SSE, while the CPU does not have them; NULL: never used */
};

/**
 * __switch_to - leave the stack of one thread for that of another
 * @prev_sp: where to keep the stack pointer; @next_sp: the one to take
 * @prev: handed on
 *
 * Returns, on the next thread's stack, the @prev of the call that switched to it now. That is
 * another one than it passed itself when it went, long ago. Interrupts off.
 */
struct task_struct *__switch_to(unsigned long *prev_sp, unsigned long next_sp,
				struct task_struct *prev);

#define switch_to(prev, next, last)                                                  \
	do {                                                                         \
		switch_user_state((prev), (next));                                   \
		(last) = __switch_to(&(prev)->thread.sp, (next)->thread.sp, (prev)); \
	} while (0)

/* What the CPU holds of a program beside the registers that are on the stack: @prev's for @next's. */
void switch_user_state(struct task_struct *prev, struct task_struct *next);

/**
 * copy_thread - lay out a new task's stack
 * @args: with fn it begins with start_kernel_thread(), and there is room for a struct pt_regs above,
 *        in case it ends up in ring 3; else with a copy of the caller's registers, but that the
 *        system call returns 0 there, on args->stack if that is not 0, with args->tls if CLONE_SETTLS
 *
 * Returns 0, or -EINVAL, -EPERM, -EFAULT for a bad args->tls, or -ENOMEM. Then nothing is taken.
 */
int copy_thread(struct task_struct *task, const struct kernel_clone_args *args);

/* Where ring 3's registers of a task lie, while it is in the kernel. */
#define task_pt_regs(task) ((struct pt_regs *)((char *)(task)->stack + THREAD_SIZE) - 1)

/* exec: nothing of the old program is left in FPU and TLS of the caller. */
void flush_thread(void);

/* Give back what copy_thread() took. @task is current, at its end, or has never run. */
void exit_thread(struct task_struct *task);

/* exec: the caller goes on in ring 3 at @ip, on the stack @sp, all other registers 0. */
void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp);

/* The address in the function that a thread sleeps in; 0 if it does not sleep. */
unsigned long get_wchan(struct task_struct *task);

#endif
