/*
 * The fixmap: addresses known at compile time, whose frames are chosen at run time.
 *
 *      FIXADDR_TOP  - 4 KB  FIX_HOLE: never mapped, so that a small negative pointer faults
 *                   - 8 KB  FIX_BOOT_INFO
 *                     ...   one page down for each index
 *      FIXADDR_START
 *
 * The last page of the address space stays empty: an address computed past the end would wrap to 0.
 * Condenses include/asm-i386/fixmap.h.
 */
#ifndef ASM_FIXMAP_H
#define ASM_FIXMAP_H

#include <lib/threads.h>
#include <asm/pgtable.h>
#include <asm/kmap_types.h>

enum fixed_addresses {
	FIX_HOLE,
	FIX_BOOT_INFO,	/* a window on what the boot loader left, wherever it lies in RAM */
	FIX_KMAP_BEGIN, /* kmap_atomic's slots */
	FIX_KMAP_END = FIX_KMAP_BEGIN + KM_TYPE_NR * NR_CPUS - 1,
	__end_of_fixed_addresses
};

#define FIXADDR_TOP	     (-PAGE_SIZE)
#define FIXADDR_SIZE	     ((unsigned long)__end_of_fixed_addresses << PAGE_SHIFT)
#define FIXADDR_START	     (FIXADDR_TOP - FIXADDR_SIZE + PAGE_SIZE)

#define __fix_to_virt(idx)   (FIXADDR_TOP - ((unsigned long)(idx) << PAGE_SHIFT))
#define __virt_to_fix(vaddr) ((FIXADDR_TOP - ((vaddr)&PAGE_MASK)) >> PAGE_SHIFT)

/* Never defined: a call that the compiler could not drop stops the build. */
void __this_fixmap_does_not_exist(void) __attribute__((error("no such fixmap index")));

/**
 * fix_to_virt - the address of a fixmap entry
 * @idx: a constant; one that is out of range does not compile
 */
static __always_inline unsigned long fix_to_virt(const unsigned int idx)
{
	if (idx >= __end_of_fixed_addresses)
		__this_fixmap_does_not_exist();
	return __fix_to_virt(idx);
}

/**
 * __set_fixmap - let a fixmap address show a frame, or nothing
 * @idx: which
 * @pa: physical address of the frame, a multiple of PAGE_SIZE
 * @prot: PAGE_KERNEL, PAGE_KERNEL_NOCACHE ..., or PAGE_UNMAPPED to unmap
 *
 * Flushes the one TLB entry. Works from early_fixmap_init() on. Never sleeps.
 */
void __set_fixmap(enum fixed_addresses idx, phys_addr_t pa, pgprot_t prot);

#define set_fixmap(idx, pa)	    __set_fixmap(idx, pa, PAGE_KERNEL)
#define set_fixmap_nocache(idx, pa) __set_fixmap(idx, pa, PAGE_KERNEL_NOCACHE)
#define clear_fixmap(idx)	    __set_fixmap(idx, 0, PAGE_UNMAPPED)

/* Hooks the fixmap's page table, part of the image, into swapper_pg_dir. */
void early_fixmap_init(void);

/* What an entry is for: "BOOT_INFO", "KMAP_3". @buf has room for @size bytes; returned. */
const char *fixmap_name(unsigned int idx, char *buf, size_t size);

#endif
