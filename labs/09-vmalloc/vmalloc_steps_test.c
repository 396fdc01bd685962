/*
 * The steps of lab 09's grader, typed at a prompt behind vmalloc_init() (`before_threads` on the command
 * line, as the last option): the window is empty, and nobody's stack lies in it.
 *
 * Most take addresses alone, by get_vm_area(): what finds room does not need what maps, and the other
 * way round.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <kernel/init.h>
#include <mm/fault_inject.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/slab.h>
#include <mm/slub_def.h>
#include <mm/vmalloc.h>
#include <monitor/monitor.h>
#include "arguments.h"
#include "early_prompt.h"
#include "facts.h"

#define NR_FRAMES 64
#define NR_PAGES  (64 * SZ_1M / PAGE_SIZE) /* pages of the largest area */

static struct page *frames[NR_FRAMES];
static struct page *pages[NR_PAGES];

/* A row of @nr: frames from @first on, which are few and come again. */
static struct page **row_of_frames(unsigned long first, unsigned long nr)
{
	for (int i = 0; i < NR_FRAMES; i++)
		frames[i] = frames[i] ?: alloc_page(GFP_HIGHUSER);
	for (unsigned long i = 0; i < nr && i < NR_PAGES; i++)
		pages[i] = frames[(first + i * 7) % NR_FRAMES];
	return pages;
}

static void fact_frames(unsigned long nr)
{
	for (unsigned long i = 0; i < nr && i < NR_FRAMES; i++)
		fact("frame", page_to_pfn(pages[i]));
}

static unsigned long objects_in_use(const char *name)
{
	struct kmem_cache *s;

	for_each_kmem_cache (s) {
		if (!strcmp(s->name, name))
			return s->node.total_objects - kmem_cache_free_objects(s);
	}
	return 0;
}

static void fact_free_frames(const char *name)
{
	drain_all_pages();
	fact(name, nr_free_pages());
}

/* --- tables ----------------------------------------------------------------------------------- */

static int va_where(int argc __unused, char **argv __unused)
{
	fact("start", VMALLOC_START);
	fact("end", VMALLOC_END);
	fact("pmd size", PMD_SIZE);
	fact("pgdir size", PGDIR_SIZE);
	fact("lazy max", 32 * SZ_1M / PAGE_SIZE);
	return 0;
}

static const struct {
	const char *name;
	pgprot_t prot;
} rights[] = {
	{ "rw-", PAGE_KERNEL },
	{ "r--", PAGE_KERNEL_RO },
	{ "rwx", PAGE_KERNEL_EXEC },
};

static pgprot_t prot_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++)
		if (!strcmp(rights[i].name, name))
			return rights[i].prot;
	return PAGE_KERNEL;
}

/* With TABLES, only so many frames are left for page tables. */
static int va_map(int argc, char **argv)
{
	const unsigned long start = number(argv[1]), nr = number(argv[2]);
	struct fault_attr none_left = { .probability = 100, .times = -1 };

	row_of_frames(number(argv[3]), nr);
	if (argc > 5) {
		none_left.space = number(argv[5]) * PAGE_SIZE + 1;
		set_fail_page_alloc(&none_left);
	}
	fact("result", (u64)(s64)vmap_page_range_noflush(start, start + nr * PAGE_SIZE,
							 prot_of(argv[4]), pages));
	set_fail_page_alloc(NULL);
	fact_frames(nr);
	return 0;
}

static int va_unmap(int argc __unused, char **argv)
{
	unmap_kernel_range_noflush(number(argv[1]), number(argv[2]) * PAGE_SIZE);
	return 0;
}

/* --- addresses -------------------------------------------------------------------------------- */

/* Areas of so many pages, the guard not counted; nothing is mapped there. */
static int va_take(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct vm_struct *area = get_vm_area(number(argv[i]) * PAGE_SIZE, VM_MAP, va_take);

		fact("vaddr", area ? (unsigned long)area->addr : 0);
	}
	return 0;
}

static int va_drop(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct vm_struct *area = remove_vm_area((void *)number(argv[i]), VM_MAP);

		fact("dropped", area != NULL);
		kfree(area);
	}
	return 0;
}

/* As many areas as that of a page each, and all but the last let go of again. */
static int va_many(int argc __unused, char **argv)
{
	const unsigned long nr = min(number(argv[1]), 1000UL);
	static struct vm_struct *areas[1000];

	for (unsigned long i = 0; i < nr; i++)
		areas[i] = get_vm_area(PAGE_SIZE, VM_MAP, va_many);
	for (unsigned long i = 0; i < nr; i += 2)
		kfree(remove_vm_area(areas[i]->addr, VM_MAP));
	return 0;
}

static int va_purge(int argc __unused, char **argv __unused)
{
	vm_unmap_aliases();
	return 0;
}

static int va_state(int argc __unused, char **argv __unused)
{
	const struct vmap_area *va;
	int left = 300;

	list_for_each_entry (va, &vmap_area_list, list) {
		if (!left--)
			break;
		fact(va->vm ? "area" : "waiting", va->va_start);
		fact("area end", va->va_end);
	}
	fact("in use", objects_in_use("vmap_area"));
	fact_free_frames("free frames");
	return 0;
}

/* Pretends that nothing below this area has a gap. */
static int va_hide(int argc __unused, char **argv)
{
	struct vmap_area *va;

	list_for_each_entry (va, &vmap_area_list, list)
		if (va->va_start == number(argv[1]))
			va->subtree_max_gap = 0;
	return 0;
}

/* The area at the tree's root, and those right below it. */
static int va_root(int argc __unused, char **argv __unused)
{
	const struct rb_node *root = vmap_area_root.rb_node;

	fact("root", rb_entry(root, struct vmap_area, rb_node)->va_start);
	fact("left", rb_entry(root->rb_left, struct vmap_area, rb_node)->va_start);
	fact("right", rb_entry(root->rb_right, struct vmap_area, rb_node)->va_start);
	return 0;
}

/* --- areas with frames ------------------------------------------------------------------------ */

/* Between two addresses, if they are given. */
static int va_alloc(int argc, char **argv)
{
	const unsigned long start = argc > 3 ? number(argv[3]) : VMALLOC_START;
	const unsigned long end = argc > 4 ? number(argv[4]) : VMALLOC_END;
	const void *p;

	p = __vmalloc_node_range(number(argv[1]) * PAGE_SIZE, number(argv[2]), start, end,
				 GFP_KERNEL | __GFP_HIGHMEM | __GFP_NOWARN, PAGE_KERNEL, 0,
				 va_alloc);
	fact("vaddr", (unsigned long)p);
	for (unsigned int i = 0; p && i < find_vm_area(p)->nr_pages; i++)
		fact("frame", page_to_pfn(find_vm_area(p)->pages[i]));
	return 0;
}

static int va_free(int argc __unused, char **argv)
{
	vfree((void *)number(argv[1]));
	return 0;
}

/* Frames run out after so many. */
static int va_fail(int argc __unused, char **argv)
{
	const struct fault_attr none_left = { .probability = 100,
					      .times = -1,
					      .space = number(argv[2]) * PAGE_SIZE + 1 };
	const unsigned long size = number(argv[1]) * PAGE_SIZE;

	set_fail_page_alloc(&none_left);
	fact("vaddr", (unsigned long)__vmalloc(size, GFP_KERNEL | __GFP_NOWARN, PAGE_KERNEL));
	set_fail_page_alloc(NULL);
	return 0;
}

/* --- does the CPU forget? --------------------------------------------------------------------- */

/* @nr areas of @size pages each; what the CPU reads in the last page of each. */
static void show_areas(unsigned long nr, unsigned long size, unsigned long first,
		       const volatile u32 **areas)
{
	for (unsigned long i = 0; i < nr; i++) {
		struct page **row = row_of_frames(first + i, size);

		memset_page(row[size - 1], 0, (int)(first + i), PAGE_SIZE);
		areas[i] = vmap(row, size, VM_MAP, PAGE_KERNEL);
		fact("vaddr", (unsigned long)areas[i]);
		fact("last frame", page_to_pfn(row[size - 1]));
		fact("word", areas[i] ? areas[i][(size - 1) * PAGE_SIZE / sizeof(u32)] : 0);
	}
}

/* Frames, other frames, with a purge between. */
static int va_stale(int argc __unused, char **argv)
{
	const unsigned long nr = min(number(argv[1]), 16UL), size = number(argv[2]);
	const volatile u32 *areas[16];

	show_areas(nr, size, 1, areas);
	for (unsigned long i = nr; i--;) /* downwards, so that none joins another */
		vunmap((void *)areas[i]);
	vm_unmap_aliases();
	show_areas(nr, size, 1 + nr, areas);
	return 0;
}

/* --- the prompt ------------------------------------------------------------------------------- */

static int stop_before_threads(char *val __unused)
{
	mem_init();
	kmem_cache_init();
	vmalloc_init();
	early_prompt();
}
__setup("before_threads", stop_before_threads);

static const struct monitor_command commands[] = {
	{ "va_where", "", "the window, and how large a table is", 0, 0, va_where },
	{ "va_map", "START N FIRST RIGHTS [TABLES]", "entries for N frames", 4, 5, va_map },
	{ "va_unmap", "START N", "empty their entries", 2, 2, va_unmap },
	{ "va_take", "PAGES ...", "addresses without frames", 1, 14, va_take },
	{ "va_drop", "ADDR ...", "let go of them", 1, 10, va_drop },
	{ "va_many", "N", "take N areas, let go of every second", 1, 1, va_many },
	{ "va_purge", "", "flush what waits", 0, 0, va_purge },
	{ "va_state", "", "all areas", 0, 0, va_state },
	{ "va_root", "", "the top of the tree", 0, 0, va_root },
	{ "va_hide", "ADDR", "a subtree whose gaps are not to be found", 1, 1, va_hide },
	{ "va_alloc", "PAGES ALIGN [START END]", "vmalloc", 2, 4, va_alloc },
	{ "va_free", "ADDR", "vfree", 1, 1, va_free },
	{ "va_fail", "PAGES FRAMES", "vmalloc, with so many frames left", 2, 2, va_fail },
	{ "va_stale", "N PAGES", "the same addresses, other frames", 2, 2, va_stale },
};
monitor_group(vmalloc_steps, "grade", commands);
