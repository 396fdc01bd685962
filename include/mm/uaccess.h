/*
 * A program's memory, and page faults that must not sleep. Condenses include/linux/uaccess.h.
 */
#ifndef MM_UACCESS_H
#define MM_UACCESS_H

#include <kernel/preempt.h>
#include <asm/uaccess.h>

/*
 * From here on a page fault of this thread fails instead of bringing the page in: whoever holds an
 * atomic mapping or a lock cannot wait for that. Not being preempted is what the fault handler
 * looks at. May be nested.
 */
static inline void pagefault_disable(void)
{
	preempt_disable();
}

static inline void pagefault_enable(void)
{
	preempt_enable();
}

static inline bool pagefault_disabled(void)
{
	return in_atomic();
}

#endif
