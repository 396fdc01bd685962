/*
 * Mutexes: see the figure in <kernel/mutex.h>.
 *
 * lock->wait_lock guards owner and queue; threads alone take it. Condenses kernel/mutex.c of Linux
 * 2.6. Left out: the path without a lock, spinning on another CPU's owner.
 */
#include <kernel/mutex.h>
#include <kernel/printk.h>
#include <kernel/sched.h>

struct mutex_waiter {
	struct task_struct *task;
	struct list_head list;
};

static noinline void report_misuse(const struct mutex *lock, const char *function, const char *fact,
				   const char *consequence)
{
	const struct task_struct *owner = lock->owner;

	pr_err("%s: the mutex at %p %s%s%s; %s\n", function, lock, fact, owner ? " " : "",
	       owner ? owner->comm : "", consequence);
	if (machine_ops.dump_stack)
		machine_ops.dump_stack();
}

/* With wait_lock held; without it while asleep. */
__sched static void wait_for_owner(struct mutex *lock)
{
	struct mutex_waiter waiter = { .task = current };

	list_add_tail(&waiter.list, &lock->wait_list);
	while (lock->owner != current) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		spin_unlock(&lock->wait_lock);
		schedule();
		spin_lock(&lock->wait_lock);
	}
}

__sched __landmark void mutex_lock(struct mutex *lock)
{
	might_sleep();
	spin_lock(&lock->wait_lock);
	if (likely(!lock->owner))
		lock->owner = current;
	else if (lock->owner == current)
		report_misuse(lock, __func__, "is locked already by the caller,",
			      "not locked again");
	else
		wait_for_owner(lock);
	spin_unlock(&lock->wait_lock);
}

bool mutex_trylock(struct mutex *lock)
{
	bool taken;

	spin_lock(&lock->wait_lock);
	taken = !lock->owner;
	if (taken)
		lock->owner = current;
	spin_unlock(&lock->wait_lock);
	return taken;
}

/* The waiter's entry lies on its stack: it is off the list before its thread may run. */
static void hand_over(struct mutex *lock)
{
	struct mutex_waiter *first = list_first_entry(&lock->wait_list, struct mutex_waiter, list);
	struct task_struct *task = first->task;

	list_del(&first->list);
	lock->owner = task;
	wake_up_process(task);
}

__landmark void mutex_unlock(struct mutex *lock)
{
	spin_lock(&lock->wait_lock);
	if (unlikely(lock->owner != current))
		report_misuse(lock, __func__,
			      lock->owner ? "is not the caller's, but locked by" : "is not locked",
			      "nothing unlocked");
	else if (list_empty(&lock->wait_list))
		lock->owner = NULL;
	else
		hand_over(lock);
	spin_unlock(&lock->wait_lock);
}
