/*
 * The out-of-memory killer: see the figure in <mm/oom.h>.
 *
 *      chosen      SIGKILL and _TIF_MEMDIE: it may use the last frames, below all watermarks, on its
 *                  way out, for its end gives back far more
 *      OOM_PATIENCE later, if it is still there (it may wait for a lock of ours): another one
 *
 * do_page_fault() calls in here; it walks the list of tasks and sends signals. Condenses
 * mm/oom_kill.c of Linux 2.6. Left out: scores that the user adjusts, and a task's age.
 */
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/signal.h>
#include <mm/mm_types.h>
#include <mm/oom.h>

#define OOM_PATIENCE (2 * HZ)

static unsigned long last_kill; /* in jiffies */

static bool has_ended(const struct task_struct *task)
{
	return task->state & (TASK_ZOMBIE | TASK_DEAD);
}

static bool is_chosen(const struct task_struct *task)
{
	return task->thread_info.flags & _TIF_MEMDIE;
}

unsigned long oom_badness(const struct task_struct *task)
{
	if (!task->mm || has_ended(task) || is_chosen(task))
		return 0;
	return task->mm->rss + task->mm->nr_ptes + 1;
}

/* Without pid 1 nothing goes on. It is better than nobody, though. */
static unsigned long preference(const struct task_struct *task)
{
	return task->pid == 1 ? !!oom_badness(task) : oom_badness(task);
}

struct task_struct *select_bad_process(void)
{
	struct task_struct *task, *worst = NULL;

	for_each_process (task)
		if (preference(task) > (worst ? preference(worst) : 0))
			worst = task;
	return worst;
}

static bool somebody_is_dying(void)
{
	const struct task_struct *task;

	if (time_after(jiffies, last_kill + OOM_PATIENCE))
		return false;
	for_each_process (task)
		if (is_chosen(task) && !has_ended(task))
			return true;
	return false;
}

/* Memory comes back only when the last one that shares it has ended. */
static void oom_kill_process(struct task_struct *victim)
{
	const struct mm_struct *mm = victim->mm;
	struct task_struct *task;

	pr_err("Out of memory: killed process %d (%s), %lu kB of its own\n", victim->pid,
	       victim->comm, (mm->rss + mm->nr_ptes) << (PAGE_SHIFT - 10));
	for_each_process (task) {
		if (task->mm != mm)
			continue;
		task->thread_info.flags |= _TIF_MEMDIE;
		send_sig(SIGKILL, task);
	}
	last_kill = jiffies;
}

void out_of_memory(void)
{
	struct task_struct *victim;

	preempt_disable();
	if (!somebody_is_dying()) {
		victim = select_bad_process();
		if (!victim)
			panic("out_of_memory: no frame is left, and no process to end");
		oom_kill_process(victim);
	}
	preempt_enable();
}

void pagefault_out_of_memory(void)
{
	out_of_memory();
	if (fatal_signal_pending(current))
		return;
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(1);
}
