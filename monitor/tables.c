/*
 * One address at a time: whose it is, how the CPU finds its frame, and what lies there.
 *
 *      layout     the regions of the address space, from the table that made them, and how full
 *      walk ADDR  pgd[769]  0x00118067  -> 0x00118000  P RW USR A D
 *                 pte[0]    0x00400163  -> 0x00400000  P RW A D GLB
 *                 0xc0400000 -> physical 0x00400000, 4 KB page, rwx G---, lowmem
 *      walk ADDR PID   the same through the tables of a process, which may lie in high memory
 *      x ADDR     words, after asking page_walk() whether each may be read: never faults
 *
 * Without PID they look at the kernel's own tables. Only reads.
 */
#include <lib/ctype.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/layout.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <mm/pagewalk.h>
#include <monitor/monitor.h>
#include "address_space.h"
#include "pte_format.h"

#define X_DEFAULT 16U
#define X_MAX	  1024U
#define X_COLUMNS 4U

#define MAX_UNITS 16384UL /* of more than so many kB, MB, GB the next unit is shown */

/* Two wide addresses fill a row of the screen: what else there is goes below them. */
#define ROW_IS_FULL (sizeof(long) > sizeof(u32))

/* ---- layout ---- */

static void show_usage(const struct layout_usage *usage)
{
	monitor_printf("%s%*s", ROW_IS_FULL ? "\n" : "", ROW_IS_FULL ? 28 : 2, "");
	monitor_printf("%lu of %lu %s", usage->used, usage->total, usage->unit);
	if (usage->nr_areas)
		monitor_printf(" in %lu area%s", usage->nr_areas, usage->nr_areas > 1 ? "s" : "");
}

/* Without fractions, to the nearest; vmalloc's 32 TB lack but two pages. */
static const char *scale_region(unsigned long *size)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	unsigned int unit = 0;

	*size /= SZ_1K;
	for (; unit + 1 < ARRAY_SIZE(units) && *size >= MAX_UNITS; unit++)
		*size = (*size + SZ_1K / 2) / SZ_1K;
	return units[unit];
}

static void show_region(const struct layout_region *region)
{
	unsigned long size = region->end - region->start;
	const char *unit = scale_region(&size);

	monitor_printf("    %s%-*s : %p - %p   (%4lu %s)", region->part ? "  " : "",
		       region->part ? 19 : 21, region->name, (void *)region->start,
		       (void *)region->end, size, unit);
	if (region->usage) {
		struct layout_usage usage = region->usage();

		show_usage(&usage);
	}
	monitor_printf("\n");
}

static void show_parts(const struct layout_region *region)
{
	const struct layout_region *part = region + 1;

	while (part->part)
		part++;
	while (--part > region)
		show_region(part);
}

static int run_layout(int argc __unused, char **argv __unused)
{
	const struct layout_region *region;

	for_each_layout_region (region)
		;
	monitor_printf("virtual kernel memory layout:\n");
	while (region-- > layout) {
		if (region->part)
			continue;
		show_region(region);
		show_parts(region);
	}
	return 0;
}

/* ---- walk ---- */

static void show_step(const struct page_walk_step *step)
{
	const int digits = 2 * sizeof(step->entry);
	char name[16], bits[BITS_SIZE];

	snprintf(name, sizeof(name), "%s[%u]", step->level, step->index);
	monitor_printf("%-9s 0x%0*llx", name, digits, (u64)step->entry);
	if (pte_present(__pte(step->entry)))
		monitor_printf("  -> 0x%08llx  %s\n", (u64)(step->entry & PTE_PFN_MASK),
			       format_bits(bits, step->entry));
	else
		monitor_printf("  -> not present\n");
}

static void show_mapping(unsigned long vaddr, const struct page_walk *walk, const char *owner)
{
	char rights[RIGHTS_SIZE], traits[TRAITS_SIZE];
	u64 size = walk->size;
	char unit = scale_size(&size);

	monitor_printf("%p -> physical 0x%08llx, %llu %cB page, %s %s, %s\n", (void *)vaddr,
		       (u64)walk->pa, size, unit, format_rights(rights, walk->flags),
		       format_traits(traits, walk->flags), owner);
}

static void show_walk(pgd_t *pgd, unsigned long vaddr, const char *owner)
{
	const struct page_walk_step *last;
	struct page_walk walk;

	page_walk(pgd, vaddr, &walk);
	for (unsigned int i = 0; i < walk.nr_steps; i++)
		show_step(&walk.steps[i]);
	last = &walk.steps[walk.nr_steps - 1];
	if (walk.present)
		show_mapping(vaddr, &walk, owner);
	else if (!walk.nr_steps)
		monitor_printf("%p -> not mapped: this CPU has no such address\n", (void *)vaddr);
	else if (pte_present(__pte(last->entry)))
		monitor_printf("%p -> PROT_NONE: a frame is there, but each access faults, %s\n",
			       (void *)vaddr, owner);
	else
		monitor_printf("%p -> not mapped: %s %u is not present, %s\n", (void *)vaddr,
			       last->level, last->index, owner);
}

/* In a process's part its VMAs say whose an address is. */
static const char *vma_owner(struct mm_struct *mm, unsigned long vaddr, char *buf, size_t size)
{
	const struct vm_area_struct *vma = find_vma(mm, vaddr);
	char rights[VMA_RIGHTS_SIZE];

	if (vaddr >= TASK_SIZE)
		return layout_owner(vaddr, buf, size);
	if (!vma || vaddr < vma->vm_start)
		return "in no VMA";
	snprintf(buf, size, "VMA %08lx-%08lx %s %s", vma->vm_start, vma->vm_end,
		 format_vma_rights(rights, vma), vma_name(vma));
	return buf;
}

static int walk_process(unsigned long vaddr, char **argv)
{
	struct mm_struct *mm;
	char buf[64];

	if (monitor_parse_mm(argv, 2, &mm))
		return -EINVAL;
	down_read(&mm->mmap_sem);
	show_walk(mm->pgd, vaddr, vma_owner(mm, vaddr, buf, sizeof(buf)));
	up_read(&mm->mmap_sem);
	mmput(mm);
	return 0;
}

static int run_walk(int argc, char **argv)
{
	unsigned long vaddr;
	char buf[48];

	if (monitor_parse_addr("ADDR", argv[1], &vaddr))
		return -EINVAL;
	if (argc > 2)
		return walk_process(vaddr, argv);
	show_walk(swapper_pg_dir, vaddr, layout_owner(vaddr, buf, sizeof(buf)));
	return 0;
}

/* ---- x ---- */

static bool mapped(unsigned long vaddr)
{
	struct page_walk walk;

	return page_walk(swapper_pg_dir, vaddr, &walk);
}

/* ADDR need not be aligned: a word may begin on one page and end on the next. */
static bool read_word(unsigned long vaddr, u32 *word)
{
	if (!mapped(vaddr) || !mapped(vaddr + sizeof(*word) - 1))
		return false;
	memcpy(word, (const void *)vaddr, sizeof(*word));
	return true;
}

static void show_line(unsigned long vaddr, const u32 *words, unsigned int count)
{
	const char *bytes = (const char *)words;

	monitor_printf("%p:", (void *)vaddr);
	for (unsigned int i = 0; i < X_COLUMNS; i++) {
		if (i < count)
			monitor_printf(" %08x", words[i]);
		else
			monitor_printf("%9s", "");
	}
	monitor_printf("  ");
	for (size_t i = 0; i < count * sizeof(*words); i++)
		monitor_printf("%c", isprint(bytes[i]) ? bytes[i] : '.');
	monitor_printf("\n");
}

/* Up to a line of words; returns how many of them could be read. */
static unsigned int dump_line(unsigned long vaddr, unsigned int count)
{
	u32 words[X_COLUMNS];
	unsigned int done = 0;

	while (done < count && read_word(vaddr + done * sizeof(*words), &words[done]))
		done++;
	if (done)
		show_line(vaddr, words, done);
	return done;
}

static int dump_words(unsigned long vaddr, unsigned long left)
{
	while (left) {
		unsigned int wanted = min_t(unsigned int, left, X_COLUMNS);
		unsigned int done = dump_line(vaddr, wanted);

		vaddr += done * sizeof(u32);
		left -= done;
		if (done < wanted) {
			monitor_printf("x: the word at %p is not mapped; stopped\n", (void *)vaddr);
			return -EINVAL;
		}
	}
	return 0;
}

static int run_x(int argc, char **argv)
{
	unsigned long vaddr, count = X_DEFAULT;

	if (monitor_parse_addr("ADDR", argv[1], &vaddr))
		return -EINVAL;
	if (argc > 2 && monitor_parse_ulong("N", argv[2], &count))
		return -EINVAL;
	if (count < 1 || count > X_MAX) {
		monitor_printf("x: N: %lu is not within 1 to %u words\n", count, X_MAX);
		return -EINVAL;
	}
	return dump_words(vaddr, count);
}

static const struct monitor_command commands[] = {
	{ "layout", "", "the regions of the address space, how full each is", 0, 0, run_layout },
	{ "walk", "ADDR [PID]", "the way of an address through the page tables, or a process's", 1,
	  2, run_walk },
	{ "x", "ADDR [N]", "show memory, N words of 32 bits (16)", 1, 2, run_x },
};
monitor_group(tables_group, "look", commands);
