/*
 * The story of boot, in order. head.asm calls start_kernel() with paging on, on the boot stack,
 * interrupts off.
 *
 *      start_kernel() -> rest_init() -> cpu_idle()      pid 0, for ever
 *                            \--> kernel_init()         pid 1: tests, the monitor
 */
#include <drivers/drivers.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <monitor/monitor.h>
#include <process/fork.h>
#include <asm/fixmap.h>
#include <asm/irq.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/setup.h>
#include <asm/traps.h>

void start_kernel(void) __noreturn;

static int kernel_init(void *unused __unused)
{
	set_task_comm(current, "init");
	system_state = SYSTEM_RUNNING;
	do_late_initcalls();
	monitor_loop();
}

/* The first thread gets number 1. From here on the boot stack is the idle thread's. */
__landmark static void __noreturn rest_init(void)
{
	if (kernel_thread(kernel_init, NULL, CLONE_FS | CLONE_FILES) != 1)
		panic("rest_init: no memory for the first thread");
	cpu_idle();
}

/* Nothing before trap_init() may fault; from there on a fault is told in words. */
__landmark void start_kernel(void)
{
	const char *command_line;

	early_cpu_detect();
	early_fixmap_init();
	early_console_init();
	trap_init();
	pr_info("k896: a kernel in the " KERNEL_PLACE "\n");
	command_line = setup_arch();
	parse_args(command_line);
	mem_init();
	kmem_cache_init();
	vmalloc_init();
	vga_console_remap();
	fork_init();
	init_8259A();
	console_irq_init();
	pit_init();
	local_irq_enable();
	rest_init();
}
