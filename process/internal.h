/* What the files of process/ share, and nobody else needs. */
#ifndef PROCESS_INTERNAL_H
#define PROCESS_INTERNAL_H

#include <kernel/sched.h>

/* --- pid.c: tasklist_lock is held ---------------------------------------------------------------- */

void pidmap_init(void);

/* A number, and a place in the list of all tasks. 0 or -EAGAIN: there is no number left. */
int attach_pid(struct task_struct *task);
void detach_pid(struct task_struct *task);

/* --- fork.c ------------------------------------------------------------------------------------- */

/* Default actions, nothing blocked; what a process starts with. 0 or -ENOMEM. */
int alloc_sighand(struct task_struct *task);

/*
 * Address space, files, signals: what a task gives up before it ends, or before it ever ran. Does
 * nothing for what it has not. May sleep.
 */
void exit_resources(struct task_struct *task);

/* release_task() with tasklist_lock held. */
void __release_task(struct task_struct *task);

/* --- itimer.c ----------------------------------------------------------------------------------- */

/* real_timer's function; @data: the task. */
void it_real_fn(unsigned long data);

#endif
