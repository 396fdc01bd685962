/*
 * What the commands about a process's memory share: which process, what its VMAs are called, and
 * its pages as runs.
 */
#ifndef MONITOR_ADDRESS_SPACE_H
#define MONITOR_ADDRESS_SPACE_H

#include <kernel/sched.h>
#include <mm/mm_types.h>

/**
 * monitor_parse_mm - the address space of a process whose number the user typed
 * @argv: the command's words; @index: of the one that is the number
 * @mm: out: with a use for the caller: mmput() it
 *
 * Returns 0, or -EINVAL after a one-line error: no such task, or a kernel thread.
 */
int monitor_parse_mm(char **argv, int index, struct mm_struct **mm);

/* "r-xp": what a VMA allows, and whether it is private or shared. @buf has VMA_RIGHTS_SIZE bytes. */
#define VMA_RIGHTS_SIZE 5
const char *format_vma_rights(char *buf, const struct vm_area_struct *vma);

/* "[heap]", "[stack]", "[text]" ...; "" for what mmap() made. */
const char *vma_name(const struct vm_area_struct *vma);

/* Pages of a VMA that follow each other, as their frames do, and are alike in everything below. */
struct page_run {
	unsigned long start, end; /* addresses; the end is exclusive */
	unsigned long pfn;	  /* of the first; all pages of a run of the zero page have one */
	pteval_t flags;		  /* of the entries: PTE_LASTING_BITS and _PAGE_PRESENT */
	int mapcount;		  /* how many entries lead to each frame */
};

/**
 * next_page_run - the next run of pages that are there
 * @from: where to begin
 *
 * Pages of PROT_NONE are there, too: without _PAGE_PRESENT. Returns false if there is none up to
 * the VMA's end. Locked for reading.
 */
bool next_page_run(const struct vm_area_struct *vma, unsigned long from, struct page_run *run);

#define for_each_page_run(run, vma)                                          \
	for (bool __more = next_page_run(vma, (vma)->vm_start, run); __more; \
	     __more = next_page_run(vma, (run)->end, run))

#endif
