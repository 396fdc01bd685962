/*
 * Spinlocks on one CPU: keeping interrupts off is all the exclusion there can be. The lock itself
 * remembers that it is held, so that taking it twice is a report and not a silent race.
 * Condenses include/linux/spinlock.h and its UP half.
 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

#include <asm/irqflags.h>
#include <kernel/panic.h>

typedef struct {
#ifdef CONFIG_DEBUG
	bool held;
#endif
} spinlock_t;

#ifdef CONFIG_DEBUG
#define SPIN_LOCK_UNLOCKED \
	{                  \
		false      \
	}

/* Interrupts are off already. */
static inline void spin_lock(spinlock_t *lock)
{
	BUG_ON(lock->held);
	lock->held = true;
}

static inline void spin_unlock(spinlock_t *lock)
{
	BUG_ON(!lock->held);
	lock->held = false;
}
#else
#define SPIN_LOCK_UNLOCKED \
	{                  \
	}

static inline void spin_lock(spinlock_t *lock)
{
	(void)lock;
	barrier();
}

static inline void spin_unlock(spinlock_t *lock)
{
	(void)lock;
	barrier();
}
#endif

#define spin_lock_irqsave(lock, flags) \
	do {                           \
		local_irq_save(flags); \
		spin_lock(lock);       \
	} while (0)
#define spin_unlock_irqrestore(lock, flags) \
	do {                                \
		spin_unlock(lock);          \
		local_irq_restore(flags);   \
	} while (0)

#endif
