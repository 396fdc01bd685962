/*
 * Process groups and sessions: programs that belong together, so that one key or one kill() ends all.
 *
 *      session 0    group 0   the kernel's threads, the monitor among them
 *                   group 5   exec /bin/a: 5 and its children 6, 7     Ctrl-C, if it is in front
 *                   group 8   exec /bin/b &: 8                         kill -8
 *      session 9    group 9   9, a child of 8 that called setsid()
 *
 * fork() leaves a child where its parent is; setpgid() moves a process to a group of its session, or
 * founds one; setsid() founds both. Whoever founded one is its leader, and its number is the
 * leader's. Rows of sys_call_table lead here; all is guarded by tasklist_lock. Condenses the calls
 * in kernel/sys.c of Linux 2.6. Left out: controlling terminals (drivers/tty.c knows one group that is
 * in front), orphaned groups.
 */
#include <lib/errno.h>
#include <process/fork.h>
#include <process/syscalls.h>

static bool is_group_of(pid_t pgrp, pid_t session)
{
	const struct task_struct *task;

	for_each_process (task)
		if (task->pgrp == pgrp && task->session == session)
			return true;
	return false;
}

static bool is_group(pid_t pgrp)
{
	const struct task_struct *task;

	for_each_process (task)
		if (task->pgrp == pgrp)
			return true;
	return false;
}

/* Only oneself, or a child that has not become another program yet. @task: NULL, there is none. */
static int may_move(const struct task_struct *task)
{
	if (!task || (task != current && task->parent != current))
		return -ESRCH;
	if (task != current && task->session != current->session)
		return -EPERM;
	if (task != current && task->did_exec)
		return -EACCES;
	return task->session == task->pid ? -EPERM : 0;
}

long sys_setpgid(int pid, int pgid)
{
	struct task_struct *task;
	int err;

	if (pgid < 0)
		return -EINVAL;
	spin_lock(&tasklist_lock);
	task = pid ? find_task_by_pid(pid) : current;
	err = may_move(task);
	if (!err && pgid && pgid != task->pid && !is_group_of(pgid, current->session))
		err = -EPERM;
	if (!err)
		task->pgrp = pgid ? pgid : task->pid;
	spin_unlock(&tasklist_lock);
	return err;
}

long sys_setsid(void)
{
	long result = -EPERM;

	spin_lock(&tasklist_lock);
	if (!is_group(current->pid))
		result = current->pgrp = current->session = current->pid;
	spin_unlock(&tasklist_lock);
	return result;
}

long sys_getpgid(int pid)
{
	const struct task_struct *task;
	long result;

	spin_lock(&tasklist_lock);
	task = pid ? find_task_by_pid(pid) : current;
	result = task ? task->pgrp : -ESRCH;
	spin_unlock(&tasklist_lock);
	return result;
}

long sys_getpgrp(void)
{
	return current->pgrp;
}

long sys_getsid(int pid)
{
	const struct task_struct *task;
	long result;

	spin_lock(&tasklist_lock);
	task = pid ? find_task_by_pid(pid) : current;
	result = task ? task->session : -ESRCH;
	spin_unlock(&tasklist_lock);
	return result;
}
