/* Text to numbers: strictly, for what a user typed, and piece by piece, for parsers. */
#ifndef LIB_KSTRTOX_H
#define LIB_KSTRTOX_H

#include <lib/types.h>
#include <lib/compiler.h>

/**
 * kstrtoull - read a string that is one number and nothing else
 * @s: digits; a + before and one newline behind are allowed, no blanks, no -
 * @base: 2 to 16, or 0: by the prefix, 0x hexadecimal, 0 octal, else decimal
 * @res: the number; left alone on failure
 *
 * Returns 0, -EINVAL if @s is not a number, -ERANGE if it is too large.
 */
int __must_check kstrtoull(const char *s, unsigned int base, u64 *res);
int __must_check kstrtoul(const char *s, unsigned int base, unsigned long *res);

/**
 * simple_strtoull - read the number that a string begins with
 * @s: text
 * @endp: set behind the last digit, to @s if there is none; may be NULL
 * @base: as for kstrtoull()
 *
 * Returns the number, 0 if there is none; too large a one wraps.
 */
u64 simple_strtoull(const char *s, char **endp, unsigned int base);

/**
 * memparse - read a size as it is written on the command line: 64M, 0x100000, 2g
 * @ptr: digits, and K, M, G or T in either case
 * @retptr: set behind what was read, to @ptr if that is nothing; may be NULL
 *
 * Returns the size in bytes; ~0 for one that is too large, so that it stays large.
 */
u64 memparse(const char *ptr, char **retptr);

#endif
