/*
 * Arrays of bits: what takes more than one bit, a word at a time.
 *
 *              word 0            word 1            word 2
 *      [ . . . . . # # # | # # # # # # # # | # # . . . . . . ]
 *                  ^ start                       ^ start + nr_bits
 *                  span         span           span
 *
 * bootmem and the slot allocators call in here; it calls nothing.
 * Condenses lib/bitmap.c and lib/find_bit.c of Linux.
 */
#include <lib/bitmap.h>

/*
 * The first bit that differs from those of @skip, which is all zeros or all ones. Bits below
 * @offset are made to look like @skip, so that the first word needs no special treatment.
 */
static unsigned long find_next(const unsigned long *map, unsigned long size, unsigned long offset,
			       unsigned long skip)
{
	unsigned long word_start = ALIGN_DOWN(offset, BITS_PER_LONG);
	unsigned long found;

	if (offset >= size)
		return size;
	found = (map[BIT_WORD(offset)] ^ skip) & (~0UL << (offset % BITS_PER_LONG));
	while (!found) {
		word_start += BITS_PER_LONG;
		if (word_start >= size)
			return size;
		found = map[BIT_WORD(word_start)] ^ skip;
	}
	return min(size, word_start + (unsigned long)__builtin_ctzl(found));
}

unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long offset)
{
	return find_next(map, size, offset, 0);
}

unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long offset)
{
	return find_next(map, size, offset, ~0UL);
}

/* The part of a span of bits that lies in its first word. */
struct part {
	unsigned long nr_bits;
	unsigned long mask;
};

static struct part first_part(unsigned long start, unsigned long nr_bits)
{
	unsigned long shift = start % BITS_PER_LONG;
	unsigned long nr = min(nr_bits, (unsigned long)BITS_PER_LONG - shift);

	return (struct part){ nr, ~0UL >> (BITS_PER_LONG - nr) << shift };
}

void bitmap_set(unsigned long *map, unsigned long start, unsigned long nr_bits)
{
	while (nr_bits) {
		struct part part = first_part(start, nr_bits);

		map[BIT_WORD(start)] |= part.mask;
		start += part.nr_bits;
		nr_bits -= part.nr_bits;
	}
}

void bitmap_clear(unsigned long *map, unsigned long start, unsigned long nr_bits)
{
	while (nr_bits) {
		struct part part = first_part(start, nr_bits);

		map[BIT_WORD(start)] &= ~part.mask;
		start += part.nr_bits;
		nr_bits -= part.nr_bits;
	}
}
