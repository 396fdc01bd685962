/*
 * Formatted text, into a buffer.
 *
 *      %[flags][width][.precision][length]conversion
 *
 *      flags         - 0 + space #
 *      width         a number, or * for an int argument; the same after the dot
 *      length        hh h l ll z t
 *      conversion    d i u x X o c s p %
 *
 * All as in ISO C, with two differences: %p shows every digit, 0xc0100000, so that it can be pasted
 * into the monitor; and %pS shows a code address as a place, vfree+0x12/0x80.
 */
#ifndef LIB_PRINTF_H
#define LIB_PRINTF_H

#include <stdarg.h>
#include <lib/types.h>
#include <lib/compiler.h>

/**
 * snprintf - format into a buffer of a known size
 * @buf: the buffer; always ends in a NUL afterwards, unless @size is 0
 * @size: room in @buf, in bytes, the NUL included
 * @fmt: what to print
 *
 * Returns the length the whole text has, without the NUL: @size or more means that it was cut.
 */
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);

/**
 * scnprintf - like snprintf(), for appending piece by piece
 *
 * Returns the number of characters now in @buf, without the NUL: never @size or more.
 */
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/**
 * vsprintf_symbol - whoever knows the functions' names registers here, for %pS
 *
 * Writes "function+0x12/0x80" for @addr to @buf and returns its length, or 0 if no function lies
 * there. NULL as long as nobody knows; %pS then prints the address, as %p does.
 */
extern int (*vsprintf_symbol)(char *buf, size_t size, unsigned long addr);

#endif
