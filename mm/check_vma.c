/*
 * The invariant walker's rules for VMAs: what an address space believes of them.
 *
 *      list      [..]-[..]-[..]      ascending, apart, whole pages between MMAP_MIN_ADDR and TASK_SIZE
 *      tree      the same in order, each node with its subtree's largest gap
 *      counts    what the VMAs add up to
 *
 * A pointer is followed only once it leads into a slab. The list is gone through first; what builds
 * on it is left out where it is broken. Not part of the line budget.
 */
#include <mm/check_vma.h>
#include <mm/mmap.h>
#include <asm/task_size.h>
#include "check_internal.h"

/* No way down a red-black tree of so many VMAs as there may be is longer. */
#define MAX_DEPTH 40

enum rule {
	LIST,
	APART,
	OWNER,
	PROT,
	TREE,
	GAP,
	HIGHEST,
	COUNT,
	TOTAL,
	LOCKED,
	CACHE,
};

static const struct check_rule rules[] = {
	[LIST] = { "vma-list-links", "vma_link" },
	[APART] = { "vmas-apart", "vma_resize" },
	[OWNER] = { "vma-of-its-mm", "vma_dup" },
	[PROT] = { "vm_page_prot-fits-vm_flags", "vma_set_flags" },
	[TREE] = { "vma-tree-is-the-list", "vma_link" },
	[GAP] = { "rb_subtree_gap", "update_gap" },
	[HIGHEST] = { "highest_vm_end", "update_gap" },
	[COUNT] = { "map_count", "vma_link" },
	[TOTAL] = { "total_vm", "count_vma" },
	[LOCKED] = { "locked_vm", "count_vma" },
	[CACHE] = { "mmap_cache-is-a-vma", "vma_unlink" },
};

/* This run. Static: there is one at a time, and stacks are small. */
static struct {
	check_report_t *report;
	const struct mm_struct *mm;
	/* What the list adds up to. */
	unsigned long total, locked, last_end;
	int count;
	bool cache_seen;
	/* Where the way through the tree is on the list. */
	const struct vm_area_struct *next;
	bool tree_broken;
} run;

#define violated(rule, object, ...) \
	check_violated(run.report, &rules[rule], virt_to_pfn(object), __VA_ARGS__)

/* --- the list --------------------------------------------------------------------------------- */

static bool lies_right(const struct vm_area_struct *vma)
{
	return vma->vm_start >= max(run.last_end, MMAP_MIN_ADDR) && vma->vm_start < vma->vm_end &&
	       vma->vm_end <= TASK_SIZE && !((vma->vm_start | vma->vm_end) & ~PAGE_MASK);
}

static void check_vma(const struct vm_area_struct *vma)
{
	if (vma->vm_mm != run.mm)
		violated(OWNER, vma, "has the VMA %#lx-%#lx of %p, but is on the list of %p",
			 vma->vm_start, vma->vm_end, vma->vm_mm, run.mm);
	if (pgprot_val(vma->vm_page_prot) != pgprot_val(vm_get_page_prot(vma->vm_flags)))
		violated(PROT, vma, "has the VMA %#lx-%#lx with flags %#lx, but entries of others",
			 vma->vm_start, vma->vm_end, vma->vm_flags);
}

static void add_up(const struct vm_area_struct *vma)
{
	run.count++;
	run.total += vma_pages(vma);
	if (vma->vm_flags & VM_LOCKED)
		run.locked += vma_pages(vma);
	run.cache_seen |= vma == run.mm->mmap_cache;
	run.last_end = vma->vm_end;
}

/* May the list be relied on? That VMAs ascend bounds the way through it. */
static bool check_list(void)
{
	const struct vm_area_struct *prev = NULL, *vma;

	for (vma = run.mm->mmap; vma; prev = vma, vma = vma->vm_next) {
		if (!is_object(vma) || vma->vm_prev != prev) {
			violated(LIST, prev ? (const void *)prev : run.mm,
				 "leads on to %p: no VMA, or it does not lead back", vma);
			return false;
		}
		if (!lies_right(vma)) {
			violated(APART, vma,
				 "has the VMA %#lx-%#lx, not behind %#lx or no range of pages",
				 vma->vm_start, vma->vm_end, run.last_end);
			return false;
		}
		check_vma(vma);
		add_up(vma);
	}
	return true;
}

static void check_sum(enum rule rule, unsigned long says, unsigned long is)
{
	if (says != is)
		violated(rule, run.mm, "has the mm %p, which says %#lx, but its VMAs %#lx", run.mm,
			 says, is);
}

static void check_counts(void)
{
	check_sum(COUNT, (unsigned long)run.mm->map_count, (unsigned long)run.count);
	check_sum(TOTAL, run.mm->total_vm, run.total);
	check_sum(LOCKED, run.mm->locked_vm, run.locked);
	check_sum(HIGHEST, run.mm->highest_vm_end, run.last_end);
	if (run.mm->mmap_cache && !run.cache_seen)
		violated(CACHE, run.mm, "has the mm %p, whose mmap_cache %p is none of its VMAs",
			 run.mm, run.mm->mmap_cache);
}

/* --- the tree --------------------------------------------------------------------------------- */

/* In order, the tree's next node must be the list's next VMA. */
static bool is_next(const struct vm_area_struct *vma)
{
	if (vma == run.next)
		return true;
	violated(TREE, run.next ? (const void *)run.next : run.mm,
		 "is where the list goes on with %p, but the tree with %p", run.next, vma);
	run.tree_broken = true;
	return false;
}

static unsigned long gap_before(const struct vm_area_struct *vma)
{
	const unsigned long start = vm_start_gap(vma);

	return start > run.last_end ? start - run.last_end : 0;
}

/* Returns the largest gap in front of any VMA of the subtree. A broken tree ends every way. */
static unsigned long check_subtree(const struct rb_node *node, int depth)
{
	const struct vm_area_struct *vma = rb_entry(node, struct vm_area_struct, vm_rb);
	unsigned long max_gap;

	if (!node || run.tree_broken)
		return 0;
	if (depth > MAX_DEPTH || !is_object(vma)) {
		is_next(NULL);
		run.tree_broken = true;
		return 0;
	}
	max_gap = check_subtree(node->rb_left, depth + 1);
	if (run.tree_broken || !is_next(vma))
		return 0;
	max_gap = max(max_gap, gap_before(vma));
	run.last_end = vma->vm_end;
	run.next = vma->vm_next;
	max_gap = max(max_gap, check_subtree(node->rb_right, depth + 1));
	if (!run.tree_broken && vma->rb_subtree_gap != max_gap)
		violated(GAP, vma, "has the VMA %#lx-%#lx: says %#lx, but it is %#lx",
			 vma->vm_start, vma->vm_end, vma->rb_subtree_gap, max_gap);
	return max_gap;
}

static void check_tree(void)
{
	run.next = run.mm->mmap;
	run.last_end = 0;
	check_subtree(run.mm->mm_rb.rb_node, 0);
	if (!run.tree_broken && run.next)
		violated(TREE, run.next, "has a VMA on the list that the tree lacks");
}

bool check_vmas(const struct mm_struct *mm, check_report_t *report)
{
	run = (__typeof__(run)){ .report = report, .mm = mm };
	if (!check_list())
		return false;
	check_counts();
	check_tree();
	return true;
}
