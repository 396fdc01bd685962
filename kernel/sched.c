/*
 * The scheduler: see the figure in <kernel/sched.h>.
 *
 *      queue    [ running now ]--[ next ]--[ ... ]--[ woken last ]        empty: the idle thread
 *
 *      scheduler_tick(), wake_up_process()      set _TIF_NEED_RESCHED, no more
 *      entry.asm after an interrupt, preempt_enable(), schedule()         do it
 *
 * The queue is guarded by interrupts off. Threads are made and buried in process/, which lies below
 * and lends each its release() and free(). Condenses kernel/sched.c of Linux 2.6.
 */
#include <lib/string.h>
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <asm/mmu_context.h>
#include <asm/stack.h>
#include <asm/uaccess.h>

static struct rq {
	struct list_head queue;
	unsigned int nr_running;
} runqueues[NR_CPUS] = { { .queue = { &runqueues[0].queue, &runqueues[0].queue } } };

struct list_head task_list = { &init_task.tasks, &init_task.tasks };

struct task_struct init_task = {
	.state = TASK_RUNNING,
	.comm = "swapper",
	.usage = ATOMIC_INIT(1),
	.run_list = { &init_task.run_list, &init_task.run_list },
	.tasks = { &task_list, &task_list },
	.stack = init_stack,
};

struct task_struct *current_task[NR_CPUS] = { &init_task };

enum system_states system_state;

static struct schedule_check *schedule_checks;

void set_task_comm(struct task_struct *task, const char *comm)
{
	strscpy(task->comm, comm, sizeof(task->comm));
}

unsigned int nr_running(void)
{
	return this_cpu_ptr(runqueues)->nr_running;
}

/* --- reports ---------------------------------------------------------------------------------- */

#define NR_PLACES 32 /* callers of might_sleep() that are remembered */

void register_schedule_check(struct schedule_check *check)
{
	check->next = schedule_checks;
	schedule_checks = check;
}

/* "init/1, preempt_count 0x00000001, preemption off since foo+0x12/0x80" */
static void show_what_holds(void)
{
	pr_cont("%s/%d, preempt_count 0x%08x, interrupts %s", current->comm, current->pid,
		(unsigned int)preempt_count(), irqs_disabled() ? "off" : "on");
#ifdef CONFIG_DEBUG
	if (in_atomic())
		pr_cont(", preemption off since %pS",
			(void *)current_thread_info()->preempt_disabled_at);
#endif
	pr_cont("\n");
	if (machine_ops.dump_stack)
		machine_ops.dump_stack();
}

/* Is it the first time, among the last so many, that @function is called from @caller? */
static bool new_place(const char *function, unsigned long caller)
{
	static struct {
		const char *function;
		unsigned long caller;
	} places[NR_PLACES];
	static unsigned int next;

	for (unsigned int i = 0; i < NR_PLACES; i++)
		if (places[i].function == function && places[i].caller == caller)
			return false;
	places[next].function = function;
	places[next].caller = caller;
	next = (next + 1) % NR_PLACES;
	return true;
}

void __might_sleep(const char *function, unsigned long caller)
{
	unsigned long flags;
	bool say;

	if (system_state == SYSTEM_BOOTING)
		return;
	local_irq_save(flags);
	say = new_place(function, caller);
	local_irq_restore(flags);
	if (!say)
		return;
	pr_err("%s: called from %pS where sleeping is not allowed: ", function, (void *)caller);
	show_what_holds();
}

/* What must not be so when @prev gives up the CPU of its own will. */
static void schedule_debug(struct task_struct *prev)
{
	if (prev->state != TASK_RUNNING && prev == &init_task)
		panic("the idle thread wants to sleep: nobody would be left to run");
	for (struct schedule_check *check = schedule_checks; check; check = check->next)
		check->check(prev);
	if (likely(!in_atomic()))
		return;
	pr_err("scheduling while atomic: ");
	show_what_holds();
}

/* --- the queue -------------------------------------------------------------------------------- */

static void set_need_resched(void)
{
	current_thread_info()->flags |= _TIF_NEED_RESCHED;
}

/* The first in the queue that a kernel thread goes before. */
static struct list_head *first_program(struct rq *rq)
{
	struct task_struct *task;

	list_for_each_entry (task, &rq->queue, run_list)
		if (task->mm)
			return &task->run_list;
	return &rq->queue;
}

static void activate_task(struct task_struct *task)
{
	struct rq *rq = this_cpu_ptr(runqueues);

	list_add_tail(&task->run_list, task->mm ? &rq->queue : first_program(rq));
	rq->nr_running++;
	if (current == &init_task || (current->mm && !task->mm))
		set_need_resched();
}

/* Its time is over: a program goes last, a kernel thread lets one program have its turn. */
static void requeue_task(struct rq *rq, struct task_struct *task)
{
	struct list_head *program = first_program(rq);
	const bool last = task->mm || program == &rq->queue;

	list_move_tail(&task->run_list, last ? &rq->queue : program->next);
}

static void deactivate_task(struct task_struct *task)
{
	list_del_init(&task->run_list);
	this_cpu_ptr(runqueues)->nr_running--;
}

bool try_to_wake_up(struct task_struct *task, unsigned int mode)
{
	unsigned long flags;
	bool woken;

	local_irq_save(flags);
	woken = task->state & mode;
	if (woken)
		task->state = TASK_RUNNING;
	/* Still in the queue if it was preempted on its way to sleep. */
	if (woken && list_empty(&task->run_list))
		activate_task(task);
	local_irq_restore(flags);
	return woken;
}

bool wake_up_process(struct task_struct *task)
{
	return try_to_wake_up(task, TASK_NORMAL);
}

void scheduler_tick(void)
{
	if (current == &init_task || --current->time_slice)
		return;
	current->time_slice = RR_TIMESLICE;
	set_need_resched();
}

/* --- switching -------------------------------------------------------------------------------- */

static struct task_struct *pick_next_task(struct rq *rq)
{
	if (list_empty(&rq->queue))
		return &init_task;
	return list_first_entry(&rq->queue, struct task_struct, run_list);
}

/* Interrupts off: its stack can be given back only now that nobody stands on it. */
static void bury(struct task_struct *dead)
{
	preempt_disable();
	local_irq_enable();
	dead->release(dead);
	local_irq_disable();
	preempt_enable_no_resched();
}

/* The other half of a switch, on the new thread's stack. */
static void finish_task_switch(struct task_struct *prev)
{
	if (unlikely(prev->state & (TASK_ZOMBIE | TASK_DEAD)))
		bury(prev);
}

static void context_switch(struct task_struct *prev, struct task_struct *next)
{
	next->time_slice = RR_TIMESLICE;
	switch_mm(next->mm);
	*this_cpu_ptr(current_task) = next;
	switch_to(prev, next, prev);
	finish_task_switch(prev);
}

/* A thread that was preempted on its way to sleep runs on, and goes to sleep by itself. */
__sched static void __schedule(bool preempted)
{
	struct rq *rq = this_cpu_ptr(runqueues);
	struct task_struct *prev = current, *next;
	unsigned long flags;

	local_irq_save(flags);
	prev->thread_info.flags &= ~_TIF_NEED_RESCHED;
	if (prev->state != TASK_RUNNING && !preempted)
		deactivate_task(prev);
	else if (prev != &init_task)
		requeue_task(rq, prev);
	next = pick_next_task(rq);
	if (next != prev)
		context_switch(prev, next);
	local_irq_restore(flags);
}

__sched __landmark void schedule(void)
{
	schedule_debug(current);
	__schedule(false);
}

__sched void preempt_schedule_irq(void)
{
	__schedule(true);
}

__sched void preempt_schedule(void)
{
	if (preemptible())
		__schedule(true);
}

__sched void yield(void)
{
	set_current_state(TASK_RUNNING);
	schedule();
}

__sched bool cond_resched(void)
{
	if (!need_resched() || !preemptible())
		return false;
	schedule();
	return true;
}

void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	local_irq_enable();
	if (current->set_child_tid)
		put_user(current->pid, current->set_child_tid);
}

void cpu_idle(void)
{
	for (;;) {
		local_irq_disable();
		if (!need_resched())
			safe_halt();
		local_irq_enable();
		if (need_resched())
			schedule();
	}
}

bool in_sched_functions(unsigned long addr)
{
	extern const char __sched_text_start[], __sched_text_end[];

	return addr >= (unsigned long)__sched_text_start && addr < (unsigned long)__sched_text_end;
}
