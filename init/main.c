/*
 * The story of boot, in order. head.asm calls start_kernel() with paging on, on the boot stack,
 * interrupts off; it ends in the monitor.
 */
#include <drivers/drivers.h>
#include <kernel/init.h>
#include <kernel/kallsyms.h>
#include <kernel/printk.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <monitor/monitor.h>
#include <asm/fixmap.h>
#include <asm/irq.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/setup.h>
#include <asm/traps.h>

void start_kernel(void) __noreturn;

/* Nothing before trap_init() may fault; from there on a fault is told in words. */
__landmark void start_kernel(void)
{
	const char *command_line;

	early_cpu_detect();
	early_fixmap_init();
	early_console_init();
	trap_init();
	pr_info("k896: a kernel in the upper gigabyte\n");
	command_line = setup_arch();
	parse_args(command_line);
	mem_init();
	kmem_cache_init();
	init_8259A();
	console_irq_init();
	local_irq_enable();
	do_late_initcalls();
	monitor_loop();
}
