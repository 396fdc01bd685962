/* What the oldest devices of a PC can reach. */
#ifndef ASM_DMA_H
#define ASM_DMA_H

#include <asm/page.h>

/* The ISA bus has 24 address lines: the first frame beyond them. */
#define MAX_DMA_PFN (16 * SZ_1M >> PAGE_SHIFT)

/* PCI devices that know no longer addresses: the first frame beyond 4 GB. */
#define MAX_DMA32_PFN (1UL << (32 - PAGE_SHIFT))

#endif
