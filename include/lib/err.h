/*
 * A pointer, or why there is none: the last page of the address space holds no object, so addresses
 * there stand for -MAX_ERRNO to -1. Condenses include/linux/err.h.
 */
#ifndef LIB_ERR_H
#define LIB_ERR_H

#include <lib/compiler.h>
#include <lib/types.h>

#define MAX_ERRNO	4095

#define IS_ERR_VALUE(x) unlikely((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE((unsigned long)ptr);
}

#endif
