/*
 * Single entries of the kernel's tables: the fixmap.
 *
 * head.asm keeps a page table for it in the image, so that it works before anything can be
 * allocated; boot information is read through it. Condenses arch/i386/mm/pgtable.c.
 */
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <mm/layout.h>
#include <mm/pagewalk.h>
#include <asm/fixmap.h>
#include <asm/layout_rows.h>
#include <asm/tlbflush.h>

/* Global pages and NX join in pagetable_init(). */
pteval_t __supported_pte_mask = ~(_PAGE_NX | (pteval_t)_PAGE_GLOBAL);

extern pte_t fixmap_page_table[PTRS_PER_PTE];

void early_fixmap_init(void)
{
	pmd_t *pmd =
		pmd_offset(pud_offset(pgd_offset_k(FIXADDR_START), FIXADDR_START), FIXADDR_START);

	BUILD_BUG_ON((FIXADDR_START & PMD_MASK) != (FIXADDR_TOP & PMD_MASK));
	set_pmd(pmd, __pmd(__pa(fixmap_page_table) | _PAGE_TABLE));
}

void __set_fixmap(enum fixed_addresses idx, phys_addr_t pa, pgprot_t prot)
{
	unsigned long vaddr = __fix_to_virt(idx);
	pte_t *pte = &fixmap_page_table[pte_index(vaddr)];

	BUG_ON(idx <= FIX_HOLE || idx >= __end_of_fixed_addresses);
	pte_clear(pte);
	if (pgprot_val(prot))
		set_pte(pte, pfn_pte(PFN_DOWN(pa), prot));
	__flush_tlb_one(vaddr);
}

const char *fixmap_name(unsigned int idx, char *buf, size_t size)
{
	if (idx == FIX_BOOT_INFO)
		return "BOOT_INFO";
	if (idx < FIX_KMAP_BEGIN || idx > FIX_KMAP_END)
		return "HOLE";
	snprintf(buf, size, "KMAP_%u", idx - FIX_KMAP_BEGIN);
	return buf;
}

const char *fixmap_owner(unsigned long vaddr, char *buf, size_t size)
{
	char name[16];

	snprintf(buf, size, "fixmap:%s", fixmap_name(__virt_to_fix(vaddr), name, sizeof(name)));
	return buf;
}

struct layout_usage fixmap_usage(void)
{
	struct layout_usage usage = { .total = __end_of_fixed_addresses - 1, .unit = "entries" };
	struct page_walk walk;

	for (unsigned int idx = FIX_HOLE + 1; idx < __end_of_fixed_addresses; idx++)
		usage.used += page_walk(swapper_pg_dir, __fix_to_virt(idx), &walk);
	return usage;
}
