/*
 * Alarms: alarm(), and setitimer() of the clock on the wall.
 *
 *      setitimer(value, interval)   value        interval     interval
 *                     |-------------|------------|------------|---
 *                                 SIGALRM      SIGALRM      SIGALRM
 *
 * A process has one, real_timer, which do_exit() stops; a child begins without, a new program keeps
 * it. The timer's function runs in the clock's interrupt. Rows of sys_call_table lead here. Condenses
 * kernel/itimer.c of Linux 2.6. Left out: ITIMER_VIRTUAL and ITIMER_PROF, for nobody counts whose a
 * tick was.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <kernel/signal.h>
#include <process/syscalls.h>
#include <asm/irqflags.h>
#include <asm/uaccess.h>
#include "internal.h"

#define ITIMER_REAL    0
#define USEC_PER_SEC   1000000L
#define USEC_PER_TICK  (USEC_PER_SEC / HZ)
#define MAX_ITIMER_SEC ((long)(MAX_SCHEDULE_TIMEOUT / HZ - 1))

struct itimerval {
	struct timeval it_interval, it_value;
};

/* In ticks; 0: never. */
struct itimer {
	unsigned long interval, value;
};

void it_real_fn(unsigned long data)
{
	struct task_struct *task = (struct task_struct *)data;

	send_sig(SIGALRM, task);
	if (task->it_real_incr)
		mod_timer(&task->real_timer, jiffies + task->it_real_incr);
}

/* What is left of it, without the tick that is running: one at least, if it runs at all. */
static struct itimer get_itimer(const struct task_struct *task)
{
	const long left = (long)(task->real_timer.expires - jiffies) - 1;

	return (struct itimer){
		.interval = task->it_real_incr,
		.value = timer_pending(&task->real_timer) ? (unsigned long)max(left, 1L) : 0,
	};
}

/* Returns what was set before. The tick that is running is partly over: one more. */
static struct itimer set_itimer(struct itimer new)
{
	struct itimer old;

	local_irq_disable();
	old = get_itimer(current);
	del_timer(&current->real_timer);
	current->it_real_incr = new.interval;
	if (new.value)
		mod_timer(&current->real_timer, jiffies + new.value + 1);
	local_irq_enable();
	return old;
}

static bool timeval_valid(const struct timeval *time)
{
	return time->tv_sec >= 0 && time->tv_usec >= 0 && time->tv_usec < USEC_PER_SEC;
}

static unsigned long timeval_to_ticks(const struct timeval *time)
{
	return (unsigned long)(min(time->tv_sec, MAX_ITIMER_SEC) * HZ +
			       (time->tv_usec + USEC_PER_TICK - 1) / USEC_PER_TICK);
}

static struct timeval ticks_to_timeval(unsigned long ticks)
{
	return (struct timeval){ (long)(ticks / HZ), (long)(ticks % HZ) * USEC_PER_TICK };
}

static long put_itimer(struct itimer timer, struct itimerval __user *to)
{
	const struct itimerval value = {
		.it_interval = ticks_to_timeval(timer.interval),
		.it_value = ticks_to_timeval(timer.value),
	};

	return copy_to_user(to, &value, sizeof(value)) ? -EFAULT : 0;
}

long sys_getitimer(int which, struct itimerval __user *to)
{
	return which == ITIMER_REAL ? put_itimer(get_itimer(current), to) : -EINVAL;
}

long sys_setitimer(int which, const struct itimerval __user *from, struct itimerval __user *to)
{
	struct itimerval value = { .it_value = { 0, 0 } };
	struct itimer old;

	if (which != ITIMER_REAL)
		return -EINVAL;
	if (from && copy_from_user(&value, from, sizeof(value)))
		return -EFAULT;
	if (!timeval_valid(&value.it_value) || !timeval_valid(&value.it_interval))
		return -EINVAL;
	old = set_itimer((struct itimer){ timeval_to_ticks(&value.it_interval),
					  timeval_to_ticks(&value.it_value) });
	return to ? put_itimer(old, to) : 0;
}

/* Seconds that were left of the one before, rounded to the next, but not to none. */
long sys_alarm(unsigned int seconds)
{
	const struct timeval time = { .tv_sec = (long)min_t(u64, seconds, MAX_ITIMER_SEC) };
	const struct itimer old = set_itimer((struct itimer){ .value = timeval_to_ticks(&time) });

	return old.value ? (long)max((old.value + HZ / 2) / HZ, 1UL) : 0;
}
