/*
 * The first serial port, a 16550 at 0x3F8: 115200 baud, 8 data bits, no parity, 1 stop bit.
 *
 *      serial_write()  -> wait for LSR.THRE -> THR -> FIFO -> wire      polls
 *      wire -> FIFO -> IRQ 4 -> serial_interrupt() -> console_input()   by interrupt
 *
 * Register names as in the data sheet of the PC16550D. The divisor latch shares its addresses with
 * the data and interrupt-enable registers; LCR.DLAB chooses.
 */
#include <lib/compiler.h>
#include <asm/io.h>
#include <asm/irq.h>
#include <drivers/drivers.h>
#include <kernel/console.h>
#include <kernel/printk.h>

#define SERIAL_BASE 0x3F8
#define SERIAL_IRQ  4

enum {
	RBR = SERIAL_BASE + 0, /* reading: received byte */
	THR = SERIAL_BASE + 0, /* writing: byte to send */
	DLL = SERIAL_BASE + 0, /* with LCR.DLAB: divisor, low byte */
	IER = SERIAL_BASE + 1,
	DLM = SERIAL_BASE + 1, /* with LCR.DLAB: divisor, high byte */
	FCR = SERIAL_BASE + 2,
	LCR = SERIAL_BASE + 3,
	MCR = SERIAL_BASE + 4,
	LSR = SERIAL_BASE + 5,
	SCR = SERIAL_BASE + 7, /* scratch: one byte of memory */
};

#define IER_RX	       0x01
#define FCR_FIFO       0x07 /* on, and both directions emptied */
#define LCR_8N1	       0x03
#define LCR_DLAB       0x80
#define MCR_DTR_RTS    0x03
#define MCR_OUT2       0x08 /* on a PC: the interrupt line is connected */
#define LSR_RX_READY   0x01
#define LSR_THRE       0x20 /* room for a byte to send */
#define LSR_TEMT       0x40 /* the last bit is on the wire */
#define DIVISOR_115200 1

/* A byte takes 87 us, a read of LSR about 1; past this the port is taken for stuck. */
#define WAIT_LIMIT 100000

static bool serial_present;

static void wait_for(u8 lsr_bit)
{
	for (int i = 0; i < WAIT_LIMIT; i++)
		if (inb(LSR) & lsr_bit)
			return;
}

static void send(char c)
{
	wait_for(LSR_THRE);
	outb((u8)c, THR);
}

static void serial_write(struct console *con __unused, const char *s, size_t count)
{
	for (; count--; s++) {
		if (*s == '\n')
			send('\r');
		send(*s);
	}
}

static void serial_drain(struct console *con __unused)
{
	wait_for(LSR_TEMT);
}

static void receive_all(void)
{
	while (inb(LSR) & LSR_RX_READY)
		console_input((char)inb(RBR));
}

static void serial_interrupt(int irq __unused, void *dev __unused)
{
	receive_all();
}

/* Where no chip answers, reads give all ones. */
static bool scratch_remembers(u8 value)
{
	outb(value, SCR);
	return inb(SCR) == value;
}

static struct console serial_console = {
	.name = "serial",
	.write = serial_write,
	.drain = serial_drain,
};

void serial_console_init(void)
{
	serial_present = scratch_remembers(0x55) && scratch_remembers(0xAA);
	if (!serial_present)
		return;
	outb(0, IER);
	outb(LCR_DLAB, LCR);
	outb(DIVISOR_115200, DLL);
	outb(DIVISOR_115200 >> 8, DLM);
	outb(LCR_8N1, LCR);
	receive_all(); /* a script's first byte may be here already; FCR_FIFO would lose it */
	outb(FCR_FIFO, FCR);
	outb(MCR_DTR_RTS | MCR_OUT2, MCR);
	register_console(&serial_console);
}

void serial_irq_init(void)
{
	if (!serial_present)
		return;
	if (request_irq(SERIAL_IRQ, serial_interrupt, NULL)) {
		pr_err("serial: IRQ %d is taken; nothing typed there will be heard\n", SERIAL_IRQ);
		return;
	}
	outb(IER_RX, IER);
}
