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

/* Returns true if this one is to be said; tells when from there on most are not. */
static inline bool __ratelimit(struct ratelimit_state *state)
{
	const unsigned long call = ++state->calls;

	if (call == RATELIMIT_BURST)
		pr_warn("the next report is the %dth like it: from then on only one in %d is "
			"logged\n",
			RATELIMIT_BURST, RATELIMIT_INTERVAL);
	return call <= RATELIMIT_BURST || (call - RATELIMIT_BURST) % RATELIMIT_INTERVAL == 0;
}

#endif
