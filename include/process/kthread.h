/*
 * Kernel threads that are asked to end, and asked how it went. Condenses include/linux/kthread.h.
 */
#ifndef PROCESS_KTHREAD_H
#define PROCESS_KTHREAD_H

#include <kernel/sched.h>

/**
 * kthread_create - make a kernel thread that does not run yet
 * @fn: its function, called with @data
 * @namefmt: its name, as for printf()
 *
 * Start it with wake_up_process(). Its function returns when it is done, or once
 * kthread_should_stop(); whoever means to call kthread_stop() lets it do only the latter, or holds
 * a get_task_struct() on it, for a thread that has ended is gone.
 *
 * Returns the thread, or NULL without memory. May sleep.
 */
struct task_struct *kthread_create(int (*fn)(void *), void *data, const char *namefmt, ...)
	__printf(3, 4);

/* The same, and start it. */
#define kthread_run(fn, data, ...)                                                 \
	({                                                                         \
		struct task_struct *__k = kthread_create(fn, data, ##__VA_ARGS__); \
                                                                                   \
		if (__k)                                                           \
			wake_up_process(__k);                                      \
		__k;                                                               \
	})

/**
 * kthread_stop - tell a thread to end, and wait until it has
 * @task: from kthread_create(); it is woken, if it sleeps
 *
 * Returns what its function returned; -EINTR if it never ran. May sleep.
 */
int kthread_stop(struct task_struct *task);

/* For the thread itself: has somebody called kthread_stop()? Look before each sleep. */
bool kthread_should_stop(void);

#endif
