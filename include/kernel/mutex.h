/*
 * Mutexes: locks that a thread sleeps for, and may sleep with.
 *
 *      owner --> the thread that has it
 *      wait_list --> [ first to ask ] --> [ second ] --> ...    gets it from the owner's hand
 *
 * Unlocking hands the mutex to whoever has waited longest, so nobody overtakes and nobody starves.
 * Condenses include/linux/mutex.h.
 */
#ifndef KERNEL_MUTEX_H
#define KERNEL_MUTEX_H

#include <lib/list.h>
#include <kernel/spinlock.h>

struct mutex {
	struct task_struct *owner; /* NULL: free */
	spinlock_t wait_lock;
	struct list_head wait_list;
};

#define __MUTEX_INITIALIZER(name)                            \
	{                                                    \
		NULL, SPIN_LOCK_UNLOCKED,                    \
		{                                            \
			&(name).wait_list, &(name).wait_list \
		}                                            \
	}
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

static inline void mutex_init(struct mutex *lock)
{
	*lock = (struct mutex)__MUTEX_INITIALIZER(*lock);
}

static inline bool mutex_is_locked(const struct mutex *lock)
{
	return READ_ONCE(lock->owner);
}

/**
 * mutex_lock - sleep until the mutex is the caller's
 *
 * A thread that has it already is reported and not locked again: it would wait for itself. For
 * threads that may sleep. Takes wait_lock.
 */
void mutex_lock(struct mutex *lock);

/* Returns whether the caller has it now; never sleeps. */
bool mutex_trylock(struct mutex *lock);

/* By the owner; anybody else is reported, and nothing unlocked. */
void mutex_unlock(struct mutex *lock);

#endif
