/*
 * Memory that processes share: an object that holds the frames, and VMAs that show it.
 *
 *      parent's VMA --\
 *                      > struct shmem_object --> pages, by index: a radix tree
 *      child's VMA  --/
 *
 * Condenses what mm/shmem.c of Linux does for shmem_zero_setup(); <mm/memory.h> declares that.
 */
#ifndef MM_SHMEM_H
#define MM_SHMEM_H

#include <lib/radix-tree.h>
#include <kernel/mutex.h>
#include <mm/mm_types.h>

struct shmem_object {
	atomic_t count;		/* VMAs that show it */
	unsigned long nr_pages; /* its size; what lies beyond is a SIGBUS */
	struct mutex lock;	/* guards pages */
	struct radix_tree_root pages;
};

/* A VMA of shared memory has these, and its object as vm_private_data. */
extern const struct vm_operations_struct shmem_vm_ops;

/* After kmem_cache_init(): radix trees get their nodes. */
void shmem_init(void);

#endif
