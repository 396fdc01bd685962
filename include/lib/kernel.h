/* Small arithmetic and structure helpers that every folder uses. */
#ifndef LIB_KERNEL_H
#define LIB_KERNEL_H

#include <lib/types.h>
#include <lib/compiler.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A power of two @to only. */
#define ALIGN(x, to)			(((x) + ((__typeof__(x))(to)-1)) & ~((__typeof__(x))(to)-1))
#define ALIGN_DOWN(x, to)		((x) & ~((__typeof__(x))(to)-1))
#define IS_ALIGNED(x, to)		(((x) & ((__typeof__(x))(to)-1)) == 0)

#define DIV_ROUND_UP(n, d)		(((n) + (d)-1) / (d))

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define min(a, b)                                                    \
	({                                                           \
		__typeof__(a) __min_a = (a);                         \
		__typeof__(b) __min_b = (b);                         \
		(void)(&__min_a == &__min_b); /* both of one type */ \
		__min_a < __min_b ? __min_a : __min_b;               \
	})
#define max(a, b)                                                    \
	({                                                           \
		__typeof__(a) __max_a = (a);                         \
		__typeof__(b) __max_b = (b);                         \
		(void)(&__max_a == &__max_b); /* both of one type */ \
		__max_a > __max_b ? __max_a : __max_b;               \
	})
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))

#define BITS_PER_BYTE	  8
#define BITS_PER_LONG	  (sizeof(long) * BITS_PER_BYTE)

/* Sizes as they are written on a command line. */
#define SZ_1K 0x00000400UL
#define SZ_1M 0x00100000UL

#endif
