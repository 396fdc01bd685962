/*
 * Temporary kernel mappings: kmap_atomic() on a stack of fixmap slots, one stack for each CPU.
 *
 *      FIX_KMAP_BEGIN      slot 0   <- the thread's first mapping
 *                          slot 1   <- its second, or that of an interrupt that came meanwhile
 *      kmap_atomic_idx ->  slot 2   free
 *
 * Last in, first out: an interrupt has let go of all its slots when the thread runs on.
 * Condenses arch/x86/mm/highmem_32.c.
 */
#include <kernel/panic.h>
#include <kernel/percpu.h>
#include <mm/highmem.h>
#include <asm/tlbflush.h>

/* Bytes of the stack that are taken. */
static unsigned long kmap_atomic_used[NR_CPUS];

/* The first slot is the highest: addresses run down, and so do the entries. */
#define KMAP_ATOMIC_TOP (__fix_to_virt(FIX_KMAP_BEGIN + KM_TYPE_NR * smp_processor_id()))

static pte_t *slot_pte(unsigned long used)
{
	return kmap_pte - KM_TYPE_NR * smp_processor_id() - (used >> PAGE_SHIFT);
}

__landmark void *kmap_atomic(struct page *page)
{
	unsigned long used;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	used = *this_cpu_ptr(kmap_atomic_used);
	BUG_ON(used >= KM_TYPE_NR * PAGE_SIZE);
	*this_cpu_ptr(kmap_atomic_used) = used + PAGE_SIZE;
	set_pte(slot_pte(used), pfn_pte(page_to_pfn(page), kmap_prot));
	return (void *)(KMAP_ATOMIC_TOP - used);
}

void kunmap_atomic(void *vaddr)
{
	unsigned long used;

	if ((unsigned long)vaddr < FIXADDR_START)
		return;
	used = *this_cpu_ptr(kmap_atomic_used) - PAGE_SIZE;
	BUG_ON((unsigned long)vaddr != KMAP_ATOMIC_TOP - used);
	*this_cpu_ptr(kmap_atomic_used) = used;
	pte_clear(slot_pte(used));
	__flush_tlb_one((unsigned long)vaddr);
}
