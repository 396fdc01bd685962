/*
 * The two 8259 interrupt controllers, one behind the other.
 *
 *      IRQ 0 ... 7  -> master --> CPU, vectors FIRST_IRQ_VECTOR + 0 ... 7
 *                       ^ 2
 *      IRQ 8 ... 15 -> slave        vectors FIRST_IRQ_VECTOR + 8 ... 15
 *
 * The BIOS leaves the master at vectors 8 to 15, on top of the CPU's exceptions; init_8259A() moves
 * both. Called by irq.c alone. Words as in Intel's data sheet of the 8259A: ICW1 to ICW4 set a
 * controller up, OCW1 to OCW3 run it. Condenses arch/i386/kernel/i8259.c of Linux 2.6.
 */
#include <asm/io.h>
#include <asm/irq.h>

#define MASTER	      0x20 /* command; the data port is the next one */
#define SLAVE	      0xA0
#define PIC_DATA(p)   ((p) + 1)

#define ICW1_INIT     0x11 /* edge triggered, cascaded, ICW4 follows */
#define ICW4_8086     0x01 /* EOI by command */

#define OCW2_EOI      0x60 /* specific: the line is in the low bits */
#define OCW3_READ_ISR 0x0B

#define CASCADE_IRQ   2
#define SPURIOUS      7 /* the line a controller names when none is asserted any more */

static u16 irq_mask = (u16) ~(1U << CASCADE_IRQ); /* a set bit: masked */

static void write_mask(void)
{
	outb((u8)irq_mask, PIC_DATA(MASTER));
	outb((u8)(irq_mask >> 8), PIC_DATA(SLAVE));
}

static void init_one(u16 pic, u8 first_vector, u8 cascade)
{
	const u8 words[] = { first_vector, cascade, ICW4_8086 };

	outb(ICW1_INIT, pic);
	io_delay();
	for (size_t i = 0; i < sizeof(words); i++) {
		outb(words[i], PIC_DATA(pic));
		io_delay();
	}
}

void init_8259A(void)
{
	/* ICW3: the master takes a set of lines with a slave on them, the slave its own number. */
	init_one(MASTER, FIRST_IRQ_VECTOR, 1U << CASCADE_IRQ);
	init_one(SLAVE, FIRST_IRQ_VECTOR + 8, CASCADE_IRQ);
	write_mask();
}

void mask_irq(int irq)
{
	irq_mask |= (u16)(1U << irq);
	write_mask();
}

void unmask_irq(int irq)
{
	irq_mask &= (u16) ~(1U << irq);
	write_mask();
}

static bool in_service(u16 pic, int line)
{
	outb(OCW3_READ_ISR, pic);
	return inb(pic) >> line & 1;
}

static void end_of_interrupt(u16 pic, int line)
{
	outb((u8)(OCW2_EOI | line), pic);
}

bool ack_irq(int irq)
{
	u16 pic = irq < 8 ? MASTER : SLAVE;
	int line = irq % 8;
	bool real = line != SPURIOUS || in_service(pic, line);

	if (real)
		end_of_interrupt(pic, line);
	/* The master passed on what the slave then could not name: for the master it was real. */
	if (pic == SLAVE)
		end_of_interrupt(MASTER, CASCADE_IRQ);
	return real;
}
