/*
 * Not saying the same thing a thousand times. Counted in calls: it must work before there is a
 * clock. Condenses include/linux/ratelimit.h.
 */
#ifndef KERNEL_RATELIMIT_H
#define KERNEL_RATELIMIT_H

#include <kernel/printk.h>

#define RATELIMIT_BURST	   10	/* the first ones are all said */
#define RATELIMIT_INTERVAL 1000 /* after that, one in so many */

struct ratelimit_state {
	unsigned long calls; /* so far */
};

#define RATELIMIT_STATE_INIT \
	{                    \
	}

/* Returns true if this one is to be said; tells how many before it were not. */
static inline bool __ratelimit(struct ratelimit_state *state)
{
	const unsigned long call = ++state->calls;

	if (call <= RATELIMIT_BURST)
		return true;
	if ((call - RATELIMIT_BURST) % RATELIMIT_INTERVAL)
		return false;
	pr_warn("%d reports of the kind that follows have been left out of the log\n",
		RATELIMIT_INTERVAL - 1);
	return true;
}

#endif
