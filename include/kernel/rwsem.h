/*
 * Read-write semaphores: many readers, or one writer, and whoever must wait sleeps.
 *
 *      count    0: free     n: so many readers     -1: a writer
 *
 * Waiters are served in the order in which they came, so that readers do not starve a writer.
 * Condenses include/linux/rwsem.h and lib/rwsem-spinlock.c.
 */
#ifndef KERNEL_RWSEM_H
#define KERNEL_RWSEM_H

#include <kernel/wait.h>

struct rw_semaphore {
	long count;
	unsigned int nr_waiting;
	wait_queue_head_t wait;
};

void init_rwsem(struct rw_semaphore *sem);

/**
 * down_read - hold the semaphore as a reader
 *
 * May sleep until no writer holds it or waits for it. Not recursive: a writer may come in between.
 */
void down_read(struct rw_semaphore *sem);

/* Returns whether it is held now. Never sleeps. */
bool down_read_trylock(struct rw_semaphore *sem);

void up_read(struct rw_semaphore *sem);

/* Hold it alone. May sleep. */
void down_write(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);

/* For assertions: does anybody hold it? */
bool rwsem_is_locked(const struct rw_semaphore *sem);

#endif
