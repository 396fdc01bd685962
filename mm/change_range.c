/*
 * Entries that stay, but change: other rights, or another place.
 *
 *      change_protection      mprotect()
 *      move_page_tables       mremap(): entry by entry, frames stay where they are
 *
 * Condenses the halves of mm/mprotect.c and mm/mremap.c that deal with tables.
 */
#include <mm/memory.h>
#include <mm/pgalloc.h>
#include <asm/tlbflush.h>

/* --- rights ----------------------------------------------------------------------------------- */

/* Returns whether the TLB may remember more than is allowed now. */
static bool change_pte_range(struct mm_struct *mm, pmd_t *pmd, unsigned long addr,
			     unsigned long end, pgprot_t prot)
{
	pte_t *pte = pte_offset_map_lock(mm, pmd, addr), *const first = pte;
	bool flush = false;

	for (; addr != end; pte++, addr += PAGE_SIZE) {
		const pte_t old = *pte;
		pte_t new;

		if (!pte_present(old) || pte_has_prot(old, prot))
			continue;
		new = pte_modify(old, prot);
		pte_clear(pte);
		set_pte(pte, new);
		flush |= pte_loses_rights(old, new);
	}
	pte_unmap_unlock(mm, first);
	return flush;
}

/*
 * A private page stays read-only even where the VMA is to be writable: that is what vm_page_prot
 * says, and the first write finds out whether others see the frame.
 */
__landmark void change_protection(struct vm_area_struct *vma, unsigned long start,
				  unsigned long end, pgprot_t newprot)
{
	const pgprot_t prot = massage_pgprot(newprot);
	struct mm_struct *mm = vma->vm_mm;
	unsigned long addr = start;
	bool flush = false;
	pmd_t *pmd;

	for_each_page_table (mm, pmd, addr, end)
		flush |= change_pte_range(mm, pmd, addr, pmd_addr_end(addr, end), prot);
	if (flush)
		flush_tlb_range(vma, start, end);
}

/* --- place ------------------------------------------------------------------------------------ */

/* @len bytes, all of one page table at either place. */
static void move_ptes(struct mm_struct *mm, pmd_t *old_pmd, unsigned long old_addr, pmd_t *new_pmd,
		      unsigned long new_addr, unsigned long len)
{
	pte_t *new_pte = pte_offset_map_lock(mm, new_pmd, new_addr), *const new_first = new_pte;
	pte_t *old_pte = pte_offset_map(old_pmd, old_addr), *const old_first = old_pte;

	for (; len; len -= PAGE_SIZE, old_pte++, new_pte++) {
		if (!pte_none(*old_pte))
			set_pte(new_pte, ptep_get_and_clear(old_pte));
	}
	pte_unmap(old_first);
	pte_unmap_unlock(mm, new_first);
}

/* How far from @addr its page table reaches, at most to @end; bytes. */
static unsigned long rest_of_table(unsigned long addr, unsigned long end)
{
	return pmd_addr_end(addr, end) - addr;
}

__landmark unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
					  struct vm_area_struct *new_vma, unsigned long new_addr,
					  unsigned long len)
{
	const unsigned long start = old_addr, end = old_addr + len, new_end = new_addr + len;
	const unsigned long offset = new_addr - old_addr;
	struct mm_struct *mm = new_vma->vm_mm;
	pmd_t *old_pmd;

	while ((old_pmd = next_page_table(mm, &old_addr, end))) {
		pmd_t *new_pmd = pmd_alloc_mm(mm, old_addr + offset);

		if (!new_pmd || (pmd_none(*new_pmd) && __pte_alloc(mm, new_pmd)))
			break;
		len = min(rest_of_table(old_addr, end), rest_of_table(old_addr + offset, new_end));
		move_ptes(mm, old_pmd, old_addr, new_pmd, old_addr + offset, len);
		old_addr += len;
	}
	flush_tlb_range(vma, start, old_addr);
	return old_addr - start;
}
