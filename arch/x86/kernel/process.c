/*
 * Threads, as far as they concern this CPU: the stack of a new one, what is changed at a switch beside
 * the stack, and what a sleeping one's stack tells.
 *
 *      stack + THREAD_SIZE   +----------------------------+   sp0 of the TSS
 *                            | struct pt_regs             |   ring 3's; of a kernel thread: unused
 *      task_pt_regs(task)    +----------------------------+
 *                            | struct inactive_task_frame |   leads to ret_from_fork, or to
 *      thread.sp             +----------------------------+   ret_from_kernel_thread
 *
 * Condenses arch/i386/kernel/process.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/sched.h>
#include <process/exit.h>
#include <process/fork.h>
#include <asm/desc.h>
#include <asm/i387.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>
#include <asm/stack.h>

/* entry.asm */
extern const char ret_from_fork[], ret_from_kernel_thread[];
void start_kernel_thread(struct task_struct *prev);

/* @bp is 0 there: where backtraces end. */
static void begin_at(struct task_struct *task, const char *code)
{
	struct inactive_task_frame *frame = (void *)task_pt_regs(task);

	*--frame = (struct inactive_task_frame){ .return_address = (unsigned long)code };
	task->thread.sp = (unsigned long)frame;
}

static int copy_tls(struct task_struct *task, const struct kernel_clone_args *args)
{
	save_tls(&current->thread.tls);
	task->thread.tls = current->thread.tls;
	return args->flags & CLONE_SETTLS ? set_tls(&task->thread.tls, args->tls) : 0;
}

int copy_thread(struct task_struct *task, const struct kernel_clone_args *args)
{
	struct pt_regs *regs = task_pt_regs(task);

	if (args->fn) {
		memset(regs, 0, sizeof(*regs));
		begin_at(task, ret_from_kernel_thread);
		return 0;
	}
	*regs = *task_pt_regs(current);
	set_syscall_result(regs, 0);
	leave_syscall(regs);
	if (args->stack)
		set_user_stack_pointer(regs, args->stack);
	begin_at(task, ret_from_fork);
	return copy_tls(task, args) ?: copy_fpu(task);
}

void flush_thread(void)
{
	struct thread_struct *thread = &current->thread;

	memset(&thread->tls, 0, sizeof(thread->tls));
	load_tls(&thread->tls);
	drop_fpu(current);
}

void exit_thread(struct task_struct *task)
{
	drop_fpu(task);
}

/*
 * The first C function of every kernel thread; @prev ran before it. One that has become a program
 * meanwhile returns, to start it.
 */
void start_kernel_thread(struct task_struct *prev)
{
	long code = -EINTR;

	schedule_tail(prev);
	if (!current->should_stop)
		code = current->fn(current->arg);
	if (!current->mm)
		do_exit(code);
}

/* A kernel thread uses none of it, so that the program's stays until another program's turn. */
void switch_user_state(struct task_struct *prev, struct task_struct *next)
{
	if (prev->thread_info.flags & _TIF_USEDFPU)
		save_fpu(prev);
	if (prev->mm)
		save_tls(&prev->thread.tls);
	if (next->mm)
		load_tls(&next->thread.tls);
	load_sp0((unsigned long)next->stack + THREAD_SIZE);
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
