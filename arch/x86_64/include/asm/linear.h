/*
 * The linear mapping, by arithmetic. The image has addresses of its own besides.
 */
#ifndef ASM_LINEAR_H
#define ASM_LINEAR_H

#include <lib/types.h>
#include <asm/layout.h>

/* A physical address: as wide as a pointer, and all the same never dereferenced. */
typedef unsigned long phys_addr_t;

/**
 * __virt_to_phys - where an address of the linear mapping, or of the image, lies in RAM
 * @vaddr: between PAGE_OFFSET and high_memory, or in the image; meaningless for vmalloc and fixmap
 *         addresses
 */
static inline phys_addr_t __virt_to_phys(unsigned long vaddr)
{
	return vaddr - (vaddr >= __START_KERNEL_map ? __START_KERNEL_map : PAGE_OFFSET);
}

/**
 * __phys_to_virt - the linear mapping's address of a byte of RAM
 * @pa: below __pa(high_memory)
 */
static inline unsigned long __phys_to_virt(phys_addr_t pa)
{
	return pa + PAGE_OFFSET;
}

#endif
