/*
 * Zones of the i386 kernels: RAM by who can reach it.
 *
 *      0        16 MB             896 MB (high_memory)              RAM's end
 *      | DMA     | NORMAL            | HIGHMEM                        |
 *        old ISA   has an address      reached through the window only
 *        devices   for good
 *
 * Generic code asks with the names below, which every architecture has. Condenses the zone part of
 * include/linux/mmzone.h and gfp.h.
 */
#ifndef ASM_ZONES_H
#define ASM_ZONES_H

#include <lib/types.h>

enum zone_type { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, MAX_NR_ZONES };

/* Zone, name, and lowmem_reserve_ratio as Linux has it: see mm/mm_init.c. */
#define FOR_ALL_ZONES(row) \
	row(ZONE_DMA, "DMA", 256) row(ZONE_NORMAL, "Normal", 32) row(ZONE_HIGHMEM, "HighMem", 32)

/* What __GFP_DMA32 and __GFP_HIGHMEM lead to: all of NORMAL lies below 4 GB. */
#define OPT_ZONE_DMA32	 ZONE_NORMAL
#define OPT_ZONE_HIGHMEM ZONE_HIGHMEM

/* Frames without an address of their own? */
static inline bool is_highmem_idx(enum zone_type zone)
{
	return zone == ZONE_HIGHMEM;
}

#endif
