/* Kinds of characters, for ASCII: everything above 0x7e is none of them. */
#ifndef LIB_CTYPE_H
#define LIB_CTYPE_H

#include <lib/types.h>

static inline bool isdigit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool isupper(int c)
{
	return c >= 'A' && c <= 'Z';
}

static inline int tolower(int c)
{
	return isupper(c) ? c + ('a' - 'A') : c;
}

static inline bool isalpha(int c)
{
	return tolower(c) >= 'a' && tolower(c) <= 'z';
}

static inline bool isalnum(int c)
{
	return isdigit(c) || isalpha(c);
}

static inline bool isxdigit(int c)
{
	return isdigit(c) || (tolower(c) >= 'a' && tolower(c) <= 'f');
}

/* Tab, newline, vertical tab, form feed, carriage return lie in one row. */
static inline bool isspace(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool isprint(int c)
{
	return c >= ' ' && c <= '~';
}

#endif
