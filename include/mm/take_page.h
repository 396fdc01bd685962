/*
 * Taking one particular frame, where alloc_pages() takes any that will do.
 */
#ifndef MM_TAKE_PAGE_H
#define MM_TAKE_PAGE_H

#include <mm/mm.h>

/**
 * free_block_around - the free block that a frame lies in
 * @page: any frame
 *
 * Returns the block's first frame, its order in private; NULL for a frame that is in no block on a
 * zone's free lists. The zone is to be locked where the answer must last.
 */
struct page *free_block_around(struct page *page);

/**
 * take_page_off_buddy - allocate the frame that was named
 * @page: any frame
 *
 * Frames at hand for the CPU go back to their zones first, if it may be one of them. Watermarks are
 * not looked at: whoever names a frame means it.
 *
 * Returns true if the frame was free: now it is the caller's, with a count of 1, as alloc_page()
 * would have given it, and goes back by __free_page(). False: reserved or somebody's, left alone.
 * May be called in an interrupt. Takes zone->lock.
 */
bool take_page_off_buddy(struct page *page);

#endif
