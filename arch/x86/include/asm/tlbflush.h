/*
 * What the TLB is owed. The CPU keeps translations until it is told that they changed: one page by
 * INVLPG, all but the global ones by loading CR3, all by taking CR4.PGE away for a moment
 * (Intel SDM vol. 3, 4.10.4.1).
 *
 *      an entry becomes present                 nothing: the CPU keeps no translation that failed
 *      one allows more than before              nothing: at worst a fault is taken for it, and a
 *                                               fault makes the CPU forget the address (4.10.4.1)
 *      one allows less, leads to another        flush_tlb_page, __flush_tlb_one
 *      frame, or goes: one page
 *      many                                     flush_tlb_range, flush_tlb_kernel_range
 *      one that maps a large page               flush_tlb_all
 *
 * Every flush is counted: work must not look cheaper because it flushes more.
 */
#ifndef ASM_TLBFLUSH_H
#define ASM_TLBFLUSH_H

#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include <asm/processor.h>

/* Since boot: single pages, and everything. */
extern struct tlb_flushes {
	unsigned long one, all;
} tlb_flushes;

static inline void __flush_tlb_one(unsigned long vaddr)
{
	tlb_flushes.one++;
	__asm__ volatile("invlpg (%0)" : : "r"(vaddr) : "memory");
}

/* All entries but the global ones. */
static inline void __flush_tlb(void)
{
	tlb_flushes.all++;
	write_cr3(read_cr3());
}

/* Global entries too. */
static inline void __flush_tlb_all(void)
{
	if (cpu_has_pge) {
		unsigned long cr4 = read_cr4();

		tlb_flushes.all++;
		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		__flush_tlb();
	}
}

/* Everything that any table said. */
static inline void flush_tlb_all(void)
{
	__flush_tlb_all();
}

/*
 * A process's part changed. What is not loaded the TLB knows nothing of: CR3 was written since. User
 * pages are not global, so a CR3 load will do.
 */
static inline void flush_tlb_mm(struct mm_struct *mm)
{
	if (mm == loaded_mm)
		__flush_tlb();
}

static inline void flush_tlb_mm_page(struct mm_struct *mm, unsigned long vaddr)
{
	if (mm == loaded_mm)
		__flush_tlb_one(vaddr);
}

/* From @start to @end (exclusive): page by page where they are few. */
void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end);

/* By a struct vm_area_struct, which only mm/ can look into. */
#define flush_tlb_page(vma, vaddr)	 flush_tlb_mm_page((vma)->vm_mm, vaddr)
#define flush_tlb_range(vma, start, end) flush_tlb_mm_range((vma)->vm_mm, start, end)

/**
 * flush_tlb_kernel_range - pages of the kernel's half changed or went
 * @start: first address, @end: exclusive
 *
 * Kernel pages are global, so loading CR3 would not do. Beyond a few pages forgetting everything
 * is cheaper than naming each.
 */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);

/*
 * x86 finds caches by physical address and walks the tables anew after each miss: a mapping that
 * becomes present owes nothing, neither to the caches nor to the TLB.
 */
static inline void flush_cache_vmap(unsigned long start, unsigned long end)
{
	(void)start;
	(void)end;
}

static inline void update_mmu_cache(unsigned long vaddr, pte_t *pte)
{
	(void)vaddr;
	(void)pte;
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
