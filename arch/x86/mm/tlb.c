/*
 * Flushing ranges of the TLB, and how often it was done. Condenses arch/x86/mm/tlb.c.
 */
#include <asm/tlbflush.h>

/* As many INVLPGs as cost about what refilling the whole TLB does. */
#define FLUSH_ONE_BY_ONE_MAX 33

struct tlb_flushes tlb_flushes;

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	if ((end - start) >> PAGE_SHIFT > FLUSH_ONE_BY_ONE_MAX) {
		__flush_tlb_all();
		return;
	}
	for (unsigned long vaddr = start; vaddr < end; vaddr += PAGE_SIZE)
		__flush_tlb_one(vaddr);
}
