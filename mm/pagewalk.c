/*
 * Following an address through the tables.
 *
 *      pgd[768] ----> (pud, pmd folded: not shown) ----> pte[256] ----> frame
 *
 * The monitor's walk and ptdump, the report of a page fault and the tests look at tables through
 * this one function. It only reads. Condenses mm/pagewalk.c of Linux.
 */
#include <mm/pagewalk.h>

static void add_step(struct page_walk *walk, const char *level, unsigned int index, pteval_t entry)
{
	walk->steps[walk->nr_steps++] = (struct page_walk_step){ level, index, entry };
}

static void found(struct page_walk *walk, unsigned long vaddr, pteval_t entry)
{
	walk->present = true;
	walk->flags = entry & ~PTE_PFN_MASK;
	walk->pa = (phys_addr_t)(entry & PTE_PFN_MASK) + (vaddr & (walk->size - 1));
}

/* A page may be written, or be a user's, only where the table's own entry allows it as well. */
static pteval_t restrict_by(pteval_t table, pteval_t entry)
{
	const pteval_t allowed = _PAGE_RW | _PAGE_USER;

	return (entry & (table | ~allowed)) | (table & _PAGE_NX);
}

/* Each level: note the entry, stop if it leads nowhere or maps a large page itself. */
static bool walk_pmd(struct page_walk *walk, pmd_t *pmd, unsigned long vaddr)
{
	pte_t pte;

	add_step(walk, pmd_folded ? "pgd" : "pmd", pmd_folded ? pgd_index(vaddr) : pmd_index(vaddr),
		 pmd_val(*pmd));
	walk->size = PMD_SIZE;
	if (!pmd_present(*pmd))
		return false;
	if (pmd_large(*pmd)) {
		found(walk, vaddr, pmd_val(*pmd));
		return true;
	}
	pte = *pte_offset_kernel(pmd, vaddr);
	add_step(walk, "pte", pte_index(vaddr), pte_val(pte));
	walk->size = PAGE_SIZE;
	if (pte_present(pte))
		found(walk, vaddr, restrict_by(pmd_val(*pmd), pte_val(pte)));
	return walk->present;
}

bool page_walk(pgd_t *pgd_base, unsigned long vaddr, struct page_walk *walk)
{
	pgd_t *pgd = pgd_base + pgd_index(vaddr);
	pud_t *pud = pud_offset(pgd, vaddr);

	walk->nr_steps = 0;
	walk->present = false;
	walk->flags = 0;
	walk->pa = 0;
	walk->size = PUD_SIZE;
	if (!pmd_folded)
		add_step(walk, pud_folded ? "pgd" : "pud",
			 pud_folded ? pgd_index(vaddr) : pud_index(vaddr), pud_val(*pud));
	if (!pud_present(*pud))
		return false;
	return walk_pmd(walk, pmd_offset(pud, vaddr), vaddr);
}
