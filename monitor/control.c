/*
 * Commands about the machine as a whole: the log, and the ways out.
 */
#include <lib/kernel.h>
#include <lib/types.h>
#include <kernel/console.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <monitor/monitor.h>

static int run_dmesg(int argc __unused, char **argv __unused)
{
	char chunk[256];
	u64 seq = 0;
	size_t count;

	while ((count = log_read(&seq, chunk, sizeof(chunk))))
		console_write(chunk, count);
	return 0;
}

static int run_reboot(int argc __unused, char **argv __unused)
{
	kernel_restart();
}

static int run_poweroff(int argc __unused, char **argv __unused)
{
	kernel_power_off(0);
}

static const struct monitor_command look_commands[] = {
	{ "dmesg", "", "what the kernel has logged since boot", 0, 0, run_dmesg },
};
monitor_group(control_look_group, "look", look_commands);

static const struct monitor_command run_commands[] = {
	{ "reboot", "", "reset the machine", 0, 0, run_reboot },
	{ "poweroff", "", "switch the machine off; ends the emulator", 0, 0, run_poweroff },
};
monitor_group(control_run_group, "run", run_commands);
