/*
 * When no frame is left: the process that has most of them is ended.
 *
 *      page fault --> alloc_page(): NULL --> VM_FAULT_OOM --> pagefault_out_of_memory()
 *                                                               out_of_memory(): SIGKILL to the fattest
 *                                                               wait a little, fault again
 *
 * Only page faults come here: a system call that gets no memory returns -ENOMEM. Condenses
 * include/linux/oom.h.
 */
#ifndef MM_OOM_H
#define MM_OOM_H

#include <kernel/sched.h>

/**
 * oom_badness - how much would be had by ending a task?
 *
 * Returns frames and page tables of its own, 0 for a task that must not be ended: a kernel thread,
 * or one that has ended already. Preemption off.
 */
unsigned long oom_badness(const struct task_struct *task);

/* The task to end; pid 1 only if there is no other; NULL: none at all. Preemption off. */
struct task_struct *select_bad_process(void);

/**
 * out_of_memory - see to it that memory comes back
 *
 * Ends a process, unless one that was told to end is still at it. Panics if there is nobody to end.
 * Never sleeps.
 */
void out_of_memory(void);

/* A fault got no frame; the caller lets it happen again. Sleeps a tick. No locks. */
void pagefault_out_of_memory(void);

#endif
