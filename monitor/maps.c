/*
 * What a process may use, and what it has of that.
 *
 *      maps PID       a line for each VMA, as in /proc/PID/maps:
 *
 *      08048000-080c9000 r-xp 00000000 00:00 0          [text]
 *
 *      pagemap PID    the same, and below each VMA the pages that are there, in runs:
 *
 *      0x08048000-0x080c9000 r-xp [text]: 12 of 129 pages
 *        0x08049000-0x0804c000     3  frame 0x3f2a1  HighMem   r-x  1 user   its own
 *        |                         |        |        |         |    |        what follows from it
 *        |                         |        |        zone      |    entries that lead to each frame
 *        |                         pages    of the first       what its entries permit now
 *        where
 *
 * Only read. The answer is a process's at one moment: it runs on when it has been given.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <monitor/monitor.h>
#include "address_space.h"
#include "pte_format.h"

/* Calls @show for the address space of the process that the user named. */
static int with_mm(char **argv, void (*show)(struct mm_struct *mm))
{
	struct mm_struct *mm;

	if (monitor_parse_mm(argv, 1, &mm))
		return -EINVAL;
	down_read(&mm->mmap_sem);
	show(mm);
	up_read(&mm->mmap_sem);
	mmput(mm);
	return 0;
}

/* ---- maps ---- */

static void show_maps(struct mm_struct *mm)
{
	const struct vm_area_struct *vma;
	char rights[VMA_RIGHTS_SIZE];

	for_each_vma (mm, vma)
		monitor_printf("%08lx-%08lx %s 00000000 00:00 0%s%s\n", vma->vm_start, vma->vm_end,
			       format_vma_rights(rights, vma), *vma_name(vma) ? "          " : "",
			       vma_name(vma));
}

static int run_maps(int argc __unused, char **argv)
{
	return with_mm(argv, show_maps);
}

/* ---- pagemap ---- */

static const char *what_follows(const struct vm_area_struct *vma, const struct page_run *run)
{
	if (!(run->flags & _PAGE_PRESENT))
		return "there, but PROT_NONE: each access faults";
	if (is_zero_pfn(run->pfn))
		return "the zero page: a write gets a frame";
	if (vma->vm_flags & VM_SHARED)
		return "shared: all who map it see each write";
	if (run->mapcount > 1)
		return "shared until written: then the writer gets a copy";
	if (vma->vm_flags & VM_WRITE && !(run->flags & _PAGE_RW))
		return "its own, found out at the next write";
	return "its own";
}

static void show_run(const struct vm_area_struct *vma, const struct page_run *run)
{
	char rights[RIGHTS_SIZE];
	const bool present = run->flags & _PAGE_PRESENT;

	monitor_printf("  %p-%p %5lu  frame %#-8lx  %-8s  %s", (void *)run->start, (void *)run->end,
		       (run->end - run->start) >> PAGE_SHIFT, run->pfn,
		       page_zone(pfn_to_page(run->pfn))->name,
		       present ? format_rights(rights, run->flags) : "---");
	if (is_zero_pfn(run->pfn))
		monitor_printf("  many     ");
	else
		monitor_printf("  %d user%s  ", run->mapcount, run->mapcount == 1 ? " " : "s");
	monitor_printf("%s\n", what_follows(vma, run));
}

static unsigned long nr_present(const struct vm_area_struct *vma)
{
	unsigned long nr_pages = 0;
	struct page_run run;

	for_each_page_run (&run, vma)
		nr_pages += (run.end - run.start) >> PAGE_SHIFT;
	return nr_pages;
}

static void show_vma_pages(const struct vm_area_struct *vma)
{
	char rights[VMA_RIGHTS_SIZE];
	const char *name = vma_name(vma);
	struct page_run run;

	monitor_printf("%p-%p %s %s%s%lu of %lu pages\n", (void *)vma->vm_start,
		       (void *)vma->vm_end, format_vma_rights(rights, vma), name, *name ? ": " : "",
		       nr_present(vma), vma_pages(vma));
	for_each_page_run (&run, vma)
		show_run(vma, &run);
}

static void show_pagemap(struct mm_struct *mm)
{
	const struct vm_area_struct *vma;

	for_each_vma (mm, vma)
		show_vma_pages(vma);
	monitor_printf(
		"pagemap: %d VMAs of %lu pages, %lu frames, %lu page tables of the lowest level\n",
		mm->map_count, mm->total_vm, mm->rss, mm->nr_ptes);
}

static int run_pagemap(int argc __unused, char **argv)
{
	return with_mm(argv, show_pagemap);
}

static const struct monitor_command commands[] = {
	{ "maps", "PID", "what a process may use: its VMAs", 1, 1, run_maps },
	{ "pagemap", "PID", "what it has of that: frames, and who else has them", 1, 1,
	  run_pagemap },
};
monitor_group(maps_group, "look", commands);
