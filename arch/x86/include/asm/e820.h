/*
 * The memory map, by the name of the BIOS call that it comes from. Condenses
 * arch/x86/include/asm/e820.h and, for early reservations, kernel/early_res.c.
 */
#ifndef ASM_E820_H
#define ASM_E820_H

#include <asm/page.h>

#define E820MAX 128

/* As in the BIOS's call and in both Multiboot protocols. */
enum e820_type {
	E820_RAM = 1,
	E820_RESERVED = 2,
	E820_ACPI = 3,
	E820_NVS = 4,
	E820_UNUSABLE = 5,
};

struct e820entry {
	u64 addr, size; /* physical, bytes */
	u32 type;
};

struct e820map {
	unsigned int nr_map;
	struct e820entry map[E820MAX];
};

/* The machine's, sorted and without overlaps from setup_arch() on. */
extern struct e820map e820;

/**
 * e820_add_region - note a range as the loader told it, behind those that are there
 * @addr, @size: physical, bytes; @type: 0 counts as reserved, unknown ones are kept
 *
 * A range that wraps round is cut at the top, one of size 0 dropped; more than E820MAX are dropped
 * too, all with a message.
 */
void e820_add_region(struct e820map *map, u64 addr, u64 size, u32 type);

/**
 * sanitize_e820_map - sort, and settle overlaps
 *
 * Where ranges overlap the higher type wins: what one entry calls reserved is not RAM because
 * another says so. Neighbours of one type are joined; an address in no range stays in none.
 */
void sanitize_e820_map(struct e820map *map);

/**
 * e820_limit_ram - let RAM end at an address
 * @limit: first physical address that is not to be used
 *
 * Entries of other types stay. One of RAM that begins at the limit or above is gone, and those
 * behind it move up.
 *
 * Returns how many bytes of RAM that took away.
 */
u64 e820_limit_ram(struct e820map *map, u64 limit);

/* "System RAM", "Reserved" ..., as /proc/iomem says it. */
const char *e820_type_name(u32 type);

/* One past the last whole frame of RAM. */
unsigned long e820_end_pfn(const struct e820map *map);

/* Frames of RAM, whole ones, from @start_pfn up to @end_pfn, exclusive. The map is sanitized. */
unsigned long e820_ram_pages(const struct e820map *map, unsigned long start_pfn,
			     unsigned long end_pfn);

/*
 * Ranges that are taken before there is an allocator to take them from. The list holds until
 * mem_init(): what stands in it never reaches the page allocator.
 */
struct early_res {
	const char *name;
	phys_addr_t start, end; /* physical; the end is exclusive */
};
#define MAX_EARLY_RES 32
extern struct early_res early_res[MAX_EARLY_RES];
extern unsigned int nr_early_res;

/* @name: kept. Panics when the list is full. */
void reserve_early(phys_addr_t start, phys_addr_t end, const char *name);

/**
 * for_unreserved - visit the frames of a range that no early reservation touches
 * @start_pfn: first frame, @end_pfn: exclusive
 * @visit: called once for each run of such frames, lowest first
 */
void for_unreserved(unsigned long start_pfn, unsigned long end_pfn,
		    void (*visit)(unsigned long start_pfn, unsigned long end_pfn));

/**
 * find_e820_area - room in RAM that no early reservation touches
 * @start: physical, @end: exclusive; where to look
 * @size: bytes, @align: a power of two
 *
 * Returns the lowest such physical address, or 0.
 */
phys_addr_t find_e820_area(phys_addr_t start, phys_addr_t end, unsigned long size,
			   unsigned long align);

#endif
