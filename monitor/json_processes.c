/*
 * json about tasks: who there is, and the address space of those that have one.
 *
 *      "processes" [{"pid", "ppid", "comm", "state",
 *                    "vmas": [["start", "end", "r-xp", "[text]", pages that are there], ...],
 *                    "tables": {"root", "rows"}}, ...]      vmas and tables: not of kernel threads
 *
 * Tasks come and go meanwhile, so they are looked up one by one, by number. Only reads.
 */
#include <kernel/sched.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include "address_space.h"
#include "json.h"
#include "tasks.h"

/* A task as it was when it was looked up. */
struct task_info {
	pid_t pid, ppid;
	char comm[TASK_COMM_LEN];
	unsigned int state;
	struct mm_struct *mm; /* with a use for us, or NULL */
};

static struct task_struct *task_behind(pid_t pid)
{
	struct task_struct *task, *next = NULL;

	for_each_process (task) {
		if (task->pid > pid && (!next || task->pid < next->pid))
			next = task;
	}
	return next;
}

/* The task with the lowest number above @pid; false if there is none. mmput() its mm. */
static bool next_task(pid_t pid, struct task_info *info)
{
	struct task_struct *task;

	preempt_disable();
	task = task_behind(pid);
	if (task) {
		*info = (struct task_info){ .pid = task->pid,
					    .ppid = task->parent->pid,
					    .state = task->state,
					    .mm = get_task_mm(task) };
		strscpy(info->comm, task->comm, sizeof(info->comm));
	}
	preempt_enable();
	return task;
}

static unsigned long nr_there(const struct vm_area_struct *vma)
{
	unsigned long nr_pages = 0;
	struct page_run run;

	for_each_page_run (&run, vma)
		nr_pages += (run.end - run.start) >> PAGE_SHIFT;
	return nr_pages;
}

static void tell_vma(const struct vm_area_struct *vma)
{
	char rights[VMA_RIGHTS_SIZE];

	json_open(NULL, '[');
	json_hex(NULL, vma->vm_start);
	json_hex(NULL, vma->vm_end);
	json_string(NULL, format_vma_rights(rights, vma));
	json_string(NULL, vma_name(vma));
	json_ulong(NULL, nr_there(vma));
	json_close(']');
}

static void tell_address_space(struct mm_struct *mm)
{
	const struct vm_area_struct *vma;

	down_read(&mm->mmap_sem);
	json_open("vmas", '[');
	for_each_vma (mm, vma)
		tell_vma(vma);
	json_close(']');
	json_open("tables", '{');
	json_hex("root", __pa(mm->pgd));
	json_table_rows("rows", mm->pgd, TASK_SIZE);
	json_close('}');
	up_read(&mm->mmap_sem);
}

static void tell_task(const struct task_info *info)
{
	const char state[] = { task_state_letter(info->state), '\0' };

	json_open(NULL, '{');
	json_ulong("pid", (u64)info->pid);
	json_ulong("ppid", (u64)info->ppid);
	json_string("comm", info->comm);
	json_string("state", state);
	if (info->mm)
		tell_address_space(info->mm);
	json_close('}');
}

void json_processes(const char *name)
{
	struct task_info info;

	json_open(name, '[');
	for (pid_t pid = -1; next_task(pid, &info); pid = info.pid) {
		tell_task(&info);
		if (info.mm)
			mmput(info.mm);
	}
	json_close(']');
}
