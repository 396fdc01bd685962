/*
 * VMAs: finding one, and making one and taking it away again, among few and among very many.
 *
 *      ... [r].[r].[r].[r] mmap_base       pages with a hole of one page between any two: a new
 *                                          one fits into each hole, and merges with nothing
 */
#include <tests/bench.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>
#include <asm/task_size.h>

#define NR_FINDS 1000
#define NR_PAIRS 100

static struct mm_struct *mm;
static struct rlimit old_limit;
static unsigned long addrs[NR_FINDS];

static unsigned long addr_of(unsigned long i)
{
	return mm->mmap_base - (2 * i + 1) * PAGE_SIZE;
}

static void live_in(struct mm_struct *next)
{
	unsigned long flags;

	local_irq_save(flags);
	current->mm = next;
	switch_mm(next);
	local_irq_restore(flags);
}

static void make_vmas(unsigned long nr_vmas)
{
	mm = mm_alloc();
	BUG_ON(!mm);
	arch_pick_mmap_layout(mm);
	live_in(mm);
	for (unsigned long i = 0; i < nr_vmas; i++)
		BUG_ON(vm_mmap(NULL, addr_of(i), PAGE_SIZE, PROT_READ,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0) != addr_of(i));
	for (unsigned long i = 0; i < NR_FINDS; i++)
		addrs[i] = addr_of(i * 7919 % nr_vmas);
}

/* An address space that fits is kept from batch to batch, and from row to row. */
static void live_among(unsigned long nr_vmas)
{
	old_limit = current->rlim[RLIMIT_AS];
	current->rlim[RLIMIT_AS].rlim_cur = RLIM_INFINITY;
	if (mm && (unsigned long)mm->map_count == nr_vmas) {
		live_in(mm);
		return;
	}
	if (mm)
		mmput(mm);
	make_vmas(nr_vmas);
}

static void leave(void)
{
	current->mm = NULL;
	leave_mm(mm);
	current->rlim[RLIMIT_AS] = old_limit;
}

static void find(void)
{
	for (int i = 0; i < NR_FINDS; i++)
		find_vma(mm, addrs[i]);
}

static __always_inline void map_and_unmap(unsigned long len)
{
	for (int i = 0; i < NR_PAIRS; i++)
		vm_munmap(vm_mmap(NULL, 0, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				  0),
			  len);
}

static void map_and_unmap_1(void)
{
	map_and_unmap(PAGE_SIZE);
}

static void map_and_unmap_64(void)
{
	map_and_unmap(64 * PAGE_SIZE);
}

#define AMONG(nr)                         \
	static void live_among_##nr(void) \
	{                                 \
		live_among(nr);           \
	}
AMONG(10)
AMONG(16)
AMONG(256)
AMONG(1000)
AMONG(4096)
AMONG(60000)

/* The largest address space first: what is left behind at the end is the smallest. */
bench_rows(vma) = {
	{ "find-vma-60000", "find_vma among 60,000 VMAs, spread", NR_FINDS, 20, live_among_60000,
	  find, leave, NULL },
	{ "mmap-1-60000", "mmap+munmap 1 page among 60,000 VMAs, untouched, no trap", NR_PAIRS, 20,
	  live_among_60000, map_and_unmap_1, leave, NULL },
	{ "mmap-64-60000", "mmap+munmap 64 pages among 60,000 VMAs, untouched, no trap", NR_PAIRS,
	  20, live_among_60000, map_and_unmap_64, leave, NULL },
	{ "find-vma-4096", "find_vma among 4096 VMAs, spread", NR_FINDS, 50, live_among_4096, find,
	  leave, NULL },
	{ "find-vma-1000", "find_vma among 1,000 VMAs, spread", NR_FINDS, 50, live_among_1000, find,
	  leave, NULL },
	{ "mmap-1-1000", "mmap+munmap 1 page among 1,000 VMAs, untouched, no trap", NR_PAIRS, 50,
	  live_among_1000, map_and_unmap_1, leave, NULL },
	{ "mmap-64-1000", "mmap+munmap 64 pages among 1,000 VMAs, untouched, no trap", NR_PAIRS, 50,
	  live_among_1000, map_and_unmap_64, leave, NULL },
	{ "find-vma-256", "find_vma among 256 VMAs, spread", NR_FINDS, 50, live_among_256, find,
	  leave, NULL },
	{ "find-vma-16", "find_vma among 16 VMAs, spread", NR_FINDS, 50, live_among_16, find, leave,
	  NULL },
	{ "find-vma-10", "find_vma among 10 VMAs, spread", NR_FINDS, 50, live_among_10, find, leave,
	  NULL },
	{ "mmap-1-10", "mmap+munmap 1 page among 10 VMAs, untouched, no trap", NR_PAIRS, 50,
	  live_among_10, map_and_unmap_1, leave, NULL },
	{ "mmap-64-10", "mmap+munmap 64 pages among 10 VMAs, untouched, no trap", NR_PAIRS, 50,
	  live_among_10, map_and_unmap_64, leave, NULL },
};
