/*
 * The kernel's own functions by address, for reports that people can read.
 *
 * tools/kallsyms.awk makes the table from the linked kernel, and the kernel is then linked again
 * with it.
 */
#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

#include <lib/types.h>

/* Enough for a name of ours, "+0x", "/0x" and the numbers. */
#define KSYM_SYMBOL_LEN 96

/**
 * kallsyms_lookup - the function that an address lies in
 * @addr: any address
 * @size: where to put the function's size in bytes, padding included
 * @offset: where to put how far into it @addr lies
 *
 * Returns its name, or NULL (and leaves @size and @offset alone) outside the kernel's text.
 */
const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset);

/* The address of the first function of that name, or 0. */
unsigned long kallsyms_lookup_name(const char *name);

/**
 * sprint_symbol - "function+0x12/0x40"
 * @buf: for the text, cut to @size bytes; KSYM_SYMBOL_LEN is enough
 *
 * Returns its length, or 0 (and leaves @buf alone) outside the kernel's text.
 */
int sprint_symbol(char *buf, size_t size, unsigned long addr);

/*
 * The same for a return address: the function meant is the one that called. After a call that never
 * returns, as the last one in its function, the return address is already the next function's.
 */
int sprint_backtrace(char *buf, size_t size, unsigned long addr);

/* Lends sprint_symbol() to printk's %pS; callable before everything else. */
void kallsyms_init(void);

#endif
