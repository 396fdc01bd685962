/*
 * Following an address through the tables.
 *
 *      pgd[768] ----> (pud, pmd folded: not shown) ----> pte[256] ----> frame
 *
 * The monitor's walk and ptdump, the report of a page fault and the tests look at tables through
 * this one function. It only reads, and sees what the CPU sees: a page of PROT_NONE is not present.
 * Condenses mm/pagewalk.c of Linux.
 */
#include <mm/pagewalk.h>
#include <mm/pgalloc.h>

static void add_step(struct page_walk *walk, const char *level, unsigned int index, pteval_t entry)
{
	walk->steps[walk->nr_steps++] = (struct page_walk_step){ level, index, entry };
}

static bool found(struct page_walk *walk, unsigned long vaddr, pteval_t entry)
{
	walk->present = true;
	walk->flags = entry & ~PTE_PFN_MASK;
	walk->pa = (phys_addr_t)(entry & PTE_PFN_MASK) + (vaddr & (walk->size - 1));
	return true;
}

#define ALL_RIGHTS ((pteval_t)(_PAGE_RW | _PAGE_USER))

/* Lab 10 */
/*
 * A page may be written, or be a user's, only where every entry above allows it as well; and it is
 * not run where any of them forbids that.
 */
static pteval_t restrict_by(pteval_t above, pteval_t entry)
{
	return (entry & (above | ~ALL_RIGHTS)) | (above & _PAGE_NX);
}

static bool in_highmem(unsigned long pfn)
{
	return pfn >= highstart_pfn && pfn < highend_pfn;
}

/* A process's table may lie in high memory. Of others' mem_map, not there at first, is not asked. */
static pte_t read_pte(pmd_t *pmd, unsigned long vaddr)
{
	pte_t *pte, entry;

	if (!in_highmem(pmd_pfn(*pmd)))
		return *pte_offset_kernel(pmd, vaddr);
	pte = pte_offset_map(pmd, vaddr);
	entry = *pte;
	pte_unmap(pte);
	return entry;
}

/*
 * Each level: note the entry, stop if it leads nowhere or maps a page itself. @above: the rights
 * that the levels above leave.
 */
static bool walk_pte(struct page_walk *walk, pte_t pte, unsigned long vaddr, pteval_t above)
{
	add_step(walk, "pte", pte_index(vaddr), pte_val(pte));
	walk->size = PAGE_SIZE;
	return pte_val(pte) & _PAGE_PRESENT && found(walk, vaddr, restrict_by(above, pte_val(pte)));
}

/* Lab 10 */
static bool walk_pmd(struct page_walk *walk, pmd_t *pmd, unsigned long vaddr, pteval_t above)
{
	pteval_t entry = restrict_by(above, pmd_val(*pmd));

	add_step(walk, pmd_folded ? "pgd" : "pmd", pmd_folded ? pgd_index(vaddr) : pmd_index(vaddr),
		 pmd_val(*pmd));
	walk->size = PMD_SIZE;
	if (!pmd_present(*pmd))
		return false;
	if (pmd_large(*pmd))
		return found(walk, vaddr, entry);
	return walk_pte(walk, read_pte(pmd, vaddr), vaddr, entry);
}

/* Lab 10 */
/* A pud that is folded into a PDPTE of PAE has no rights to take away. */
static bool walk_pud(struct page_walk *walk, pud_t *pud, unsigned long vaddr, pteval_t above)
{
	pteval_t entry = pud_folded ? above : restrict_by(above, pud_val(*pud));

	if (!pmd_folded) {
		add_step(walk, pud_folded ? "pgd" : "pud",
			 pud_folded ? pgd_index(vaddr) : pud_index(vaddr), pud_val(*pud));
		walk->size = PUD_SIZE;
	}
	if (!pud_present(*pud))
		return false;
	if (pud_large(*pud))
		return found(walk, vaddr, entry);
	return walk_pmd(walk, pmd_offset(pud, vaddr), vaddr, entry);
}

/* Lab 10 */
static bool walk_pgd(struct page_walk *walk, pgd_t *pgd, unsigned long vaddr)
{
	pteval_t entry = pud_folded ? ALL_RIGHTS : restrict_by(ALL_RIGHTS, pgd_val(*pgd));

	if (!pud_folded) {
		add_step(walk, "pgd", pgd_index(vaddr), pgd_val(*pgd));
		walk->size = PGDIR_SIZE;
	}
	if (!pgd_present(*pgd))
		return false;
	return walk_pud(walk, pud_offset(pgd, vaddr), vaddr, entry);
}

/* An address that the CPU does not have leads to no table: there is not a single step. */
bool page_walk(pgd_t *pgd, unsigned long vaddr, struct page_walk *walk)
{
	walk->nr_steps = 0;
	walk->present = false;
	walk->flags = 0;
	walk->pa = 0;
	walk->size = PAGE_SIZE;
	if (skip_address_hole(vaddr) != vaddr)
		return false;
	return walk_pgd(walk, pgd + pgd_index(vaddr), vaddr);
}
