/* Programs of a few instructions: see <tests/ring3.h>. */
#include <lib/errno.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <process/kthread.h>
#include <tests/ring3.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>
#include <asm/ptrace.h>
#include <asm/uaccess.h>
#include "../../process/internal.h"

/* What a thread has of a process, but for files. */
static int become_process(void)
{
	current->mm = mm_alloc();
	if (!current->mm || alloc_sighand(current))
		return -ENOMEM;
	local_irq_disable();
	switch_mm(current->mm);
	local_irq_enable();
	for (int i = 0; i < RLIM_NLIMITS; i++)
		current->rlim[i] = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	return 0;
}

static int map_at(unsigned long addr, unsigned long size)
{
	const unsigned long got = vm_mmap(NULL, addr, size, PROT_READ | PROT_WRITE | PROT_EXEC,
					  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);

	return got == addr ? 0 : -ENOMEM;
}

/* Returning 0, with an address space, is to go to ring 3. */
static int become_program(void *arg)
{
	const struct ring3_program *program = arg;
	const unsigned long base = program->base ?: RING3_CODE;
	const size_t size = (size_t)(program->code_end - program->code);

	if (become_process() || map_at(base & PAGE_MASK, PAGE_SIZE) ||
	    map_at(RING3_DATA, RING3_STACK - RING3_DATA) ||
	    copy_to_user((void __user *)base, program->code, size))
		do_group_exit(SIGKILL);
	flush_thread();
	start_thread(task_pt_regs(current), base, program->sp ?: RING3_STACK);
	return 0;
}

struct task_struct *start_in_ring3(struct kunit *test, const struct ring3_program *program)
{
	struct task_struct *task = kthread_create(become_program, (void *)program, "ring3");

	KUNIT_ASSERT_NOT_NULL(test, task);
	get_task_struct(task);
	wake_up_process(task);
	return task;
}

struct ring3_end end_in_ring3(struct task_struct *task)
{
	struct ring3_end end;

	wait_for_completion(&task->exited);
	end.signal = WTERMSIG(task->exit_code);
	end.status = end.signal ? -1 : WEXITSTATUS(task->exit_code);
	end.addr = task->exit_addr;
	put_task_struct(task);
	return end;
}

struct ring3_end run_in_ring3(struct kunit *test, const struct ring3_program *program)
{
	return end_in_ring3(start_in_ring3(test, program));
}
