/*
 * Kernel threads by name, and stopping them: see <process/kthread.h>. Condenses kernel/kthread.c of
 * Linux 2.6. Left out: kthreadd, a thread that makes all others so that they inherit nothing; ours
 * have nothing to inherit.
 */
#include <stdarg.h>
#include <lib/printf.h>
#include <process/fork.h>
#include <process/kthread.h>

__landmark struct task_struct *kthread_create(int (*fn)(void *), void *data, const char *namefmt,
					      ...)
{
	char comm[TASK_COMM_LEN];
	va_list args;

	va_start(args, namefmt);
	vsnprintf(comm, sizeof(comm), namefmt, args);
	va_end(args);
	return copy_process(fn, data, comm);
}

__landmark int kthread_stop(struct task_struct *task)
{
	int code;

	get_task_struct(task);
	task->should_stop = true;
	wake_up_process(task);
	wait_for_completion(&task->exited);
	code = (int)task->exit_code;
	put_task_struct(task);
	return code;
}

bool kthread_should_stop(void)
{
	return READ_ONCE(current->should_stop);
}
