/*
 * The constants of the x86_64 address space. C, the linker script and (through asm-offsets) NASM
 * all take them from here; <mm/layout.h> has the whole map as a table.
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#ifdef LINKER_SCRIPT
#define _UL(x) x
#else
#define _UL(x) x##UL
#endif

/* Where the process ends: half of what 48 bits can name, but for its last page. */
#define TASK_SIZE	  _UL(0x00007FFFFFFFF000)
#define USER_ADDRESS_BITS 47

/* All RAM, mapped linearly, up to 64 TB. */
#define PAGE_OFFSET _UL(0xFFFF888000000000)
#define MAXMEM	    _UL(0x0000400000000000)

/*
 * 32 TB for vmalloc, vmap and ioremap, less two pages that are nobody's; 1 TB for mem_map: 64 bytes
 * for each frame of MAXMEM.
 */
#define VMALLOC_START _UL(0xFFFFC90000000000)
#define VMALLOC_END   _UL(0xFFFFE8FFFFFFE000)
#define VMEMMAP_START _UL(0xFFFFEA0000000000)

/*
 * The image is linked into the last 2 GB, where a signed 32-bit number reaches: -mcmodel=kernel
 * needs no 64-bit constants for its symbols. Its frames are in the linear mapping, too.
 */
#define __START_KERNEL_map _UL(0xFFFFFFFF80000000)

/* Where GRUB puts the image: the first megabyte belongs to the BIOS. */
#define LOAD_PHYSICAL_ADDR _UL(0x00100000)

/*
 * How many megabytes the provisional page tables of head.asm map: all that one pmd table can. They
 * must cover the image, the bootmem bitmap, and frames for the real page tables.
 */
#define BOOT_MAP_MB 1024

/* The stack that the boot CPU starts on, and later its idle task's. */
#define THREAD_SIZE _UL(16384)

/* Where we are, in the banner's words. */
#define KERNEL_PLACE "upper half"

/* What the linker makes. */
#define ELF_FORMAT "elf64-x86-64"

#endif
