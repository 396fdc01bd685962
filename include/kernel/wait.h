/*
 * Wait queues: threads that sleep until something is so.
 *
 *      wait_queue_head_t --> [ task | flags ] --> [ task | flags ] --> ...
 *
 *      sleeper:  queue, say "I sleep", look, schedule()      waker:  make it so, wake_up()
 *
 * The order matters: who looks before he says that he sleeps can miss the wake_up() in between, and
 * sleeps for ever. wait_event() has it right. Wants <kernel/sched.h>. Condenses
 * include/linux/wait.h and completion.h. Left out: wake functions of one's own.
 */
#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H

#include <lib/list.h>
#include <kernel/spinlock.h>

typedef struct {
	spinlock_t lock;
	struct list_head task_list;
} wait_queue_head_t;

#define WQ_FLAG_EXCLUSIVE 0x01U /* wake_up() wakes one of these, the longest waiting */

typedef struct {
	unsigned int flags;
	struct task_struct *task;
	struct list_head task_list; /* empty when on no queue */
} wait_queue_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name)                  \
	{                                                    \
		SPIN_LOCK_UNLOCKED,                          \
		{                                            \
			&(name).task_list, &(name).task_list \
		}                                            \
	}
#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = __WAIT_QUEUE_HEAD_INITIALIZER(name)

#define DECLARE_WAITQUEUE(name, tsk) \
	wait_queue_t name = { 0, (tsk), { &(name).task_list, &(name).task_list } }
#define DEFINE_WAIT(name) DECLARE_WAITQUEUE(name, current)

static inline void init_waitqueue_head(wait_queue_head_t *q)
{
	spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->task_list);
}

/* Does anybody wait? Without the lock: a hint, unless the caller keeps new ones away. */
static inline bool waitqueue_active(const wait_queue_head_t *q)
{
	return !list_empty(&q->task_list);
}

/* The queue alone; the thread's state is the caller's to set. Never sleep, take q->lock. */
void add_wait_queue(wait_queue_head_t *q, wait_queue_t *wait);
void add_wait_queue_exclusive(wait_queue_head_t *q, wait_queue_t *wait);
void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *wait);

/**
 * prepare_to_wait - queue, unless queued already, and set the thread's state
 * @q: where; @wait: the thread's entry, from DEFINE_WAIT()
 * @state: TASK_INTERRUPTIBLE or TASK_UNINTERRUPTIBLE
 *
 * Then look whether there is still something to wait for, and schedule(). Takes q->lock.
 */
void prepare_to_wait(wait_queue_head_t *q, wait_queue_t *wait, int state);
void prepare_to_wait_exclusive(wait_queue_head_t *q, wait_queue_t *wait, int state);

/* Running, and on no queue, again. */
void finish_wait(wait_queue_head_t *q, wait_queue_t *wait);

/**
 * __wake_up - wake threads that wait
 * @q: where; @mode: in which states, TASK_NORMAL for all
 * @nr_exclusive: how many of the exclusive ones; 0 for all. The others are woken in any case
 *
 * May be called in an interrupt. Takes q->lock.
 */
void __wake_up(wait_queue_head_t *q, unsigned int mode, int nr_exclusive);

#define wake_up(q)		 __wake_up(q, TASK_NORMAL, 1)
#define wake_up_all(q)		 __wake_up(q, TASK_NORMAL, 0)
#define wake_up_interruptible(q) __wake_up(q, TASK_INTERRUPTIBLE, 1)

#define __wait_event(q, condition, state, sleep)               \
	do {                                                   \
		DEFINE_WAIT(__wait);                           \
                                                               \
		for (;;) {                                     \
			prepare_to_wait(&(q), &__wait, state); \
			if (condition)                         \
				break;                         \
			sleep;                                 \
		}                                              \
		finish_wait(&(q), &__wait);                    \
	} while (0)

/* Sleep until @condition holds; whoever may make it so calls wake_up(&q). */
#define wait_event(q, condition)                                                      \
	do {                                                                          \
		might_sleep();                                                        \
		if (!(condition))                                                     \
			__wait_event(q, condition, TASK_UNINTERRUPTIBLE, schedule()); \
	} while (0)

/*
 * The same, but a signal ends it as well; `ps` shows it as S: waiting for the world outside. Gives 0,
 * or -ERESTARTSYS if @condition does not hold and a signal is to be taken.
 */
#define wait_event_interruptible(q, condition)                                            \
	({                                                                                \
		int __err = 0;                                                            \
                                                                                          \
		might_sleep();                                                            \
		if (!(condition))                                                         \
			__wait_event(q, (condition) || (__err = signal_to_take(current)), \
				     TASK_INTERRUPTIBLE, schedule());                     \
		__err;                                                                    \
	})

/* At most @timeout jiffies. Gives 0 if @condition does not hold even then, else what was left. */
#define wait_event_timeout(q, condition, timeout)                                              \
	({                                                                                     \
		long __time_left = (timeout);                                                  \
		bool __holds;                                                                  \
                                                                                               \
		might_sleep();                                                                 \
		__wait_event(q, (__holds = (condition)) || !__time_left, TASK_UNINTERRUPTIBLE, \
			     __time_left = schedule_timeout(__time_left));                     \
		__holds ? max(__time_left, 1L) : 0L;                                           \
	})

/* Something that happens once, or so many times; each time lets one waiter go on. */
struct completion {
	unsigned int done;
	wait_queue_head_t wait;
};

#define DECLARE_COMPLETION(name) \
	struct completion name = { 0, __WAIT_QUEUE_HEAD_INITIALIZER((name).wait) }

static inline void init_completion(struct completion *x)
{
	x->done = 0;
	init_waitqueue_head(&x->wait);
}

/* It has happened. May be called in an interrupt. */
void complete(struct completion *x);

/* Sleep until it has. */
void wait_for_completion(struct completion *x);

#endif
