/*
 * What struct page's flags say of a frame. A frame is in exactly one of these states:
 *
 *      PG_reserved         never handed out: a hole, the BIOS, the kernel, its tables
 *      PG_buddy            first frame of a free block, on a zone's free list
 *      (none), _count 0    a later frame of any block, or free on a per-CPU list
 *      (none), _count > 0  somebody's
 *      PG_slab             the slab allocator's; PG_head, PG_tail: of a compound page
 *
 * Condenses include/linux/page-flags.h. Only <mm/mm.h> includes it.
 */
#ifndef MM_PAGE_FLAGS_H
#define MM_PAGE_FLAGS_H

enum pageflags { PG_reserved, PG_buddy, PG_slab, PG_head, PG_tail, NR_PAGEFLAGS };

/* The zone's number fills the top bits. */
#define ZONES_SHIFT   2
#define ZONES_PGSHIFT (BITS_PER_LONG - ZONES_SHIFT)

/*
 * The order of a block in use, at its first frame: so that one given back with another order is
 * found out, even where the frames behind it look like its own.
 */
#define BLOCK_ORDER_PGSHIFT   8
#define PAGE_BLOCK_ORDER_MASK (0xFUL << BLOCK_ORDER_PGSHIFT)

static inline unsigned int page_block_order(const struct page *page)
{
	return (page->flags & PAGE_BLOCK_ORDER_MASK) >> BLOCK_ORDER_PGSHIFT;
}

static inline void set_page_block_order(struct page *page, unsigned int order)
{
	page->flags &= ~PAGE_BLOCK_ORDER_MASK;
	page->flags |= (unsigned long)order << BLOCK_ORDER_PGSHIFT;
}

#define PAGE_FLAG(Name, bit)                                   \
	static inline bool Page##Name(const struct page *page) \
	{                                                      \
		return page->flags & (1UL << (bit));           \
	}                                                      \
	static inline void SetPage##Name(struct page *page)    \
	{                                                      \
		page->flags |= 1UL << (bit);                   \
	}                                                      \
	static inline void ClearPage##Name(struct page *page)  \
	{                                                      \
		page->flags &= ~(1UL << (bit));                \
	}
PAGE_FLAG(Reserved, PG_reserved)
PAGE_FLAG(Buddy, PG_buddy)
PAGE_FLAG(Slab, PG_slab)
PAGE_FLAG(Head, PG_head)
PAGE_FLAG(Tail, PG_tail)
#undef PAGE_FLAG

#define PAGE_FLAGS_MASK ((1UL << NR_PAGEFLAGS) - 1)

#endif
