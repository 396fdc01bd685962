/*
 * The part of a thread that entry.asm and the shortest inline functions look at.
 *
 *      current_task[cpu] --> struct task_struct
 *                            [ struct thread_info | all the rest ]
 *
 * The classic kernel kept it at the low end of the stack, where an overflow wrote over it first; so
 * it lies in front of the task_struct, as in Linux since 4.9. Condenses include/linux/thread_info.h.
 */
#ifndef KERNEL_THREAD_INFO_H
#define KERNEL_THREAD_INFO_H

#include <lib/compiler.h>
#include <lib/types.h>
#include <kernel/percpu.h>

struct task_struct;

struct thread_info {
	unsigned long flags; /* _TIF_ bits */
	int preempt_count;   /* 0: may be preempted; see <kernel/preempt.h> */
#ifdef CONFIG_DEBUG
	unsigned long preempt_disabled_at; /* the code that took preempt_count from 0 */
#endif
};

#define _TIF_NEED_RESCHED 0x1UL /* schedule() is due */
#define _TIF_SIGPENDING	  0x2UL /* a signal is to be taken */
#define _TIF_USEDFPU	  0x4UL /* the FPU holds this thread's registers */
#define _TIF_MEMDIE	  0x8UL /* the OOM killer's choice: may use the last reserves */

/* What is seen to before a return to ring 3. */
#define _TIF_WORK_MASK (_TIF_NEED_RESCHED | _TIF_SIGPENDING)

/* The thread that each CPU runs; valid from the first instruction in C. */
extern struct task_struct *current_task[NR_CPUS];

/* The thread that asks. */
#define current (*this_cpu_ptr(current_task))

static __always_inline struct thread_info *current_thread_info(void)
{
	return (struct thread_info *)current;
}

static __always_inline bool need_resched(void)
{
	return READ_ONCE(current_thread_info()->flags) & _TIF_NEED_RESCHED;
}

#endif
