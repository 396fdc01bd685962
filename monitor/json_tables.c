/*
 * json about page tables: every entry that is not empty, in the order of a walk from address 0 up.
 *
 *      {"root":"0x101000","rows":[
 *      ["pgd",768,1,"0x102023"],        leads to a table: its entries follow, as deep as they go
 *      ["pte",0,256,"0x163"],           256 entries, each a frame further than the one before
 *      ["pte",256,1,"0x100161"],
 *      ["pgd",769,223,"0x4001e3"]]}     223 large pages
 *
 * So the order alone makes a tree of the rows. An entry that is not present is there too if it is
 * not empty: PROT_NONE. Only reads, through page_walk().
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/pagewalk.h>
#include "json.h"

/* Entries of one table, each a page further than the one before. */
struct entry_run {
	struct page_walk_step first; /* level NULL: none */
	unsigned int count;
	unsigned long page_size;
};

static void tell_row(const struct page_walk_step *step, unsigned int count)
{
	json_open(NULL, '[');
	json_string(NULL, step->level);
	json_ulong(NULL, step->index);
	json_ulong(NULL, count);
	json_hex(NULL, step->entry);
	json_close(']');
}

static void end_run(struct entry_run *run)
{
	if (run->first.level)
		tell_row(&run->first, run->count);
	run->first.level = NULL;
}

static bool continues(const struct entry_run *run, const struct page_walk_step *step,
		      unsigned long page_size)
{
	return run->first.level == step->level && run->page_size == page_size &&
	       step->index == run->first.index + run->count &&
	       step->entry == run->first.entry + (pteval_t)page_size * run->count;
}

static void add_leaf(struct entry_run *run, const struct page_walk_step *step,
		     unsigned long page_size)
{
	if (step->entry && continues(run, step, page_size)) {
		run->count++;
		return;
	}
	end_run(run);
	if (step->entry)
		*run = (struct entry_run){ *step, 1, page_size };
}

/* Entries that lead to a table, unless the walk before went through them as well. */
static void add_tables(struct entry_run *run, const struct page_walk *walk,
		       struct page_walk_step above[PAGE_WALK_LEVELS])
{
	bool new = false;

	for (unsigned int i = 0; i + 1 < walk->nr_steps; i++) {
		const struct page_walk_step *step = &walk->steps[i];

		new = new || step->index != above[i].index || step->entry != above[i].entry;
		above[i] = *step;
		if (!new)
			continue;
		end_run(run);
		tell_row(step, 1);
	}
}

void json_table_rows(const char *name, pgd_t *pgd, unsigned long end)
{
	struct page_walk_step above[PAGE_WALK_LEVELS] = { 0 };
	struct entry_run run = { 0 };
	struct page_walk walk;
	unsigned long vaddr = 0;

	json_open(name, '[');
	do {
		page_walk(pgd, vaddr, &walk);
		add_tables(&run, &walk, above);
		add_leaf(&run, &walk.steps[walk.nr_steps - 1], walk.size);
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr - 1 < end - 1);
	end_run(&run);
	json_close(']');
}

void json_tables(const char *name)
{
	json_open(name, '{');
	json_hex("root", __pa(swapper_pg_dir));
	json_table_rows("rows", swapper_pg_dir, 0);
	json_close('}');
}
