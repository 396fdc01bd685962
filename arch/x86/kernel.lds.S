/*
 * The image: linked at __START_KERNEL_map + 1 MB, loaded at 1 MB.
 *
 *      _text     head        runs first, at physical addresses     r-x
 *      + 0x1000  boot tables swapper_pg_dir first                  rw-
 *                text        and that of the suites                r-x
 *                rodata      tables gathered from all files        r--
 *                data, bss   and those of the suites               rw-
 *      _end
 *
 * Each part begins on a page, so that paging_init() can give it its own permissions. The suites
 * stand in parts of their own: they do not count as the kernel's size.
 */
#define LINKER_SCRIPT
#include <asm/layout.h>

OUTPUT_FORMAT(ELF_FORMAT)
/* As linked: the loaders find the segment that it is in, and jump to where they put that. */
ENTRY(startup_32)

PHDRS
{
	head PT_LOAD FLAGS(5);
	tables PT_LOAD FLAGS(6);
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

#define PART(name) name ALIGN(0x1000) : AT(ADDR(name) - __START_KERNEL_map)
/* Rows that source files leave in a section, between two symbols. */
#define TABLE(section, prefix) . = ALIGN(8); prefix##_start = .; KEEP(*(section)) prefix##_end = .;

SECTIONS
{
	. = __START_KERNEL_map + LOAD_PHYSICAL_ADDR;
	_text = .;

	PART(.head) { _shead = .; *(.head.first) *(.head) . = ALIGN(0x1000); _ehead = .; } :head
	PART(.boot_tables) { _sboot_tables = .; *(.boot_tables) _eboot_tables = .; } :tables

	PART(.kunit.text) {
		_skunit_text = .;
		*/tests/?*.o(.text .text.*)
		. = ALIGN(0x1000);
		_ekunit_text = .;
	} :text
	PART(.text) {
		_stext = .;
		__sched_text_start = .;
		*(.sched.text)
		__sched_text_end = .;
		*(.text .text.*)
		. = ALIGN(0x1000);
		_etext = .;
	} :text

	PART(.kunit.rodata) {
		_srodata = .;
		*/tests/?*.o(.rodata .rodata.*)
	} :rodata
	PART(.rodata) {
		*(.rodata .rodata.*)
		TABLE(.init.setup, __init_setup)
		TABLE(.init.late, __initcall)
		TABLE(.monitor_groups, __monitor_groups)
		TABLE(.kunit_test_suites, __kunit_suites)
		TABLE(.bench_rows, __bench_rows)
		TABLE(__ex_table, __ex_table)
		TABLE(.smap_sites, __smap_sites)
		*(.ksyms)
		. = ALIGN(0x1000);
		_erodata = .;
	} :rodata

	PART(.kunit.data) {
		_skunit_data = .;
		*/tests/?*.o(.data .data.* .bss .bss.* COMMON)
		. = ALIGN(0x1000);
		_ekunit_data = .;
	} :data
	PART(.data) { _sdata = .; *(.data .data.*) . = ALIGN(0x1000); _edata = .; } :data
	PART(.bss) { _sbss = .; *(.bss .bss.* COMMON) . = ALIGN(0x1000); _ebss = .; } :data
	_end = .;

	/DISCARD/ : { *(.comment) *(.note .note.*) *(.eh_frame) }
}

/* head.asm's provisional tables, bootmem's bitmap and the first page tables count on this. */
ASSERT(_end - __START_KERNEL_map <= BOOT_MAP_MB * 0x100000 / 2, "image too large for BOOT_MAP_MB")
