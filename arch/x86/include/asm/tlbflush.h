/*
 * What the TLB is owed. The CPU keeps translations until it is told that they changed: one page by
 * INVLPG, all but the global ones by loading CR3, all by taking CR4.PGE away for a moment
 * (Intel SDM vol. 3, 4.10.4.1).
 */
#ifndef ASM_TLBFLUSH_H
#define ASM_TLBFLUSH_H

#include <asm/pgtable.h>
#include <asm/processor.h>

static inline void __flush_tlb_one(unsigned long vaddr)
{
	__asm__ volatile("invlpg (%0)" : : "r"(vaddr) : "memory");
}

/* All entries but the global ones. */
static inline void __flush_tlb(void)
{
	write_cr3(read_cr3());
}

/* Global entries too. */
static inline void __flush_tlb_all(void)
{
	if (cpu_has_pge) {
		unsigned long cr4 = read_cr4();

		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		__flush_tlb();
	}
}

/**
 * load_cr3 - let the CPU walk these tables from now on
 * @pgdir: kernel virtual address of a pgd in lowmem
 */
static inline void load_cr3(pgd_t *pgdir)
{
	write_cr3((unsigned long)__pa(pgdir));
}

#endif
