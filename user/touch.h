/*
 * What happens when a byte is touched: the SIGSEGV of it is caught, and reported in place of the byte.
 *
 *      touch_read(p)  --> 0, or why not: SEGV_MAPERR, SEGV_ACCERR         touched_address: si_addr
 */
#ifndef USER_TOUCH_H
#define USER_TOUCH_H

#include <setjmp.h>
#include <signal.h>
#include "check.h"

static sigjmp_buf touch_failed;
static void *volatile touched_address;
static volatile int touch_code;

static void leave_touch(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)context;
	touched_address = info->si_addr;
	touch_code = info->si_code;
	siglongjmp(touch_failed, 1);
}

static inline void catch_segv(void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
}

static inline int touch_read(const volatile void *address)
{
	catch_segv(leave_touch, 0);
	if (sigsetjmp(touch_failed, 1))
		return touch_code;
	(void)*(const volatile char *)address;
	return 0;
}

static inline int touch_write(volatile void *address)
{
	catch_segv(leave_touch, 0);
	if (sigsetjmp(touch_failed, 1))
		return touch_code;
	*(volatile char *)address = 1;
	return 0;
}

#endif
