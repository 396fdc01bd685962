/* The end of the road, with words: panic(), BUG_ON(), and how the machine is switched off. */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <lib/compiler.h>

/**
 * panic - print a message and a backtrace, then end
 * @fmt: what is wrong and what to do about it; no \n at the end
 *
 * Under an emulator with an exit device it ends the emulator with the failing status; else, after
 * `panic=N` seconds, reboots (N > 0) or stops for good (the default). Callable anywhere.
 */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;

#define BUG() panic("BUG at %s:%d in %s", __FILE__, __LINE__, __func__)
#define BUG_ON(cond)                                                                          \
	do {                                                                                  \
		if (unlikely(cond))                                                           \
			panic("BUG at %s:%d in %s: %s", __FILE__, __LINE__, __func__, #cond); \
	} while (0)

#define BUILD_BUG_ON(cond) _Static_assert(!(cond), #cond)

/* How this machine is stopped; filled in by arch/ and drivers/. */
struct machine_ops {
	void (*halt)(void) __noreturn;	  /* interrupts off, CPU stopped, for good */
	void (*restart)(void) __noreturn; /* reset */
	void (*exit)(int failed);  /* end the emulator with a verdict; may be unable, and return */
	void (*wait_second)(void); /* without interrupts; about a second */
	void (*dump_stack)(void);  /* backtrace of the caller, through printk */
};
extern struct machine_ops machine_ops;

/* kernel/reboot.c: drain the consoles, then do it. */
void kernel_halt(void) __noreturn;
void kernel_restart(void) __noreturn;
/* @failed: 0 when all is well (QEMU's status 33), 1 for a failed test or a panic (35). */
void kernel_power_off(int failed) __noreturn;

#endif
