/*
 * What a frame is used for, in words.
 */
#ifndef MONITOR_FRAME_STATE_H
#define MONITOR_FRAME_STATE_H

#include <mm/take_page.h>

#define FRAME_STATE_SIZE 128

/**
 * frame_state - say what a frame is used for: "free: in the block of order 7 at 0x1080"
 * @buf: room for the words, FRAME_STATE_SIZE bytes
 *
 * Returns @buf.
 */
const char *frame_state(struct page *page, char *buf);

/**
 * why_no_frame - say why a number is none of a frame that has a struct page
 * @pfn: !pfn_valid()
 * @buf: room for the words, FRAME_STATE_SIZE bytes; not always used
 */
const char *why_no_frame(unsigned long pfn, char *buf);

/* The block on a per-CPU list that it lies in: its first frame, and its order; or NULL. */
struct page *block_at_hand_around(struct page *page, unsigned int *order);

#endif
