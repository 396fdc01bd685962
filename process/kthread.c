/*
 * Kernel threads by name, and stopping them: see <process/kthread.h>. Condenses kernel/kthread.c of
 * Linux 2.6. Left out: kthreadd, a thread that makes all others so that they inherit nothing; ours
 * have nothing to inherit.
 */
#include <stdarg.h>
#include <lib/err.h>
#include <lib/printf.h>
#include <process/fork.h>
#include <process/kthread.h>

__landmark struct task_struct *kthread_create(int (*fn)(void *), void *data, const char *namefmt,
					      ...)
{
	const struct kernel_clone_args clone = {
		.exit_signal = EXIT_AUTOREAP,
		.fn = fn,
		.arg = data,
	};
	struct task_struct *task = copy_process(&clone);
	va_list args;

	if (IS_ERR(task))
		return NULL;
	va_start(args, namefmt);
	vsnprintf(task->comm, sizeof(task->comm), namefmt, args);
	va_end(args);
	return task;
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
