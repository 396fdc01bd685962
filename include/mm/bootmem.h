/*
 * The allocator for the time before the page allocator: a bitmap with a bit for each frame of
 * lowmem. All calls are for the boot only, from setup_arch() to free_all_bootmem(), on one CPU with
 * nothing to race against; none sleeps. Condenses include/linux/bootmem.h.
 */
#ifndef MM_BOOTMEM_H
#define MM_BOOTMEM_H

#include <asm/dma.h>
#include <asm/page.h>

/**
 * bootmem_bootmap_pages - how large a bitmap must be
 * @pages: frames it has to cover
 *
 * Returns its size in pages.
 */
unsigned long bootmem_bootmap_pages(unsigned long pages);

/**
 * init_bootmem - start with every frame in use
 * @mapstart: pfn where the bitmap goes; bootmem_bootmap_pages() frames, mapped, free by the caller's
 *            own knowledge, and to be reserved by the caller
 * @max_pfn: frames 0 to @max_pfn - 1 are managed
 *
 * Returns the bitmap's size in bytes.
 */
unsigned long init_bootmem(unsigned long mapstart, unsigned long max_pfn);

/**
 * free_bootmem - hand in RAM that is there to be used
 * @pa: physical, @size: bytes; only frames that lie in it completely count
 */
void free_bootmem(phys_addr_t pa, phys_addr_t size);

/**
 * reserve_bootmem - take away RAM that somebody uses already
 * @pa: physical, @size: bytes; every frame that it touches is taken
 *
 * Frames taken before stay taken. What lies above lowmem is not ours and passed over.
 */
void reserve_bootmem(phys_addr_t pa, phys_addr_t size);

/**
 * __alloc_bootmem - memory that is never given back
 * @size: bytes, not 0; small pieces share frames
 * @align: a power of two, in bytes
 * @goal: physical address to search from; if nothing is free above it, search from 0
 *
 * Returns zeroed memory in the linear mapping, or panics: before the page allocator works nobody
 * could go on without.
 */
void *__alloc_bootmem(unsigned long size, unsigned long align, phys_addr_t goal);

/* The same, not zeroed: for mem_map, every word of which is written anyway. */
void *__alloc_bootmem_raw(unsigned long size, unsigned long align, phys_addr_t goal);

#define SMP_CACHE_BYTES		      32

#define alloc_bootmem(size)	      __alloc_bootmem(size, SMP_CACHE_BYTES, PFN_PHYS(MAX_DMA_PFN))
#define alloc_bootmem_pages(size)     __alloc_bootmem(size, PAGE_SIZE, PFN_PHYS(MAX_DMA_PFN))
#define alloc_bootmem_low_pages(size) __alloc_bootmem(size, PAGE_SIZE, 0)

/**
 * bootmem_first_free_pfn - the frame that alloc_bootmem_low_pages(PAGE_SIZE) would return now
 *
 * For page tables: they are cleared where they lie, and not all of lowmem is mapped yet. Returns the
 * number of frames managed if none is free.
 */
unsigned long bootmem_first_free_pfn(void);

/**
 * bootmem_free_pages - how many frames are free now
 */
unsigned long bootmem_free_pages(void);

/**
 * free_all_bootmem - hand every free frame, and the bitmap's own, to the page allocator
 *
 * The last call to bootmem. Returns the number of frames handed over.
 */
unsigned long free_all_bootmem(void);

#endif
