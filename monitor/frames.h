/*
 * Handles and pictures of the commands alloc and free: for their tests.
 */
#ifndef MONITOR_FRAMES_H
#define MONITOR_FRAMES_H

#include <mm/gfp.h>

#define NR_HANDLES 64 /* numbered from 1 */

/* A live allocation of the user's. */
struct handle {
	struct page *page; /* the first frame; NULL: the handle is free */
	unsigned int order;
	void *object; /* alloc kmalloc: its address; NULL: frames */
	size_t size;  /* of the object, as asked for */
	bool used;    /* now, or once: tells a second free from a wrong number */
};

/* NULL for a number that is no handle's. */
struct handle *handle_of(unsigned long number);

/**
 * parse_gfp - GFP flags by their names
 * @words: names parted by '|', in any case, GFP_ left out or not; cut up here
 *
 * Returns 0, or -EINVAL after a one-line error.
 */
int parse_gfp(char *words, gfp_t *gfp);

/* The free lists at one moment. */
struct free_picture {
	struct {
		unsigned long nr_free[MAX_ORDER];
		long at_hand; /* frames on per-CPU lists */
	} zones[MAX_NR_ZONES];
};

void take_picture(struct free_picture *picture);

#endif
