/*
 * ioremap: device registers in the window, beside vmalloc's areas and found like them.
 *
 *      pa     0xfee00030                 area  | page      |g|
 *             = frame 0xfee00 + 0x30           addr + 0x30 is returned
 *
 * Drivers call in here, in a thread. Condenses arch/x86/mm/ioremap.c.
 */
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <mm/pgalloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <asm/e820.h>
#include <asm/highmem.h>
#include <asm/ioremap.h>
#include <asm/processor.h>
#include <asm/stack.h>

static const char *why_not_mapped(phys_addr_t pa, unsigned long size)
{
	phys_addr_t last = pa + size - 1;

	if (!size || last < pa)
		return "it is empty or wraps round";
	if (size > VMALLOC_END - VMALLOC_START)
		return "the window is smaller";
	if ((u64)last >> boot_cpu_data.phys_bits)
		return "the CPU has not so many address bits";
	if (e820_ram_pages(&e820, PFN_DOWN(pa), PFN_DOWN(last) + 1))
		return "some of it is RAM";
	return NULL;
}

int ioremap_page_range(unsigned long start, unsigned long end, phys_addr_t pa, pgprot_t prot)
{
	for (unsigned long addr = start; addr != end; addr += PAGE_SIZE, pa += PAGE_SIZE) {
		pmd_t *pmd = pmd_alloc_k(addr);
		pte_t *pte = pmd ? pte_alloc_kernel(pmd, addr) : NULL;

		if (!pte)
			return -ENOMEM;
		set_pte(pte, pfn_pte(PFN_DOWN(pa), prot));
	}
	return 0;
}

static void __iomem *map_area(struct vm_struct *area, phys_addr_t pa)
{
	unsigned long start = (unsigned long)area->addr, offset = pa & ~PAGE_MASK;

	area->phys_addr = pa - offset;
	if (ioremap_page_range(start, start + area->size - PAGE_SIZE, pa - offset,
			       PAGE_KERNEL_NOCACHE)) {
		iounmap(area->addr);
		return NULL;
	}
	clear_vm_uninitialized_flag(area);
	return (char *)area->addr + offset;
}

static void __iomem *__ioremap_caller(phys_addr_t pa, unsigned long size, const void *caller)
{
	const char *why = why_not_mapped(pa, size);
	struct vm_struct *area;

	might_sleep();
	if (why) {
		pr_err("ioremap: %lu bytes at %#llx: %s; nothing mapped\n", size, (u64)pa, why);
		dump_stack();
		return NULL;
	}
	area = get_vm_area((pa & ~PAGE_MASK) + size, VM_IOREMAP, caller);
	return area ? map_area(area, pa) : NULL;
}

void __iomem *ioremap(phys_addr_t pa, unsigned long size)
{
	return __ioremap_caller(pa, size, __builtin_return_address(0));
}

void __iomem *ioremap_nocache(phys_addr_t pa, unsigned long size)
{
	return __ioremap_caller(pa, size, __builtin_return_address(0));
}

void iounmap(volatile void *addr)
{
	const void *start = (const void *)((unsigned long)addr & PAGE_MASK);
	struct vm_struct *area;

	if (!addr || !may_unmap_here("iounmap", start))
		return;
	area = remove_vm_area(start, VM_IOREMAP);
	if (!area) {
		pr_err("iounmap: ioremap gave no %p; nothing unmapped\n", (const void *)addr);
		dump_stack();
		return;
	}
	kfree(area);
}
