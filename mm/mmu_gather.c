/*
 * Frames on their way out of a process: noted, flushed for, let go. <mm/tlb.h> tells why.
 *
 *      pages --> local[8]                        a few pages: no allocation
 *            \-> a frame, up to 1024 pointers    when those are full
 *
 * mm/zap.c calls in here. Condenses mm/mmu_gather.c.
 */
#include <lib/kernel.h>
#include <mm/gfp.h>
#include <mm/tlb.h>
#include <asm/tlbflush.h>

void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm)
{
	tlb->mm = mm;
	tlb->need_flush = false;
	tlb->nr = 0;
	tlb->max = MMU_GATHER_BUNDLE;
	tlb->pages = tlb->local;
}

void tlb_flush_mmu(struct mmu_gather *tlb)
{
	if (tlb->need_flush)
		flush_tlb_mm_range(tlb->mm, tlb->start, tlb->end);
	tlb->need_flush = false;
	release_pages(tlb->pages, tlb->nr);
	tlb->nr = 0;
}

/* A frame more holds many more; without one there are flushes more, and that is all. */
void tlb_next_batch(struct mmu_gather *tlb)
{
	struct page **batch = NULL;

	if (tlb->pages == tlb->local)
		batch = (struct page **)__get_free_page(__GFP_NOWARN);
	if (!batch) {
		tlb_flush_mmu(tlb);
		return;
	}
	for (unsigned int i = 0; i < tlb->nr; i++)
		batch[i] = tlb->local[i];
	tlb->pages = batch;
	tlb->max = PAGE_SIZE / sizeof(*batch);
}

/* Any INVLPG makes the CPU forget all parts of walks it kept (4.10.4.1), so one address will do. */
void tlb_remove_table(struct mmu_gather *tlb, struct page *table, unsigned long addr)
{
	if (!tlb->need_flush) {
		tlb->start = addr;
		tlb->end = addr + PAGE_SIZE;
		tlb->need_flush = true;
	}
	tlb_remove_page(tlb, table);
}

void tlb_finish_mmu(struct mmu_gather *tlb)
{
	tlb_flush_mmu(tlb);
	if (tlb->pages != tlb->local)
		free_page((unsigned long)tlb->pages);
}
