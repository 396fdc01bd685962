/* Hardware interrupts: the 16 lines of the two 8259s, at vectors 0x20 to 0x2F of the IDT. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <lib/types.h>

#define NR_EXCEPTIONS	 32
#define NR_IRQS		 16
#define FIRST_IRQ_VECTOR 0x20

typedef void (*irq_handler_t)(int irq, void *dev);

/**
 * request_irq - have a handler called, with interrupts off, when a line fires; unmasks the line
 * @irq: 0 to 15, @handler: must quieten the device, @dev: handed to it
 *
 * Returns 0, -EINVAL for no such line, -EBUSY for one that is taken.
 */
int request_irq(int irq, irq_handler_t handler, void *dev);

/* Called by entry.asm's common path with the line that fired. */
void do_irq(int irq);

/* Reprograms both 8259s to FIRST_IRQ_VECTOR, every line masked. */
void init_8259A(void);
void mask_irq(int irq);
void unmask_irq(int irq);
/* Ends the interrupt at the controller; false if it was spurious and none is to be served. */
bool ack_irq(int irq);

#endif
