/*
 * Page faults of processes: from an address that a VMA allows to an entry that the CPU can use.
 *
 *      handle_mm_fault            tables on the way down, made if they are missing
 *        handle_pte_fault         what does the entry say?
 *          nothing
 *            do_anonymous_page      read: the zero page, read-only.  write: a fresh frame of zeros
 *            do_fault               the VMA shows an object: its frame, or a copy of it
 *          read-only, and it is a write
 *            do_wp_page             take the frame over if nobody else has it, else copy it
 *          all is well already      somebody was faster, or the TLB remembered less
 *
 * do_page_fault() calls in here with mmap_sem held, and get_user_pages(). The entry is looked at and
 * changed under page_table_lock; where a frame must be allocated, which may sleep, the lock is let
 * go and the entry looked at again. Condenses the fault half of mm/memory.c of Linux 2.6. An entry
 * that is neither empty nor present will be a page in swap: do_swap_page() has its place in
 * handle_pte_fault().
 */
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <mm/highmem.h>
#include <mm/memory.h>
#include <mm/mmap.h>
#include <mm/pgalloc.h>
#include <mm/rmap.h>
#include <asm/tlbflush.h>

struct page *zero_page;

/* From the page allocator, so that it can be counted like any other: it is never given back. */
void init_zero_page(void)
{
	zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!zero_page)
		panic("init_zero_page: not a single frame is left");
}

/* --- tables ----------------------------------------------------------------------------------- */

/* Two threads may find the same entry empty: the one that comes second gives its table back. */
int __pud_alloc(struct mm_struct *mm, pgd_t *pgd)
{
	unsigned long table = get_zeroed_page(GFP_KERNEL | __GFP_NOWARN);

	if (!table)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (!pgd_present(*pgd)) {
		set_pgd(pgd, __pgd(__pa(table) | _PAGE_TABLE));
		table = 0;
	}
	spin_unlock(&mm->page_table_lock);
	free_page(table);
	return 0;
}

int __pmd_alloc(struct mm_struct *mm, pud_t *pud)
{
	unsigned long table = get_zeroed_page(GFP_KERNEL | __GFP_NOWARN);

	if (!table)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (!pud_present(*pud)) {
		set_pud(pud, __pud(__pa(table) | _PAGE_TABLE));
		table = 0;
	}
	spin_unlock(&mm->page_table_lock);
	free_page(table);
	return 0;
}

/* Lab 12 */
/* The lowest level, and by far the most of all tables: the only one that is taken from highmem. */
int __pte_alloc(struct mm_struct *mm, pmd_t *pmd)
{
	struct page *table = alloc_page(GFP_FAULT | __GFP_ZERO);

	if (!table)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (pmd_none(*pmd)) {
		set_pmd(pmd, __pmd(page_to_phys(table) | _PAGE_TABLE));
		mm->nr_ptes++;
		table = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	if (table)
		__free_page(table);
	return 0;
}

pmd_t *next_page_table(struct mm_struct *mm, unsigned long *addr, unsigned long end)
{
	while (*addr < end) {
		pgd_t *pgd = pgd_offset(mm, *addr);
		pud_t *pud = pgd_present(*pgd) ? pud_offset(pgd, *addr) : NULL;
		pmd_t *pmd = pud && pud_present(*pud) ? pmd_offset(pud, *addr) : NULL;

		if (pmd && pmd_present(*pmd))
			return pmd;
		if (pmd)
			*addr = pmd_addr_end(*addr, end);
		else if (pud)
			*addr = pud_addr_end(*addr, end);
		else
			*addr = pgd_addr_end(*addr, end);
	}
	return NULL;
}

/* --- faults ----------------------------------------------------------------------------------- */

/* A VMA that may be written gets a writable entry; vm_page_prot alone would have it copied first. */
static pte_t maybe_mkwrite(pte_t pte, const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(pte) : pte;
}

/* What the entry is to be for a page that is written to now. */
static pte_t dirty_pte(struct page *page, const struct vm_area_struct *vma)
{
	return maybe_mkwrite(pte_mkdirty(mk_pte(page, vma->vm_page_prot)), vma);
}

/* The entry was empty or led elsewhere: it gets a frame that only this process has. */
static void map_new_page(struct vm_area_struct *vma, pte_t *page_table, struct page *page,
			 unsigned long address)
{
	page_add_new_anon_rmap(page, vma, address);
	set_pte(page_table, dirty_pte(page, vma));
}

/* Lab 12 */
/* Nothing there, and nobody's but the process's own. Called locked, like all below; unlocks. */
static __landmark int do_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma,
					pte_t *page_table, pmd_t *pmd, bool write_access,
					unsigned long address)
{
	struct page *page;

	if (!write_access) {
		set_pte(page_table, pte_wrprotect(mk_pte(ZERO_PAGE(address), vma->vm_page_prot)));
		pte_unmap_unlock(mm, page_table);
		return 0;
	}
	pte_unmap_unlock(mm, page_table);
	page = alloc_page(GFP_FAULT | __GFP_ZERO);
	if (!page)
		return VM_FAULT_OOM;
	page_table = pte_offset_map_lock(mm, pmd, address);
	if (pte_none(*page_table)) {
		mm->rss++;
		map_new_page(vma, page_table, page, address);
		page = NULL;
	}
	pte_unmap_unlock(mm, page_table);
	if (unlikely(page))
		__free_page(page);
	return 0;
}

/* A private mapping is written to: the process gets a copy, the object keeps its own frame. */
static struct page *copy_of(struct page *old)
{
	struct page *page = alloc_page(GFP_FAULT);

	if (page)
		copy_highpage(page, old);
	put_page(old);
	return page;
}

/* The object's frame, or the copy, goes in, unless somebody was faster. */
static void map_fault_page(struct mm_struct *mm, struct vm_area_struct *vma, pte_t *page_table,
			   struct page *page, bool write_access, unsigned long address)
{
	if (!pte_none(*page_table)) {
		put_page(page);
		return;
	}
	mm->rss++;
	if (write_access && !(vma->vm_flags & VM_SHARED)) {
		map_new_page(vma, page_table, page, address);
		return;
	}
	page_add_file_rmap(page);
	set_pte(page_table, write_access ? dirty_pte(page, vma) : mk_pte(page, vma->vm_page_prot));
}

/* The VMA shows an object: shared memory, later a file. */
static __landmark int do_fault(struct mm_struct *mm, struct vm_area_struct *vma, pte_t *page_table,
			       pmd_t *pmd, unsigned int flags, unsigned long address)
{
	const bool write_access = flags & FAULT_FLAG_WRITE;
	struct vm_fault vmf = {
		.flags = flags,
		.pgoff = linear_page_index(vma, address),
		.address = address & PAGE_MASK,
	};
	int ret;

	pte_unmap_unlock(mm, page_table);
	ret = vma->vm_ops->fault(vma, &vmf);
	if (ret)
		return ret;
	if (write_access && !(vma->vm_flags & VM_SHARED))
		vmf.page = copy_of(vmf.page);
	if (!vmf.page)
		return VM_FAULT_OOM;
	page_table = pte_offset_map_lock(mm, pmd, address);
	map_fault_page(mm, vma, page_table, vmf.page, write_access, address);
	pte_unmap_unlock(mm, page_table);
	return 0;
}

/* Lab 13 */
/* Need nothing be copied? Shared on purpose, or nobody else has it. @page: NULL for the zero page. */
static bool may_reuse(const struct vm_area_struct *vma, const struct page *page)
{
	return vma->vm_flags & VM_SHARED || (page && page_count(page) == 1);
}

/* Lab 13 */
/* A frame of the process's own with the same in it, or NULL. @old: NULL for the zero page. */
static struct page *private_copy(struct page *old)
{
	struct page *page = alloc_page(old ? GFP_FAULT : GFP_FAULT | __GFP_ZERO);

	if (page && old)
		copy_highpage(page, old);
	return page;
}

/* Lab 13 */
/*
 * The entry leads to another frame from here on: the TLB must forget the old one, and the entry is
 * empty in between, as PAE's two stores require. @old: NULL for the zero page.
 */
static void replace_page(struct vm_area_struct *vma, pte_t *page_table, struct page *old,
			 struct page *new, unsigned long address)
{
	pte_clear(page_table);
	flush_tlb_page(vma, address);
	map_new_page(vma, page_table, new, address);
	if (old)
		page_remove_rmap(old);
	else
		vma->vm_mm->rss++;
}

static void put_normal_page(struct page *page)
{
	if (page)
		put_page(page);
}

/* Lab 13 */
/*
 * A write to a page that is mapped read-only, though the VMA may be written. The old frame is held
 * while it is copied without the lock.
 */
static __landmark int do_wp_page(struct mm_struct *mm, struct vm_area_struct *vma,
				 pte_t *page_table, pmd_t *pmd, pte_t pte, unsigned long address)
{
	struct page *old = vm_normal_page(pte), *new, *spare;

	if (may_reuse(vma, old)) {
		set_pte(page_table, maybe_mkwrite(pte_mkdirty(pte_mkyoung(pte)), vma));
		pte_unmap_unlock(mm, page_table);
		return 0;
	}
	if (old)
		get_page(old);
	pte_unmap_unlock(mm, page_table);
	new = spare = private_copy(old);
	if (new) {
		page_table = pte_offset_map_lock(mm, pmd, address);
		if (pte_same(*page_table, pte)) {
			replace_page(vma, page_table, old, new, address);
			spare = old;
		}
		pte_unmap_unlock(mm, page_table);
	}
	put_normal_page(spare);
	put_normal_page(old);
	return new ? 0 : VM_FAULT_OOM;
}

/* Lab 12 */
/*
 * The entry allows what was asked for, and is marked as the CPU would have: young, and by a write
 * dirty. The fault came of what the TLB remembered, and the fault itself has made the CPU forget it
 * (Intel SDM vol. 3, 4.10.4.1): nothing to flush.
 */
static int do_spurious_fault(struct mm_struct *mm, pte_t *page_table, pte_t pte, bool write_access)
{
	pte = pte_mkyoung(pte);
	if (write_access)
		pte = pte_mkdirty(pte);
	if (!pte_same(*page_table, pte))
		set_pte(page_table, pte);
	pte_unmap_unlock(mm, page_table);
	return 0;
}

static noinline int refuse_bad_pte(struct mm_struct *mm, pte_t *page_table, pte_t pte,
				   unsigned long address)
{
	pte_unmap_unlock(mm, page_table);
	pr_err("handle_pte_fault: entry %#llx for 0x%lx is neither empty nor present; SIGBUS\n",
	       (u64)pte_val(pte), address);
	return VM_FAULT_SIGBUS;
}

/* Lab 12 */
/* Locked, @page_table mapped; whoever deals with it undoes both. */
static __always_inline int handle_pte_fault(struct mm_struct *mm, struct vm_area_struct *vma,
					    unsigned long address, unsigned int flags,
					    pte_t *page_table, pmd_t *pmd)
{
	const bool write_access = flags & FAULT_FLAG_WRITE;
	const pte_t pte = *page_table;

	if (pte_none(pte)) {
		if (vma->vm_ops)
			return do_fault(mm, vma, page_table, pmd, flags, address);
		return do_anonymous_page(mm, vma, page_table, pmd, write_access, address);
	}
	if (unlikely(!pte_present(pte)))
		return refuse_bad_pte(mm, page_table, pte, address);
	if (write_access && !pte_write(pte))
		return do_wp_page(mm, vma, page_table, pmd, pte, address);
	return do_spurious_fault(mm, page_table, pte, write_access);
}

/* Lab 12 */
__landmark int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			       unsigned long address, unsigned int flags)
{
	pmd_t *pmd = pmd_alloc_mm(mm, address);

	if (!pmd || (pmd_none(*pmd) && __pte_alloc(mm, pmd)))
		return VM_FAULT_OOM;
	return handle_pte_fault(mm, vma, address, flags, pte_offset_map_lock(mm, pmd, address),
				pmd);
}
