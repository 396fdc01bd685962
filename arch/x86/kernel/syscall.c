/*
 * The system call that is none. Condenses sys_ni_syscall() of Linux 2.6.
 */
#include <lib/bitmap.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <asm/ptrace.h>
#include <asm/syscall.h>

#define NR_TOLD 1024 /* more than there are in Linux; what lies beyond is told of once */

/* Each number is told of once: who asks for what is not there asks often. */
long sys_ni_syscall(void)
{
	static DECLARE_BITMAP(told, NR_TOLD);
	const unsigned long nr = (unsigned long)syscall_number(task_pt_regs(current));

	if (!__test_and_set_bit(min(nr, NR_TOLD - 1UL), told))
		pr_debug("%s[%d]: unknown system call %lu\n", current->comm, current->pid, nr);
	return -ENOSYS;
}
