/*
 * How an address space begins and ends: <mm/mm_alloc.h> has the calls.
 *
 *      mm_users 2  two threads in it      --> mmput()   1
 *      mm_users 1  the last one           --> mmput()   0: exit_mmap(): VMAs, frames, tables
 *      mm_count 1  all users count as one --> mmdrop()  0: pgd, structure
 *
 * fork, exec and exit call in here, and who looks at another's memory. Condenses the part of
 * kernel/fork.c that deals with mm_struct.
 */
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <mm/slab.h>
#include <asm/mmu_context.h>
#include <asm/pgalloc.h>
#include <asm/tlbflush.h>

static struct kmem_cache *mm_cachep;

LIST_HEAD(mm_list);

void mm_alloc_init(void)
{
	mm_cachep = kmem_cache_create("mm_struct", sizeof(struct mm_struct),
				      __alignof__(struct mm_struct), SLAB_PANIC, NULL);
	init_zero_page();
}

/* What no two address spaces share. All else is as it was: zero, or the parent's. */
static struct mm_struct *mm_init(struct mm_struct *mm)
{
	mm->mmap = mm->mmap_cache = NULL;
	mm->mm_rb = RB_ROOT;
	mm->map_count = 0;
	mm->highest_vm_end = 0;
	mm->rss = mm->total_vm = mm->locked_vm = mm->nr_ptes = 0;
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	init_rwsem(&mm->mmap_sem);
	spin_lock_init(&mm->page_table_lock);
	mm->pgd = pgd_alloc(mm);
	if (!mm->pgd) {
		kmem_cache_free(mm_cachep, mm);
		return NULL;
	}
	preempt_disable();
	list_add_tail(&mm->mmlist, &mm_list);
	preempt_enable();
	return mm;
}

struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kmem_cache_zalloc(mm_cachep, GFP_KERNEL);

	return mm ? mm_init(mm) : NULL;
}

/* Lab 13 */
/* The parent's entries were made read-only while it may be loaded: the TLB still lets it write. */
struct mm_struct *dup_mm(struct mm_struct *oldmm)
{
	struct mm_struct *mm = kmem_cache_alloc(mm_cachep, GFP_KERNEL);
	int err;

	if (!mm)
		return NULL;
	*mm = *oldmm;
	if (!mm_init(mm))
		return NULL;
	down_write(&oldmm->mmap_sem);
	down_write(&mm->mmap_sem); /* `check` is not to look at half of it */
	err = dup_mmap(mm, oldmm);
	up_write(&mm->mmap_sem);
	flush_tlb_mm(oldmm);
	up_write(&oldmm->mmap_sem);
	if (!err)
		return mm;
	mmput(mm);
	return NULL;
}

/* Once it is not loaded, nothing need be flushed while it is taken to pieces. */
void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	leave_mm(mm);
	exit_mmap(mm);
	preempt_disable();
	list_del(&mm->mmlist);
	preempt_enable();
	mmdrop(mm);
}

void mmdrop(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_count))
		return;
	leave_mm(mm);
	pgd_free(mm, mm->pgd);
	kmem_cache_free(mm_cachep, mm);
}

/* Preemption is off meanwhile: the task can not let go of it between the look and the count. */
struct mm_struct *get_task_mm(struct task_struct *task)
{
	struct mm_struct *mm;

	preempt_disable();
	mm = task->mm;
	if (mm)
		atomic_inc(&mm->mm_users);
	preempt_enable();
	return mm;
}
