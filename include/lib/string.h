/*
 * Memory and strings. Names that ISO C has mean what they mean there; contracts stand only above
 * those that it lacks. The compiler itself calls memcpy, memmove, memset and memcmp.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <lib/types.h>

void *memcpy(void *dst, const void *src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *mem, int byte, size_t size);

size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *wanted);

/**
 * strnlen - length of a string that may lack its end
 * @s: the string
 * @max: how many bytes may be read
 *
 * Returns the length without the NUL, or @max if there is none among the first @max bytes.
 */
size_t strnlen(const char *s, size_t max);

/**
 * strscpy - copy a string into a buffer of a known size
 * @dst: the buffer; always ends in a NUL afterwards, unless @size is 0
 * @src: the string
 * @size: room in @dst, in bytes, the NUL included
 *
 * Returns the number of characters copied without the NUL, or -E2BIG if @src was cut short.
 */
ssize_t strscpy(char *dst, const char *src, size_t size);

/**
 * strsep - cut the next word off a string
 * @rest: what is still to be cut; moved behind the separator, NULL after the last word
 * @separators: any one character of these ends a word, and is overwritten with NUL
 *
 * Returns the word (empty between two separators), or NULL when *@rest is NULL.
 */
char *strsep(char **rest, const char *separators);

#endif
