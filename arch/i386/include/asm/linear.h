/*
 * The linear mapping, by arithmetic. The image lies in it.
 */
#ifndef ASM_LINEAR_H
#define ASM_LINEAR_H

#include <lib/types.h>
#include <asm/layout.h>

/*
 * A physical address. Under PAE it is wider than a pointer, so it is never kept in an unsigned
 * long, and never dereferenced.
 */
#ifdef CONFIG_X86_PAE
typedef u64 phys_addr_t;
#else
typedef unsigned long phys_addr_t;
#endif

/**
 * __virt_to_phys - where an address of the linear mapping lies in RAM
 * @vaddr: between PAGE_OFFSET and high_memory; meaningless for vmalloc, kmap and fixmap addresses
 */
static inline phys_addr_t __virt_to_phys(unsigned long vaddr)
{
	return vaddr - PAGE_OFFSET;
}

/**
 * __phys_to_virt - the linear mapping's address of a byte of lowmem
 * @pa: below __pa(high_memory); a highmem frame has no such address
 */
static inline unsigned long __phys_to_virt(phys_addr_t pa)
{
	return (unsigned long)pa + PAGE_OFFSET;
}

#endif
