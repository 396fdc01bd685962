/*
 * How RAM is divided on x86_64: not at all. Every frame is within reach of the linear mapping, so
 * all of it is lowmem, and what has to do with high memory comes to nothing.
 *
 *      0                                                    max_low_pfn = max_pfn
 *      | lowmem                                             |
 *
 * setup_arch() calls find_max_low_pfn() once the memory map is known. Condenses
 * arch/x86_64/kernel/e820.c and setup.c.
 */
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <mm/mm.h>
#include <asm/highmem.h>
#include <asm/setup.h>

static int parse_highmem(char *val)
{
	pr_warn("setup: highmem=%s: this kernel has no high memory, all RAM is mapped; ignored\n",
		val);
	return 0;
}
early_param("highmem=", parse_highmem);

static int parse_vmalloc(char *val)
{
	pr_warn("setup: vmalloc=%s: the region has its own %lu TB and need not grow; ignored\n",
		val, ALIGN(VMALLOC_END - VMALLOC_START, PGDIR_SIZE) >> 40);
	return 0;
}
early_param("vmalloc=", parse_vmalloc);

__landmark void find_max_low_pfn(void)
{
	limit_ram(MAXMEM, "it would lie beyond the linear mapping's end");
	max_pfn = e820_end_pfn(&e820);
	max_low_pfn = max_pfn;
	check_lowmem();
	highstart_pfn = max_low_pfn;
	highend_pfn = max_pfn;
	high_memory = pfn_to_virt(max_low_pfn);
	pr_info("setup: %lu MB, all of them LOWMEM\n", e820_ram_pages(&e820, 0, max_pfn) >> 8);
}
