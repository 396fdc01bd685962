/*
 * Table entries and sizes in a few characters, the same wherever the monitor shows them.
 */
#ifndef MONITOR_PTE_FORMAT_H
#define MONITOR_PTE_FORMAT_H

#include <asm/pgtable.h>

#define RIGHTS_SIZE 4 /* "rw-" and the NUL */
#define TRAITS_SIZE 5
#define BITS_SIZE   48 /* every bit at once, and the NUL */

/* What a page is like as long as its mapping lasts: not what the CPU notes while it is used. */
#define PTE_LASTING_BITS (_PAGE_RW | _PAGE_USER | _PAGE_PWT | _PAGE_PCD | _PAGE_GLOBAL | _PAGE_NX)

/* "rwx": may it be read, written, executed? @buf has RIGHTS_SIZE bytes; returned. */
const char *format_rights(char *buf, pteval_t flags);

/* "GUCW", '-' for what it is not: global, a user's, cache disabled, written through. */
const char *format_traits(char *buf, pteval_t flags);

/* Every bit that is set, by its name: "P RW USR A D". @buf has BITS_SIZE bytes; returned. */
const char *format_bits(char *buf, pteval_t entry);

/**
 * scale_size - the largest unit that a size is a whole number of
 * @size: in bytes, a multiple of 1 KB; becomes the number of those units
 *
 * Returns 'K', 'M' or 'G'.
 */
char scale_size(u64 *size);

#endif
