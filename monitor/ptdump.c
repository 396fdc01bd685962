/*
 * ptdump [-s] [PID]: all that the kernel's tables map, or a process's part of its own, neighbours
 * that are alike in one line.
 *
 *      0xc0000000-0xc0100000      1M  4K  rw-  G---  lowmem
 *      |          |               |   |   |    |     owner, as layout_owner() says: the line's rest
 *      |          |               |   |   |    G global, U user, C not cached, W write-through
 *      |          |               |   |   r read, w write, x execute
 *      |          |               |   size of each page
 *      |          |               size of the range
 *      |          end: the first byte behind, so that the very last is 0x100000000
 *      start
 *
 * Columns are parted by blanks, and '-' stands for a letter that does not apply. What is not mapped
 * has no line. Accessed and dirty are left out: the CPU sets them as it goes, and ranges would fall
 * to pieces; walk shows them. tests/t/tlb.t holds these lines against what QEMU finds.
 *
 * -s adds what the tables cost. Only reads, through page_walk(). Condenses
 * arch/x86/mm/dump_pagetables.c.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/layout.h>
#include <mm/mm_alloc.h>
#include <monitor/monitor.h>
#include "address_space.h"
#include "pte_format.h"
#include "ptdump.h"

/* The one mapping, or hole, that an address lies in: from there to its end. */
static bool mapping_at(pgd_t *pgd, unsigned long vaddr, struct pt_range *range)
{
	struct page_walk walk;
	char buf[sizeof(range->owner)];

	page_walk(pgd, vaddr, &walk);
	range->start = vaddr;
	range->last = page_walk_next(&walk, vaddr) - 1;
	range->page_size = walk.size;
	range->flags = walk.flags & PTE_LASTING_BITS;
	strscpy(range->owner, layout_owner(vaddr, buf, sizeof(buf)), sizeof(range->owner));
	return walk.present;
}

static bool alike(const struct pt_range *a, const struct pt_range *b)
{
	return a->page_size == b->page_size && a->flags == b->flags && !strcmp(a->owner, b->owner);
}

bool next_pt_range(pgd_t *pgd, unsigned long from, struct pt_range *range)
{
	struct pt_range next;

	while (!mapping_at(pgd, from, range)) {
		if (range->last == ~0UL)
			return false;
		from = range->last + 1;
	}
	while (range->last != ~0UL && mapping_at(pgd, range->last + 1, &next) &&
	       alike(range, &next))
		range->last = next.last;
	return true;
}

static void show_range(const struct pt_range *range)
{
	char rights[RIGHTS_SIZE], traits[TRAITS_SIZE];
	const int digits = 2 * sizeof(range->start);
	u64 end = (u64)range->last + 1, size = end - range->start, page_size = range->page_size;
	char unit = scale_size(&size), page_unit = scale_size(&page_size);

	monitor_printf("0x%0*lx-0x%0*llx %6llu%c %2llu%c  %s  %s  %s\n", digits, range->start,
		       digits, end, size, unit, page_size, page_unit,
		       format_rights(rights, range->flags), format_traits(traits, range->flags),
		       range->owner);
}

/* Level by level from the top; the pgd of PAE has four entries and is no page. */
static size_t table_size(unsigned int level)
{
	return level ? PAGE_SIZE : PTRS_PER_PGD * sizeof(pgd_t);
}

static void count_table(struct pt_cost *cost, unsigned int level, const char *name)
{
	struct pt_level_cost *row = &cost->levels[level];

	row->level = name;
	row->nr_tables++;
	row->size += table_size(level);
	cost->nr_levels = max(cost->nr_levels, level + 1);
}

/* A walk from each large page's start meets every table; the entry above tells when it is new. */
void count_tables(pgd_t *pgd, unsigned long end, struct pt_cost *cost)
{
	pteval_t above[PAGE_WALK_LEVELS] = { 0 };
	struct page_walk walk;
	unsigned long vaddr = 0;

	*cost = (struct pt_cost){ 0 };
	do {
		page_walk(pgd, vaddr, &walk);
		if (vaddr == 0)
			count_table(cost, 0, walk.steps[0].level);
		for (unsigned int i = 1; i < walk.nr_steps; i++) {
			if (walk.steps[i - 1].entry == above[i])
				continue;
			above[i] = walk.steps[i - 1].entry;
			count_table(cost, i, walk.steps[i].level);
		}
		walk.size = max(walk.size, PMD_SIZE);
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr - 1 < end - 1);
}

static void show_cost(pgd_t *pgd, unsigned long tables_end)
{
	u64 flat_entries = (u64)PTRS_PER_PGD << (PGDIR_SHIFT - PAGE_SHIFT);
	u64 flat_size = flat_entries * sizeof(pteval_t);
	unsigned long size = 0;
	struct pt_cost cost;

	count_tables(pgd, tables_end, &cost);
	monitor_printf("level   tables       bytes\n");
	for (unsigned int i = 0; i < cost.nr_levels; i++) {
		const struct pt_level_cost *row = &cost.levels[i];

		monitor_printf("%-5s %8lu %11lu\n", row->level, row->nr_tables, row->size);
		size += row->size;
	}
	monitor_printf("all            %11lu\n", size);
	monitor_printf("flat           %11llu  an array of %llu entries: %llu times that\n",
		       flat_size, flat_entries, flat_size / size);
}

/* @tables_end: the first address that is not asked about; 0: none, all are. */
static void show_tables(pgd_t *pgd, unsigned long tables_end, bool cost)
{
	struct pt_range range;

	for_each_pt_range(&range, pgd)
	{
		if (range.start > tables_end - 1)
			break;
		show_range(&range);
	}
	if (cost)
		show_cost(pgd, tables_end);
}

static int dump_process(char **argv, bool cost)
{
	struct mm_struct *mm;

	if (monitor_parse_mm(argv, 1 + cost, &mm))
		return -EINVAL;
	down_read(&mm->mmap_sem);
	show_tables(mm->pgd, TASK_SIZE, cost);
	up_read(&mm->mmap_sem);
	mmput(mm);
	return 0;
}

static int run_ptdump(int argc, char **argv)
{
	const bool cost = argc > 1 && !strcmp(argv[1], "-s");
	const char *pid = argv[1 + cost];

	if (argc > 2 + cost || (pid && *pid == '-')) {
		monitor_printf("ptdump: '%s' is no option; the only one is -s\n", argv[argc - 1]);
		return -EINVAL;
	}
	if (pid)
		return dump_process(argv, cost);
	show_tables(swapper_pg_dir, 0, cost);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "ptdump", "[-s] [PID]", "what the page tables map, or a process's; -s: what they cost", 0,
	  2, run_ptdump },
};
monitor_group(ptdump_group, "look", commands);
