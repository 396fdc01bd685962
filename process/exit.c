/*
 * How a thread ends: it says so to whoever waits, and gives up the CPU for good. What it stood on is
 * given back by the next thread, in finish_task_switch(). Condenses kernel/exit.c of Linux 2.6.
 */
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <process/exit.h>

static void check_may_exit(const struct task_struct *task)
{
	if (in_interrupt())
		panic("do_exit: an interrupt handler in %s/%d can not end", task->comm, task->pid);
	if (task->pid <= 1)
		panic("do_exit: %s/%d has ended: without it nothing goes on", task->comm,
		      task->pid);
}

__landmark void do_exit(long code)
{
	struct task_struct *task = current;

	check_may_exit(task);
	task->exit_code = code;
	complete(&task->exited);
	local_irq_disable(); /* preempted with that state, it would be buried alive */
	set_current_state(TASK_DEAD);
	schedule();
	BUG();
}
