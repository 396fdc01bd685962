/*
 * May this thread be preempted, and may it sleep? One number in each thread says so:
 *
 *      preempt_count     31 ... 16 | 15 ...... 0
 *                        hard IRQs | preempt_disable() and spinlocks, nested
 *
 *      0                 preempted when its time is up, may sleep
 *      not 0             in_atomic(): neither, until it is 0 again
 *      >= 0x10000        in_interrupt(): not even in a thread of its own
 *
 * Condenses include/linux/preempt.h and hardirq.h. Left out: softirqs.
 */
#ifndef KERNEL_PREEMPT_H
#define KERNEL_PREEMPT_H

#include <asm/irqflags.h>
#include <asm/linkage.h>
#include <kernel/thread_info.h>

#define HARDIRQ_OFFSET 0x00010000
#define HARDIRQ_MASK   0x7FFF0000

static __always_inline int preempt_count(void)
{
	return READ_ONCE(current_thread_info()->preempt_count);
}

static __always_inline bool in_interrupt(void)
{
	return preempt_count() & HARDIRQ_MASK;
}

static __always_inline bool in_atomic(void)
{
	return preempt_count() != 0;
}

/* May the caller sleep? */
static __always_inline bool preemptible(void)
{
	return !in_atomic() && !irqs_disabled();
}

/* An interrupt finds and leaves the number as it was, so one instruction or three make no odds. */
static __always_inline void preempt_count_add(int nr)
{
	struct thread_info *ti = current_thread_info();

#ifdef CONFIG_DEBUG
	if (!ti->preempt_count)
		ti->preempt_disabled_at = _THIS_IP_;
#endif
	ti->preempt_count += nr;
}

static __always_inline void preempt_count_sub(int nr)
{
	current_thread_info()->preempt_count -= nr;
}

/* Keep this thread on the CPU; may be nested. Costs next to nothing. */
static __always_inline void preempt_disable(void)
{
	preempt_count_add(1);
	barrier();
}

/* Without a look at whether another thread is due: only where schedule() follows. */
static __always_inline void preempt_enable_no_resched(void)
{
	barrier();
	preempt_count_sub(1);
}

/* kernel/sched.c: give way to another thread, unless interrupts are off. */
void preempt_schedule(void);

static __always_inline void preempt_enable(void)
{
	barrier();
	preempt_count_sub(1);
	if (unlikely(need_resched()) && !preempt_count())
		preempt_schedule();
}

/* Around an interrupt's handler. */
static inline void irq_enter(void)
{
	preempt_count_add(HARDIRQ_OFFSET);
}

static inline void irq_exit(void)
{
	preempt_count_sub(HARDIRQ_OFFSET);
}

/* kernel/sched.c: @function was called from @caller. */
void __might_sleep(const char *function, unsigned long caller);

/**
 * might_sleep - at the top of a function that may sleep: report a caller that must not
 *
 * Interrupts off, a spinlock, preempt_disable() or an atomic kmap: each caller is reported once,
 * with a backtrace, whether or not the function would have slept this time.
 */
#define might_sleep()                                                                        \
	do {                                                                                 \
		if (unlikely(!preemptible()))                                                \
			__might_sleep(__func__, (unsigned long)__builtin_return_address(0)); \
	} while (0)

#endif
