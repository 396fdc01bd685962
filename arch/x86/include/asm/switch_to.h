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

struct task_struct;
struct expecter;

/* What this architecture keeps of a thread. */
struct thread_struct {
	unsigned long sp;	    /* where switch_to() left its stack */
	struct expecter *expecting; /* the innermost expect_trap() it is in */
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

#define switch_to(prev, next, last) \
	((last) = __switch_to(&(prev)->thread.sp, (next)->thread.sp, (prev)))

/* Lay out a new thread's stack so that it begins with start_kernel_thread(). */
void copy_thread(struct task_struct *task);

/* The address in the function that a thread sleeps in; 0 if it does not sleep. */
unsigned long get_wchan(struct task_struct *task);

#endif
