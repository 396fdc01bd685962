/*
 * The kernel's page tables, from the provisional ones to the real ones.
 *
 *      head.asm      pg0: 16 MB by 4 KB pages, all writable and executable
 *         |
 *      paging_init
 *         +- pagetable_init
 *         |     +- kernel_physical_mapping_init      lowmem, at PAGE_OFFSET
 *         |     |     +- one_md_table_init               a pmd table, where the level exists
 *         |     |     +- one_page_table_init             a page table for map_by_pages, or
 *         |     |     +- map_by_large_page               a pmd that is the page itself
 *         |     +- permanent_kmaps_init              a page table for pkmap
 *         +- load_kernel_tables                      what the TLB remembers of pg0 goes
 *         +- kmap_init                               where kmap_atomic's slots have their entries
 *         +- zone_sizes_init                         zones and mem_map
 *
 * The tables are changed while the CPU walks them: each entry leads to the same frame before and
 * after, so nothing moves under our feet, and as the mapping grows upward the next page table's
 * frame, the lowest that bootmem has, is always mapped already.
 *
 * setup_arch() calls paging_init(). What does not depend on the number of levels is in
 * arch/x86/mm/init.c. Condenses arch/i386/mm/init.c.
 */
#include <mm/bootmem.h>
#include <mm/layout.h>
#include <mm/mm.h>
#include <asm/dma.h>
#include <asm/highmem.h>
#include <asm/paging.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>

pte_t *pkmap_page_table;
pte_t *kmap_pte;
pgprot_t kmap_prot;

/* Lab 03 */
/*
 * The pmd table below a pgd entry, made if it is missing. Folded, the entry is its own table. A
 * PDPTE of PAE may hold nothing but P and cache bits: the CPU faults on others.
 */
__landmark pmd_t *one_md_table_init(pgd_t *pgd)
{
	pud_t *pud = pud_offset(pgd, 0);

	if (!pud_present(*pud))
		set_pud(pud, __pud(alloc_page_table() | _PAGE_PRESENT));
	return pmd_offset(pud, 0);
}

/* Lab 03 */
/* Lowmem that one large page can map: all of it below its end, and with the same permissions. */
static bool large_page_fits(unsigned long pfn)
{
	unsigned long start = (unsigned long)pfn_to_virt(pfn);
	bool has_image = start < (unsigned long)_end && start + PMD_SIZE > (unsigned long)_text;

	return cpu_has_pse && !has_image && pfn + PTRS_PER_PTE <= max_low_pfn;
}

/* Everything behind the image is plain lowmem: only in front of its end the table is asked. */
static pgprot_t lowmem_prot(unsigned long vaddr)
{
	return vaddr < (unsigned long)_end ? layout_find(vaddr)->prot : PAGE_KERNEL;
}

/* Lab 03 */
/* A guard page has no entry, nor has what would follow where RAM ends: pg0's go. */
static __landmark void map_by_pages(pte_t *page_table, unsigned long pfn)
{
	for (pte_t *pte = page_table; pte < page_table + PTRS_PER_PTE; pte++, pfn++) {
		pgprot_t prot = PAGE_UNMAPPED;

		if (pfn < max_low_pfn)
			prot = lowmem_prot((unsigned long)pfn_to_virt(pfn));
		if (pgprot_val(prot))
			set_pte(pte, pfn_pte(pfn, prot));
		else
			pte_clear(pte);
	}
}

/* Lab 03 */
/* The pmd is the page: lowmem that is nothing but data. */
static __landmark void map_by_large_page(pmd_t *pmd, unsigned long pfn)
{
	set_pmd(pmd, pfn_pmd(pfn, PAGE_KERNEL));
}

/* Lab 03 */
/* On a small machine pg0 reaches further than lowmem: nothing may be mapped there. */
static void drop_pg0_behind_lowmem(pgd_t *pgd_base)
{
	const unsigned long end_pfn = BOOT_MAP_MB * SZ_1M >> PAGE_SHIFT;

	for (unsigned long pfn = ALIGN(max_low_pfn, PTRS_PER_PTE); pfn < end_pfn;
	     pfn += PTRS_PER_PTE) {
		unsigned long vaddr = (unsigned long)pfn_to_virt(pfn);

		pmd_clear(one_md_table_init(pgd_base + pgd_index(vaddr)) + pmd_index(vaddr));
	}
}

/* Lab 03 */
/*
 * All of lowmem at PAGE_OFFSET. The image's part, and a ragged end of RAM, by 4 KB pages; the rest
 * by large pages where the CPU has them.
 */
__landmark void kernel_physical_mapping_init(pgd_t *pgd_base)
{
	for (unsigned long pfn = 0; pfn < max_low_pfn; pfn += PTRS_PER_PTE) {
		unsigned long vaddr = (unsigned long)pfn_to_virt(pfn);
		pmd_t *pmd = one_md_table_init(pgd_base + pgd_index(vaddr)) + pmd_index(vaddr);

		if (large_page_fits(pfn))
			map_by_large_page(pmd, pfn);
		else
			map_by_pages(one_page_table_init(pmd), pfn);
		mapped_pfn = max(mapped_pfn, pfn + PTRS_PER_PTE);
	}
	drop_pg0_behind_lowmem(pgd_base);
}

/* Empty page tables for a range whose users map frames later. */
static void page_table_range_init(unsigned long start, unsigned long end, pgd_t *pgd_base)
{
	for (unsigned long vaddr = start; vaddr < end; vaddr += PMD_SIZE)
		one_page_table_init(one_md_table_init(pgd_base + pgd_index(vaddr)) +
				    pmd_index(vaddr));
}

__landmark void permanent_kmaps_init(pgd_t *pgd_base)
{
	pmd_t *pmd;

	page_table_range_init(PKMAP_BASE, PKMAP_BASE + PMD_SIZE, pgd_base);
	pmd = pmd_offset(pud_offset(pgd_base + pgd_index(PKMAP_BASE), PKMAP_BASE), PKMAP_BASE);
	pkmap_page_table = pte_offset_kernel(pmd, PKMAP_BASE);
}

/*
 * Every pgd entry of the kernel's half gets its table now and never changes again. Processes copy
 * these entries and share what lies below, so what vmalloc maps later appears in all of them at
 * once: there is no fault to be taken for it, which a stack could not survive.
 */
static __landmark void complete_kernel_pgd(pgd_t *pgd_base)
{
	for (unsigned long vaddr = VMALLOC_START & PGDIR_MASK; vaddr; vaddr += PGDIR_SIZE) {
		pmd_t *pmd = one_md_table_init(pgd_base + pgd_index(vaddr));

		if (pmd_folded)
			one_page_table_init(pmd);
	}
}

__landmark void pagetable_init(void)
{
	probe_page_features();
	kernel_physical_mapping_init(swapper_pg_dir);
	complete_kernel_pgd(swapper_pg_dir);
	permanent_kmaps_init(swapper_pg_dir);
}

__landmark void kmap_init(void)
{
	unsigned long vaddr = fix_to_virt(FIX_KMAP_BEGIN);
	pmd_t *pmd = pmd_offset(pud_offset(pgd_offset_k(vaddr), vaddr), vaddr);

	kmap_pte = pte_offset_kernel(pmd, vaddr);
	kmap_prot = PAGE_KERNEL;
}

/* One piece, in lowmem: with at most 64 GB the struct pages of holes are a small matter. */
struct page *alloc_mem_map(void)
{
	return __alloc_bootmem_raw(memmap_size(&memmap), SMP_CACHE_BYTES, PFN_PHYS(MAX_DMA_PFN));
}

__landmark void paging_init(void)
{
	const unsigned long zone_ends[MAX_NR_ZONES] = {
		[ZONE_DMA] = min(MAX_DMA_PFN, max_low_pfn),
		[ZONE_NORMAL] = max_low_pfn,
		[ZONE_HIGHMEM] = highend_pfn,
	};

	layout_init();
	pagetable_init();
	load_kernel_tables();
	kmap_init();
	memory_present(&memmap, 0, max_pfn);
	zone_sizes_init(zone_ends);
}
