/*
 * A process's pages, without the way in and out of the kernel: what faults, fork and unmapping cost
 * by themselves. 64 MB are 16,384 pages, that is 16 or 32 page tables.
 */
#include <tests/bench.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>

#define BASE	 0x40000000UL
#define NR_FEW	 256UL
#define NR_64_MB 16384UL

static struct mm_struct *child;

static void begin(unsigned long nr_pages)
{
	struct mm_struct *mm = mm_alloc();
	unsigned long flags;

	BUG_ON(!mm);
	local_irq_save(flags);
	current->mm = mm;
	switch_mm(mm);
	local_irq_restore(flags);
	BUG_ON(vm_mmap(NULL, BASE, nr_pages << PAGE_SHIFT, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0) != BASE);
}

static void fault_in(struct mm_struct *mm, unsigned long nr_pages, unsigned int flags)
{
	struct vm_area_struct *vma = find_vma(mm, BASE);

	for (unsigned long addr = BASE; nr_pages; nr_pages--, addr += PAGE_SIZE)
		handle_mm_fault(mm, vma, addr, flags);
}

static void begin_few(void)
{
	begin(NR_FEW);
}

static void begin_few_read(void)
{
	begin(NR_FEW);
	fault_in(current->mm, NR_FEW, 0);
}

static void begin_few_written(void)
{
	begin(NR_FEW);
	fault_in(current->mm, NR_FEW, FAULT_FLAG_WRITE);
}

static void begin_64_mb_written(void)
{
	begin(NR_64_MB);
	fault_in(current->mm, NR_64_MB, FAULT_FLAG_WRITE);
}

static void fork_here(void)
{
	child = dup_mm(current->mm);
	BUG_ON(!child);
}

static void end_child(void)
{
	mmput(child);
	child = NULL;
}

static void begin_few_forked(void)
{
	begin_few_written();
	fork_here();
}

static void begin_few_left(void)
{
	begin_few_forked();
	end_child();
}

static void begin_64_mb_forked(void)
{
	begin_64_mb_written();
	fork_here();
}

static void end(void)
{
	struct mm_struct *mm = current->mm;

	if (child)
		end_child();
	current->mm = NULL;
	mmput(mm);
}

static void read_few(void)
{
	fault_in(current->mm, NR_FEW, 0);
}

static void write_few(void)
{
	fault_in(current->mm, NR_FEW, FAULT_FLAG_WRITE);
}

static void write_few_in_child(void)
{
	fault_in(child, NR_FEW, FAULT_FLAG_WRITE);
}

static void unmap_few(void)
{
	vm_munmap(BASE, NR_FEW << PAGE_SHIFT);
}

static void unmap_64_mb(void)
{
	vm_munmap(BASE, NR_64_MB << PAGE_SHIFT);
}

bench_rows(memory) = {
	{ "mm-fault-read", "handle_mm_fault, read (zero page), per page", NR_FEW, 20, begin_few,
	  read_few, end, NULL },
	{ "mm-fault-write", "handle_mm_fault, anonymous write, per page", NR_FEW, 20, begin_few,
	  write_few, end, NULL },
	{ "mm-fault-zero", "handle_mm_fault, write where the zero page was, per page", NR_FEW, 20,
	  begin_few_read, write_few, end, NULL },
	{ "mm-cow-copy", "handle_mm_fault, COW copy in the child, per page", NR_FEW, 20,
	  begin_few_forked, write_few_in_child, end, NULL },
	{ "mm-cow-reuse", "handle_mm_fault, COW reuse after the child's exit, per page", NR_FEW, 20,
	  begin_few_left, write_few, end, NULL },
	{ "mm-spurious", "handle_mm_fault, settled already, per page", NR_FEW, 20,
	  begin_few_written, write_few, end, NULL },
	{ "mm-unmap-256", "vm_munmap of 256 touched pages, per page", NR_FEW, 20, begin_few_written,
	  unmap_few, end, NULL },
	{ "mm-unmap-64m", "vm_munmap of 64 MB touched, per page", NR_64_MB, 5, begin_64_mb_written,
	  unmap_64_mb, end, NULL },
	{ "mm-fork-64m", "dup_mm of 64 MB touched, per page", NR_64_MB, 5, begin_64_mb_written,
	  fork_here, end, NULL },
	{ "mm-exit-64m", "mmput of a child with 64 MB shared, per page", NR_64_MB, 5,
	  begin_64_mb_forked, end_child, end, NULL },
};
