/*
 * The system call that is none. Condenses sys_ni_syscall() of Linux 2.6.
 */
#include <lib/errno.h>
#include <kernel/printk.h>
#include <kernel/ratelimit.h>
#include <kernel/sched.h>
#include <asm/ptrace.h>
#include <asm/syscall.h>

long sys_ni_syscall(void)
{
	static struct ratelimit_state limit = RATELIMIT_STATE_INIT;

	if (__ratelimit(&limit))
		pr_debug("%s[%d]: unknown system call %ld\n", current->comm, current->pid,
			 syscall_number(task_pt_regs(current)));
	return -ENOSYS;
}
