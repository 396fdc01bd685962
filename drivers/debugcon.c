/*
 * Port E9: each byte written there appears in the emulator's own log (Bochs's port_e9_hack, QEMU's
 * -debugcon). No wire and no screen behind it, so it shows the log alone.
 */
#include <lib/compiler.h>
#include <asm/io.h>
#include <drivers/drivers.h>
#include <kernel/console.h>

#define DEBUGCON_PORT	 0xE9
#define DEBUGCON_PRESENT 0xE9 /* what both emulators answer to a read */

static void debugcon_write(struct console *con __unused, const char *s, size_t count)
{
	while (count--)
		outb((u8)*s++, DEBUGCON_PORT);
}

static struct console debugcon_console = {
	.name = "debugcon",
	.write = debugcon_write,
	.log_only = true,
};

void debugcon_console_init(void)
{
	if (inb(DEBUGCON_PORT) == DEBUGCON_PRESENT)
		register_console(&debugcon_console);
}
