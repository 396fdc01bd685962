/*
 * System calls about time. There is one clock, the ticks since boot, so the finest that anybody is
 * told is 10 ms; real time begins with 1970 at boot, for want of anybody who reads the CMOS clock.
 * Condenses kernel/time.c and posix-timers.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <process/syscalls.h>
#include <asm/uaccess.h>

#define CLOCK_REALTIME	0
#define CLOCK_MONOTONIC 1
#define CLOCK_BOOTTIME	7 /* the last one that is known; those between are as coarse */
#define TIMER_ABSTIME	1

#define NSEC_PER_SEC	1000000000L
#define NSEC_PER_TICK	(NSEC_PER_SEC / HZ)
#define USEC_PER_TICK	(1000000L / HZ)

static bool known_clock(int clock)
{
	return clock >= CLOCK_REALTIME && clock <= CLOCK_BOOTTIME;
}

static struct timespec ticks_to_timespec(unsigned long ticks)
{
	return (struct timespec){ (long)(ticks / HZ), (long)(ticks % HZ) * NSEC_PER_TICK };
}

/* Rounded up: nobody sleeps for less than he asked for. */
static long timespec_to_ticks(const struct timespec *time)
{
	if (time->tv_sec >= MAX_SCHEDULE_TIMEOUT / HZ - 1)
		return MAX_SCHEDULE_TIMEOUT;
	return time->tv_sec * HZ + (time->tv_nsec + NSEC_PER_TICK - 1) / NSEC_PER_TICK;
}

static bool timespec_valid(const struct timespec *time)
{
	return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < NSEC_PER_SEC;
}

long sys_time(long __user *tloc)
{
	const long now = (long)(jiffies / HZ);

	return tloc && put_user(now, tloc) ? -EFAULT : now;
}

long sys_gettimeofday(struct timeval __user *tv, struct timezone __user *tz)
{
	const unsigned long now = jiffies;
	const struct timeval value = { (long)(now / HZ), (long)(now % HZ) * USEC_PER_TICK };

	if (tv && copy_to_user(tv, &value, sizeof(value)))
		return -EFAULT;
	return tz && clear_user(tz, 2 * sizeof(int)) ? -EFAULT : 0;
}

long sys_clock_gettime(int clock, struct timespec __user *tp)
{
	const struct timespec now = ticks_to_timespec(jiffies);

	if (!known_clock(clock))
		return -EINVAL;
	return copy_to_user(tp, &now, sizeof(now)) ? -EFAULT : 0;
}

struct timespec64 {
	s64 tv_sec, tv_nsec;
};

long sys_clock_gettime64(int clock, struct timespec64 __user *tp)
{
	const struct timespec time = ticks_to_timespec(jiffies);
	const struct timespec64 now = { time.tv_sec, time.tv_nsec };

	if (!known_clock(clock))
		return -EINVAL;
	return copy_to_user(tp, &now, sizeof(now)) ? -EFAULT : 0;
}

long sys_clock_getres(int clock, struct timespec __user *tp)
{
	const struct timespec tick = { 0, NSEC_PER_TICK };

	if (!known_clock(clock))
		return -EINVAL;
	return tp && copy_to_user(tp, &tick, sizeof(tick)) ? -EFAULT : 0;
}

/* 0, or what is left in *@rmtp when a signal came first. */
static long sleep_ticks(long ticks, struct timespec __user *rmtp)
{
	struct timespec left;

	set_current_state(TASK_INTERRUPTIBLE);
	if (!signal_pending(current))
		ticks = schedule_timeout(ticks);
	set_current_state(TASK_RUNNING);
	if (!ticks)
		return 0;
	left = ticks_to_timespec((unsigned long)ticks);
	return rmtp && copy_to_user(rmtp, &left, sizeof(left)) ? -EFAULT : -EINTR;
}

long sys_nanosleep(const struct timespec __user *rqtp, struct timespec __user *rmtp)
{
	return sys_clock_nanosleep(CLOCK_MONOTONIC, 0, rqtp, rmtp);
}

/* One tick more: the one that is running is partly over. */
long sys_clock_nanosleep(int clock, int flags, const struct timespec __user *rqtp,
			 struct timespec __user *rmtp)
{
	struct timespec time;
	long ticks;

	if (!known_clock(clock))
		return -EINVAL;
	if (copy_from_user(&time, rqtp, sizeof(time)))
		return -EFAULT;
	if (!timespec_valid(&time))
		return -EINVAL;
	ticks = timespec_to_ticks(&time);
	if (!(flags & TIMER_ABSTIME))
		return ticks ? sleep_ticks(ticks == MAX_SCHEDULE_TIMEOUT ? ticks : ticks + 1, rmtp)
			     : 0;
	ticks -= (long)jiffies;
	return ticks > 0 ? sleep_ticks(ticks, NULL) : 0;
}
