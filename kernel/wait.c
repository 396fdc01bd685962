/*
 * Wait queues and completions: see <kernel/wait.h>.
 *
 * Exclusive entries stand behind the others, so that a wake-up can stop at the first of them that
 * really slept. Interrupt handlers wake, so q->lock is taken with interrupts off.
 * Condenses kernel/wait.c and the wake-ups of kernel/sched.c of Linux 2.6.
 */
#include <kernel/sched.h>

static void enqueue(wait_queue_head_t *q, wait_queue_t *wait, unsigned int flags)
{
	if (!list_empty(&wait->task_list))
		return;
	wait->flags = flags;
	if (flags & WQ_FLAG_EXCLUSIVE)
		list_add_tail(&wait->task_list, &q->task_list);
	else
		list_add(&wait->task_list, &q->task_list);
}

static void enqueue_locked(wait_queue_head_t *q, wait_queue_t *wait, unsigned int wq_flags)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	enqueue(q, wait, wq_flags);
	spin_unlock_irqrestore(&q->lock, flags);
}

void add_wait_queue(wait_queue_head_t *q, wait_queue_t *wait)
{
	enqueue_locked(q, wait, 0);
}

void add_wait_queue_exclusive(wait_queue_head_t *q, wait_queue_t *wait)
{
	enqueue_locked(q, wait, WQ_FLAG_EXCLUSIVE);
}

void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *wait)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	list_del_init(&wait->task_list);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* The state last: until then nobody who preempts us takes us for asleep. */
void prepare_to_wait(wait_queue_head_t *q, wait_queue_t *wait, int state)
{
	add_wait_queue(q, wait);
	set_current_state(state);
}

void prepare_to_wait_exclusive(wait_queue_head_t *q, wait_queue_t *wait, int state)
{
	add_wait_queue_exclusive(q, wait);
	set_current_state(state);
}

void finish_wait(wait_queue_head_t *q, wait_queue_t *wait)
{
	set_current_state(TASK_RUNNING);
	remove_wait_queue(q, wait);
}

void __wake_up(wait_queue_head_t *q, unsigned int mode, int nr_exclusive)
{
	wait_queue_t *wait;
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	list_for_each_entry (wait, &q->task_list, task_list) {
		if (!try_to_wake_up(wait->task, mode))
			continue;
		if ((wait->flags & WQ_FLAG_EXCLUSIVE) && !--nr_exclusive)
			break;
	}
	spin_unlock_irqrestore(&q->lock, flags);
}

void complete(struct completion *x)
{
	unsigned long flags;

	local_irq_save(flags);
	x->done++;
	local_irq_restore(flags);
	wake_up(&x->wait);
}

static bool take_completion(struct completion *x)
{
	unsigned long flags;
	bool happened;

	local_irq_save(flags);
	happened = x->done;
	x->done -= happened;
	local_irq_restore(flags);
	return happened;
}

__sched void wait_for_completion(struct completion *x)
{
	wait_event(x->wait, take_completion(x));
}
