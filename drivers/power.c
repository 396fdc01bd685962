/*
 * How a PC, or an emulator of one, is stopped. Nothing says which of these ways a machine has, so
 * they are tried one after the other; a write to a port that no device owns does nothing.
 *
 *      exit      QEMU isa-debug-exit -> Bochs -> ACPI as QEMU has it (when all is well)
 *      restart   8042 reset line -> chipset's reset register -> triple fault
 *      halt      interrupts off, HLT
 *
 * The table is filled in when the kernel is linked, not at boot: a panic in the first C function
 * finds it. arch/ adds dump_stack. Condenses arch/i386/kernel/reboot.c of Linux 2.6.
 */
#include <lib/types.h>
#include <asm/emulator.h>
#include <asm/io.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <kernel/panic.h>

#define ACPI_PM1A_CONTROL  0x604 /* where QEMU's firmware puts it, on both of its chipsets */
#define ACPI_SLEEP_S5	   0x2000

#define I8042_STATUS	   0x64
#define I8042_COMMAND	   0x64
#define I8042_INPUT_FULL   0x02
#define I8042_PULSE_RESET  0xFE

#define RESET_CONTROL	   0xCF9
#define RESET_CONTROL_COLD 0x02
#define RESET_CONTROL_NOW  0x04

#define RTC_INDEX	   0x70
#define RTC_DATA	   0x71
#define RTC_SECONDS	   0x00
#define RTC_WAIT_LIMIT	   10000000 /* reads of at least 0.1 us: a clock that stands is seen */

#define RESET_WAIT	   50000 /* io_delay()s: time for a reset to happen */

static void __noreturn pc_halt(void)
{
	for (;;) {
		local_irq_disable();
		halt();
	}
}

static void wait_for_reset(void)
{
	for (int i = 0; i < RESET_WAIT; i++)
		io_delay();
}

static void reset_by_keyboard_controller(void)
{
	for (int i = 0; i < RESET_WAIT && inb(I8042_STATUS) & I8042_INPUT_FULL; i++)
		io_delay();
	outb(I8042_PULSE_RESET, I8042_COMMAND);
	wait_for_reset();
}

static void reset_by_chipset(void)
{
	outb(RESET_CONTROL_COLD, RESET_CONTROL);
	io_delay();
	outb(RESET_CONTROL_COLD | RESET_CONTROL_NOW, RESET_CONTROL);
	wait_for_reset();
}

/* With an IDT of no entries, INT3 faults, and so do the fault and the double fault it becomes. */
static void reset_by_triple_fault(void)
{
	static const struct {
		u16 limit;
		unsigned long base;
	} __packed no_idt;

	__asm__ volatile("lidt %0 ; int3" : : "m"(no_idt));
}

static void __noreturn pc_restart(void)
{
	local_irq_disable();
	reset_by_keyboard_controller();
	reset_by_chipset();
	reset_by_triple_fault();
	pc_halt();
}

static void pc_exit(int failed)
{
	outb(failed ? EXIT_FAILED : EXIT_OK, EXIT_PORT);
	for (const char *s = "Shutdown"; *s; s++)
		outb((u8)*s, BOCHS_EXIT_PORT);
	if (!failed)
		outw(ACPI_SLEEP_S5, ACPI_PM1A_CONTROL);
}

static u8 rtc_seconds(void)
{
	outb(RTC_SECONDS, RTC_INDEX);
	return inb(RTC_DATA);
}

/* The clock of the PC counts on without anybody's help; the first second is a part of one. */
static void pc_wait_second(void)
{
	u8 now = rtc_seconds();

	for (int i = 0; i < RTC_WAIT_LIMIT && rtc_seconds() == now; i++)
		cpu_relax();
}

struct machine_ops machine_ops = {
	.halt = pc_halt,
	.restart = pc_restart,
	.exit = pc_exit,
	.wait_second = pc_wait_second,
};
