/*
 * Which devices there are, in the order in which they come up. start_kernel() calls in here.
 *
 * The serial line is first: whatever goes wrong with the others can be read there.
 */
#include <drivers/drivers.h>

void early_console_init(void)
{
	serial_console_init();
	debugcon_console_init();
	vga_console_init();
}

void console_irq_init(void)
{
	serial_irq_init();
	keyboard_init();
}
