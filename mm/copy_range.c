/*
 * fork(): a child's tables come to lead to the frames of its parent.
 *
 *      parent   pte  RW  --> frame              pte  R  --\
 *                                      fork()              > frame, two users
 *      child                                    pte  R  --/
 *
 * The first of the two that writes gets a copy (do_wp_page() of mm/memory.c), the last one keeps the
 * frame. Called by dup_mmap(). Condenses copy_page_range() of mm/memory.c.
 */
#include <lib/errno.h>
#include <mm/memory.h>
#include <mm/pgalloc.h>
#include <mm/rmap.h>

/* Private memory that may be written: the only kind that is written to by one, not by the other. */
static bool is_cow_mapping(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/* Lab 13 */
/*
 * The child's entry for one page that the parent has: done so often that it is what fork() costs.
 * @pte: the parent's entry. @cow: neither is to see what the other one writes there from now on, so
 * neither may write. Returns whether the child's rss grows.
 */
static __always_inline bool copy_one_pte(pte_t *dst_pte, pte_t *src_pte, pte_t pte, bool cow)
{
	struct page *page = vm_normal_page(pte);

	if (cow && pte_write(pte)) {
		ptep_set_wrprotect(src_pte);
		pte = pte_wrprotect(pte);
	}
	set_pte(dst_pte, pte);
	if (!page)
		return false;
	get_page(page);
	page_dup_rmap(page);
	return true;
}

/* Lab 13 */
/* What one page table of the parent's has. Both tables are mapped once for all their entries. */
static int copy_pte_range(struct mm_struct *dst, struct mm_struct *src, pmd_t *dst_pmd,
			  pmd_t *src_pmd, unsigned long addr, unsigned long end, bool cow)
{
	pte_t *dst_pte = pte_alloc_map(dst, dst_pmd, addr), *src_pte;
	pte_t *const dst_first = dst_pte, *src_first;
	unsigned long rss = 0;

	if (!dst_pte)
		return -ENOMEM;
	src_first = src_pte = pte_offset_map_lock(src, src_pmd, addr);
	for (; addr != end; dst_pte++, src_pte++, addr += PAGE_SIZE) {
		if (!pte_none(*src_pte))
			rss += copy_one_pte(dst_pte, src_pte, *src_pte, cow);
	}
	pte_unmap_unlock(src, src_first);
	pte_unmap(dst_first);
	dst->rss += rss;
	return 0;
}

/* Lab 13 */
__landmark int copy_page_range(struct mm_struct *dst, struct mm_struct *src,
			       struct vm_area_struct *vma)
{
	const unsigned long end = vma->vm_end;
	const bool cow = is_cow_mapping(vma);
	unsigned long addr = vma->vm_start;
	pmd_t *src_pmd;

	for_each_page_table (src, src_pmd, addr, end) {
		pmd_t *dst_pmd = pmd_alloc_mm(dst, addr);

		if (!dst_pmd ||
		    copy_pte_range(dst, src, dst_pmd, src_pmd, addr, pmd_addr_end(addr, end), cow))
			return -ENOMEM;
	}
	return 0;
}
