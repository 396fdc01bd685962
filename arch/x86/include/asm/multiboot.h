/*
 * What a Multiboot loader hands over, as its two specifications lay it out: structures in physical
 * memory, untrusted, that only arch/x86/boot/multiboot.c reads.
 */
#ifndef ASM_MULTIBOOT_H
#define ASM_MULTIBOOT_H

#include <lib/types.h>
#include <lib/compiler.h>

/* In EAX at entry. */
#define MULTIBOOT1_BOOTLOADER_MAGIC 0x2BADB002U
#define MULTIBOOT2_BOOTLOADER_MAGIC 0x36D76289U

/* Multiboot 1: one structure, whose flags say which fields mean something. */
#define MULTIBOOT1_MEMORY  0x001U
#define MULTIBOOT1_CMDLINE 0x004U
#define MULTIBOOT1_MODS	   0x008U
#define MULTIBOOT1_MMAP	   0x040U

struct multiboot1_info {
	u32 flags;
	u32 mem_lower, mem_upper; /* KiB below 640 KB, and above 1 MB up to the first hole */
	u32 boot_device;
	u32 cmdline; /* physical address of a string */
	u32 mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr;
};

struct multiboot1_mod {
	u32 mod_start, mod_end; /* physical; the end is exclusive */
	u32 cmdline;
	u32 reserved;
};

struct multiboot1_mmap_entry {
	u32 size; /* of what follows */
	u64 addr, len;
	u32 type;
} __packed;

/* Multiboot 2: a size, then tags, each on a boundary of 8 bytes. */
enum multiboot2_tag_type {
	MULTIBOOT2_TAG_END = 0,
	MULTIBOOT2_TAG_CMDLINE = 1,
	MULTIBOOT2_TAG_MODULE = 3,
	MULTIBOOT2_TAG_BASIC_MEMINFO = 4,
	MULTIBOOT2_TAG_MMAP = 6,
};

struct multiboot2_info {
	u32 total_size;
	u32 reserved;
};

struct multiboot2_tag {
	u32 type;
	u32 size; /* with this header, without the padding behind */
};

struct multiboot2_module { /* its string follows */
	struct multiboot2_tag tag;
	u32 mod_start, mod_end;
};

struct multiboot2_meminfo {
	struct multiboot2_tag tag;
	u32 mem_lower, mem_upper;
};

struct multiboot2_mmap { /* entries of entry_size follow */
	struct multiboot2_tag tag;
	u32 entry_size, entry_version;
};

struct multiboot2_mmap_entry {
	u64 addr, len;
	u32 type, zero;
};

#endif
