/*
 * The invariant walker's rules for page tables of processes.
 *
 *      each entry     lies in a VMA, and permits no more than it; is a user's, and not global; leads
 *                     to a frame that a process may have; is writable only if nobody else has that
 *      each frame     has as many entries as _mapcount says, and at least as many users
 *      each table     is in use, for nothing else; the kernel's part of each pgd is everybody's
 *      totals         rss, nr_ptes
 *
 * Entries are counted without any memory to count in: a first pass takes one off _mapcount for each
 * entry, after which all of mem_map must be at none; a second pass puts them back.
 *
 * Called by check_invariants(), interrupts off. Not part of the line budget.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <kernel/sched.h>
#include <mm/check_mm.h>
#include <mm/check_vma.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <mm/pgalloc.h>
#include <mm/rmap.h>
#include "check_internal.h"

enum rule {
	MM_LIST,
	KERNEL_PART,
	TABLE,
	NR_PTES,
	RSS,
	FRAME,
	GLOBAL,
	USER,
	IN_VMA,
	PERMITTED,
	COW,
	MAPCOUNT,
	COUNT,
};

static const struct check_rule rules[] = {
	[MM_LIST] = { "mm-list-links", "mm_init" },
	[KERNEL_PART] = { "kernel-part-of-pgd", "pgd_alloc" },
	[TABLE] = { "process-table-in-use", "__pte_alloc" },
	[NR_PTES] = { "nr_ptes", "free_pte_table" },
	[RSS] = { "rss", "zap_pte_range" },
	[FRAME] = { "mapped-frame-is-a-process's", "do_anonymous_page" },
	[GLOBAL] = { "user-entry-not-global", "vm_get_page_prot" },
	[USER] = { "user-entry-is-a-user's", "vm_get_page_prot" },
	[IN_VMA] = { "entry-lies-in-a-vma", "unmap_region" },
	[PERMITTED] = { "entry-permits-what-its-vma-does", "change_protection" },
	[COW] = { "shared-frame-is-read-only", "do_wp_page" },
	[MAPCOUNT] = { "_mapcount", "page_remove_rmap" },
	[COUNT] = { "mapped-frame-has-users", "put_page" },
};

/* This run. Static: there is one at a time, and stacks are small. */
static struct {
	check_report_t *report;
	struct mm_struct *mm;
	bool settled; /* nobody is just changing it */
	const struct vm_area_struct *vma;
	unsigned long rss, nr_ptes;
} run;

#define violated(rule, pfn, ...) check_violated(run.report, &rules[rule], pfn, __VA_ARGS__)

/* Whose address space it is: "cat[12]". */
static const char *owner(void)
{
	static char name[TASK_COMM_LEN + 16];
	const struct task_struct *task;

	for_each_process (task) {
		if (task->mm != run.mm)
			continue;
		snprintf(name, sizeof(name), "%s[%d]", task->comm, task->pid);
		return name;
	}
	return "nobody";
}

/* --- one entry -------------------------------------------------------------------------------- */

/* Is it a frame that a process may see at all? What else is in it does not matter then. */
static bool check_frame(pte_t pte, unsigned long addr)
{
	const unsigned long pfn = pte_pfn(pte);
	const struct page *page = pfn_to_page(pfn);

	if (pfn_valid(pfn) && !PageReserved(page) && !PageSlab(page) && page_count(page) > 0)
		return true;
	violated(FRAME, pfn, "is mapped at %#lx by %s, but is %s", addr, owner(),
		 !pfn_valid(pfn)	 ? "no RAM"
		 : page_count(page) <= 0 ? "free"
					 : "the kernel's");
	return false;
}

/* A page of PROT_NONE is not present to the CPU: its bits mean nothing to it. */
static void check_bits(pte_t pte, unsigned long addr)
{
	if (!(pte_val(pte) & _PAGE_PRESENT))
		return;
	if (pte_val(pte) & _PAGE_GLOBAL)
		violated(GLOBAL, pte_pfn(pte), "is mapped at %#lx by %s by a global entry", addr,
			 owner());
	if (!(pte_val(pte) & _PAGE_USER))
		violated(USER, pte_pfn(pte), "is mapped at %#lx by %s, who may not use it", addr,
			 owner());
}

/* What an entry lets ring 3 do, in VM_ flags. */
static unsigned long permissions(pte_t pte)
{
	unsigned long may = VM_READ;

	if (!(pte_val(pte) & _PAGE_PRESENT))
		return 0;
	if (pte_write(pte))
		may |= VM_WRITE;
	if (__supported_pte_mask & _PAGE_NX && !(pte_val(pte) & _PAGE_NX))
		may |= VM_EXEC;
	return may;
}

/* x86 can not let write or run without letting read. */
static unsigned long permitted(const struct vm_area_struct *vma)
{
	const unsigned long flags = vma->vm_flags & VM_ACCESS_FLAGS;

	return flags ? flags | VM_READ : 0;
}

/* Entries are visited in ascending order, and so are VMAs. */
static void check_against_vma(pte_t pte, unsigned long addr)
{
	const unsigned long pfn = pte_pfn(pte);

	while (run.vma && run.vma->vm_end <= addr)
		run.vma = run.vma->vm_next;
	if (!run.vma || addr < run.vma->vm_start)
		violated(IN_VMA, pfn, "is mapped at %#lx by %s, where there is no VMA", addr,
			 owner());
	else if (permissions(pte) & ~permitted(run.vma))
		violated(PERMITTED, pfn,
			 "is mapped at %#lx by %s with rights %#lx, its VMA has %#lx", addr,
			 owner(), permissions(pte), permitted(run.vma));
	else if (!(run.vma->vm_flags & VM_SHARED) && pte_write(pte) &&
		 (pte_page(pte) == zero_page || page_mapcount(pte_page(pte)) > 1))
		violated(COW, pfn, "is mapped writable at %#lx by %s, but not by it alone", addr,
			 owner());
}

static void check_entry(pte_t pte, unsigned long addr)
{
	if (!check_frame(pte, addr))
		return;
	run.rss += vm_normal_page(pte) != NULL;
	check_bits(pte, addr);
	if (run.settled)
		check_against_vma(pte, addr);
}

/* Of frames that have a count: the others were told of already. */
static void add_to_mapcount(pte_t pte, int nr)
{
	if (pfn_valid(pte_pfn(pte)) && vm_normal_page(pte))
		atomic_set(&pte_page(pte)->_mapcount, page_mapcount(pte_page(pte)) - 1 + nr);
}

static void uncount_entry(pte_t pte, unsigned long addr __unused)
{
	add_to_mapcount(pte, -1);
}

static void recount_entry(pte_t pte, unsigned long addr __unused)
{
	add_to_mapcount(pte, 1);
}

/* --- tables ----------------------------------------------------------------------------------- */

/* Can the table be looked into? */
static bool table_exists(pmd_t pmd)
{
	return pfn_valid(pmd_pfn(pmd)) && page_count(pmd_page(pmd)) > 0;
}

static void for_each_entry_of_table(pmd_t *pmd, unsigned long addr,
				    void (*visit)(pte_t, unsigned long))
{
	const unsigned long end = pmd_addr_end(addr, TASK_SIZE);
	pte_t *const table = pte_offset_map(pmd, addr);

	for (const pte_t *pte = table; addr < end; pte++, addr += PAGE_SIZE)
		if (pte_present(*pte))
			visit(*pte, addr);
	pte_unmap(table);
}

static void for_each_entry(struct mm_struct *mm, void (*visit)(pte_t, unsigned long))
{
	unsigned long addr = 0;
	pmd_t *pmd;

	for_each_page_table (mm, pmd, addr, TASK_SIZE)
		if (table_exists(*pmd))
			for_each_entry_of_table(pmd, addr, visit);
}

static void check_table(unsigned long pfn, unsigned long addr)
{
	const struct page *page = pfn_to_page(pfn);

	if (!pfn_valid(pfn) || PageReserved(page) || PageSlab(page) || page_count(page) != 1 ||
	    page_mapcount(page))
		violated(TABLE, pfn, "is a page table of %s for %#lx, and something else, or free",
			 owner(), addr);
}

/* The tables of the upper levels are where their entries lie; those of the lowest are counted. */
static void check_tables(struct mm_struct *mm)
{
	unsigned long addr = 0;
	pmd_t *pmd;

	for_each_page_table (mm, pmd, addr, TASK_SIZE) {
		if (!pmd_folded)
			check_table(virt_to_pfn(pmd), addr);
		if (!pud_folded)
			check_table(virt_to_pfn(pud_offset(pgd_offset(mm, addr), addr)), addr);
		check_table(pmd_pfn(*pmd), addr);
		run.nr_ptes++;
	}
}

static void check_kernel_part(const struct mm_struct *mm)
{
	const unsigned long size = (PTRS_PER_PGD - KERNEL_PGD_BOUNDARY) * sizeof(pgd_t);

	if (memcmp(mm->pgd + KERNEL_PGD_BOUNDARY, swapper_pg_dir + KERNEL_PGD_BOUNDARY, size))
		violated(KERNEL_PART, virt_to_pfn(mm->pgd),
			 "has the pgd of %s, whose kernel part is not swapper_pg_dir's", owner());
}

/* --- one address space ------------------------------------------------------------------------ */

static void check_sum(enum rule rule, unsigned long says, unsigned long is)
{
	if (run.settled && says != is)
		violated(rule, virt_to_pfn(run.mm),
			 "has the mm of %s, which says %lu, but there are %lu", owner(), says, is);
}

static void check_mm(struct mm_struct *mm)
{
	run.mm = mm;
	run.settled = atomic_read(&mm->mm_users) > 0 && !rwsem_is_write_locked(&mm->mmap_sem) &&
		      check_vmas(mm, run.report);
	run.vma = mm->mmap;
	run.rss = run.nr_ptes = 0;
	check_kernel_part(mm);
	check_tables(mm);
	for_each_entry(mm, check_entry);
	check_sum(RSS, mm->rss, run.rss);
	check_sum(NR_PTES, mm->nr_ptes, run.nr_ptes);
}

/* May the list be relied on? */
static bool check_mm_list(void)
{
	const struct list_head *before = &mm_list;

	for (const struct list_head *at = before->next; at != &mm_list; at = at->next) {
		if (!is_object(at) || at->prev != before) {
			violated(MM_LIST, virt_to_pfn(before),
				 "is where the list of address spaces leads to %p, which is none",
				 at);
			return false;
		}
		before = at;
	}
	return true;
}

/* --- frames ----------------------------------------------------------------------------------- */

static void check_users(struct page *page, unsigned long pfn)
{
	if (page_mapcount(page) && page_count(page) < page_mapcount(page))
		violated(COUNT, pfn, "has %d users, but is mapped %d times", page_count(page),
			 page_mapcount(page));
}

/* All that is left now has no entry to show for it. */
static void check_leftover(struct page *page, unsigned long pfn)
{
	if (page_mapcount(page))
		violated(MAPCOUNT, pfn, "is said to be mapped %d times more often than it is",
			 page_mapcount(page));
}

/* A slab has other things in _mapcount's place. */
static void for_each_frame(void (*visit)(struct page *page, unsigned long pfn))
{
	unsigned long pfn = 0;

	for_each_valid_pfn (pfn, max_mapnr) {
		if (!PageSlab(compound_head(pfn_to_page(pfn))))
			visit(pfn_to_page(pfn), pfn);
	}
}

void check_mms(check_report_t *report)
{
	struct mm_struct *mm;

	run.report = report;
	if (!check_mm_list())
		return;
	for_each_mm (mm)
		check_mm(mm);
	for_each_frame(check_users);
	for_each_mm (mm)
		for_each_entry(mm, uncount_entry);
	for_each_frame(check_leftover);
	for_each_mm (mm)
		for_each_entry(mm, recount_entry);
}
