/*
 * Read-write semaphores, where somebody has to wait: see the figure in <kernel/rwsem.h>.
 *
 *      wait_list --> [ reader ]--[ reader ]--[ writer ]--[ reader ]      in the order they came
 *                     \____ let in together ____/
 *                           when the last one inside has left; the writer after them, alone
 *
 * While count is negative, a reader on its fast path may have counted itself in for a moment,
 * before it comes here and takes that back. So nobody counts on the number of readers being right,
 * only on each who makes it 0 calling let_in().
 *
 * wait_lock guards wait_list, and the bits that tell of it; so it does the writer's, but for one who
 * finds 0, or leaves 0 behind. Condenses lib/rwsem.c of Linux 2.6. Left out:
 * downgrade_write(), waits that a signal ends.
 */
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/rwsem.h>

struct rwsem_waiter {
	struct task_struct *task; /* NULL: it is inside */
	bool writes;
	struct list_head list;
};

static unsigned int nr_readers(const struct rw_semaphore *sem)
{
	return (unsigned int)atomic_read(&sem->count) & RWSEM_READERS;
}

/* Tells the fast paths who is inside now, and whether somebody waits. */
static void set_state(struct rw_semaphore *sem, unsigned int readers, bool writer)
{
	const unsigned int waited = list_empty(&sem->wait_list) ? 0 : RWSEM_WAITED;

	atomic_set(&sem->count, (int)(readers | waited | (writer ? RWSEM_WRITER : 0)));
}

/* The waiter's entry lies on its stack: it is off the list before its thread may run. */
static void admit(struct rw_semaphore *sem, struct rwsem_waiter *waiter)
{
	struct task_struct *task = waiter->task;

	list_del(&waiter->list);
	set_state(sem, nr_readers(sem) + !waiter->writes, waiter->writes);
	if (waiter->writes)
		sem->writer = task;
	waiter->task = NULL;
	wake_up_process(task);
}

/* Let in the first, once nobody is in its way, and all readers up to the next writer. */
static void let_in(struct rw_semaphore *sem)
{
	while (!list_empty(&sem->wait_list) && !rwsem_is_write_locked(sem)) {
		struct rwsem_waiter *first =
			list_first_entry(&sem->wait_list, struct rwsem_waiter, list);

		if (first->writes && nr_readers(sem))
			return;
		admit(sem, first);
	}
}

/* With wait_lock held; without it while asleep. */
__sched static void wait_to_be_let_in(struct rw_semaphore *sem, bool writes)
{
	struct rwsem_waiter waiter = { .task = current, .writes = writes };

	list_add_tail(&waiter.list, &sem->wait_list);
	set_state(sem, nr_readers(sem), rwsem_is_write_locked(sem));
	if (!nr_readers(sem))
		let_in(sem);
	while (READ_ONCE(waiter.task)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		spin_unlock(&sem->wait_lock);
		schedule();
		spin_lock(&sem->wait_lock);
	}
}

/* If the sign is gone by now, whoever took it away has counted us among the readers. */
__sched void rwsem_down_read_slow(struct rw_semaphore *sem)
{
	spin_lock(&sem->wait_lock);
	if (atomic_read(&sem->count) < 0) {
		atomic_dec(&sem->count);
		wait_to_be_let_in(sem, false);
	}
	spin_unlock(&sem->wait_lock);
}

static noinline void report_misuse(const struct rw_semaphore *sem, const char *function,
				   const char *fact)
{
	pr_err("%s: the semaphore at %p %s; nothing released\n", function, sem, fact);
	if (machine_ops.dump_stack)
		machine_ops.dump_stack();
}

void rwsem_up_read_slow(struct rw_semaphore *sem)
{
	spin_lock(&sem->wait_lock);
	if (nr_readers(sem) == RWSEM_READERS) {
		atomic_inc(&sem->count);
		report_misuse(sem, "up_read", "has no reader");
	} else if (!nr_readers(sem)) {
		let_in(sem);
	}
	spin_unlock(&sem->wait_lock);
}

bool down_read_trylock(struct rw_semaphore *sem)
{
	bool free;

	spin_lock(&sem->wait_lock);
	free = atomic_read(&sem->count) >= 0;
	if (free)
		atomic_inc(&sem->count);
	spin_unlock(&sem->wait_lock);
	return free;
}

__sched static noinline void down_write_slow(struct rw_semaphore *sem)
{
	spin_lock(&sem->wait_lock);
	wait_to_be_let_in(sem, true);
	spin_unlock(&sem->wait_lock);
}

__sched void down_write(struct rw_semaphore *sem)
{
	might_sleep();
	if (likely(atomic_try_cmpxchg(&sem->count, 0, (int)RWSEM_WRITER)))
		sem->writer = current;
	else
		down_write_slow(sem);
}

static noinline void up_write_slow(struct rw_semaphore *sem)
{
	spin_lock(&sem->wait_lock);
	set_state(sem, nr_readers(sem), false);
	let_in(sem);
	spin_unlock(&sem->wait_lock);
}

void up_write(struct rw_semaphore *sem)
{
	if (unlikely(sem->writer != current)) {
		report_misuse(sem, __func__, "is not held for writing by the caller");
		return;
	}
	sem->writer = NULL;
	if (unlikely(!atomic_try_cmpxchg(&sem->count, (int)RWSEM_WRITER, 0)))
		up_write_slow(sem);
}
