/*
 * Rows of the layout table that every kernel has. They stand in layout[] of arch/.../mm/layout.c, each
 * in its place: the image is a part of lowmem on i386, and has addresses of its own on x86_64.
 */
#ifndef ASM_LAYOUT_ROWS_H
#define ASM_LAYOUT_ROWS_H

#include <lib/types.h>
#include <asm/sections.h>
#include <asm/stack.h>

/* How paging_init() is to map a part of the image. */
#define IMAGE_PART(what, from, to, how)                                                   \
	{                                                                                 \
		.name = what, .start = (unsigned long)(from), .end = (unsigned long)(to), \
		.prot = how, .part = true                                                 \
	}

/* In the order of kernel.lds.S; the guard, a part of bss, behind that. */
#define IMAGE_PARTS                                                                            \
	IMAGE_PART("kernel head", _shead, _ehead, PAGE_KERNEL_RX),                             \
		IMAGE_PART("kernel boot tables", _sboot_tables, _eboot_tables, PAGE_KERNEL),   \
		IMAGE_PART("kernel suites' text", _skunit_text, _ekunit_text, PAGE_KERNEL_RX), \
		IMAGE_PART("kernel text", _stext, _etext, PAGE_KERNEL_RX),                     \
		IMAGE_PART("kernel rodata", _srodata, _erodata, PAGE_KERNEL_RO),               \
		IMAGE_PART("kernel suites' data", _skunit_data, _ekunit_data, PAGE_KERNEL),    \
		IMAGE_PART("kernel data", _sdata, _edata, PAGE_KERNEL),                        \
		IMAGE_PART("kernel bss", _sbss, _ebss, PAGE_KERNEL),                           \
		IMAGE_PART("stack guard", init_stack_guard, init_stack, PAGE_UNMAPPED)

#define FIXMAP_ROW                                                            \
	{                                                                     \
		.name = "fixmap", .start = FIXADDR_START, .end = FIXADDR_TOP, \
		.owner = fixmap_owner, .usage = fixmap_usage                  \
	}

/* mm/pgtable.c: whose page an address of the fixmap is, "fixmap:KMAP_3"; how many show a frame now. */
const char *fixmap_owner(unsigned long vaddr, char *buf, size_t size);
struct layout_usage fixmap_usage(void);

#endif
