/*
 * The constants of the i386 address space. C, the linker script and (through asm-offsets) NASM
 * all take them from here; <mm/layout.h> has the whole map as a table.
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#ifdef LINKER_SCRIPT
#define _UL(x) x
#else
#define _UL(x) x##UL
#endif

/* Where the process ends and the kernel begins: 3 GB for the one, 1 GB for the other. */
#define PAGE_OFFSET _UL(0xC0000000)
#define TASK_SIZE   PAGE_OFFSET

/* The image is linked into the linear mapping. */
#define __START_KERNEL_map PAGE_OFFSET

/* Where GRUB puts the image: the first megabyte belongs to the BIOS. */
#define LOAD_PHYSICAL_ADDR _UL(0x00100000)

/*
 * How many megabytes the provisional page tables of head.asm map. They must cover the image, the
 * bootmem bitmap, and frames for the first real page tables.
 */
#define BOOT_MAP_MB 16

/* The stack that the boot CPU starts on, and later its idle task's. */
#define THREAD_SIZE _UL(8192)

/* Where we are, in the banner's words. */
#define KERNEL_PLACE "upper gigabyte"

/* What the linker makes. */
#define ELF_FORMAT "elf32-i386"

#endif
