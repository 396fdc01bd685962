/*
 * 64-bit division out of operations that a 32-bit CPU has.
 *
 *      divisor of 16 bits: school division, digit by digit to the base 2^16
 *
 *              [ d3 ][ d2 ][ d1 ][ d0 ] : d      each step divides (remainder, digit),
 *                                                which is 32 bits, by d
 *
 *      larger divisor: shift and subtract, a bit of the quotient at a time
 *
 * Stands in for the compiler's own library, which is not there for 32-bit code everywhere. Decimal
 * printing takes the first way. There is no / on a u64 in this file: it would call the file again.
 * On a 64-bit CPU the compiler needs no help and nobody calls in here.
 */
#include <lib/div64.h>

static u64 divide_by_digit(u64 n, u32 d, u64 *rem)
{
	u32 part = 0;
	u64 quotient = 0;

	for (int shift = 48; shift >= 0; shift -= 16) {
		part = part << 16 | (u16)(n >> shift);
		quotient = quotient << 16 | part / d;
		part %= d;
	}
	*rem = part;
	return quotient;
}

static u64 divide_by_bits(u64 n, u64 d, u64 *rem)
{
	u64 quotient = 0;

	if (n >= d) {
		int shift = __builtin_clzll(d) - __builtin_clzll(n);

		for (d <<= shift; shift >= 0; shift--, d >>= 1) {
			quotient <<= 1;
			if (n < d)
				continue;
			n -= d;
			quotient |= 1;
		}
	}
	*rem = n;
	return quotient;
}

/* A divisor of 0 goes the first way, and traps there as on any CPU. */
u64 __udivmoddi4(u64 n, u64 d, u64 *rem)
{
	if (d <= UINT16_MAX)
		return divide_by_digit(n, (u32)d, rem);
	return divide_by_bits(n, d, rem);
}

u64 __udivdi3(u64 n, u64 d)
{
	u64 rem;

	return __udivmoddi4(n, d, &rem);
}

u64 __umoddi3(u64 n, u64 d)
{
	u64 rem;

	__udivmoddi4(n, d, &rem);
	return rem;
}
