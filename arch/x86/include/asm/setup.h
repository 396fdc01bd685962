/*
 * What the boot loader told us, in one form, whichever its protocol. Filled once by
 * multiboot_parse(); after that nobody looks at the loader's own structures.
 */
#ifndef ASM_SETUP_H
#define ASM_SETUP_H

#include <asm/e820.h>

#define COMMAND_LINE_SIZE 2048
#define MODULE_NAME_SIZE  128
#define MAX_BOOT_MODULES  8

struct boot_module {
	phys_addr_t start, end; /* physical; the end is exclusive */
	char name[MODULE_NAME_SIZE];
};

struct boot_params {
	char cmdline[COMMAND_LINE_SIZE];
	struct e820map e820;	  /* as it came; sanitize_e820_map() makes sense of it */
	u32 mem_lower, mem_upper; /* KiB, the fallback where there is no map; 0: not told */
	unsigned int nr_modules;
	struct boot_module modules[MAX_BOOT_MODULES];
	phys_addr_t info_start, info_end; /* the loader's own structure */
};
extern struct boot_params boot_params;

/* Stored by head.asm. */
extern u32 boot_magic, boot_info;
extern u64 boot_tsc;

/**
 * multiboot_parse - read the boot information
 * @magic: EAX at entry
 * @info: its physical address, anywhere below 4 GB
 * @params: filled from scratch
 *
 * Whatever does not hold together is left out, with a message: sizes are never believed.
 */
void multiboot_parse(u32 magic, phys_addr_t info, struct boot_params *params);

/**
 * setup_arch - from boot information to a working kernel address space
 *
 * Memory map, bootmem, paging_init(). Returns the command line.
 */
const char *setup_arch(void);

/* arch: what mem=, highmem= and vmalloc= left of RAM: sets max_pfn, max_low_pfn, highstart_pfn ... */
void find_max_low_pfn(void);

/*
 * What find_max_low_pfn() is made of.
 */

/* Below this lowmem cannot hold the kernel, its tables and something to work with. */
#define MIN_LOWMEM     (12 * SZ_1M)
#define MIN_LOWMEM_PFN (MIN_LOWMEM >> PAGE_SHIFT)

/* What must be free of it beside the kernel and its modules. */
#define MIN_FREE_LOWMEM	    (6 * SZ_1M)
#define MIN_FREE_LOWMEM_PFN (MIN_FREE_LOWMEM >> PAGE_SHIFT)

/* A size with K, M or G that is the whole value; false, with a message, for anything else. */
bool parse_size(const char *option, const char *val, u64 *size);

/* Let RAM end at @limit, a physical address, and say how much that took away, and @why. */
void limit_ram(u64 limit, const char *why);

/* What lowmem up to a frame would have to work with: the kernel and its modules are in it too. */
unsigned long free_lowmem_pages(unsigned long end_pfn);

/* Panics unless lowmem up to max_low_pfn is enough. */
void check_lowmem(void);

#endif
