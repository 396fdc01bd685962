/*
 * How an address space begins and ends.
 *
 *      mm_alloc()   mm_users 1, mm_count 1     exec
 *      dup_mm()     the same, with a copy of all VMAs       fork
 *      mmput()      mm_users - 1; the last one's: exit_mmap(), mmdrop()
 *      mmdrop()     mm_count - 1; the last one's: the pgd and the structure go
 *
 * Condenses the part of kernel/fork.c of Linux 2.6 that deals with mm_struct.
 */
#ifndef MM_MM_ALLOC_H
#define MM_MM_ALLOC_H

#include <mm/mm_types.h>

/* Called by mmap_init(): the cache of mm_structs, and the zero page. */
void mm_alloc_init(void);

/* An empty address space with the kernel's part, or NULL. May sleep. */
struct mm_struct *mm_alloc(void);

/* A copy of one, for fork(): VMAs, and frames shared copy-on-write. NULL: no memory. May sleep. */
struct mm_struct *dup_mm(struct mm_struct *oldmm);

/* May sleep; the address space may be loaded. */
void mmput(struct mm_struct *mm);
void mmdrop(struct mm_struct *mm);

struct task_struct;

/* A task's address space with a use more, or NULL: a kernel thread, or on its way out. mmput() it. */
struct mm_struct *get_task_mm(struct task_struct *task);

/* All there are, while preemption is off. */
extern struct list_head mm_list;
#define for_each_mm(mm) list_for_each_entry (mm, &mm_list, mmlist)

#endif
