/*
 * Tables at their two ends: the top of each process's, and single entries of the kernel's.
 *
 *      pgd_alloc    [ a process's part, empty | the kernel's part, as swapper_pg_dir has it ]
 *      fixmap       head.asm keeps a page table for it in the image, so that it works before
 *                   anything can be allocated; boot information is read through it
 *
 * Condenses arch/i386/mm/pgtable.c.
 */
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/layout.h>
#include <mm/mm_types.h>
#include <mm/pagewalk.h>
#include <mm/slab.h>
#include <asm/fixmap.h>
#include <asm/highmem.h>
#include <asm/layout_rows.h>
#include <asm/pgalloc.h>
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

/* Lab 07 */
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

/* --- a process's pgd -------------------------------------------------------------------------- */

static struct kmem_cache *pgd_cache;

/*
 * A pgd is as large as its alignment: a page, or under PAE 32 bytes, a hundred of which share one.
 * CR3 takes no address above 4 GB there; lowmem ends before.
 */
void pgtable_cache_init(void)
{
	const size_t size = PTRS_PER_PGD * sizeof(pgd_t);

	pgd_cache = kmem_cache_create("pgd", size, size, SLAB_PANIC, NULL);
}

/* Lab 10 */
/* Those that are there: a pgd may have been given up half made. */
static void free_preallocated_pmds(pgd_t *pgd)
{
	for (unsigned long i = 0; i != PREALLOCATED_PMDS; i++) {
		if (pud_present(*pud_offset(pgd + i, 0)))
			free_page((unsigned long)pmd_offset(pud_offset(pgd + i, 0), 0));
	}
}

/* Lab 10 */
/*
 * A PDPTE may hold nothing but P and cache bits: the CPU faults on others. Returns false for want
 * of a frame; those before have theirs then.
 */
static bool preallocate_pmds(pgd_t *pgd)
{
	for (unsigned long i = 0; i != PREALLOCATED_PMDS; i++) {
		unsigned long table = get_zeroed_page(GFP_KERNEL);

		if (!table)
			return false;
		set_pud(pud_offset(pgd + i, 0), __pud(__pa(table) | _PAGE_PRESENT));
	}
	return true;
}

/* Lab 10 */
/* The kernel's entries never change after boot, so a copy of them is good for ever. */
__landmark pgd_t *pgd_alloc(struct mm_struct *mm)
{
	const unsigned long kernels = PTRS_PER_PGD - KERNEL_PGD_BOUNDARY;
	pgd_t *pgd = kmem_cache_alloc(pgd_cache, GFP_KERNEL);

	if (!pgd)
		return NULL;
	memset(pgd, 0, KERNEL_PGD_BOUNDARY * sizeof(pgd_t));
	memcpy(pgd + KERNEL_PGD_BOUNDARY, swapper_pg_dir + KERNEL_PGD_BOUNDARY,
	       kernels * sizeof(pgd_t));
	if (preallocate_pmds(pgd))
		return pgd;
	pgd_free(mm, pgd);
	return NULL;
}

void pgd_free(struct mm_struct *mm __unused, pgd_t *pgd)
{
	free_preallocated_pmds(pgd);
	kmem_cache_free(pgd_cache, pgd);
}
