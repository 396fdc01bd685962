/*
 * How kmaps draws, and what the user has mapped by hand: for the tests.
 */
#ifndef MONITOR_WINDOW_H
#define MONITOR_WINDOW_H

#include <mm/mm.h>

/* A slot in one character, by its pkmap_count: '.', ':', '1' to '9' users, '+' for more. */
char slot_mark(int count);

/**
 * free_lines - how many slots of kmaps' drawing can be left out
 * @nr: the first slot of a line
 *
 * Returns their number, of whole lines that are free and in which the search does not stand.
 */
unsigned int free_lines(unsigned int nr);

/* A frame that the user has mapped by kmap PFN. */
struct hand_map {
	struct list_head list;
	struct page *page;
	unsigned int users; /* kmap less kunmap */
	bool taken;	    /* it was free: the last kunmap gives it back */
};

/* What the user has mapped of a frame, or NULL. */
struct hand_map *hand_map_of(const struct page *page);

#endif
