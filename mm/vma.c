/*
 * VMAs in order: a list to walk along, a tree to find them in, and in the tree the gaps between them.
 *
 *      0    [a]      [b][c]                [stack]      TASK_SIZE
 *       \__/   \____/      \______________/
 *      a's gap  b's gap     the stack's: without the guard gap that it may not grow into
 *
 *                 (b)  rb_subtree_gap: the largest gap of b, a, c and the stack. A subtree with
 *                / \   less than what is looked for need not be entered, so the way down is the
 *             (a)   (stack)   only one taken.
 *                    /
 *                  (c)
 *
 * vma_merge() and split_vma() make VMAs of one kind into one and one into two; no page is touched
 * here. Called by mmap.c and its relatives with mmap_sem held for writing, by the fault handler to
 * look only. Condenses the lower half of mm/mmap.c of Linux 3.10.
 */
#include <lib/errno.h>
#include <lib/rbtree_augmented.h>
#include <kernel/sched.h>
#include <mm/mm_alloc.h>
#include <mm/slab.h>
#include "vma.h"

static struct kmem_cache *vm_area_cachep;

void mmap_init(void)
{
	vm_area_cachep = kmem_cache_create("vm_area_struct", sizeof(struct vm_area_struct), 0,
					   SLAB_PANIC, NULL);
	mm_alloc_init();
}

/* --- one VMA ---------------------------------------------------------------------------------- */

struct vm_area_struct *vma_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kmem_cache_alloc(vm_area_cachep, GFP_KERNEL);

	if (vma)
		*vma = (struct vm_area_struct){ .vm_mm = mm };
	return vma;
}

struct vm_area_struct *vma_dup(const struct vm_area_struct *vma, struct mm_struct *mm)
{
	struct vm_area_struct *new = kmem_cache_alloc(vm_area_cachep, GFP_KERNEL);

	if (!new)
		return NULL;
	*new = *vma;
	new->vm_mm = mm;
	if (new->vm_ops &&new->vm_ops->open)
		new->vm_ops->open(new);
	return new;
}

void vma_free(struct vm_area_struct *vma)
{
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	kmem_cache_free(vm_area_cachep, vma);
}

/* --- list and tree ---------------------------------------------------------------------------- */

static unsigned long vma_gap(const struct vm_area_struct *vma)
{
	const unsigned long floor = vma->vm_prev ? vma->vm_prev->vm_end : 0;
	const unsigned long start = vm_start_gap(vma);

	return start > floor ? start - floor : 0;
}

RB_DECLARE_CALLBACKS_MAX(static, gap_callbacks, struct vm_area_struct, vm_rb, unsigned long,
			 rb_subtree_gap, vma_gap);

#define rb_to_vma(node) rb_entry(node, struct vm_area_struct, vm_rb)

/* What lies before @vma has changed, so its gap may be another, and the maxima above it. */
static void update_gap(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long last_end)
{
	if (vma)
		gap_callbacks.propagate(&vma->vm_rb, NULL);
	else
		mm->highest_vm_end = last_end;
}

static struct vm_area_struct *vma_after(struct mm_struct *mm, struct vm_area_struct *prev)
{
	return prev ? prev->vm_next : mm->mmap;
}

static void count_vma(struct mm_struct *mm, const struct vm_area_struct *vma, long nr_pages)
{
	mm->total_vm += nr_pages;
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += nr_pages;
}

/*
 * The empty place between two neighbours: the lower one has no right child, or else the upper one,
 * the leftmost below that child, has no left one.
 */
static struct rb_node **place_between(struct mm_struct *mm, struct vm_area_struct *prev,
				      struct vm_area_struct *next, struct rb_node **parent)
{
	if (prev && !prev->vm_rb.rb_right) {
		*parent = &prev->vm_rb;
		return &prev->vm_rb.rb_right;
	}
	*parent = next ? &next->vm_rb : NULL;
	return next ? &next->vm_rb.rb_left : &mm->mm_rb.rb_node;
}

static void tree_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct rb_node *parent, **link = place_between(mm, vma->vm_prev, vma->vm_next, &parent);

	vma->rb_subtree_gap = vma_gap(vma);
	rb_link_node(&vma->vm_rb, parent, link);
	rb_insert_augmented(&vma->vm_rb, &mm->mm_rb, &gap_callbacks);
}

/* What comes before @next, and after @prev. */
static void list_join(struct mm_struct *mm, struct vm_area_struct *prev,
		      struct vm_area_struct *after_prev, struct vm_area_struct *next,
		      struct vm_area_struct *before_next)
{
	if (prev)
		prev->vm_next = after_prev;
	else
		mm->mmap = after_prev;
	if (next)
		next->vm_prev = before_next;
}

/*
 * Rotations copy what nodes say of their gaps, so all must be right at each of them; and the gap is
 * to go over from one VMA to the other without the maxima above both going down and up again. So for
 * a while both have it: the tree takes the new VMA in while @next, which is somewhere above it, still
 * counts the whole gap as its own; and lets one go after @next has got it back.
 */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev)
{
	struct vm_area_struct *next = vma_after(mm, prev);

	vma->vm_prev = prev;
	vma->vm_next = next;
	tree_link(mm, vma);
	list_join(mm, prev, vma, next, vma);
	update_gap(mm, next, vma->vm_end);
	mm->map_count++;
	count_vma(mm, vma, (long)vma_pages(vma));
}

void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma->vm_prev, *next = vma->vm_next;

	list_join(mm, prev, next, next, prev);
	update_gap(mm, next, prev ? prev->vm_end : 0);
	rb_erase_augmented(&vma->vm_rb, &mm->mm_rb, &gap_callbacks);
	if (mm->mmap_cache == vma)
		mm->mmap_cache = NULL;
	mm->map_count--;
	count_vma(mm, vma, -(long)vma_pages(vma));
}

void vma_resize(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;
	const bool start_moves = start != vma->vm_start, end_moves = end != vma->vm_end;

	count_vma(mm, vma, (long)((end - start) >> PAGE_SHIFT) - (long)vma_pages(vma));
	vma->vm_pgoff += (start >> PAGE_SHIFT) - (vma->vm_start >> PAGE_SHIFT);
	vma->vm_start = start;
	vma->vm_end = end;
	if (start_moves)
		update_gap(mm, vma, end);
	if (end_moves)
		update_gap(mm, vma->vm_next, end);
}

/* --- finding ---------------------------------------------------------------------------------- */

/* Lab 11 */
__landmark struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *found = mm->mmap_cache;
	struct rb_node *node = mm->mm_rb.rb_node;

	if (found && found->vm_start <= addr && addr < found->vm_end)
		return found;
	found = NULL;
	while (node) {
		struct vm_area_struct *vma = rb_to_vma(node);

		if (addr < vma->vm_end) {
			found = vma;
			if (vma->vm_start <= addr)
				break;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	if (found)
		mm->mmap_cache = found;
	return found;
}

struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **pprev)
{
	struct vm_area_struct *vma = find_vma(mm, addr);
	struct rb_node *last;

	if (vma) {
		*pprev = vma->vm_prev;
	} else {
		last = rb_last(&mm->mm_rb);
		*pprev = last ? rb_to_vma(last) : NULL;
	}
	return vma;
}

unsigned long count_vma_pages_range(struct mm_struct *mm, unsigned long start, unsigned long end,
				    unsigned long vm_flags)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	unsigned long nr_pages = 0;

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		if ((vma->vm_flags & vm_flags) == vm_flags)
			nr_pages +=
				(min(end, vma->vm_end) - max(start, vma->vm_start)) >> PAGE_SHIFT;
	}
	return nr_pages;
}

/* --- gaps ------------------------------------------------------------------------------------- */

/* The room's address in the hole [start, end), or 0. */
static unsigned long fit(const struct vm_unmapped_area_info *info, unsigned long start,
			 unsigned long end)
{
	start = max(start, info->low_limit);
	end = min(end, info->high_limit);
	if (start >= end || end - start < info->length)
		return 0;
	return info->topdown ? end - info->length : start;
}

static unsigned long fit_before(const struct vm_unmapped_area_info *info,
				const struct vm_area_struct *vma)
{
	return fit(info, vma->vm_prev ? vma->vm_prev->vm_end : 0, vm_start_gap(vma));
}

static bool has_gap(const struct rb_node *node, unsigned long length)
{
	return node && rb_to_vma(node)->rb_subtree_gap >= length;
}

/* The highest hole of a subtree that fits. */
static unsigned long highest_room(const struct rb_node *node,
				  const struct vm_unmapped_area_info *info)
{
	unsigned long addr = 0;

	for (; !addr && has_gap(node, info->length); node = node->rb_left) {
		const struct vm_area_struct *vma = rb_to_vma(node);

		if (vma->vm_end < info->high_limit && has_gap(node->rb_right, info->length))
			addr = highest_room(node->rb_right, info);
		if (!addr)
			addr = fit_before(info, vma);
		if (vma->vm_start <= info->low_limit)
			break;
	}
	return addr;
}

/* The lowest. */
static unsigned long lowest_room(const struct rb_node *node,
				 const struct vm_unmapped_area_info *info)
{
	unsigned long addr = 0;

	for (; !addr && has_gap(node, info->length); node = node->rb_right) {
		const struct vm_area_struct *vma = rb_to_vma(node);

		if (vma->vm_start > info->low_limit && has_gap(node->rb_left, info->length))
			addr = lowest_room(node->rb_left, info);
		if (!addr)
			addr = fit_before(info, vma);
		if (vma->vm_end >= info->high_limit)
			break;
	}
	return addr;
}

/* Behind the last VMA there is a hole too, that no VMA has as its gap. */
unsigned long vm_unmapped_area(struct mm_struct *mm, const struct vm_unmapped_area_info *info)
{
	const unsigned long above = fit(info, mm->highest_vm_end, info->high_limit);
	unsigned long addr;

	if (info->topdown)
		addr = above ? above : highest_room(mm->mm_rb.rb_node, info);
	else
		addr = lowest_room(mm->mm_rb.rb_node, info);
	if (!addr)
		addr = above;
	return addr ? addr : (unsigned long)-ENOMEM;
}

/* --- one of two, two of one ------------------------------------------------------------------- */

int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev, *next = find_vma_prev(mm, vma->vm_start, &prev);

	if (next && next->vm_start < vma->vm_end)
		return -ENOMEM;
	if (!vma->vm_ops)
		vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	vma_link(mm, vma, prev);
	return 0;
}

/* An object that wants to know when a VMA goes keeps all that it has. */
static bool is_mergeable_vma(const struct vm_area_struct *vma, unsigned long vm_flags,
			     const struct file *file)
{
	return vma->vm_flags == vm_flags && vma->vm_file == file &&
	       !(vma->vm_ops && vma->vm_ops->close);
}

/* What lies between two VMAs that stay; NULL: the ends of the list. */
static void remove_between(struct mm_struct *mm, struct vm_area_struct *prev,
			   const struct vm_area_struct *next)
{
	struct vm_area_struct *vma;

	while ((vma = vma_after(mm, prev)) != next) {
		vma_unlink(mm, vma);
		vma_free(vma);
	}
}

/* Lab 11 */
/*
 *      [prev |....range....| next]      ->  [prev                     ]     both alike
 *      [prev |..range..[  next   ]      ->  [prev             ][ next ]     prev alike
 *      [  prev  ..range....| next]      ->  [ prev ][             next]     next alike
 *
 * Who takes over grows first, over what lies there; then that goes. So there is no gap in between,
 * and none that the tree has to be told of.
 */
struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev,
				 unsigned long addr, unsigned long end, unsigned long vm_flags,
				 struct file *file, unsigned long pgoff)
{
	struct vm_area_struct *next = vma_after(mm, prev);
	bool left, right;

	while (next && next->vm_end <= end)
		next = next->vm_next;
	left = prev && prev->vm_end == addr && is_mergeable_vma(prev, vm_flags, file) &&
	       prev->vm_pgoff + vma_pages(prev) == pgoff;
	right = next && next->vm_start == end && is_mergeable_vma(next, vm_flags, file) &&
		next->vm_pgoff == pgoff + ((end - addr) >> PAGE_SHIFT);
	if (left) {
		vma_resize(prev, prev->vm_start, right ? next->vm_end : end);
		remove_between(mm, prev, right ? next->vm_next : next);
		if (!right && next && next->vm_start < end)
			vma_resize(next, end, next->vm_end);
		return prev;
	}
	if (right) {
		vma_resize(next, addr, next->vm_end);
		if (prev && prev->vm_end > addr)
			vma_resize(prev, prev->vm_start, addr);
		remove_between(mm, prev, next);
		return next;
	}
	return NULL;
}

/* Lab 11 */
/* No gap comes or goes but that of the new one, which takes it over from @vma or has none. */
int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below)
{
	struct vm_area_struct *new;

	if (mm->map_count >= DEFAULT_MAX_MAP_COUNT)
		return -ENOMEM;
	new = vma_dup(vma, mm);
	if (!new)
		return -ENOMEM;
	if (new_below) {
		new->vm_end = addr;
		vma_link(mm, new, vma->vm_prev);
		vma->vm_pgoff = linear_page_index(vma, addr);
		vma->vm_start = addr;
	} else {
		new->vm_pgoff = linear_page_index(vma, addr);
		new->vm_start = addr;
		vma->vm_end = addr;
		vma_link(mm, new, vma);
	}
	count_vma(mm, new, -(long)vma_pages(new)); /* as a part of @vma it was counted already */
	return 0;
}

static void vma_set_flags(struct vm_area_struct *vma, unsigned long vm_flags)
{
	const long nr_pages = (long)vma_pages(vma);

	count_vma(vma->vm_mm, vma, -nr_pages);
	vma->vm_flags = vm_flags;
	vma->vm_page_prot = vm_get_page_prot(vm_flags);
	count_vma(vma->vm_mm, vma, nr_pages);
}

struct vm_area_struct *vma_change_flags(struct vm_area_struct *vma, struct vm_area_struct *prev,
					unsigned long start, unsigned long end,
					unsigned long vm_flags)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *merged = vma_merge(mm, prev, start, end, vm_flags, vma->vm_file,
						  linear_page_index(vma, start));

	if (merged)
		return merged;
	if (start != vma->vm_start && split_vma(mm, vma, start, 1))
		return NULL;
	if (end != vma->vm_end && split_vma(mm, vma, end, 0))
		return NULL;
	vma_set_flags(vma, vm_flags);
	return vma;
}
