/*
 * The steps of lab 11's grader. The monitor's thread gets an address space of its own, and pages of it
 * are written down as in a picture:
 *
 *      k896> vm_begin 0x10000000          page 0
 *      k896> vm_put [rr]..[W3000w]        two VMAs; of the second the first page is written to
 *
 * What is no student's function is called directly, so that each step needs only the function that it
 * is about: VMAs are found by a walk along the list, and put there by vma_link(). What is right is
 * checks.py's to say.
 */
#include <lib/ctype.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/check_vma.h>
#include <mm/fault_inject.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <mm/slab.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>
#include <asm/task_size.h>
#include <asm/uaccess.h>
#include <monitor/monitor.h>
#include "arguments.h"
#include "facts.h"

/* The contracts are in mm/vma.h, which is mm's own. */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev);
void vma_resize(struct vm_area_struct *vma, unsigned long start, unsigned long end);
int fill_gap(struct mm_struct *mm, struct vm_area_struct *prev, unsigned long addr,
	     unsigned long end, unsigned long vm_flags, unsigned long pgoff);

/* More than any step makes: a list that was tied to a ring ends there. */
#define MOST_VMAS 128

static unsigned long base;

static unsigned long at(unsigned long nr)
{
	return base + (nr << PAGE_SHIFT);
}

/* --- an address space ------------------------------------------------------------------------- */

static int vm_begin(int argc __unused, char **argv)
{
	struct mm_struct *mm = mm_alloc();
	unsigned long flags;

	if (!mm || current->mm)
		return -ENOMEM;
	base = number(argv[1]);
	arch_pick_mmap_layout(mm);
	local_irq_save(flags);
	current->mm = mm;
	switch_mm(mm);
	local_irq_restore(flags);
	return 0;
}

/* The last VMA that begins below an address. */
static struct vm_area_struct *last_below(unsigned long addr)
{
	struct vm_area_struct *vma, *last = NULL;

	for (vma = current->mm->mmap; vma && vma->vm_start < addr; vma = vma->vm_next)
		last = vma;
	return last;
}

static struct vm_area_struct *vma_of(unsigned long nr)
{
	return last_below(at(nr) + 1);
}

static const struct {
	char letter;
	unsigned long vm_flags;
} kinds[] = {
	{ '-', 0 },
	{ 'r', VM_READ },
	{ 'w', VM_READ | VM_WRITE },
	{ 'x', VM_READ | VM_EXEC },
	{ 'l', VM_READ | VM_WRITE | VM_LOCKED },
};

static unsigned long flags_of(char letter)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].letter == tolower(letter))
			return kinds[i].vm_flags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
	return 0;
}

static struct vm_area_struct *put_vma(unsigned long nr, char letter, unsigned long shift)
{
	struct vm_area_struct *vma = vma_alloc(current->mm);

	vma->vm_start = at(nr);
	vma->vm_end = at(nr + 1);
	vma->vm_flags = flags_of(letter);
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	vma->vm_pgoff = (at(nr) >> PAGE_SHIFT) + shift;
	vma_link(current->mm, vma, last_below(at(nr)));
	return vma;
}

/* Its frame now, not at a page fault, which would have to find the VMA. */
static void write_page(struct vm_area_struct *vma, unsigned long nr)
{
	down_read(&current->mm->mmap_sem);
	handle_mm_fault(current->mm, vma, at(nr), FAULT_FLAG_WRITE);
	up_read(&current->mm->mmap_sem);
	if (put_user((u32)nr, (u32 __user *)at(nr)))
		fact("not written", nr);
}

/* One VMA from its [ to its ]; a number stands for so many of the letter behind it. */
static const char *put_next(const char *text, unsigned long *nr, unsigned long shift)
{
	struct vm_area_struct *vma = NULL;
	unsigned long times = 0;

	for (; *text && *text != ']'; text++) {
		if (isdigit(*text)) {
			times = 10 * times + (unsigned long)(*text - '0');
			continue;
		}
		times = times ?: 1;
		vma = vma ?: put_vma(*nr, *text, shift);
		vma_resize(vma, vma->vm_start, at(*nr + times));
		for (; times; times--, (*nr)++)
			if (isupper(*text))
				write_page(vma, *nr);
	}
	return text;
}

/* [NR]: whose vm_pgoff says that it was moved up by so many pages. */
static int vm_put(int argc, char **argv)
{
	const unsigned long shift = argc > 2 ? number(argv[2]) : 0;
	unsigned long nr = 0;

	for (const char *text = argv[1]; *text; text++) {
		if (*text == '[')
			text = put_next(text + 1, &nr, shift);
		else
			nr++;
	}
	return 0;
}

/* --- what became of it ------------------------------------------------------------------------ */

static unsigned int broken;

static void note_rule(const char *rule, const char *function __unused, unsigned long pfn,
		      const char *what __unused)
{
	if (!broken++)
		fact(rule, pfn);
}

/* How many VMAs the allocator thinks that somebody has. */
static unsigned long vmas_handed_out(void)
{
	struct kmem_cache *s;

	for_each_kmem_cache (s) {
		if (strcmp(s->name, "vm_area_struct"))
			continue;
		kmem_cache_shrink(s);
		return s->node.total_objects - kmem_cache_free_objects(s);
	}
	return 0;
}

static int vm_list(int argc __unused, char **argv __unused)
{
	const struct mm_struct *mm = current->mm;
	const struct vm_area_struct *vma = mm->mmap;
	unsigned long flags;

	for (int i = 0; vma && i < MOST_VMAS; vma = vma->vm_next, i++) {
		fact("start", vma->vm_start);
		fact("end", vma->vm_end);
		fact("flags", vma->vm_flags & (VM_ACCESS_FLAGS | VM_LOCKED));
		fact("pgoff", vma->vm_pgoff);
	}
	fact("map_count", (u64)mm->map_count);
	fact("total_vm", mm->total_vm);
	fact("locked_vm", mm->locked_vm);
	fact("rss", mm->rss);
	fact("nr_ptes", mm->nr_ptes);
	fact("handed out", vmas_handed_out());
	broken = 0;
	local_irq_save(flags);
	check_vmas(mm, note_rule);
	local_irq_restore(flags);
	fact("broken", broken);
	return 0;
}

static int vm_frame(int argc __unused, char **argv)
{
	fact("count", (u64)page_count(pfn_to_page(number(argv[1]))));
	return 0;
}

static int vm_where(int argc __unused, char **argv __unused)
{
	fact("task_size", TASK_SIZE);
	return 0;
}

/* --- find_vma --------------------------------------------------------------------------------- */

static void ask(unsigned long addr)
{
	const struct vm_area_struct *found = find_vma(current->mm, addr);

	fact("asked", addr);
	fact("found", found ? found->vm_start : 0);
}

/* At each border, on both sides of it. */
static int vm_find(int argc __unused, char **argv __unused)
{
	ask(base);
	for (const struct vm_area_struct *vma = current->mm->mmap; vma; vma = vma->vm_next) {
		ask(vma->vm_start - 1);
		ask(vma->vm_start);
		ask(vma->vm_end - 1);
		ask(vma->vm_end);
	}
	return 0;
}

static void hide_list(struct vm_area_struct **saved)
{
	int i = 0;

	for (struct vm_area_struct *vma = current->mm->mmap; vma; vma = vma->vm_next)
		saved[i++] = vma;
	current->mm->mmap = NULL;
	for (i = 0; saved[i]; i++)
		saved[i]->vm_next = saved[i]->vm_prev = NULL;
}

static void show_list(struct vm_area_struct **saved)
{
	current->mm->mmap = saved[0];
	for (int i = 0; saved[i]; i++) {
		saved[i]->vm_next = saved[i + 1];
		saved[i]->vm_prev = i ? saved[i - 1] : NULL;
	}
}

/* While no VMA knows its neighbours: the tree has them all. */
static int vm_find_in_tree(int argc __unused, char **argv __unused)
{
	static struct vm_area_struct *saved[MOST_VMAS + 1];

	hide_list(saved);
	current->mm->mmap_cache = NULL;
	for (int i = 0; saved[i]; i++) {
		ask(saved[i]->vm_start - 1);
		ask(saved[i]->vm_end - 1);
	}
	show_list(saved);
	return 0;
}

/* The page is found; then again, while there is no tree. */
static int vm_find_again(int argc __unused, char **argv)
{
	struct mm_struct *mm = current->mm;
	const unsigned long addr = at(number(argv[1]));
	struct rb_root tree;

	ask(addr);
	fact("cache", mm->mmap_cache ? mm->mmap_cache->vm_start : 0);
	tree = mm->mm_rb;
	mm->mm_rb = RB_ROOT;
	ask(addr + PAGE_SIZE - 1);
	mm->mm_rb = tree;
	return 0;
}

/* --- vma_merge -------------------------------------------------------------------------------- */

/* A new range. */
static int vm_fill(int argc __unused, char **argv)
{
	const unsigned long nr = number(argv[1]), end = nr + number(argv[2]);

	down_write(&current->mm->mmap_sem);
	fact("result", (u64)fill_gap(current->mm, last_below(at(nr)), at(nr), at(end),
				     flags_of(*argv[3]), at(nr) >> PAGE_SHIFT));
	up_write(&current->mm->mmap_sem);
	return 0;
}

/* One that VMAs have already. */
static int vm_merge(int argc __unused, char **argv)
{
	const unsigned long nr = number(argv[1]), end = nr + number(argv[2]);
	const struct vm_area_struct *vma;

	down_write(&current->mm->mmap_sem);
	vma = vma_merge(current->mm, last_below(at(nr)), at(nr), at(end), flags_of(*argv[3]), NULL,
			at(nr) >> PAGE_SHIFT);
	fact("returned", vma ? vma->vm_start : 0);
	up_write(&current->mm->mmap_sem);
	return 0;
}

/* --- when there is no more -------------------------------------------------------------------- */

/* "full 2": there may be two VMAs more than there are. "poor 2": the second object is refused. */
static void make_scarce(char **words, int sign)
{
	struct mm_struct *mm = current->mm;
	static int others;
	struct fault_attr attr = { .probability = 100, .times = 1 };

	if (!words[0])
		return;
	if (!strcmp(words[0], "full")) {
		if (sign > 0)
			others = DEFAULT_MAX_MAP_COUNT - mm->map_count - (int)number(words[1]);
		mm->map_count += sign * others;
		return;
	}
	attr.interval = (unsigned int)number(words[1]);
	set_failslab(sign > 0 ? &attr : NULL);
}

/* --- split_vma -------------------------------------------------------------------------------- */

static int vm_split(int argc __unused, char **argv)
{
	struct vm_area_struct *vma = vma_of(number(argv[1]));
	int ret;

	down_write(&current->mm->mmap_sem);
	make_scarce(argv + 3, 1);
	ret = split_vma(current->mm, vma, at(number(argv[1])), (int)number(argv[2]));
	make_scarce(argv + 3, -1);
	up_write(&current->mm->mmap_sem);
	fact("result", (u64)ret);
	fact("old one's start", vma->vm_start);
	return 0;
}

/* --- do_munmap -------------------------------------------------------------------------------- */

static int vm_unmap(int argc __unused, char **argv)
{
	int ret;

	down_write(&current->mm->mmap_sem);
	make_scarce(argv + 3, 1);
	ret = do_munmap(current->mm, number(argv[1]), number(argv[2]));
	make_scarce(argv + 3, -1);
	up_write(&current->mm->mmap_sem);
	fact("result", (u64)ret);
	return 0;
}

/* --- all of it -------------------------------------------------------------------------------- */

static unsigned long prot_of(const char *letter)
{
	return flags_of(*letter) & VM_ACCESS_FLAGS;
}

static int vm_map(int argc __unused, char **argv)
{
	const unsigned long addr = at(number(argv[1]));

	fact("result",
	     (unsigned long)sys_mmap_pgoff(addr, number(argv[2]) << PAGE_SHIFT, prot_of(argv[3]),
					   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1UL, 0));
	return 0;
}

static int vm_protect(int argc __unused, char **argv)
{
	fact("result", (u64)sys_mprotect(at(number(argv[1])), number(argv[2]) << PAGE_SHIFT,
					 prot_of(argv[3])));
	return 0;
}

static const struct monitor_command commands[] = {
	{ "vm_begin", "BASE", "an address space", 1, 1, vm_begin },
	{ "vm_put", "PICTURE [SHIFT]", "VMAs, as they are drawn", 1, 2, vm_put },
	{ "vm_list", "", "all VMAs, and what is counted", 0, 0, vm_list },
	{ "vm_frame", "PFN", "a frame's count", 1, 1, vm_frame },
	{ "vm_where", "", "where a process ends", 0, 0, vm_where },
	{ "vm_find", "", "find_vma at all borders", 0, 0, vm_find },
	{ "vm_find_in_tree", "", "find_vma without a list", 0, 0, vm_find_in_tree },
	{ "vm_find_again", "NR", "find_vma, and once more without a tree", 1, 1, vm_find_again },
	{ "vm_fill", "NR N KIND", "a new range", 3, 3, vm_fill },
	{ "vm_merge", "NR N KIND", "vma_merge", 3, 3, vm_merge },
	{ "vm_split", "NR BELOW [full|poor N]", "split_vma", 2, 4, vm_split },
	{ "vm_unmap", "ADDR LEN [full|poor N]", "do_munmap", 2, 4, vm_unmap },
	{ "vm_map", "NR N KIND", "mmap", 3, 3, vm_map },
	{ "vm_protect", "NR N KIND", "mprotect", 3, 3, vm_protect },
};
monitor_group(vma_steps, "grade", commands);
