/*
 * Ticks and timers: see the figure in <kernel/timer.h>.
 *
 *      PIT -> IRQ 0 -> timer_tick() -> jiffies, the timers that are due, scheduler_tick()
 *
 * The list is guarded by interrupts off. Condenses kernel/timer.c of Linux 2.6.
 */
#include <kernel/panic.h>
#include <kernel/sched.h>

volatile unsigned long jiffies;

static LIST_HEAD(timers);

/* After those that expire at the same time: first set, first called. */
static void insert_timer(struct timer_list *timer)
{
	struct list_head *before = timers.prev;

	while (before != &timers &&
	       time_after(list_entry(before, struct timer_list, entry)->expires, timer->expires))
		before = before->prev;
	list_add(&timer->entry, before);
}

bool mod_timer(struct timer_list *timer, unsigned long expires)
{
	unsigned long flags;
	bool was_pending;

	local_irq_save(flags);
	was_pending = timer_pending(timer);
	list_del_init(&timer->entry);
	timer->expires = expires;
	insert_timer(timer);
	local_irq_restore(flags);
	return was_pending;
}

void add_timer(struct timer_list *timer)
{
	BUG_ON(timer_pending(timer));
	mod_timer(timer, timer->expires);
}

bool del_timer(struct timer_list *timer)
{
	unsigned long flags;
	bool was_pending;

	local_irq_save(flags);
	was_pending = timer_pending(timer);
	list_del_init(&timer->entry);
	local_irq_restore(flags);
	return was_pending;
}

static struct timer_list *first_due_timer(void)
{
	struct timer_list *timer;

	if (list_empty(&timers))
		return NULL;
	timer = list_first_entry(&timers, struct timer_list, entry);
	return time_after(timer->expires, jiffies) ? NULL : timer;
}

void timer_tick(void)
{
	struct timer_list *timer;

	jiffies++;
	while ((timer = first_due_timer())) {
		list_del_init(&timer->entry);
		timer->function(timer->data);
	}
	scheduler_tick();
}

static void wake_sleeper(unsigned long task)
{
	wake_up_process((struct task_struct *)task);
}

__sched long schedule_timeout(long timeout)
{
	const unsigned long expires = jiffies + (unsigned long)timeout;
	struct timer_list timer;

	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return timeout;
	}
	setup_timer(&timer, wake_sleeper, (unsigned long)current);
	mod_timer(&timer, expires);
	schedule();
	del_timer(&timer);
	return max((long)(expires - jiffies), 0L);
}
