/*
 * Who is called when a line fires.
 *
 *      entry.asm -> do_irq(irq) -> ack_irq() -> irq_actions[irq].handler
 *
 * Interrupts stay off throughout, so the line can be ended at the controller before the handler
 * runs, and an edge that comes meanwhile is kept. Drivers call request_irq().
 * Condenses arch/i386/kernel/irq.c and kernel/irq/ of Linux 2.6. Left out: shared lines, nesting.
 */
#include <lib/errno.h>
#include <asm/irq.h>
#include <asm/irqflags.h>
#include <kernel/preempt.h>
#include <kernel/printk.h>

static struct {
	irq_handler_t handler;
	void *dev;
} irq_actions[NR_IRQS];

int request_irq(int irq, irq_handler_t handler, void *dev)
{
	unsigned long flags;

	if (irq < 0 || irq >= NR_IRQS)
		return -EINVAL;
	if (irq_actions[irq].handler)
		return -EBUSY;
	local_irq_save(flags);
	irq_actions[irq].handler = handler;
	irq_actions[irq].dev = dev;
	unmask_irq(irq);
	local_irq_restore(flags);
	return 0;
}

static void handle_irq(int irq)
{
	if (!irq_actions[irq].handler) {
		mask_irq(irq);
		pr_warn("irq: line %d fired and has no handler; masked\n", irq);
		return;
	}
	irq_actions[irq].handler(irq, irq_actions[irq].dev);
}

void do_irq(int irq)
{
	if (!ack_irq(irq))
		return;
	irq_enter();
	handle_irq(irq);
	irq_exit();
}
