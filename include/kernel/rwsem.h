/*
 * Read-write semaphores: many readers, or one writer, and whoever must wait sleeps.
 *
 *      count      31 |   30   |   29   | 28 ............ 0
 *               slow | writer | waited | readers inside        0: free     n: so many readers
 *                                                              negative: a writer is inside, or
 *                                                              somebody waits
 *
 * So a reader's way in and out, which each page fault takes, is one instruction and a look at the
 * sign, and a writer's the one that turns 0 into "slow, writer", or that back; the rest is for when
 * somebody has to wait. Waiters are served in the order in which they
 * came, so that readers do not starve a writer. Threads only, no interrupts. Wants
 * <kernel/sched.h>. Condenses include/linux/rwsem.h and arch/i386's own.
 */
#ifndef KERNEL_RWSEM_H
#define KERNEL_RWSEM_H

#include <lib/list.h>
#include <kernel/spinlock.h>
#include <asm/atomic.h>

struct task_struct;

struct rw_semaphore {
	atomic_t count;
	struct task_struct *writer; /* who it is; only a misuse is found by it */
	spinlock_t wait_lock;	    /* guards what follows, and the sign of count */
	struct list_head wait_list;
};

#define __RWSEM_INITIALIZER(name)                            \
	{                                                    \
		ATOMIC_INIT(0), NULL, SPIN_LOCK_UNLOCKED,    \
		{                                            \
			&(name).wait_list, &(name).wait_list \
		}                                            \
	}
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

static inline void init_rwsem(struct rw_semaphore *sem)
{
	*sem = (struct rw_semaphore)__RWSEM_INITIALIZER(*sem);
}

#define RWSEM_WRITER  0xC0000000U
#define RWSEM_WAITED  0xA0000000U
#define RWSEM_READERS 0x1FFFFFFFU

/* kernel/rwsem.c: count is negative now that the caller has counted itself in, or out. */
void rwsem_down_read_slow(struct rw_semaphore *sem);
void rwsem_up_read_slow(struct rw_semaphore *sem);

/* down_read() for a caller who has made sure that it may sleep. */
static __always_inline void __down_read(struct rw_semaphore *sem)
{
	if (unlikely(atomic_inc_negative(&sem->count)))
		rwsem_down_read_slow(sem);
}

/**
 * down_read - hold the semaphore as a reader
 *
 * May sleep until no writer holds it or waits for it. Not recursive: a writer may come in between.
 */
static __always_inline void down_read(struct rw_semaphore *sem)
{
	might_sleep();
	__down_read(sem);
}

static __always_inline void up_read(struct rw_semaphore *sem)
{
	if (unlikely(atomic_dec_negative(&sem->count)))
		rwsem_up_read_slow(sem);
}

/* Returns whether it is held now. Never sleeps. */
bool down_read_trylock(struct rw_semaphore *sem);

/* Hold it alone. May sleep. */
void down_write(struct rw_semaphore *sem);

/* By the writer; anybody else is reported, and nothing released. */
void up_write(struct rw_semaphore *sem);

/* For assertions: does anybody hold it? */
static inline bool rwsem_is_locked(const struct rw_semaphore *sem)
{
	return atomic_read(&sem->count) != 0;
}

static inline bool rwsem_is_write_locked(const struct rw_semaphore *sem)
{
	return ((unsigned int)atomic_read(&sem->count) & RWSEM_WRITER) == RWSEM_WRITER;
}

#endif
