/*
 * The 8253 interval timer: the kernel's clock.
 *
 *      1.19 MHz -> counter 0, from PIT_LATCH down to 0 and again -> IRQ 0 -> timer_tick(), HZ times
 *                                                                            a second
 *
 * Condenses arch/i386/kernel/timers/timer_pit.c of Linux 2.6. Left out: reading the counter.
 */
#include <asm/io.h>
#include <asm/irq.h>
#include <drivers/drivers.h>
#include <kernel/printk.h>
#include <kernel/timer.h>

#define PIT_IRQ	       0
#define PIT_CHANNEL_0  0x40
#define PIT_COMMAND    0x43

#define PIT_FREQUENCY  1193182 /* of the first PC: a third of a colour television's subcarrier */
#define PIT_LATCH      ((PIT_FREQUENCY + HZ / 2) / HZ)

#define COMMAND_RATE_0 0x34 /* counter 0, low byte then high byte, mode 2: one pulse a round */

static void tick(int irq __unused, void *dev __unused)
{
	timer_tick();
}

void pit_init(void)
{
	outb(COMMAND_RATE_0, PIT_COMMAND);
	outb((u8)(PIT_LATCH & 0xFF), PIT_CHANNEL_0);
	outb((u8)(PIT_LATCH >> 8), PIT_CHANNEL_0);
	if (request_irq(PIT_IRQ, tick, NULL))
		pr_err("pit: IRQ %d is taken; without a clock threads are not preempted\n",
		       PIT_IRQ);
}
