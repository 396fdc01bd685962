/*
 * Flushing ranges of the TLB, and how often it was done; loading another address space, which
 * flushes all that is not global. Condenses arch/x86/mm/tlb.c and i386's mmu_context.h.
 */
#include <mm/mm_types.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>

/* As many INVLPGs as cost about what refilling the whole TLB does. */
#define FLUSH_ONE_BY_ONE_MAX 33

struct tlb_flushes tlb_flushes;

static void flush_one_by_one(unsigned long start, unsigned long end)
{
	for (unsigned long vaddr = start; vaddr < end; vaddr += PAGE_SIZE)
		__flush_tlb_one(vaddr);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	if ((end - start) >> PAGE_SHIFT > FLUSH_ONE_BY_ONE_MAX) {
		__flush_tlb_all();
		return;
	}
	flush_one_by_one(start, end);
}

void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	if (mm != loaded_mm)
		return;
	if ((end - start) >> PAGE_SHIFT > FLUSH_ONE_BY_ONE_MAX)
		__flush_tlb();
	else
		flush_one_by_one(start, end);
}

struct mm_struct *loaded_mm;

static void load_pgd(struct mm_struct *mm, pgd_t *pgd)
{
	tlb_flushes.all++;
	loaded_mm = mm;
	load_cr3(pgd);
}

void switch_mm(struct mm_struct *next)
{
	if (next && next != loaded_mm)
		load_pgd(next, next->pgd);
}

void leave_mm(struct mm_struct *mm)
{
	unsigned long flags;

	local_irq_save(flags);
	if (mm == loaded_mm)
		load_pgd(NULL, swapper_pg_dir);
	local_irq_restore(flags);
}
