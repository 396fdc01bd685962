/*
 * Arrays of bits.
 *
 *      bit  0 is the lowest of word 0          for_each_set_bit(), find_next_zero_bit():
 *      bit 31 its highest, bit 32 the lowest   a word at a time, so that a bitmap of all
 *      of word 1 (64 bits a word on x86_64)    frames is searched quickly
 *
 * Nothing here is atomic: whoever owns the bitmap also owns the lock.
 * Condenses include/linux/bitmap.h and bitops.h.
 */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H

#include <lib/kernel.h>

#define BITS_TO_LONGS(nr)	   DIV_ROUND_UP(nr, BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

#define BIT_WORD(nr)		   ((nr) / BITS_PER_LONG)
#define BIT_MASK(nr)		   (1UL << ((nr) % BITS_PER_LONG))

static inline bool test_bit(unsigned long nr, const unsigned long *map)
{
	return map[BIT_WORD(nr)] & BIT_MASK(nr);
}

static inline void __set_bit(unsigned long nr, unsigned long *map)
{
	map[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned long nr, unsigned long *map)
{
	map[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

/* These return what the bit was before. */
static inline bool __test_and_set_bit(unsigned long nr, unsigned long *map)
{
	bool old = test_bit(nr, map);

	__set_bit(nr, map);
	return old;
}

static inline bool __test_and_clear_bit(unsigned long nr, unsigned long *map)
{
	bool old = test_bit(nr, map);

	__clear_bit(nr, map);
	return old;
}

/**
 * find_next_bit - search upwards for a set bit
 * @map: the bitmap
 * @size: its size in bits
 * @offset: where to begin; the bit there counts
 *
 * Returns the bit's number, or @size if there is none.
 */
unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long offset);
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size,
				 unsigned long offset);

/* Set, or clear, @nr_bits bits from bit @start on. */
void bitmap_set(unsigned long *map, unsigned long start, unsigned long nr_bits);
void bitmap_clear(unsigned long *map, unsigned long start, unsigned long nr_bits);

#define for_each_set_bit(bit, map, size)                              \
	for ((bit) = find_next_bit((map), (size), 0); (bit) < (size); \
	     (bit) = find_next_bit((map), (size), (bit) + 1))

#endif
