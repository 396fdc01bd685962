/*
 * Numbers of tasks, and the list of all of them.
 *
 *      pidmap     1 1 1 0 1 0 0 0 ...      a bit for each number that is taken
 *      task_list  [swapper 0]--[init 1]--[2]--[4]
 *
 * Called by fork.c and exit.c; everything here is guarded by tasklist_lock. Condenses kernel/pid.c of
 * Linux 2.6. Left out: the hash of numbers; the few tasks there are are found by walking the list.
 */
#include <lib/bitmap.h>
#include <lib/errno.h>
#include <process/fork.h>
#include "internal.h"

DEFINE_SPINLOCK(tasklist_lock);

static DECLARE_BITMAP(pidmap, PID_MAX);
static pid_t last_pid;
static unsigned int nr_tasks;

/* A group, or a session, may outlive the task whose number it has: kill(-pid) means that group. */
static bool names_a_group(unsigned long pid)
{
	const struct task_struct *task;

	for_each_process (task) {
		if (task->pgrp == (pid_t)pid || task->session == (pid_t)pid)
			return true;
	}
	return false;
}

static unsigned long next_free_pid(unsigned long pid)
{
	do {
		pid = find_next_zero_bit(pidmap, PID_MAX, pid + 1);
	} while (pid < PID_MAX && names_a_group(pid));
	return pid;
}

/* The next one upwards, so that a number is not used again soon; then from the start. -1: none. */
static pid_t alloc_pid(void)
{
	unsigned long pid = next_free_pid((unsigned long)last_pid);

	if (pid == PID_MAX)
		pid = next_free_pid(0);
	if (pid == PID_MAX)
		return -1;
	__set_bit(pid, pidmap);
	last_pid = (pid_t)pid;
	return last_pid;
}

int attach_pid(struct task_struct *task)
{
	task->pid = alloc_pid();
	if (task->pid < 0)
		return -EAGAIN;
	list_add_tail(&task->tasks, &task_list);
	nr_tasks++;
	return 0;
}

void detach_pid(struct task_struct *task)
{
	list_del(&task->tasks);
	__clear_bit((unsigned long)task->pid, pidmap);
	nr_tasks--;
}

struct task_struct *find_task_by_pid(pid_t pid)
{
	struct task_struct *task;

	for_each_process (task)
		if (task->pid == pid)
			return task;
	return NULL;
}

unsigned int nr_threads(void)
{
	return nr_tasks;
}

void pidmap_init(void)
{
	__set_bit(0, pidmap);
	nr_tasks = 1;
}
