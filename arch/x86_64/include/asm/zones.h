/*
 * Zones of the x86_64 kernel: RAM by who can reach it.
 *
 *      0        16 MB             4 GB                              RAM's end
 *      | DMA     | DMA32             | NORMAL                         |
 *        old ISA   devices with        everybody else: all of RAM
 *        devices   32 address bits     has an address for good
 *
 * Generic code asks with the names below, which every architecture has. Condenses the zone part of
 * include/linux/mmzone.h and gfp.h.
 */
#ifndef ASM_ZONES_H
#define ASM_ZONES_H

#include <lib/types.h>

enum zone_type { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, MAX_NR_ZONES };

/* Zone, name, and lowmem_reserve_ratio as Linux has it: see mm/mm_init.c. */
#define FOR_ALL_ZONES(row) \
	row(ZONE_DMA, "DMA", 256) row(ZONE_DMA32, "DMA32", 256) row(ZONE_NORMAL, "Normal", 32)

/* What __GFP_DMA32 and __GFP_HIGHMEM lead to: no frame is high here. */
#define OPT_ZONE_DMA32	 ZONE_DMA32
#define OPT_ZONE_HIGHMEM ZONE_NORMAL

/* Frames without an address of their own? */
static inline bool is_highmem_idx(enum zone_type zone)
{
	(void)zone;
	return false;
}

#endif
