/*
 * The steps of lab 03's grader, typed at a prompt in front of paging_init() (`before_paging` on the
 * command line, behind the options that are to count): the functions build tables of their own, below
 * a pgd that no CPU walks. checks.py walks it, from outside.
 *
 *      8 MB  | bitmap | arena: the frames that bootmem has to give |      the provisional
 *      9 MB  | old tables, as head.asm's, for `dm_behind`          |      tables map both
 *
 * `low_taken` on the command line is for a real boot: only three frames are left below 16 MB for page
 * tables, the rest must come from what was mapped on the way.
 */
#include <kernel/init.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/bootmem.h>
#include <mm/layout.h>
#include <mm/mm.h>
#include <asm/e820.h>
#include <asm/highmem.h>
#include <asm/paging.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <monitor/monitor.h>
#include "early_prompt.h"
#include "arguments.h"
#include "facts.h"

#define BITMAP	    (8 * SZ_1M)
#define ARENA	    (BITMAP + PAGE_SIZE)
#define ARENA_PAGES 96
#define OLD_TABLES  (9 * SZ_1M)

static pgd_t pgd[PTRS_PER_PGD] __aligned(PAGE_SIZE);

/* bootmem with nothing but the arena, full of what tables must not contain. */
static void give_bootmem_the_arena(void)
{
	memset(__va(ARENA), 0x5A, ARENA_PAGES * PAGE_SIZE);
	init_bootmem(PFN_DOWN(BITMAP), PFN_DOWN(ARENA) + ARENA_PAGES);
	free_bootmem(ARENA, ARENA_PAGES * PAGE_SIZE);
}

static void begin(unsigned long lowmem_pages)
{
	static bool probed;

	if (!probed)
		probe_page_features();
	probed = true;
	max_low_pfn = lowmem_pages;
	high_memory = pfn_to_virt(lowmem_pages);
	layout_init();
	memset(pgd, 0, sizeof(pgd));
	give_bootmem_the_arena();
	fact("pse", cpu_has_pse);
	fact("pge", cpu_has_pge);
	fact("nx", !!(__supported_pte_mask & _PAGE_NX));
	fact("arena", ARENA);
	fact("arena pages", ARENA_PAGES);
	fact("pgd", __pa(pgd));
}

static void fact_frames(const char *name)
{
	fact(name, ARENA_PAGES - bootmem_free_pages());
}

/* --- one table -------------------------------------------------------------------------------- */

static int dm_md(int argc __unused, char **argv __unused)
{
	pgd_t *const entry = pgd + PTRS_PER_PGD - 1;

	begin(PFN_DOWN(64 * SZ_1M));
	fact("address of entry", (unsigned long)entry);
	for (int i = 0; i < 2; i++) {
		fact("table", (unsigned long)one_md_table_init(entry));
		fact("entry", pgd_val(*entry));
		fact_frames("frames");
	}
	return 0;
}

static int dm_pt(int argc __unused, char **argv __unused)
{
	static pmd_t pmd;

	begin(PFN_DOWN(64 * SZ_1M));
	pmd_clear(&pmd);
	for (int i = 0; i < 2; i++) {
		fact("table", (unsigned long)one_page_table_init(&pmd));
		fact("entry", pmd_val(pmd));
		fact_frames("frames");
	}
	return 0;
}

/* --- the whole map ---------------------------------------------------------------------------- */

static int dm_map(int argc __unused, char **argv)
{
	begin(number(argv[1]));
	kernel_physical_mapping_init(pgd);
	fact_frames("frames");
	return 0;
}

static int dm_twice(int argc __unused, char **argv)
{
	begin(number(argv[1]));
	kernel_physical_mapping_init(pgd);
	fact_frames("frames");
	kernel_physical_mapping_init(pgd);
	fact_frames("frames");
	return 0;
}

/* As head.asm leaves it: BOOT_MAP_MB by small pages, present and writable. */
static void fill_as_head_does(void)
{
	const pteval_t rights = _PAGE_PRESENT | _PAGE_RW;
	const unsigned int nr_tables = BOOT_MAP_MB * SZ_1M >> PMD_SHIFT;
	pte_t *pte = __va(OLD_TABLES);
	pmd_t *pmd = (pmd_t *)pgd + pgd_index(PAGE_OFFSET);

	if (!pmd_folded) {
		pmd = __va(OLD_TABLES + nr_tables * PAGE_SIZE);
		memset(pmd, 0, PAGE_SIZE);
		set_pud(pud_offset(pgd + pgd_index(PAGE_OFFSET), 0),
			__pud(__pa(pmd) | _PAGE_PRESENT));
	}
	for (unsigned int i = 0; i < nr_tables; i++)
		set_pmd(pmd + i, __pmd((OLD_TABLES + i * PAGE_SIZE) | rights));
	for (unsigned long pfn = 0; pfn < PFN_DOWN(BOOT_MAP_MB * SZ_1M); pfn++)
		set_pte(pte++, __pte((pteval_t)PFN_PHYS(pfn) | rights));
}

static int dm_behind(int argc __unused, char **argv)
{
	begin(number(argv[1]));
	fill_as_head_does();
	kernel_physical_mapping_init(pgd);
	fact_frames("frames");
	return 0;
}

static int stop_before_paging(char *val __unused)
{
	early_prompt();
}
early_param("before_paging", stop_before_paging);

/* --- a real boot ------------------------------------------------------------------------------ */

/* Frame 0 is the BIOS's; one of the four behind it will be bootmem's bitmap. */
#define FIRST_TAKEN 5

static int take_low_frames(char *val __unused)
{
	reserve_early(PFN_PHYS(FIRST_TAKEN), 0xA0000, "Taken by the grader");
	reserve_early(__pa(_end), BOOT_MAP_MB * SZ_1M, "Taken by the grader");
	return 0;
}
early_param("low_taken", take_low_frames);

static const struct monitor_command commands[] = {
	{ "dm_md", "", "one_md_table_init of an empty entry", 0, 0, dm_md },
	{ "dm_pt", "", "one_page_table_init of an empty entry", 0, 0, dm_pt },
	{ "dm_map", "PAGES", "a map of so much lowmem", 1, 1, dm_map },
	{ "dm_twice", "PAGES", "the same, over itself", 1, 1, dm_twice },
	{ "dm_behind", "PAGES", "the same, over tables like head.asm's", 1, 1, dm_behind },
};
monitor_group(direct_map_steps, "grade", commands);
