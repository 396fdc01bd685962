/*
 * Memory and strings, in plain C.
 *
 *      memcpy, memmove, memset   a word at a time, then the odd bytes
 *
 *              word      word      word     bytes
 *         [ . . . . | . . . . | . . . . | . . . ]
 *
 * Everyone calls in here, and so does the compiler, which turns assignments of structures into
 * memcpy() and memset(). It calls nothing. Condenses lib/string.c of Linux.
 *
 * A compiler that sees a loop which fills memory replaces it by a call to memset(); in this file
 * that would be the function itself. Hence a barrier() in each such loop: it can not be replaced.
 */
#include <lib/string.h>
#include <lib/compiler.h>
#include <lib/errno.h>

/* A word at any address: the CPUs we run on need no alignment, but the compiler must know. */
typedef unsigned long word_t __aligned(1);

static void copy_upwards(u8 *dst, const u8 *src, size_t size)
{
	for (; size >= sizeof(word_t); size -= sizeof(word_t)) {
		*(word_t *)dst = *(const word_t *)src;
		dst += sizeof(word_t);
		src += sizeof(word_t);
		barrier();
	}
	while (size--) {
		*dst++ = *src++;
		barrier();
	}
}

static void copy_downwards(u8 *dst, const u8 *src, size_t size)
{
	dst += size;
	src += size;
	for (; size >= sizeof(word_t); size -= sizeof(word_t)) {
		dst -= sizeof(word_t);
		src -= sizeof(word_t);
		*(word_t *)dst = *(const word_t *)src;
		barrier();
	}
	while (size--) {
		*--dst = *--src;
		barrier();
	}
}

void *memcpy(void *dst, const void *src, size_t size)
{
	copy_upwards(dst, src, size);
	return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
	if ((uintptr_t)dst <= (uintptr_t)src)
		copy_upwards(dst, src, size);
	else
		copy_downwards(dst, src, size);
	return dst;
}

void *memset(void *dst, int byte, size_t size)
{
	const word_t pattern = ~0UL / 0xff * (u8)byte;
	u8 *to = dst;

	for (; size >= sizeof(word_t); size -= sizeof(word_t)) {
		*(word_t *)to = pattern;
		to += sizeof(word_t);
		barrier();
	}
	while (size--) {
		*to++ = (u8)byte;
		barrier();
	}
	return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const u8 *pa = a, *pb = b;

	for (; size; size--, pa++, pb++) {
		if (*pa != *pb)
			return *pa - *pb;
	}
	return 0;
}

void *memchr(const void *mem, int byte, size_t size)
{
	const u8 *p = mem;

	for (; size; size--, p++) {
		if (*p == (u8)byte)
			return (void *)p;
	}
	return NULL;
}

size_t strnlen(const char *s, size_t max)
{
	size_t len = 0;

	while (len < max && s[len]) {
		len++;
		barrier();
	}
	return len;
}

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max; max--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (!*a)
			break;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	return memchr(s, c, strlen(s) + 1);
}

char *strrchr(const char *s, int c)
{
	const char *p = s + strlen(s);

	while (*p != (char)c) {
		if (p == s)
			return NULL;
		p--;
	}
	return (char *)p;
}

char *strstr(const char *s, const char *wanted)
{
	size_t len = strlen(wanted);

	while (strncmp(s, wanted, len)) {
		if (!*s)
			return NULL;
		s++;
	}
	return (char *)s;
}

ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size);

	if (!size)
		return -E2BIG;
	if (len == size) {
		memcpy(dst, src, size - 1);
		dst[size - 1] = '\0';
		return -E2BIG;
	}
	memcpy(dst, src, len + 1);
	return (ssize_t)len;
}

/* The first character of @s that is one of @set, or its NUL. */
static char *find_any(char *s, const char *set)
{
	while (*s && !strchr(set, *s))
		s++;
	return s;
}

char *strsep(char **rest, const char *separators)
{
	char *word = *rest;
	char *end;

	if (!word)
		return NULL;
	end = find_any(word, separators);
	*rest = *end ? end + 1 : NULL;
	*end = '\0';
	return word;
}
