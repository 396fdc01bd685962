/*
 * The invariant walker's rules for the window: what pkmap, kmap_atomic and vmalloc believe, held
 * against the page tables.
 *
 *      pkmap      count 0 <=> no entry, no frame in the hash; else the entry shows the hash's frame
 *      atomic     nothing held, all entries empty
 *      areas      list [..]-[..]-[..]      ascending, apart, each leads to its vm_struct
 *                 tree   the same in order, each node with its subtree's largest gap
 *      addresses  hole | area     |g| gap | area |g| unpurged |     gap      | pkmap
 *                 ---- mmmmmmmmmmm--------mmmmmmm-------------------------------    m: mapped
 *
 * A pointer is followed only once it leads into a slab, or to a frame that mem_map has. The list is
 * gone through first; what builds on it is left out where it is broken. Not part of the line budget.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/check_window.h>
#include <mm/highmem.h>
#include <mm/pagewalk.h>
#include <mm/vmalloc.h>
#include "check_internal.h"

/* A frame that an area has, while the areas are gone through: a bit that no flag uses. */
#define IN_AREA (1UL << (ZONES_PGSHIFT - 1))

/* No way down a red-black tree of so many areas as the window has pages is longer. */
#define MAX_DEPTH 40

enum rule {
	ATOMIC_HELD,
	ATOMIC_EMPTY,
	PKMAP_COUNT,
	PKMAP_FREE,
	PKMAP_ENTRY,
	PKMAP_HASH,
	LIST,
	APART,
	VM_STRUCT,
	TREE,
	GAP,
	LAZY,
	MAPPED,
	ONCE,
	GUARD,
	UNPURGED,
	NOBODYS,
};

static const struct check_rule rules[] = {
	[ATOMIC_HELD] = { "no-atomic-slot-held", "kunmap_atomic" },
	[ATOMIC_EMPTY] = { "atomic-slots-empty", "kunmap_atomic" },
	[PKMAP_COUNT] = { "pkmap-count", "kunmap_high" },
	[PKMAP_FREE] = { "pkmap-free-slot-empty", "flush_all_zero_pkmaps" },
	[PKMAP_ENTRY] = { "pkmap-entry-shows-its-frame", "map_new_virtual" },
	[PKMAP_HASH] = { "pkmap-frame-found-by-hash", "add_page_address" },
	[LIST] = { "vmap-list-links", "insert_vmap_area" },
	[APART] = { "vmap-areas-apart", "alloc_vmap_area" },
	[VM_STRUCT] = { "vmap-area-has-its-vm_struct", "__get_vm_area_node" },
	[TREE] = { "vmap-tree-is-the-list", "insert_vmap_area" },
	[GAP] = { "subtree_max_gap", "update_gap" },
	[LAZY] = { "vmap_lazy_nr", "free_vmap_area_noflush" },
	[MAPPED] = { "area-mapped", "map_vm_area" },
	[ONCE] = { "area-frame-once", "__vmalloc_area_node" },
	[GUARD] = { "guard-page-empty", "map_vm_area" },
	[UNPURGED] = { "unpurged-area-empty", "unmap_kernel_range_noflush" },
	[NOBODYS] = { "gap-empty", "unmap_kernel_range_noflush" },
};

/* This run. Static: there is one at a time, and stacks are small. */
static struct {
	check_report_t *report;
	/* Where the way through the tree is on the list: the next area, and the last one's end. */
	const struct list_head *next;
	unsigned long last_end;
	bool tree_broken;
} run;

#define violated(rule, pfn, ...) check_violated(run.report, &rules[rule], pfn, __VA_ARGS__)

/* What is mapped between two addresses where nothing must be. */
static void check_empty(enum rule rule, unsigned long start, unsigned long end, const char *what)
{
	struct page_walk walk;

	for (unsigned long vaddr = start; vaddr >= start && vaddr < end;
	     vaddr = page_walk_next(&walk, vaddr)) {
		if (page_walk(swapper_pg_dir, vaddr, &walk))
			violated(rule, PFN_DOWN(walk.pa), "is mapped at %#lx: %s", vaddr, what);
	}
}

/* --- kmap and kmap_atomic --------------------------------------------------------------------- */

static void check_used_slot(unsigned int nr, const struct page *page, pte_t pte)
{
	unsigned long pfn = pte_pfn(pte);
	unsigned long vaddr = PKMAP_ADDR(nr);

	if (!pte_present(pte) || !pfn_valid(pfn) || page != pfn_to_page(pfn))
		violated(PKMAP_ENTRY, page ? page_to_pfn(page) : pfn,
			 "is slot %u's by the hash, with a count of %d, but its entry at %#lx %s",
			 nr, pkmap_count[nr], vaddr,
			 pte_present(pte) ? "shows another" : "is empty");
	else if (page_address(page) != (void *)vaddr)
		violated(PKMAP_HASH, pfn, "is shown by slot %u at %#lx, but page_address says %p",
			 nr, vaddr, page_address(page));
}

static void check_slot(unsigned int nr)
{
	const struct page *page = pkmap_page(nr);
	pte_t pte = pkmap_page_table[nr];

	if (pkmap_count[nr] < 0)
		violated(PKMAP_COUNT, pte_pfn(pte), "is shown by slot %u, whose count is %d", nr,
			 pkmap_count[nr]);
	else if (pkmap_count[nr])
		check_used_slot(nr, page, pte);
	else if (!pte_none(pte) || page)
		violated(PKMAP_FREE, page ? page_to_pfn(page) : pte_pfn(pte),
			 "%s slot %u, whose count is 0",
			 page ? "is in the hash with" : "is shown by", nr);
}

static void check_pkmap(void)
{
	for (unsigned int nr = 0; nr < LAST_PKMAP; nr++)
		check_slot(nr);
}

static void check_atomic_slots(void)
{
	unsigned long first = __fix_to_virt(FIX_KMAP_END);

	if (kmap_atomic_held())
		violated(ATOMIC_HELD, pte_pfn(*kmap_pte), "is in slot 0: %d are held",
			 kmap_atomic_held());
	check_empty(ATOMIC_EMPTY, first, __fix_to_virt(FIX_KMAP_BEGIN) + PAGE_SIZE,
		    "a slot of kmap_atomic");
}

/* --- the areas, as list and as tree ----------------------------------------------------------- */

static bool lies_right(const struct vmap_area *va, unsigned long last_end)
{
	return va->va_start >= last_end && va->va_end > va->va_start + PAGE_SIZE &&
	       va->va_end <= VMALLOC_END && !((va->va_start | va->va_end) & ~PAGE_MASK);
}

/* May the list be relied on? That areas ascend bounds the way through it. */
static bool check_list(void)
{
	const struct list_head *before = &vmap_area_list;
	unsigned long last_end = VMALLOC_START;

	for (const struct list_head *at = before->next; at != &vmap_area_list; at = at->next) {
		const struct vmap_area *va = list_entry(at, struct vmap_area, list);

		if (!is_object(va) || at->prev != before) {
			violated(LIST, virt_to_pfn(before), "holds %p, whose next is %p: %s",
				 before, at, "no area, or it does not lead back");
			return false;
		}
		if (!lies_right(va, last_end)) {
			violated(APART, virt_to_pfn(va),
				 "has the area %#lx-%#lx, not behind %#lx or no range of pages",
				 va->va_start, va->va_end, last_end);
			return false;
		}
		last_end = va->va_end;
		before = at;
	}
	return true;
}

/* In order, the tree's next node must be the list's next area. */
static bool is_next(const struct vmap_area *va, int depth)
{
	if (depth <= MAX_DEPTH && &va->list == run.next)
		return true;
	violated(TREE, is_object(va) ? virt_to_pfn(va) : 0,
		 "has the tree's node %p, but the list goes on with %p", va, run.next);
	run.tree_broken = true;
	return false;
}

/* Returns the largest gap in front of any area of the subtree. A broken tree ends every way. */
static unsigned long check_subtree(const struct rb_node *node, int depth)
{
	const struct vmap_area *va = rb_entry(node, struct vmap_area, rb_node);
	unsigned long max_gap;

	if (!node || run.tree_broken)
		return 0;
	if (depth > MAX_DEPTH || !is_object(va)) {
		is_next(va, MAX_DEPTH + 1);
		return 0;
	}
	max_gap = check_subtree(node->rb_left, depth + 1);
	if (run.tree_broken || !is_next(va, depth))
		return 0;
	max_gap = max(max_gap, va->va_start - run.last_end);
	run.last_end = va->va_end;
	run.next = va->list.next;
	max_gap = max(max_gap, check_subtree(node->rb_right, depth + 1));
	if (!run.tree_broken && va->subtree_max_gap != max_gap)
		violated(GAP, virt_to_pfn(va), "has the area %#lx-%#lx: says %#lx, but it is %#lx",
			 va->va_start, va->va_end, va->subtree_max_gap, max_gap);
	return max_gap;
}

static void check_tree(void)
{
	run.next = vmap_area_list.next;
	run.last_end = VMALLOC_START;
	check_subtree(vmap_area_root.rb_node, 0);
	if (!run.tree_broken && run.next != &vmap_area_list)
		violated(TREE, virt_to_pfn(run.next),
			 "has an area on the list that the tree lacks");
}

static void check_lazy_nr(void)
{
	const struct vmap_area *va;
	unsigned long nr = 0;

	list_for_each_entry (va, &vmap_area_list, list) {
		if (!va->vm)
			nr += (va->va_end - va->va_start) >> PAGE_SHIFT;
	}
	if (nr != vmap_lazy_nr)
		violated(LAZY, virt_to_pfn(&vmap_lazy_nr), "says %lu pages, but %lu wait",
			 vmap_lazy_nr, nr);
}

/* --- what the areas map ----------------------------------------------------------------------- */

static bool check_vm_struct(const struct vmap_area *va)
{
	const struct vm_struct *vm = va->vm;
	bool right = is_object(vm) && (unsigned long)vm->addr == va->va_start &&
		     vm->size == va->va_end - va->va_start;

	if (!right)
		violated(VM_STRUCT, virt_to_pfn(va), "has the area %#lx-%#lx, but %p is not its",
			 va->va_start, va->va_end, vm);
	return right;
}

/* The frames' array lies in a slab or, when large, in an area of its own. */
static struct page *frame_of(const struct vm_struct *vm, unsigned long i)
{
	struct page *const *entry = &vm->pages[i];
	struct page_walk walk;

	return page_walk(swapper_pg_dir, (unsigned long)entry, &walk) ? *entry : NULL;
}

/* Is the physical address what the area has for its page number @i? */
static bool is_right_frame(const struct vm_struct *vm, unsigned long i, phys_addr_t pa)
{
	unsigned long pfn = PFN_DOWN(pa);

	if (vm->flags & VM_IOREMAP)
		return pa == vm->phys_addr + ((phys_addr_t)i << PAGE_SHIFT);
	if (!pfn_valid(pfn))
		return false;
	return vm->flags & VM_MAP || frame_of(vm, i) == pfn_to_page(pfn);
}

/* No frame twice: of vmalloc's own, for vmap may show a frame as often as it likes. */
static void mark_frame(const struct vm_struct *vm, unsigned long vaddr, struct page *page)
{
	if (!(vm->flags & VM_ALLOC))
		return;
	if (page->flags & IN_AREA || page_count(page) <= 0)
		violated(ONCE, page_to_pfn(page), "is mapped at %#lx, but %s", vaddr,
			 page->flags & IN_AREA ? "some vmalloc has it already" : "free");
	page->flags |= IN_AREA;
}

static void check_page(const struct vm_struct *vm, unsigned long i)
{
	unsigned long vaddr = (unsigned long)vm->addr + (i << PAGE_SHIFT);
	struct page_walk walk;

	if (!page_walk(swapper_pg_dir, vaddr, &walk))
		violated(MAPPED, virt_to_pfn(vm), "has the area of %#lx, which is not mapped",
			 vaddr);
	else if (!is_right_frame(vm, i, walk.pa))
		violated(MAPPED, PFN_DOWN(walk.pa), "is mapped at %#lx, but is not the area's",
			 vaddr);
	else
		mark_frame(vm, vaddr, pfn_to_page(PFN_DOWN(walk.pa)));
}

static void check_area(const struct vmap_area *va)
{
	unsigned long nr_pages = ((va->va_end - va->va_start) >> PAGE_SHIFT) - 1;

	if (!va->vm) {
		check_empty(UNPURGED, va->va_start, va->va_end, "an area that was let go of");
		return;
	}
	if (!check_vm_struct(va) || va->vm->flags & VM_UNINITIALIZED)
		return;
	if (va->vm->flags & VM_ALLOC && va->vm->nr_pages != nr_pages)
		violated(MAPPED, virt_to_pfn(va->vm), "has the area %#lx-%#lx: of %u pages",
			 va->va_start, va->va_end, va->vm->nr_pages);
	else
		for (unsigned long i = 0; i < nr_pages; i++)
			check_page(va->vm, i);
	check_empty(GUARD, va->va_end - PAGE_SIZE, va->va_end, "a guard page");
}

/* From the hole in front to pkmap: areas, and nothing mapped between them. */
static void check_addresses(void)
{
	unsigned long last_end = (unsigned long)high_memory;
	const struct vmap_area *va;

	list_for_each_entry (va, &vmap_area_list, list) {
		check_empty(NOBODYS, last_end, va->va_start, "no area has this address");
		check_area(va);
		last_end = va->va_end;
	}
	check_empty(NOBODYS, last_end, PKMAP_BASE, "no area has this address");
}

static void clear_marks(void)
{
	unsigned long pfn = 0;

	for_each_valid_pfn (pfn, max_mapnr)
		pfn_to_page(pfn)->flags &= ~IN_AREA;
}

void check_window(check_report_t *report)
{
	memset(&run, 0, sizeof(run));
	run.report = report;
	check_pkmap();
	check_atomic_slots();
	if (!check_list())
		return;
	check_tree();
	check_lazy_nr();
	check_addresses();
	clear_marks();
}
