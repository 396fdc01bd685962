/*
 * The rows of late_initcall(), in link order. start_kernel() calls in here once, near its end.
 */
#include <kernel/init.h>

extern const initcall_t __initcall_start[], __initcall_end[];

void do_late_initcalls(void)
{
	for (const initcall_t *call = __initcall_start; call < __initcall_end; call++)
		(*call)();
}
