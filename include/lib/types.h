/* Fixed-width names for numbers. Everything else includes this first. */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
/* Not uint64_t: that is `unsigned long` on x86_64, and %llx would then need a cast there. */
typedef unsigned long long u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef signed long long s64;
typedef ptrdiff_t ssize_t;

/* A set of GFP_ flags, see <mm/gfp.h>. */
typedef unsigned int gfp_t;

#endif
