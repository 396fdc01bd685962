/*
 * panic(): the last words.
 *
 *      message, backtrace -> drain the consoles -> end the emulator with the failing status
 *                                                  no emulator: reboot after panic=N, or stop
 *
 * Called from anywhere, also when printing itself is what is broken, so each nested panic does
 * less than the one before. It trusts nothing but the consoles and machine_ops.
 * Condenses kernel/panic.c of Linux 2.6. Left out: notifiers, taint, other CPUs.
 */
#include <lib/errno.h>
#include <lib/kstrtox.h>
#include <lib/printf.h>
#include <asm/irqflags.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>

#define PANIC_TIMEOUT_MAX 86400 /* a day */

static unsigned long panic_timeout; /* in seconds; 0: never reboot */
static int panic_depth;

static int setup_panic(char *val)
{
	unsigned long seconds;

	if (kstrtoul(val, 10, &seconds) || seconds > PANIC_TIMEOUT_MAX)
		return -EINVAL;
	panic_timeout = seconds;
	return 0;
}
early_param("panic=", setup_panic);

static void say_last_words(const char *fmt, va_list args)
{
	static char text[512];

	console_loglevel = 8; /* everything */
	vsnprintf(text, sizeof(text), fmt, args);
	printk(KERN_EMERG "Kernel panic - not syncing: %s\n", text);
	if (panic_depth == 1 && machine_ops.dump_stack)
		machine_ops.dump_stack();
	console_drain();
}

static void __noreturn stay_down(void)
{
	if (!panic_timeout)
		kernel_halt();
	printk(KERN_EMERG "panic: reboot in %lu seconds, as panic= asked for\n", panic_timeout);
	console_drain();
	while (panic_timeout--)
		machine_ops.wait_second();
	kernel_restart();
}

void panic(const char *fmt, ...)
{
	va_list args;

	local_irq_disable();
	panic_depth++;
	if (panic_depth <= 2) {
		va_start(args, fmt);
		say_last_words(fmt, args);
		va_end(args);
	}
	if (panic_depth <= 3)
		machine_ops.exit(1);
	if (panic_depth <= 2)
		stay_down();
	machine_ops.halt();
}
