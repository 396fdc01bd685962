/*
 * An address space for a suite's thread, which then can map and touch memory as a process does, but
 * in ring 0: by get_user(), put_user() and their like.
 */
#ifndef TESTS_USER_MM_H
#define TESTS_USER_MM_H

#include <lib/string.h>
#include <kernel/sched.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <asm/mmu_context.h>
#include <tests/kunit.h>

static struct rlimit user_mm_old_rlim[RLIM_NLIMITS];

/* For a suite's init(). No limits, but a stack of _STK_LIM. */
static inline int user_mm_begin(struct kunit *test)
{
	struct mm_struct *mm = mm_alloc();
	unsigned long flags;

	KUNIT_ASSERT_NOT_NULL(test, mm);
	memcpy(user_mm_old_rlim, current->rlim, sizeof(user_mm_old_rlim));
	for (int i = 0; i < RLIM_NLIMITS; i++)
		current->rlim[i] = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	current->rlim[RLIMIT_STACK].rlim_cur = _STK_LIM;
	local_irq_save(flags);
	current->mm = mm;
	switch_mm(mm);
	local_irq_restore(flags);
	arch_pick_mmap_layout(mm);
	return 0;
}

/* For its exit(). */
static inline void user_mm_end(struct kunit *test __unused)
{
	struct mm_struct *mm = current->mm;

	current->mm = NULL;
	memcpy(current->rlim, user_mm_old_rlim, sizeof(user_mm_old_rlim));
	mmput(mm);
}

/* Anonymous private memory, anywhere. 0 if there is none to be had. */
static inline unsigned long user_map(unsigned long size, unsigned long prot)
{
	const unsigned long addr = vm_mmap(NULL, 0, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, 0);

	return addr & ~PAGE_MASK ? 0 : addr;
}

/* @start to @start + @size, growing downwards when touched below. Returns whether it is there. */
static inline bool user_map_stack(unsigned long start, unsigned long size)
{
	return vm_mmap(NULL, start, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, 0) == start;
}

#endif
