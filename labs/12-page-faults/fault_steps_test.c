/*
 * The steps of lab 12's grader. The monitor's thread gets an address space of its own and touches it
 * by get_user() and put_user(): real page faults, whose trace the host looks for in the tables and in the
 * frames. Pages are numbered from where pf_begin says. What is right is checks.py's to say.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/check_vma.h>
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
#include <asm/task_size.h>
#include <asm/uaccess.h>
#include <monitor/monitor.h>
#include <process/kthread.h>
#include "arguments.h"
#include "facts.h"
#include "patience.h"

static unsigned long base;

static unsigned long at(const char *nr)
{
	return base + (number(nr) << PAGE_SHIFT);
}

/* --- an address space ------------------------------------------------------------------------- */

static void live_in(struct mm_struct *mm)
{
	unsigned long flags;

	local_irq_save(flags);
	current->mm = mm;
	if (mm)
		switch_mm(mm);
	local_irq_restore(flags);
}

static int pf_where(int argc __unused, char **argv __unused)
{
	fact("min_addr", MMAP_MIN_ADDR);
	fact("guard", STACK_GUARD_GAP >> PAGE_SHIFT);
	fact("zero page", page_to_pfn(zero_page));
	return 0;
}

static int pf_begin(int argc __unused, char **argv)
{
	struct mm_struct *mm = mm_alloc();

	if (!mm || current->mm)
		return -ENOMEM;
	base = number(argv[1]);
	arch_pick_mmap_layout(mm);
	live_in(mm);
	return 0;
}

static const struct {
	char letter;
	unsigned long prot, flags;
} kinds[] = {
	{ '-', PROT_NONE, MAP_PRIVATE },
	{ 'r', PROT_READ, MAP_PRIVATE },
	{ 'e', PROT_READ | PROT_EXEC, MAP_PRIVATE },
	{ 'w', PROT_READ | PROT_WRITE, MAP_PRIVATE },
	{ 'x', PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE },
	{ 's', PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_GROWSDOWN },
	{ 'o', PROT_READ | PROT_WRITE, MAP_SHARED },
};

static int pf_map(int argc __unused, char **argv)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].letter == *argv[3])
			sys_mmap_pgoff(at(argv[1]), number(argv[2]) << PAGE_SHIFT, kinds[i].prot,
				       kinds[i].flags | MAP_ANONYMOUS | MAP_FIXED, -1UL, 0);
	}
	return 0;
}

static int pf_lock(int argc __unused, char **argv)
{
	fact("result", (u64)sys_mlock(at(argv[1]), PAGE_SIZE));
	return 0;
}

static int pf_drop(int argc __unused, char **argv)
{
	fact("result", (u64)sys_madvise(at(argv[1]), PAGE_SIZE, MADV_DONTNEED));
	return 0;
}

static int pf_unmap(int argc __unused, char **argv __unused)
{
	fact("result", (u64)sys_munmap(0, TASK_SIZE));
	return 0;
}

static int pf_limit(int argc __unused, char **argv)
{
	current->rlim[number(argv[1])] =
		(struct rlimit){ number(argv[2]) << PAGE_SHIFT, RLIM_INFINITY };
	return 0;
}

/* As if its first page had been that of another address, before it was moved here. */
static int pf_moved(int argc __unused, char **argv)
{
	find_vma(current->mm, at(argv[1]))->vm_pgoff = number(argv[2]);
	return 0;
}

/* --- touching it ------------------------------------------------------------------------------ */

static int pf_read(int argc __unused, char **argv)
{
	u32 value = 0;

	fact("result", (u64)get_user(value, (const u32 __user *)at(argv[1])));
	fact("value", value);
	return 0;
}

static int pf_write(int argc __unused, char **argv)
{
	fact("result", (u64)put_user((u32)number(argv[2]), (u32 __user *)at(argv[1])));
	return 0;
}

static int fault_at(unsigned long addr, unsigned int flags)
{
	struct mm_struct *mm = current->mm;
	int ret;

	down_read(&mm->mmap_sem);
	ret = handle_mm_fault(mm, find_vma(mm, addr), addr, flags);
	up_read(&mm->mmap_sem);
	return ret;
}

/* With the Nth allocation of a frame refused. */
static int pf_poor(int argc __unused, char **argv)
{
	const struct fault_attr attr = { .probability = 100,
					 .times = 1,
					 .interval = (unsigned int)number(argv[2]) };
	const int preempt_before = preempt_count();
	int ret;

	set_fail_page_alloc(&attr);
	ret = fault_at(at(argv[1]), FAULT_FLAG_WRITE);
	set_fail_page_alloc(NULL);
	fact("result", (u64)ret);
	fact("locks kept", (u64)(preempt_count() - preempt_before));
	return 0;
}

static pte_t *entry_of(unsigned long addr)
{
	return pte_offset_map(mm_find_pmd(current->mm, addr), addr);
}

static void set_entry(unsigned long addr, pte_t entry)
{
	pte_t *pte = entry_of(addr);

	set_pte(pte, entry);
	pte_unmap(pte);
}

static pte_t entry_at(unsigned long addr)
{
	pte_t *pte = entry_of(addr), entry = *pte;

	pte_unmap(pte);
	return entry;
}

/* A fault at an entry that allows it: young and dirty are set by the CPU, unless it was not asked. */
static int pf_again(int argc __unused, char **argv)
{
	const unsigned long addr = at(argv[1]);

	set_entry(addr, pte_mkold(pte_mkclean(entry_at(addr))));
	fact("result", (u64)fault_at(addr, (unsigned int)number(argv[2])));
	fact("young", !!pte_young(entry_at(addr)));
	fact("dirty", !!pte_dirty(entry_at(addr)));
	return 0;
}

/* A fault at an entry that is neither empty nor present. */
static int pf_bad(int argc __unused, char **argv)
{
	const unsigned long addr = at(argv[1]);
	const pte_t bad = __pte(number(argv[2]) << PAGE_SHIFT);
	const int preempt_before = preempt_count();

	set_entry(addr, bad);
	fact("result", (u64)fault_at(addr, FAULT_FLAG_WRITE));
	fact("locks kept", (u64)(preempt_count() - preempt_before));
	fact("unchanged", pte_same(entry_at(addr), bad));
	set_entry(addr, __pte(0));
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
 * Another thread is due, and runs as soon as the fault lets go of the last lock: it comes through
 * first, since the frame, or the table, is allocated without one.
 */
static int pf_race(int argc __unused, char **argv)
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

/* --- expand_stack ----------------------------------------------------------------------------- */

static int pf_expand(int argc __unused, char **argv)
{
	down_read(&current->mm->mmap_sem);
	fact("result", (u64)expand_stack(current->mm->mmap, number(argv[1])));
	up_read(&current->mm->mmap_sem);
	return 0;
}

static int pf_extend(int argc __unused, char **argv)
{
	const struct vm_area_struct *vma;

	down_read(&current->mm->mmap_sem);
	vma = find_extend_vma(current->mm, at(argv[1]) + 5);
	fact("found", vma ? vma->vm_start : 0);
	up_read(&current->mm->mmap_sem);
	return 0;
}

/* --- what became of it ------------------------------------------------------------------------ */

static unsigned int broken;

static void note_rule(const char *rule __unused, const char *function __unused,
		      unsigned long pfn __unused, const char *what __unused)
{
	broken++;
}

static int pf_look(int argc __unused, char **argv __unused)
{
	const struct mm_struct *mm = current->mm;
	const struct vm_area_struct *vma;
	unsigned long flags;

	for_each_vma (mm, vma) {
		fact("start", vma->vm_start);
		fact("end", vma->vm_end);
		fact("pgoff", vma->vm_pgoff);
	}
	fact("rss", mm->rss);
	fact("nr_ptes", mm->nr_ptes);
	fact("zero page's count", (u64)page_count(zero_page));
	broken = 0;
	local_irq_save(flags);
	check_vmas(mm, note_rule);
	local_irq_restore(flags);
	fact("broken", broken);
	return 0;
}

/* What no cache and no list of a CPU's holds back. */
static int pf_free(int argc __unused, char **argv __unused)
{
	struct kmem_cache *s;

	for_each_kmem_cache (s)
		kmem_cache_shrink(s);
	drain_all_pages();
	fact("free", nr_free_pages());
	return 0;
}

static int pf_frame(int argc __unused, char **argv)
{
	const struct page *page = pfn_to_page(number(argv[1]));

	fact("count", (u64)page_count(page));
	fact("mapcount", (u64)page_mapcount(page));
	fact("high", PageHighMem(page));
	return 0;
}

static int pf_table(int argc __unused, char **argv)
{
	fact("pfn", page_to_pfn(pmd_page(*mm_find_pmd(current->mm, at(argv[1])))));
	return 0;
}

/* Whoever gets a frame next gets one that somebody has used. */
static int pf_stain(int argc __unused, char **argv __unused)
{
	static struct page *pages[1024];

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = alloc_page(GFP_HIGHUSER);
		memset_page(pages[i], 0, 0xA5, PAGE_SIZE);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
		__free_page(pages[i]);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "pf_where", "", "constants", 0, 0, pf_where },
	{ "pf_begin", "BASE", "an address space", 1, 1, pf_begin },
	{ "pf_map", "NR N KIND", "mmap", 3, 3, pf_map },
	{ "pf_lock", "NR", "mlock", 1, 1, pf_lock },
	{ "pf_drop", "NR", "madvise(MADV_DONTNEED)", 1, 1, pf_drop },
	{ "pf_unmap", "", "munmap all", 0, 0, pf_unmap },
	{ "pf_limit", "WHICH PAGES", "setrlimit", 2, 2, pf_limit },
	{ "pf_moved", "NR PGOFF", "vm_pgoff of a VMA", 2, 2, pf_moved },
	{ "pf_read", "NR", "read a page", 1, 1, pf_read },
	{ "pf_write", "NR VALUE", "write to a page", 2, 2, pf_write },
	{ "pf_poor", "NR N", "a write, the Nth frame refused", 2, 2, pf_poor },
	{ "pf_again", "NR FLAGS", "a fault that is settled", 2, 2, pf_again },
	{ "pf_bad", "NR FRAME", "a fault at an entry that must not be", 2, 2, pf_bad },
	{ "pf_race", "NR VALUE", "another thread is faster", 2, 2, pf_race },
	{ "pf_expand", "ADDR", "expand_stack of the first VMA", 1, 1, pf_expand },
	{ "pf_extend", "NR", "find_extend_vma", 1, 1, pf_extend },
	{ "pf_look", "", "VMAs and counts", 0, 0, pf_look },
	{ "pf_free", "", "free frames", 0, 0, pf_free },
	{ "pf_frame", "PFN", "a frame's counts", 1, 1, pf_frame },
	{ "pf_table", "NR", "a page table's frame", 1, 1, pf_table },
	{ "pf_stain", "", "leave something in free frames", 0, 0, pf_stain },
};
monitor_group(fault_steps, "grade", commands);
