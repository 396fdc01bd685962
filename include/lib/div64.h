/*
 * 64-bit division for a 32-bit CPU. Nobody calls these by name: the compiler does, wherever the
 * source divides a u64. The names and signatures are the compiler's.
 */
#ifndef LIB_DIV64_H
#define LIB_DIV64_H

#include <lib/types.h>

u64 __udivdi3(u64 n, u64 d);
u64 __umoddi3(u64 n, u64 d);
/* Quotient; the remainder goes to *@rem. */
u64 __udivmoddi4(u64 n, u64 d, u64 *rem);

#endif
