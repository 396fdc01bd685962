/*
 * The kernel's page tables, from the provisional ones to the real ones.
 *
 *      head.asm      level2_boot: 1 GB by 2 MB pages, all writable and executable
 *         |
 *      paging_init
 *         +- pagetable_init
 *         |     +- kernel_physical_mapping_init      all RAM, at PAGE_OFFSET
 *         |     |     +- phys_pud_init                   1 GB pages, or below them
 *         |     |           +- phys_pmd_init                2 MB pages, or below them
 *         |     |                 +- phys_pte_init             4 KB pages
 *         |     +- map_image                         the image, where it is linked
 *         |     +- complete_kernel_pgd               a pud table for each part of vmalloc's region
 *         +- load_kernel_tables                      what the TLB remembers of level2_boot goes
 *         +- zone_sizes_init                         zones and mem_map
 *               +- alloc_mem_map                         where there is RAM, at VMEMMAP_START
 *
 * Each table is filled before the entry that leads to it is written, and that entry takes the place
 * of a provisional one in a single store: nothing moves under our feet.
 *
 * setup_arch() calls paging_init(). What does not depend on the number of levels is in
 * arch/x86/mm/init.c. Condenses arch/x86/mm/init_64.c.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <mm/bootmem.h>
#include <mm/layout.h>
#include <mm/mm.h>
#include <asm/dma.h>
#include <asm/e820.h>
#include <asm/paging.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>

/* Frames that one entry of each level maps. */
#define PMD_PAGES (PMD_SIZE >> PAGE_SHIFT)
#define PUD_PAGES (PUD_SIZE >> PAGE_SHIFT)
#define PGD_PAGES (PGDIR_SIZE >> PAGE_SHIFT)

/* The first megabyte is mapped as a whole: the screen lies in a hole of it. */
#define ISA_END_PFN (SZ_1M >> PAGE_SHIFT)

static int parse_nogbpages(char *val)
{
	(void)val;
	setup_clear_cpu_cap(X86_FEATURE_GBPAGES);
	return 0;
}
early_param("nogbpages", parse_nogbpages);

/* How many frames of a range the linear mapping has: RAM, and no holes. */
static unsigned long pages_to_map(unsigned long start_pfn, unsigned long nr)
{
	unsigned long isa = min(max(start_pfn, ISA_END_PFN), start_pfn + nr);

	return isa - start_pfn + e820_ram_pages(&e820, isa, start_pfn + nr);
}

/* One entry, one set of permissions: all of it RAM, none of it the image. */
static bool one_page_fits(unsigned long pfn, unsigned long nr)
{
	bool has_image = pfn < PFN_UP(__pa(_end)) && pfn + nr > PFN_DOWN(__pa(_text));

	return !has_image && pages_to_map(pfn, nr) == nr;
}

/* The image's frames are no way round its permissions: here, too, text is not writable. */
static pgprot_t lowmem_prot(unsigned long pfn)
{
	unsigned long vaddr = PFN_PHYS(pfn) + __START_KERNEL_map;
	pgprot_t prot = PAGE_KERNEL;

	if (vaddr >= (unsigned long)_text && vaddr < (unsigned long)_end)
		prot = layout_find(vaddr)->prot;
	return pgprot_val(prot) ? __pgprot(pgprot_val(prot) | _PAGE_NX) : prot;
}

static void phys_pte_init(pmd_t *pmd, unsigned long pfn)
{
	unsigned long table = alloc_page_table();
	pte_t *pte = __va(table);

	for (unsigned int i = 0; i < PTRS_PER_PTE; i++, pte++, pfn++) {
		if (pages_to_map(pfn, 1) && pgprot_val(lowmem_prot(pfn)))
			set_pte(pte, pfn_pte(pfn, lowmem_prot(pfn)));
	}
	set_pmd(pmd, __pmd(table | _PAGE_TABLE));
}

static void phys_pmd_init(pud_t *pud, unsigned long pfn)
{
	unsigned long table = alloc_page_table();
	pmd_t *pmd = __va(table);

	for (unsigned int i = 0; i < PTRS_PER_PMD; i++, pmd++, pfn += PMD_PAGES) {
		if (cpu_has_pse && one_page_fits(pfn, PMD_PAGES))
			set_pmd(pmd, pfn_pmd(pfn, PAGE_KERNEL));
		else if (pages_to_map(pfn, PMD_PAGES))
			phys_pte_init(pmd, pfn);
	}
	set_pud(pud, __pud(table | _PAGE_TABLE));
}

__landmark static void phys_pud_init(pgd_t *pgd, unsigned long pfn)
{
	unsigned long table = alloc_page_table();
	pud_t *pud = __va(table);

	for (unsigned int i = 0; i < PTRS_PER_PUD; i++, pud++, pfn += PUD_PAGES) {
		if (cpu_has_gbpages && one_page_fits(pfn, PUD_PAGES))
			set_pud(pud, pfn_pud(pfn, PAGE_KERNEL));
		else if (pages_to_map(pfn, PUD_PAGES))
			phys_pmd_init(pud, pfn);
	}
	set_pgd(pgd, __pgd(table | _PAGE_TABLE));
}

__landmark void kernel_physical_mapping_init(pgd_t *pgd_base)
{
	for (unsigned long pfn = 0; pfn < max_low_pfn; pfn += PGD_PAGES) {
		if (!pages_to_map(pfn, PGD_PAGES))
			continue;
		phys_pud_init(pgd_base + pgd_index((unsigned long)pfn_to_virt(pfn)), pfn);
		mapped_pfn = pfn + PGD_PAGES;
	}
}

/* By 4 KB pages, each part with its own permissions. */
static __landmark void map_image(pgd_t *pgd_base)
{
	unsigned long table = alloc_page_table();
	unsigned long vaddr = (unsigned long)_text;
	pud_t *pud = pud_offset(pgd_base + pgd_index(vaddr), vaddr);

	for (; vaddr < (unsigned long)_end; vaddr += PAGE_SIZE) {
		pte_t *page_table = one_page_table_init((pmd_t *)__va(table) + pmd_index(vaddr));
		pgprot_t prot = layout_find(vaddr)->prot;

		if (pgprot_val(prot))
			set_pte(page_table + pte_index(vaddr), pfn_pte(virt_to_pfn(vaddr), prot));
	}
	set_pud(pud, __pud(table | _PAGE_TABLE));
}

/*
 * Every pgd entry of the kernel's half that may be needed gets its table now and never changes
 * again. Processes copy these entries and share what lies below, so what vmalloc maps later appears
 * in all of them at once: there is no fault to be taken for it, which a stack could not survive.
 */
static __landmark void complete_kernel_pgd(pgd_t *pgd_base)
{
	for (unsigned long vaddr = VMALLOC_START; vaddr < VMALLOC_END; vaddr += PGDIR_SIZE)
		set_pgd(pgd_base + pgd_index(vaddr), __pgd(alloc_page_table() | _PAGE_TABLE));
}

__landmark void pagetable_init(void)
{
	probe_page_features();
	pr_info("paging: %s1 GB pages\n", cpu_has_gbpages ? "" : "no ");
	kernel_physical_mapping_init(swapper_pg_dir);
	map_image(swapper_pg_dir);
	complete_kernel_pgd(swapper_pg_dir);
}

/* The pmd of an address, the tables above it made if they are missing. */
static pmd_t *fill_pmd(unsigned long vaddr)
{
	pgd_t *pgd = pgd_offset_k(vaddr);
	pud_t *pud;

	if (!pgd_present(*pgd))
		set_pgd(pgd, __pgd(alloc_page_table() | _PAGE_TABLE));
	pud = pud_offset(pgd, vaddr);
	if (!pud_present(*pud))
		set_pud(pud, __pud(alloc_page_table() | _PAGE_TABLE));
	return pmd_offset(pud, vaddr);
}

static unsigned long alloc_frames(unsigned long size)
{
	return virt_to_pfn(__alloc_bootmem_raw(size, size, PFN_PHYS(MAX_DMA_PFN)));
}

/* mem_map's part for one run of RAM: a large page holds the struct pages of 128 MB. */
static void vmemmap_populate(unsigned long start, unsigned long end)
{
	unsigned long next;

	for (unsigned long vaddr = start; vaddr < end; vaddr = next) {
		pmd_t *pmd = fill_pmd(vaddr);

		next = vaddr + PMD_SIZE;
		if (cpu_has_pse && IS_ALIGNED(vaddr, PMD_SIZE) && next <= end) {
			set_pmd(pmd, pfn_pmd(alloc_frames(PMD_SIZE), PAGE_KERNEL));
			continue;
		}
		next = vaddr + PAGE_SIZE;
		set_pte(one_page_table_init(pmd) + pte_index(vaddr),
			pfn_pte(alloc_frames(PAGE_SIZE), PAGE_KERNEL));
	}
}

/* It grows with the RAM there is, not with the highest address. */
__landmark struct page *alloc_mem_map(void)
{
	struct page *const map = (struct page *)VMEMMAP_START;
	const struct memmap_run *run;

	for_each_memmap_run (run)
		vmemmap_populate((unsigned long)(map + run->start_pfn),
				 (unsigned long)(map + run->end_pfn));
	return map;
}

static void find_memory_present(void)
{
	for (unsigned int i = 0; i < e820.nr_map; i++) {
		const struct e820entry *entry = &e820.map[i];

		if (entry->type == E820_RAM)
			memory_present(&memmap, PFN_UP(entry->addr),
				       PFN_DOWN(entry->addr + entry->size));
	}
}

__landmark void paging_init(void)
{
	const unsigned long zone_ends[MAX_NR_ZONES] = {
		[ZONE_DMA] = min(MAX_DMA_PFN, max_low_pfn),
		[ZONE_DMA32] = min(MAX_DMA32_PFN, max_low_pfn),
		[ZONE_NORMAL] = max_low_pfn,
	};

	layout_init();
	pagetable_init();
	load_kernel_tables();
	find_memory_present();
	zone_sizes_init(zone_ends);
}
