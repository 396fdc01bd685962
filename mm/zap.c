/*
 * Taking pages away from a process, and the tables that led to them.
 *
 *      unmap_region       munmap(): some VMAs
 *      unmap_all          the end of a process: all of them
 *        unmap_vmas         entries: cleared, their frames noted
 *        free_pgtables      tables that no other VMA needs
 *        tlb_finish_mmu     the TLB forgets, then the frames go
 *      zap_page_range     madvise(): a part of one VMA; tables stay
 *
 * Condenses the other half of mm/memory.c of Linux 2.6. An entry that leads into swap will be freed
 * in zap_pte_range().
 */
#include <mm/memory.h>
#include <mm/pgalloc.h>
#include <mm/rmap.h>
#include <mm/tlb.h>

/* --- entries ---------------------------------------------------------------------------------- */

static void zap_pte_range(struct mmu_gather *tlb, pmd_t *pmd, unsigned long addr, unsigned long end)
{
	struct mm_struct *mm = tlb->mm;
	pte_t *pte = pte_offset_map_lock(mm, pmd, addr), *const first = pte;

	for (; addr != end; pte++, addr += PAGE_SIZE) {
		const pte_t entry = *pte;
		struct page *page;

		if (pte_none(entry))
			continue;
		pte_clear(pte);
		tlb_remove_tlb_entry(tlb, addr);
		page = vm_normal_page(entry);
		if (!page)
			continue;
		mm->rss--;
		page_remove_rmap(page);
		tlb_remove_page(tlb, page);
	}
	pte_unmap_unlock(mm, first);
}

static __landmark void unmap_page_range(struct mmu_gather *tlb, unsigned long addr,
					unsigned long end)
{
	pmd_t *pmd;

	for_each_page_table (tlb->mm, pmd, addr, end)
		zap_pte_range(tlb, pmd, addr, pmd_addr_end(addr, end));
}

/* What of each VMA lies in [start, end). */
static void unmap_vmas(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		       unsigned long end)
{
	for (; vma && vma->vm_start < end; vma = vma->vm_next)
		unmap_page_range(tlb, max(vma->vm_start, start), min(vma->vm_end, end));
}

/* --- tables ----------------------------------------------------------------------------------- */

/*
 * Tables go where nothing else needs them. [floor, ceiling) is what the VMAs on either side leave;
 * a ceiling of 0 is the top.
 *
 *           prev]              [vma being unmapped]            [next
 *               floor                                          ceiling
 *      |   table 0    |   table 1    |   table 2    |   table 3    |
 *          stays          goes           goes           stays
 */
struct table_limits {
	unsigned long floor, ceiling;
};

/* Does all that the table at @addr covers, @size bytes, lie between the limits? */
static bool table_is_spare(const struct table_limits *limits, unsigned long addr,
			   unsigned long size)
{
	const unsigned long start = ALIGN_DOWN(addr, size);

	return start >= limits->floor && start + size - 1 <= limits->ceiling - 1;
}

static void free_pte_table(struct mmu_gather *tlb, pmd_t *pmd, unsigned long addr)
{
	struct page *table = pmd_page(*pmd);

	spin_lock(&tlb->mm->page_table_lock);
	pmd_clear(pmd);
	tlb->mm->nr_ptes--;
	spin_unlock(&tlb->mm->page_table_lock);
	tlb_remove_table(tlb, table, addr);
}

static void free_pmd_range(struct mmu_gather *tlb, pud_t *pud, unsigned long addr,
			   unsigned long end, const struct table_limits *limits)
{
	const unsigned long start = addr;
	pmd_t *pmd = pmd_offset(pud, addr), *const table = pmd_offset(pud, 0);

	for (; addr != end; pmd++, addr = pmd_addr_end(addr, end)) {
		if (pmd_present(*pmd) && table_is_spare(limits, addr, PMD_SIZE))
			free_pte_table(tlb, pmd, addr);
	}
	if (pmd_folded || PREALLOCATED_PMDS > 0 || !table_is_spare(limits, start, PUD_SIZE))
		return;
	pud_clear(pud);
	tlb_remove_table(tlb, virt_to_page(table), start);
}

static void free_pud_range(struct mmu_gather *tlb, pgd_t *pgd, unsigned long addr,
			   unsigned long end, const struct table_limits *limits)
{
	const unsigned long start = addr;
	pud_t *pud = pud_offset(pgd, addr), *const table = pud_offset(pgd, 0);

	for (; addr != end; pud++, addr = pud_addr_end(addr, end)) {
		if (pud_present(*pud))
			free_pmd_range(tlb, pud, addr, pud_addr_end(addr, end), limits);
	}
	if (pud_folded || !table_is_spare(limits, start, PGDIR_SIZE))
		return;
	pgd_clear(pgd);
	tlb_remove_table(tlb, virt_to_page(table), start);
}

static void free_pgd_range(struct mmu_gather *tlb, unsigned long addr, unsigned long end,
			   const struct table_limits *limits)
{
	pgd_t *pgd = pgd_offset(tlb->mm, addr);

	for (; addr != end; pgd++, addr = pgd_addr_end(addr, end)) {
		if (pgd_present(*pgd))
			free_pud_range(tlb, pgd, addr, pgd_addr_end(addr, end), limits);
	}
}

/* VMAs that lie close to each other are walked as one: they may share a table. */
static void free_pgtables(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long end,
			  unsigned long floor, unsigned long ceiling)
{
	while (vma) {
		const unsigned long addr = vma->vm_start;
		struct vm_area_struct *next = vma->vm_next;
		struct table_limits limits = { floor, ceiling };

		while (next && next->vm_start < end && next->vm_start <= vma->vm_end + PMD_SIZE) {
			vma = next;
			next = vma->vm_next;
		}
		if (next && next->vm_start < end)
			limits.ceiling = next->vm_start;
		else
			next = NULL;
		free_pgd_range(tlb, addr, vma->vm_end, &limits);
		vma = next;
	}
}

/* --- what others call ------------------------------------------------------------------------- */

__landmark void unmap_region(struct mm_struct *mm, struct vm_area_struct *vma,
			     struct vm_area_struct *prev, unsigned long start, unsigned long end)
{
	const struct vm_area_struct *next = prev ? prev->vm_next : mm->mmap;
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, mm);
	unmap_vmas(&tlb, vma, start, end);
	free_pgtables(&tlb, vma, end, prev ? prev->vm_end : 0, next ? next->vm_start : 0);
	tlb_finish_mmu(&tlb);
}

void unmap_all(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, mm);
	unmap_vmas(&tlb, vma, 0, TASK_SIZE);
	free_pgtables(&tlb, vma, TASK_SIZE, 0, 0);
	tlb_finish_mmu(&tlb);
}

void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long size)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, vma->vm_mm);
	unmap_page_range(&tlb, start, start + size);
	tlb_finish_mmu(&tlb);
}
