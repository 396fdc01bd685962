/*
 * Time, in ticks of the PIT, and functions that are called when it has come.
 *
 *      timers (sorted)   [ expires 120 ]--[ expires 120 ]--[ expires 400 ]
 *      jiffies = 120       called now       called now
 *
 * Condenses include/linux/{jiffies,timer}.h. A sorted list does for the few timers there are; Linux
 * has a wheel for its thousands.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <lib/list.h>

#define HZ 100 /* ticks a second */

/* Ticks since the PIT was started. Wraps round: compare with the macros below. */
extern volatile unsigned long jiffies;

#define time_after(a, b)     ((long)((b) - (a)) < 0)
#define time_before(a, b)    time_after(b, a)
#define time_after_eq(a, b)  ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)

struct timer_list {
	struct list_head entry;
	unsigned long expires; /* in jiffies */
	void (*function)(
		unsigned long); /* called in an interrupt, the timer free to be set again */
	unsigned long data;
};

/* Fill in a timer that is not running. */
static inline void setup_timer(struct timer_list *timer, void (*function)(unsigned long),
			       unsigned long data)
{
	INIT_LIST_HEAD(&timer->entry);
	timer->function = function;
	timer->data = data;
}

static inline bool timer_pending(const struct timer_list *timer)
{
	return !list_empty(&timer->entry);
}

/* Start a timer whose ->expires is set. One in the past is called at the next tick. */
void add_timer(struct timer_list *timer);

/* Start, or move, a timer. Both return whether it was running, and may be called anywhere. */
bool mod_timer(struct timer_list *timer, unsigned long expires);
bool del_timer(struct timer_list *timer);

/* The clock's interrupt handler calls in here, HZ times a second. */
void timer_tick(void);

#endif
