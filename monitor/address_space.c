/*
 * Processes' memory in words: see address_space.h. Only reads; called with mmap_sem held for reading,
 * so VMAs and tables stay, while entries may come and go.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <mm/pagewalk.h>
#include <mm/rmap.h>
#include <monitor/monitor.h>
#include <process/fork.h>
#include "address_space.h"
#include "pte_format.h"

int monitor_parse_mm(char **argv, int index, struct mm_struct **mm)
{
	struct task_struct *task;
	unsigned long pid;

	if (monitor_parse_ulong("PID", argv[index], &pid))
		return -EINVAL;
	preempt_disable();
	task = pid <= PID_MAX ? find_task_by_pid((pid_t)pid) : NULL;
	*mm = task ? get_task_mm(task) : NULL;
	preempt_enable();
	if (!task)
		monitor_printf("%s: PID: there is no task %lu; ps lists all\n", argv[0], pid);
	else if (!*mm)
		monitor_printf("%s: PID: task %lu has no memory of its own: a kernel thread, or it "
			       "has ended\n",
			       argv[0], pid);
	return *mm ? 0 : -EINVAL;
}

const char *format_vma_rights(char *buf, const struct vm_area_struct *vma)
{
	buf[0] = vma->vm_flags & VM_READ ? 'r' : '-';
	buf[1] = vma->vm_flags & VM_WRITE ? 'w' : '-';
	buf[2] = vma->vm_flags & VM_EXEC ? 'x' : '-';
	buf[3] = vma->vm_flags & VM_MAYSHARE ? 's' : 'p';
	buf[4] = '\0';
	return buf;
}

/* Does [start, end) have a byte of the VMA? The end is inclusive where nothing is in between. */
static bool has_part_of(const struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	return start < vma->vm_end && end > vma->vm_start;
}

/* In this order: the heap may begin in the page that the data end in. */
const char *vma_name(const struct vm_area_struct *vma)
{
	const struct mm_struct *mm = vma->vm_mm;

	if (has_part_of(vma, mm->start_stack, mm->start_stack + 1))
		return "[stack]";
	if (has_part_of(vma, mm->start_code, mm->end_code))
		return vma->vm_flags & VM_EXEC ? "[text]" : "[rodata]";
	if (has_part_of(vma, mm->start_data, mm->end_data))
		return "[data]";
	if (has_part_of(vma, mm->start_brk, mm->brk))
		return "[heap]";
	return "";
}

/* --- runs ------------------------------------------------------------------------------------- */

/* The page of @addr, if one is there; else *@next is where to look on. */
static bool page_at(const struct vm_area_struct *vma, unsigned long addr, struct page_run *run,
		    unsigned long *next)
{
	struct page_walk walk;
	pte_t entry;

	page_walk(vma->vm_mm->pgd, addr, &walk);
	*next = page_walk_next(&walk, addr);
	entry = __pte(walk.nr_steps ? walk.steps[walk.nr_steps - 1].entry : 0);
	if (walk.size != PAGE_SIZE || !pte_present(entry))
		return false;
	*run = (struct page_run){
		.start = addr,
		.end = addr + PAGE_SIZE,
		.pfn = pte_pfn(entry),
		.flags = pte_val(entry) & (PTE_LASTING_BITS | _PAGE_PRESENT),
		.mapcount = page_mapcount(pte_page(entry)),
	};
	return true;
}

static bool continues(const struct page_run *run, const struct page_run *page)
{
	const unsigned long nr_pages = (run->end - run->start) >> PAGE_SHIFT;

	return page->flags == run->flags && page->mapcount == run->mapcount &&
	       page->pfn == (is_zero_pfn(run->pfn) ? run->pfn : run->pfn + nr_pages);
}

bool next_page_run(const struct vm_area_struct *vma, unsigned long from, struct page_run *run)
{
	struct page_run page;
	unsigned long next;

	for (;; from = next) {
		if (from >= vma->vm_end)
			return false;
		if (page_at(vma, from, run, &next))
			break;
		if (next <= from)
			return false;
	}
	while (run->end < vma->vm_end && page_at(vma, run->end, &page, &next) &&
	       continues(run, &page))
		run->end += PAGE_SIZE;
	return true;
}
