/*
 * The steps of lab 10's grader. Those for the headers and the walk are for the prompt in front of
 * memory (`before_memory` on the command line), on tables that no CPU walks:
 *
 *      tables[0]   tables[1]   tables[2]   tables[3]     the host says what is in them, fills
 *      pgd         pud or pmd  pmd or pte  pte           them in raw, and knows where they lie
 *
 * Entries come in two words of the monitor, HIGH and LOW.
 */
#include <kernel/init.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/fault_inject.h>
#include <mm/gfp.h>
#include <mm/pagewalk.h>
#include <asm/pgalloc.h>
#include <asm/tlbflush.h>
#include <monitor/monitor.h>
#include "arguments.h"
#include "early_prompt.h"
#include "facts.h"

#define ENTRIES	  (PAGE_SIZE / sizeof(pteval_t))
#define NR_LEVELS (pud_folded ? 3 : 4)

static pteval_t tables[PAGE_WALK_LEVELS][ENTRIES] __aligned(PAGE_SIZE);

/* One entry, and how the host finds it. */
static pteval_t entry __aligned(8);

static pteval_t entry_of(char **argv)
{
	return (pteval_t)((u64)number(argv[0]) << 32 | (u32)number(argv[1]));
}

/* --- entries ---------------------------------------------------------------------------------- */

static int tl_where(int argc __unused, char **argv __unused)
{
	fact("entry", (unsigned long)&entry);
	fact("physical", __pa(&entry));
	fact("mask", __supported_pte_mask);
	for (int level = 0; level < NR_LEVELS; level++)
		fact("table", __pa(tables[level]));
	return 0;
}

static int tl_raw(int argc __unused, char **argv)
{
	entry = entry_of(argv + 1);
	return 0;
}

static int tl_set_pte(int argc __unused, char **argv)
{
	set_pte((pte_t *)&entry, __pte(entry_of(argv + 1)));
	return 0;
}

static int tl_set_pmd(int argc __unused, char **argv)
{
	set_pmd((pmd_t *)&entry, __pmd(entry_of(argv + 1)));
	return 0;
}

static int tl_set_pud(int argc __unused, char **argv)
{
	set_pud((pud_t *)&entry, __pud(entry_of(argv + 1)));
	return 0;
}

static int tl_set_pgd(int argc __unused, char **argv)
{
	set_pgd((pgd_t *)&entry, __pgd(entry_of(argv + 1)));
	return 0;
}

static int tl_clear_pte(int argc __unused, char **argv __unused)
{
	pte_clear((pte_t *)&entry);
	return 0;
}

static int tl_clear_pmd(int argc __unused, char **argv __unused)
{
	pmd_clear((pmd_t *)&entry);
	return 0;
}

/* As on a CPU that has all rights, and on one that lacks those in LACKS. */
static int tl_pfn(int argc __unused, char **argv)
{
	const pteval_t was = __supported_pte_mask;
	const pgprot_t prot = __pgprot(entry_of(argv + 2));

	__supported_pte_mask = ~entry_of(argv + 4);
	fact("pte", pte_val(pfn_pte(number(argv[1]), prot)));
	fact("pmd", pmd_val(pfn_pmd(number(argv[1]), prot)));
	fact("frame", pte_pfn(pfn_pte(number(argv[1]), prot)));
	__supported_pte_mask = was;
	return 0;
}

static int tl_frame(int argc __unused, char **argv)
{
	fact("frame", pte_pfn(__pte(entry_of(argv + 1))));
	return 0;
}

static int tl_modify(int argc __unused, char **argv)
{
	fact("entry", pte_val(pte_modify(__pte(entry_of(argv + 1)), __pgprot(entry_of(argv + 3)))));
	return 0;
}

/* --- what an entry says, and where it leads --------------------------------------------------- */

static int tl_asks(int argc __unused, char **argv)
{
	const pteval_t value = entry_of(argv + 1);

	fact("pgd_present", pgd_present(__pgd(value)));
	fact("pud_present", pud_present(__pud(value)));
	fact("pud_large", pud_large(__pud(value)));
	return 0;
}

static int tl_offsets(int argc __unused, char **argv)
{
	const unsigned long vaddr = number(argv[3]);

	entry = entry_of(argv + 1);
	fact("pud", (unsigned long)pud_offset((pgd_t *)&entry, vaddr));
	fact("pmd", (unsigned long)pmd_offset((pud_t *)&entry, vaddr));
	return 0;
}

static int tl_hole(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		fact("next", skip_address_hole(number(argv[i])));
	return 0;
}

/* --- walks ------------------------------------------------------------------------------------ */

static void fact_walk(pgd_t *pgd, unsigned long vaddr)
{
	struct page_walk walk;

	fact("found", page_walk(pgd, vaddr, &walk));
	for (unsigned int i = 0; i < walk.nr_steps; i++) {
		fact("level", (u64)walk.steps[i].level[1] << 8 | (u8)walk.steps[i].level[0]);
		fact("index", walk.steps[i].index);
		fact("entry", walk.steps[i].entry);
	}
	fact("present", walk.present);
	fact("size", walk.size);
	fact("physical", walk.pa);
	fact("flags", walk.flags);
}

/* Empty tables but for one entry each, where the address is looked up in it. */
static int tl_walk(int argc, char **argv)
{
	const unsigned long vaddr = number(argv[1]);
	const unsigned long indices[] = { pgd_index(vaddr), pud_index(vaddr), pmd_index(vaddr),
					  pte_index(vaddr) };

	memset(tables, 0, sizeof(tables));
	for (int level = 0; level < NR_LEVELS && 2 * level + 3 < argc; level++) {
		const int row = level && pud_folded ? level + 1 : level;

		tables[level][indices[row]] = entry_of(argv + 2 + 2 * level);
	}
	fact_walk((pgd_t *)tables[0], vaddr);
	return 0;
}

/* The kernel's own tables. */
static int tl_walk_kernel(int argc __unused, char **argv)
{
	fact_walk(swapper_pg_dir, number(argv[1]));
	return 0;
}

/* --- a process's pgd -------------------------------------------------------------------------- */

/* One that follows on another in the same place: what that left behind must not be seen. */
static int tl_pgd(int argc __unused, char **argv __unused)
{
	pgd_t *pgd = pgd_alloc(NULL);

	if (!PREALLOCATED_PMDS)
		memset(pgd, 0x5A, KERNEL_PGD_BOUNDARY * sizeof(pgd_t));
	pgd_free(NULL, pgd);
	fact("pgd", __pa(pgd_alloc(NULL)));
	fact("entries", PTRS_PER_PGD);
	fact("own entries", KERNEL_PGD_BOUNDARY);
	fact("kernel's", __pa(swapper_pg_dir));
	return 0;
}

static unsigned long free_frames(void)
{
	drain_all_pages();
	return nr_free_pages();
}

static int tl_pgds_come_and_go(int argc __unused, char **argv)
{
	pgd_free(NULL, pgd_alloc(NULL));
	fact("frames", free_frames());
	for (unsigned long i = number(argv[1]); i > 0; i--)
		pgd_free(NULL, pgd_alloc(NULL));
	fact("frames", free_frames());
	return 0;
}

#define NR_OTHERS 8

/* Of the frames that a pgd takes the one behind so many fails: what was taken is given back, and no more. */
static int tl_pgd_fails(int argc __unused, char **argv)
{
	struct fault_attr fails = FAULT_ATTR_OFF;
	struct page *others[NR_OTHERS];

	pgd_free(NULL, pgd_alloc(NULL));
	for (int i = 0; i < NR_OTHERS; i++) /* among them those that this pgd's tables lay in */
		others[i] = alloc_page(GFP_KERNEL);
	fails.probability = 100;
	fails.space = number(argv[1]) * PAGE_SIZE;
	fact("frames", free_frames());
	for (int i = 0; i < 20; i++) {
		set_fail_page_alloc(&fails);
		fact("pgd", (unsigned long)pgd_alloc(NULL));
		set_fail_page_alloc(NULL);
	}
	fact("frames", free_frames());
	for (int i = 0; i < NR_OTHERS; i++)
		fact("count", page_count(others[i]));
	return 0;
}

static int stop_before_memory(char *val __unused)
{
	early_prompt();
}
early_param("before_memory", stop_before_memory);

static const struct monitor_command commands[] = {
	{ "tl_where", "", "where the entry and the tables lie", 0, 0, tl_where },
	{ "tl_raw", "HIGH LOW", "the entry, written by the grader", 2, 2, tl_raw },
	{ "tl_set_pte", "HIGH LOW", "set_pte", 2, 2, tl_set_pte },
	{ "tl_set_pmd", "HIGH LOW", "set_pmd", 2, 2, tl_set_pmd },
	{ "tl_set_pud", "HIGH LOW", "set_pud", 2, 2, tl_set_pud },
	{ "tl_set_pgd", "HIGH LOW", "set_pgd", 2, 2, tl_set_pgd },
	{ "tl_clear_pte", "", "pte_clear", 0, 0, tl_clear_pte },
	{ "tl_clear_pmd", "", "pmd_clear", 0, 0, tl_clear_pmd },
	{ "tl_pfn", "FRAME RIGHTS LACKS", "pfn_pte and back", 5, 5, tl_pfn },
	{ "tl_frame", "HIGH LOW", "pte_pfn", 2, 2, tl_frame },
	{ "tl_modify", "ENTRY RIGHTS", "pte_modify", 4, 4, tl_modify },
	{ "tl_asks", "HIGH LOW", "what an entry says", 2, 2, tl_asks },
	{ "tl_offsets", "HIGH LOW ADDR", "where an entry leads", 3, 3, tl_offsets },
	{ "tl_hole", "ADDR ...", "skip_address_hole", 1, 8, tl_hole },
	{ "tl_walk", "ADDR [HIGH LOW]...", "page_walk of tables made by hand", 1, 9, tl_walk },
	{ "tl_walk_kernel", "ADDR", "page_walk of the kernel's", 1, 1, tl_walk_kernel },
	{ "tl_pgd", "", "a pgd", 0, 0, tl_pgd },
	{ "tl_pgds_come_and_go", "N", "so many", 1, 1, tl_pgds_come_and_go },
	{ "tl_pgd_fails", "FRAMES", "a pgd for which there are so many frames", 1, 1,
	  tl_pgd_fails },
};
monitor_group(three_levels_steps, "grade", commands);
