/*
 * The steps of lab 13's grader: a family of address spaces. The monitor's thread lives in one of them
 * at a time, touches it by get_user() and put_user(), which are real page faults, and forks it.
 *
 *      k896> cow_begin 0x40000000         space 0; page 0 is there
 *      k896> cow_map 0 8 w
 *      k896> cow_write 3 0x1234
 *      k896> cow_fork 1                   space 1, a copy
 *      k896> cow_in 1                     and now there: so QEMU walks its tables
 *
 * What is right is checks.py's to say.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/check_mm.h>
#include <mm/fault_inject.h>
#include <mm/highmem.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <mm/pgalloc.h>
#include <mm/rmap.h>
#include <mm/slab.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>
#include <asm/uaccess.h>
#include <monitor/monitor.h>
#include <process/kthread.h>
#include "arguments.h"
#include "facts.h"
#include "patience.h"

#define MOST_SPACES 8

static struct mm_struct *spaces[MOST_SPACES];
static unsigned long base;

static unsigned long at(const char *nr)
{
	return base + (number(nr) << PAGE_SHIFT);
}

static struct mm_struct **space(const char *nr)
{
	return &spaces[number(nr) % MOST_SPACES];
}

/* --- address spaces --------------------------------------------------------------------------- */

static void live_in(struct mm_struct *mm)
{
	unsigned long flags;

	local_irq_save(flags);
	current->mm = mm;
	if (mm)
		switch_mm(mm);
	local_irq_restore(flags);
}

static int cow_where(int argc __unused, char **argv __unused)
{
	fact("zero page", page_to_pfn(zero_page));
	return 0;
}

static int cow_begin(int argc __unused, char **argv)
{
	base = number(argv[1]);
	spaces[0] = mm_alloc();
	if (!spaces[0])
		return -ENOMEM;
	arch_pick_mmap_layout(spaces[0]);
	live_in(spaces[0]);
	return 0;
}

static int cow_in(int argc __unused, char **argv)
{
	live_in(*space(argv[1]));
	return 0;
}

/* The one that we are in gets a child. */
static int cow_fork(int argc __unused, char **argv)
{
	*space(argv[1]) = dup_mm(current->mm);
	fact("forked", *space(argv[1]) != NULL);
	return 0;
}

static int cow_end(int argc __unused, char **argv)
{
	struct mm_struct *mm = *space(argv[1]);

	*space(argv[1]) = NULL;
	if (mm && mm != current->mm)
		mmput(mm);
	return 0;
}

static const struct {
	char letter;
	unsigned long prot, flags;
} kinds[] = {
	{ '-', PROT_NONE, MAP_PRIVATE },
	{ 'r', PROT_READ, MAP_PRIVATE },
	{ 'w', PROT_READ | PROT_WRITE, MAP_PRIVATE },
	{ 's', PROT_READ | PROT_WRITE, MAP_SHARED },
};

static int cow_map(int argc __unused, char **argv)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].letter == *argv[3])
			sys_mmap_pgoff(at(argv[1]), number(argv[2]) << PAGE_SHIFT, kinds[i].prot,
				       kinds[i].flags | MAP_ANONYMOUS | MAP_FIXED, -1UL, 0);
	}
	return 0;
}

static int cow_protect(int argc __unused, char **argv)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].letter == *argv[2])
			sys_mprotect(at(argv[1]), PAGE_SIZE, kinds[i].prot);
	}
	return 0;
}

/* --- touching them ---------------------------------------------------------------------------- */

static int cow_read(int argc __unused, char **argv)
{
	u32 value = 0;

	fact("result", (u64)get_user(value, (const u32 __user *)at(argv[1])));
	fact("value", value);
	return 0;
}

static int cow_write(int argc __unused, char **argv)
{
	fact("result", (u64)put_user((u32)number(argv[2]), (u32 __user *)at(argv[1])));
	return 0;
}

/* Each word of the page is another one. */
static int cow_fill(int argc __unused, char **argv)
{
	u32 __user *const words = (u32 __user *)at(argv[1]);
	const u32 value = (u32)number(argv[2]);
	long result = 0;

	for (u32 i = 0; i < PAGE_SIZE / sizeof(u32) && !result; i++)
		result = put_user(value + i, words + i);
	fact("result", (u64)result);
	return 0;
}

/* Write, fork, and write once more, before anything else could make the CPU forget the entry. */
static int cow_write_fork_write(int argc __unused, char **argv)
{
	u32 __user *const word = (u32 __user *)at(argv[1]);
	long result = put_user((u32)number(argv[2]), word);

	spaces[1] = dup_mm(current->mm);
	result = result ?: put_user((u32)number(argv[3]), word);
	fact("forked", spaces[1] != NULL);
	fact("result", (u64)result);
	return 0;
}

/*
 * The CPU reads a word; somebody writes there without it, as a device or a debugger would; the CPU
 * reads it again.
 */
static int cow_write_from_afar(int argc __unused, char **argv)
{
	const u32 __user *const word = (const u32 __user *)at(argv[1]);
	struct mm_struct *mm = current->mm;
	const u32 wanted = (u32)number(argv[2]);
	struct page *page = NULL;
	u32 before = 0, after = 0, *mapped;
	long result = get_user(before, word);

	down_read(&mm->mmap_sem);
	fact("pages", (u64)get_user_pages(mm, at(argv[1]), 1, true, &page));
	up_read(&mm->mmap_sem);
	if (!page)
		return -EFAULT;
	fact("written to", page_to_pfn(page));
	mapped = kmap_atomic(page);
	*mapped = wanted;
	kunmap_atomic(mapped);
	put_page(page);
	result = result ?: get_user(after, word);
	fact("result", (u64)result);
	fact("before", before);
	fact("after", after);
	return 0;
}

/* As a VMA's entries are that shows a file whose first write somebody wants to know of. */
static int cow_protect_entry(int argc __unused, char **argv)
{
	const unsigned long addr = at(argv[1]);
	pte_t *pte = pte_offset_map(mm_find_pmd(current->mm, addr), addr);

	ptep_set_wrprotect(pte);
	pte_unmap(pte);
	flush_tlb_all();
	return 0;
}

/* A use of a frame that no entry leads to, as a device would have. "cow_hold PFN 0": no more. */
static int cow_hold(int argc __unused, char **argv)
{
	struct page *page = pfn_to_page(number(argv[1]));

	if (number(argv[2]))
		get_page(page);
	else
		put_page(page);
	return 0;
}

/* --- without memory --------------------------------------------------------------------------- */

/* The Nth from now on is refused. */
static struct fault_attr refuse(const char *nth)
{
	return (struct fault_attr){ .probability = 100,
				    .times = 1,
				    .interval = (unsigned int)number(nth) };
}

/* "cow_poor_fork frames 2": the second frame is refused. */
static int cow_poor_fork(int argc __unused, char **argv)
{
	void (*inject)(const struct fault_attr *) =
		*argv[1] == 'f' ? set_fail_page_alloc : set_failslab;
	const struct fault_attr attr = refuse(argv[2]);
	const int preempt_before = preempt_count();
	struct mm_struct *mm;

	inject(&attr);
	mm = dup_mm(current->mm);
	inject(NULL);
	fact("forked", mm != NULL);
	fact("locks kept", (u64)(preempt_count() - preempt_before));
	fact("missing", mm ? (u64)(current->mm->rss - mm->rss) : 0);
	if (mm)
		mmput(mm);
	return 0;
}

static int cow_poor_write(int argc __unused, char **argv)
{
	const struct fault_attr attr = refuse(argv[2]);
	const int preempt_before = preempt_count();
	struct mm_struct *mm = current->mm;
	int ret;

	down_read(&mm->mmap_sem);
	set_fail_page_alloc(&attr);
	ret = handle_mm_fault(mm, find_vma(mm, at(argv[1])), at(argv[1]), FAULT_FLAG_WRITE);
	set_fail_page_alloc(NULL);
	up_read(&mm->mmap_sem);
	fact("result", (u64)ret);
	fact("locks kept", (u64)(preempt_count() - preempt_before));
	return 0;
}

/* --- two at once ------------------------------------------------------------------------------ */

static struct {
	struct mm_struct *mm;
	unsigned long addr;
	u32 value;
	volatile bool done;
} other;

static int write_first(void *unused __unused)
{
	live_in(other.mm);
	fact("other's result", (u64)put_user(other.value, (u32 __user *)other.addr));
	live_in(NULL);
	other.done = true;
	return 0;
}

/*
 * Another thread of the process is due, and runs as soon as the fault lets go of the last lock: it
 * comes through first, since the copy is allocated without one.
 */
static int cow_race(int argc __unused, char **argv)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma = find_vma(mm, at(argv[1]));
	struct task_struct *task = kthread_create(write_first, NULL, "first");
	int ret;

	other.mm = mm;
	other.addr = at(argv[1]);
	other.value = (u32)number(argv[2]);
	other.done = false;
	down_read(&mm->mmap_sem);
	wake_up_process(task);
	current_thread_info()->flags |= _TIF_NEED_RESCHED;
	ret = handle_mm_fault(mm, vma, other.addr, FAULT_FLAG_WRITE);
	up_read(&mm->mmap_sem);
	wait_for(other.done);
	fact("result", (u64)ret);
	fact("done", other.done);
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

/* Of the space that we are in; and what all of them break of the rules. */
static int cow_look(int argc __unused, char **argv __unused)
{
	const struct mm_struct *mm = current->mm;
	unsigned long flags;

	broken = 0;
	local_irq_save(flags);
	check_mms(note_rule);
	local_irq_restore(flags);
	fact("broken", broken);
	fact("rss", mm->rss);
	fact("nr_ptes", mm->nr_ptes);
	fact("users", (u64)atomic_read(&mm->mm_users));
	fact("brk", mm->brk);
	fact("start_code", mm->start_code);
	fact("mmap_base", mm->mmap_base);
	fact("pgd", (unsigned long)mm->pgd);
	fact("zero page's count", (u64)page_count(zero_page));
	return 0;
}

/* What an exec would have noted of the program. */
static int cow_books(int argc __unused, char **argv)
{
	current->mm->start_code = number(argv[1]);
	current->mm->start_brk = current->mm->brk = number(argv[2]);
	return 0;
}

static int cow_frame(int argc __unused, char **argv)
{
	const struct page *page = pfn_to_page(number(argv[1]));

	fact("count", (u64)page_count(page));
	fact("mapcount", (u64)page_mapcount(page));
	return 0;
}

/* What no cache and no list of a CPU's holds back. */
static int cow_free(int argc __unused, char **argv __unused)
{
	struct kmem_cache *s;

	for_each_kmem_cache (s)
		kmem_cache_shrink(s);
	drain_all_pages();
	fact("free", nr_free_pages());
	return 0;
}

/* Whoever gets a frame next gets one that somebody has used. */
static int cow_stain(int argc __unused, char **argv __unused)
{
	static struct page *pages[256];

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = alloc_page(GFP_HIGHUSER);
		memset_page(pages[i], 0, 0xA5, PAGE_SIZE);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
		__free_page(pages[i]);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "cow_where", "", "constants", 0, 0, cow_where },
	{ "cow_begin", "BASE", "space 0", 1, 1, cow_begin },
	{ "cow_in", "SPACE", "go there", 1, 1, cow_in },
	{ "cow_fork", "SPACE", "dup_mm", 1, 1, cow_fork },
	{ "cow_end", "SPACE", "mmput", 1, 1, cow_end },
	{ "cow_map", "NR N KIND", "mmap", 3, 3, cow_map },
	{ "cow_protect", "NR KIND", "mprotect of a page", 2, 2, cow_protect },
	{ "cow_read", "NR", "read a page", 1, 1, cow_read },
	{ "cow_write", "NR VALUE", "write a page's first word", 2, 2, cow_write },
	{ "cow_fill", "NR VALUE", "write to all of a page", 2, 2, cow_fill },
	{ "cow_write_fork_write", "NR VALUE VALUE", "fork between writes", 3, 3,
	  cow_write_fork_write },
	{ "cow_write_from_afar", "NR VALUE", "get_user_pages between reads", 2, 2,
	  cow_write_from_afar },
	{ "cow_protect_entry", "NR", "an entry that is read-only", 1, 1, cow_protect_entry },
	{ "cow_hold", "PFN 1|0", "one use more or less", 2, 2, cow_hold },
	{ "cow_poor_fork", "frames|objects N", "dup_mm, the Nth refused", 2, 2, cow_poor_fork },
	{ "cow_poor_write", "NR N", "a write, the Nth frame refused", 2, 2, cow_poor_write },
	{ "cow_race", "NR VALUE", "another thread is faster", 2, 2, cow_race },
	{ "cow_look", "", "counts of a space", 0, 0, cow_look },
	{ "cow_books", "CODE BRK", "what is known of the program", 2, 2, cow_books },
	{ "cow_frame", "PFN", "a frame's counts", 1, 1, cow_frame },
	{ "cow_free", "", "free frames", 0, 0, cow_free },
	{ "cow_stain", "", "leave something in free frames", 0, 0, cow_stain },
};
monitor_group(cow_steps, "grade", commands);
