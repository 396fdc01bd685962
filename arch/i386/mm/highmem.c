/*
 * Temporary kernel mappings: kmap_atomic() on a stack of fixmap slots, one stack for each CPU.
 *
 *      FIX_KMAP_BEGIN      slot 0    <- the thread's first mapping
 *                          slot -1   <- its second, or that of an interrupt that came meanwhile
 *      kmap_atomic_idx ->  slot -2   free
 *
 * Last in, first out: an interrupt has let go of all its slots when the thread runs on.
 * Condenses arch/x86/mm/highmem_32.c.
 */
#include <kernel/panic.h>
#include <kernel/percpu.h>
#include <mm/highmem.h>
#include <asm/tlbflush.h>

/* The next free slot of each CPU: 0, -1, -2 ..., as addresses and entries both run down. */
static int kmap_atomic_idx[NR_CPUS];

static unsigned long slot_vaddr(int slot)
{
	unsigned long top = __fix_to_virt(FIX_KMAP_BEGIN + KM_TYPE_NR * smp_processor_id());

	return top + slot * PAGE_SIZE;
}

static pte_t *slot_pte(int slot)
{
	return kmap_pte - KM_TYPE_NR * smp_processor_id() + slot;
}

__landmark void *kmap_atomic(struct page *page)
{
	int slot;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	slot = (*this_cpu_ptr(kmap_atomic_idx))--;
	BUG_ON(slot <= -KM_TYPE_NR);
	set_pte(slot_pte(slot), pfn_pte(page_to_pfn(page), kmap_prot));
	return (void *)slot_vaddr(slot);
}

void kunmap_atomic(void *vaddr)
{
	int slot;

	if ((unsigned long)vaddr < FIXADDR_START)
		return;
	slot = ++*this_cpu_ptr(kmap_atomic_idx);
	BUG_ON(slot > 0 || (unsigned long)vaddr != slot_vaddr(slot));
	pte_clear(slot_pte(slot));
	__flush_tlb_one((unsigned long)vaddr);
}
