/*
 * Threads, as far as they concern this CPU: the stack of a new one, and what a sleeping one's stack
 * tells. Condenses arch/i386/kernel/process.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <kernel/sched.h>
#include <process/exit.h>
#include <process/fork.h>
#include <asm/ptrace.h>
#include <asm/stack.h>

extern const char ret_from_kernel_thread[];
void start_kernel_thread(struct task_struct *prev) __noreturn;

/* @bp is 0 there: where backtraces end. */
int copy_thread(struct task_struct *task, const struct kernel_clone_args *args __unused)
{
	char *top = (char *)task->stack + THREAD_SIZE;
	struct inactive_task_frame *frame = (struct inactive_task_frame *)top - 1;

	*frame = (struct inactive_task_frame){
		.return_address = (unsigned long)ret_from_kernel_thread,
	};
	task->thread.sp = (unsigned long)frame;
	return 0;
}

/* The first C function of every kernel thread; @prev ran before it. */
void start_kernel_thread(struct task_struct *prev)
{
	schedule_tail(prev);
	do_exit(current->should_stop ? -EINTR : current->fn(current->arg));
}

unsigned long get_wchan(struct task_struct *task)
{
	const struct inactive_task_frame *inactive;
	const struct stack_frame *frame;

	if (task == current || task->state == TASK_RUNNING)
		return 0;
	inactive = (const struct inactive_task_frame *)task->thread.sp;
	for (frame = first_frame(inactive->bp); frame; frame = next_frame(frame))
		if (!in_sched_functions(frame->return_address))
			return frame->return_address;
	return 0;
}
