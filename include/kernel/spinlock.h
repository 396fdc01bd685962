/*
 * Spinlocks on one CPU: nobody can be met who holds one, if no other thread runs meanwhile. So all
 * that is left of a lock is preemption kept off; against interrupt handlers, interrupts too.
 *
 *      spin_lock()           the data is for threads only, or interrupts are off already
 *      spin_lock_irqsave()   interrupt handlers use it too
 *
 * The debug build remembers who took a lock, so that taking it twice is a report and not a silent
 * race. Condenses include/linux/spinlock.h and its UP half.
 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

#include <kernel/panic.h>
#include <kernel/preempt.h>

typedef struct {
#ifdef CONFIG_DEBUG
	unsigned long taken_at; /* code address; 0: free */
#endif
} spinlock_t;

#define SPIN_LOCK_UNLOCKED \
	{                  \
	}
#define DEFINE_SPINLOCK(name) spinlock_t name = SPIN_LOCK_UNLOCKED

static inline void spin_lock_init(spinlock_t *lock)
{
	*lock = (spinlock_t)SPIN_LOCK_UNLOCKED;
}

#ifdef CONFIG_DEBUG
static __always_inline void __spin_acquire(spinlock_t *lock)
{
	if (unlikely(lock->taken_at))
		panic("spin_lock: the lock at %p is held already, taken in %pS: waiting would "
		      "never "
		      "end",
		      lock, (void *)lock->taken_at);
	lock->taken_at = _THIS_IP_;
}

static __always_inline void __spin_release(spinlock_t *lock)
{
	if (unlikely(!lock->taken_at))
		panic("spin_unlock: the lock at %p is not held", lock);
	lock->taken_at = 0;
}
#else
static __always_inline void __spin_acquire(spinlock_t *lock __unused)
{
}

static __always_inline void __spin_release(spinlock_t *lock __unused)
{
}
#endif

static __always_inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	__spin_acquire(lock);
}

/* Another thread may run at once, if it is due and interrupts are on. */
static __always_inline void spin_unlock(spinlock_t *lock)
{
	__spin_release(lock);
	preempt_enable();
}

#define spin_lock_irqsave(lock, flags) \
	do {                           \
		local_irq_save(flags); \
		spin_lock(lock);       \
	} while (0)

/* Interrupts first: where they stay off, no thread could give way. */
#define spin_unlock_irqrestore(lock, flags) \
	do {                                \
		__spin_release(lock);       \
		local_irq_restore(flags);   \
		preempt_enable();           \
	} while (0)

#endif
