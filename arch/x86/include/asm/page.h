/*
 * Pages, frames, and the linear mapping that turns one kind of address into the other:
 *
 *      physical      0 ---------- max_low_pfn ------------ RAM's end
 *                    | lowmem    |  highmem: no address of its own (on i386, above 896 MB)
 *      virtual  PAGE_OFFSET --- high_memory
 */
#ifndef ASM_PAGE_H
#define ASM_PAGE_H

#include <lib/types.h>
#include <lib/kernel.h>
#include <asm/linear.h>

#define PAGE_SHIFT	 12
#define PAGE_SIZE	 (1UL << PAGE_SHIFT)
#define PAGE_MASK	 (~(PAGE_SIZE - 1))

#define PAGE_ALIGN(addr) ALIGN(addr, PAGE_SIZE)

/* Frame numbers: an unsigned long reaches 16 TB, also under PAE. */
#define PFN_UP(pa)    (PFN_DOWN(pa) + !!((pa) & ~PAGE_MASK)) /* without overflow at the top */
#define PFN_DOWN(pa)  ((unsigned long)((pa) >> PAGE_SHIFT))
#define PFN_PHYS(pfn) ((phys_addr_t)(pfn) << PAGE_SHIFT)

#define __pa(vaddr)   __virt_to_phys((unsigned long)(vaddr))
#define __va(pa)      ((void *)__phys_to_virt(pa))

/**
 * clear_page - zero a frame
 * @vaddr: kernel virtual address of its first byte
 */
static inline void clear_page(void *vaddr)
{
	unsigned long words = PAGE_SIZE / sizeof(long);

	__asm__ volatile("rep ; stos %2, %%es:(%0)"
			 : "+D"(vaddr), "+c"(words)
			 : "a"(0UL)
			 : "memory");
}

/* @to, @from: kernel virtual addresses of two frames. */
static inline void copy_page(void *to, const void *from)
{
	unsigned long words = PAGE_SIZE / sizeof(u32);

	__asm__ volatile("rep ; movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

/* The smallest order whose block holds @size bytes; 0 for size 0. */
static inline unsigned int get_order(unsigned long size)
{
	unsigned int order = 0;

	while (order < BITS_PER_LONG - PAGE_SHIFT && (PAGE_SIZE << order) - 1 < size - 1 && size)
		order++;
	return order;
}

#define virt_to_pfn(vaddr) PFN_DOWN(__pa(vaddr))
#define pfn_to_virt(pfn)   __va(PFN_PHYS(pfn))

#endif
