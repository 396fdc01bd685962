/* What the oldest devices of a PC can reach. */
#ifndef ASM_DMA_H
#define ASM_DMA_H

#include <asm/page.h>

/* The ISA bus has 24 address lines: the first frame beyond them. */
#define MAX_DMA_PFN (16 * SZ_1M >> PAGE_SHIFT)

#endif
