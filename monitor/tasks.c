/*
 * Commands about threads.
 *
 *      k896> ps
 *        PID  PPID  PGRP S PRE    RSS STACK                 COMM             WCHAN
 *          1     0     0 S   0      0 0xc1f3c000-0xc1f3e000 init             console_getc+0x5a/0x90
 *
 * RSS: memory that is mapped, in KB. A zombie has no stack any more. kill -PGRP ends a whole group.
 */
#include <lib/kernel.h>
#include <kernel/sched.h>
#include <mm/mm_types.h>
#include <monitor/monitor.h>
#include <asm/layout.h>
#include "tasks.h"

char task_state_letter(unsigned int state)
{
	switch (state) {
	case TASK_RUNNING:
		return 'R';
	case TASK_INTERRUPTIBLE:
		return 'S';
	case TASK_UNINTERRUPTIBLE:
		return 'D';
	case TASK_ZOMBIE:
		return 'Z';
	}
	return 'X';
}

static void show_task(struct task_struct *task)
{
	const char *low = task->stack;
	const unsigned long wchan = low ? get_wchan(task) : 0;
	const unsigned long rss = task->mm ? task->mm->rss << (PAGE_SHIFT - 10) : 0;

	monitor_printf("%5d %5d %5d %c %3d %6lu %p-%p %-*s ", task->pid, task->parent->pid,
		       task->pgrp, task_state_letter(task->state), task->thread_info.preempt_count,
		       rss, low, low ? low + THREAD_SIZE : NULL, TASK_COMM_LEN, task->comm);
	if (wchan)
		monitor_printf("%pS\n", (void *)wchan);
	else
		monitor_printf("-\n");
}

/* Preemption off: no thread ends meanwhile. Its own count shows that. */
static int run_ps(int argc __unused, char **argv __unused)
{
	struct task_struct *task;

	monitor_printf("  PID  PPID  PGRP S PRE    RSS STACK                 %-*s WCHAN\n",
		       TASK_COMM_LEN, "COMM");
	preempt_disable();
	for_each_process (task)
		show_task(task);
	preempt_enable();
	return 0;
}

static const struct monitor_command look_commands[] = {
	{ "ps", "", "tasks: parent, group, state, memory, stack, and where they sleep", 0, 0,
	  run_ps },
};
monitor_group(tasks_group, "look", look_commands);
