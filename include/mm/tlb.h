/*
 * Taking pages away from a process: entries first, then the TLB, then the frames.
 *
 *      tlb_gather_mmu()
 *        tlb_remove_page()      its entry is cleared: the frame is noted, not freed
 *        ...                    enough of them: flush, free, begin again
 *      tlb_finish_mmu()         flush, free
 *
 * Until the flush the CPU may still write to the frames by what the TLB remembers, so nobody else
 * may have them before. The same holds for page tables: the CPU keeps parts of its walks, too
 * (Intel SDM vol. 3, 4.10.4). Condenses include/asm-generic/tlb.h.
 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include <mm/mm_types.h>

/* Frames noted on the stack; more go to a frame that is taken for it, if there is one. */
#define MMU_GATHER_BUNDLE 8

struct mmu_gather {
	struct mm_struct *mm;
	bool need_flush;	  /* an entry was cleared since the last flush: */
	unsigned long start, end; /* of what they covered */
	unsigned int nr, max;
	struct page **pages; /* nr of max are noted */
	struct page *local[MMU_GATHER_BUNDLE];
};

/**
 * tlb_gather_mmu - begin to take pages away from an address space
 * @tlb: on the caller's stack
 */
void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm);

/* Flush if entries were cleared, and let go of the frames noted so far. Never sleeps. */
void tlb_flush_mmu(struct mmu_gather *tlb);

/* The last flush. */
void tlb_finish_mmu(struct mmu_gather *tlb);

/* An entry for @addr was cleared. Addresses go up between two flushes. */
static inline void tlb_remove_tlb_entry(struct mmu_gather *tlb, unsigned long addr)
{
	if (!tlb->need_flush)
		tlb->start = addr;
	tlb->end = addr + PAGE_SIZE;
	tlb->need_flush = true;
}

/* Room for more: called where the bundle is full. */
void tlb_next_batch(struct mmu_gather *tlb);

/* The frame of an entry that was cleared: let go of it behind the flush. */
static inline void tlb_remove_page(struct mmu_gather *tlb, struct page *page)
{
	if (unlikely(tlb->nr == tlb->max))
		tlb_next_batch(tlb);
	tlb->pages[tlb->nr++] = page;
}

/* The frame of a table that nothing leads to any more, for addresses from @addr on. */
void tlb_remove_table(struct mmu_gather *tlb, struct page *table, unsigned long addr);

#endif
