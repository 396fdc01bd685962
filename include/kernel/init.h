/*
 * What runs at boot without being called by name: options of the command line and late initcalls.
 * Each is a row in a section that kernel.lds gathers.
 */
#ifndef KERNEL_INIT_H
#define KERNEL_INIT_H

#include <lib/compiler.h>

/* One option: "mem=" takes a value, "nopse" none. */
struct obs_kernel_param {
	const char *str;
	/*
	 * @val: what follows the '=', up to the next blank outside double quotes; gone after the
	 * call, so copy what you keep. Returns 0, or -EINVAL for a bad value.
	 */
	int (*setup_func)(char *val);
	int early;
};

#define __setup_param(str, fn, early)                                       \
	static const struct obs_kernel_param __used __aligned(sizeof(long)) \
		__section(".init.setup") __setup_##fn = { str, fn, early }

/* An option that the story of boot asks for once consoles and memory work. */
#define __setup(str, fn) __setup_param(str, fn, 0)
/* An option needed before paging_init(): the handler may only set variables and printk(). */
#define early_param(str, fn) __setup_param(str, fn, 1)

/**
 * parse_early_param - run the handlers of all early_param() options
 * @cmdline: the whole command line; not modified
 */
void parse_early_param(const char *cmdline);

/**
 * parse_args - run the __setup() handlers, and name the options that nobody knows
 * @cmdline: the whole command line; not modified
 *
 * Returns what stands behind a `--`, which ends the options: it is for the first program.
 */
const char *parse_args(const char *cmdline);

typedef void (*initcall_t)(void);

/* Called in link order when everything works and interrupts are on, before the monitor starts. */
#define late_initcall(fn) \
	static const initcall_t __used __section(".init.late") __initcall_##fn = fn

void do_late_initcalls(void);

#endif
