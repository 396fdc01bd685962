/*
 * The orderly ways to stop: whatever the consoles still hold goes out first, then the machine is
 * told through machine_ops, which drivers/power.c fills in.
 *
 * Called by the monitor, the test runner and panic(). Condenses kernel/sys.c of Linux 2.6.
 */
#include <kernel/console.h>
#include <kernel/panic.h>
#include <kernel/printk.h>

void kernel_halt(void)
{
	printk(KERN_EMERG "halted: nothing runs any more; reset the machine or switch it off\n");
	console_drain();
	machine_ops.halt();
}

void kernel_restart(void)
{
	console_drain();
	machine_ops.restart();
}

void kernel_power_off(int failed)
{
	console_drain();
	machine_ops.exit(failed);
	printk(KERN_EMERG "poweroff: this machine has no switch that we know; use its own\n");
	kernel_halt();
}
