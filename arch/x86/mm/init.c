/*
 * The kernel's page tables: what their making has in common, two levels or four.
 *
 * What is mapped where, and by pages of what size, is told in arch/.../mm/init.c, which calls in here.
 * start_kernel() calls mem_init(). Condenses arch/x86/mm/init.c.
 */
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/bootmem.h>
#include <mm/mm.h>
#include <asm/dma.h>
#include <asm/e820.h>
#include <asm/highmem.h>
#include <asm/paging.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>

static bool disable_nx;

void *high_memory;
unsigned long mapped_pfn = BOOT_MAP_MB * SZ_1M >> PAGE_SHIFT;

static int parse_noexec(char *val)
{
	disable_nx = !strcmp(val, "off");
	if (!disable_nx && strcmp(val, "on"))
		pr_warn("paging: noexec=%s: neither on nor off; on\n", val);
	return 0;
}
early_param("noexec=", parse_noexec);

unsigned long alloc_page_table(void)
{
	unsigned long pfn = bootmem_first_free_pfn();

	if (pfn >= mapped_pfn)
		panic("paging: the next page table would lie at %#llx, but only %lu MB are mapped "
		      "yet; boot with smaller modules",
		      (u64)PFN_PHYS(pfn), mapped_pfn >> 8);
	return (unsigned long)__pa(alloc_bootmem_low_pages(PAGE_SIZE));
}

/* Lab 03 */
/* The page table below a pmd, made if it is missing: pg0's are kept. */
__landmark pte_t *one_page_table_init(pmd_t *pmd)
{
	if (pmd_none(*pmd))
		set_pmd(pmd, __pmd(alloc_page_table() | _PAGE_TABLE));
	return pte_offset_kernel(pmd, 0);
}

/* A bit of the entries that the CPU does not know is reserved, and faults: it must stay out. */
static void set_nx(void)
{
	if (!_PAGE_NX || !cpu_has_nx || disable_nx)
		return;
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
	__supported_pte_mask |= _PAGE_NX;
}

/* What a program's page is, the kernel neither runs nor reads by mistake. */
static void forbid_user_pages(void)
{
	if (cpu_has_smep)
		set_in_cr4(X86_CR4_SMEP);
	if (cpu_has_smap)
		set_in_cr4(X86_CR4_SMAP);
	pr_info("paging: SMEP %s, SMAP %s\n", cpu_has_smep ? "on" : "off",
		cpu_has_smap ? "on" : "off");
}

void probe_page_features(void)
{
	set_nx();
	if (cpu_has_pse)
		set_in_cr4(X86_CR4_PSE);
	if (cpu_has_pge) {
		set_in_cr4(X86_CR4_PGE);
		__supported_pte_mask |= _PAGE_GLOBAL;
	}
	pr_info("paging: %s pages, %sglobal, %s\n", cpu_has_pse ? "large" : "4 KB",
		cpu_has_pge ? "" : "not ",
		__supported_pte_mask & _PAGE_NX ? "no-execute outside text" : "all executable");
	forbid_user_pages();
}

/* CR3 has this value already; what the TLB kept of the provisional entries goes, global ones too. */
__landmark void load_kernel_tables(void)
{
	load_cr3(swapper_pg_dir);
	__flush_tlb_all();
}

/* Zones follow each other without gaps; what is no RAM within them counts as holes. */
void zone_sizes_init(const unsigned long *ends)
{
	unsigned long sizes[MAX_NR_ZONES], holes[MAX_NR_ZONES];
	unsigned long start = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		sizes[i] = ends[i] - start;
		holes[i] = sizes[i] - e820_ram_pages(&e820, start, ends[i]);
		start = ends[i];
	}
	free_area_init(sizes, holes);
}

static void free_highmem_run(unsigned long start_pfn, unsigned long end_pfn)
{
	__free_pages_bootmem(start_pfn, end_pfn);
	totalhigh_pages += end_pfn - start_pfn;
}

/* Bootmem never knew high memory: its frames come straight from the memory map. */
static void set_highmem_pages_init(void)
{
	for (unsigned int i = 0; i < e820.nr_map; i++) {
		const struct e820entry *entry = &e820.map[i];

		if (entry->type == E820_RAM)
			for_unreserved(max(PFN_UP(entry->addr), highstart_pfn),
				       min(PFN_DOWN(entry->addr + entry->size), highend_pfn),
				       free_highmem_run);
	}
}

static unsigned long kb(const char *from, const char *to)
{
	return (unsigned long)(to - from) / SZ_1K;
}

__landmark void mem_init(void)
{
	totalram_pages = free_all_bootmem();
	set_highmem_pages_init();
	totalram_pages += totalhigh_pages;
	page_alloc_init();
	pr_info("Memory: %luk/%luk available (%luk code, %luk rodata, %luk data, %luk bss)\n",
		totalram_pages << (PAGE_SHIFT - 10),
		e820_ram_pages(&e820, 0, max_pfn) << (PAGE_SHIFT - 10), kb(_stext, _etext),
		kb(_srodata, _erodata), kb(_sdata, _edata), kb(_sbss, _ebss));
	pr_info("Highmem: %luk\n", totalhigh_pages << (PAGE_SHIFT - 10));
}
