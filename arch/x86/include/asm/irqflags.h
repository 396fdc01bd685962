/* Interrupts off and on, on this CPU. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <lib/types.h>

#define X86_EFLAGS_IF 0x00000200UL
#define X86_EFLAGS_ID 0x00200000UL

static inline unsigned long native_save_fl(void)
{
	unsigned long flags;

	__asm__ volatile("pushf ; pop %0" : "=rm"(flags) : : "memory");
	return flags;
}

static inline void native_restore_fl(unsigned long flags)
{
	__asm__ volatile("push %0 ; popf" : : "g"(flags) : "memory", "cc");
}

static inline void local_irq_disable(void)
{
	__asm__ volatile("cli" : : : "memory");
}

static inline void local_irq_enable(void)
{
	__asm__ volatile("sti" : : : "memory");
}

static inline bool irqs_disabled(void)
{
	return !(native_save_fl() & X86_EFLAGS_IF);
}

#define local_irq_save(flags)               \
	do {                                \
		(flags) = native_save_fl(); \
		local_irq_disable();        \
	} while (0)
#define local_irq_restore(flags) native_restore_fl(flags)

/*
 * Enable interrupts and halt, without a gap: STI takes effect after the instruction that follows
 * it (Intel SDM vol. 2, STI), so an interrupt that is pending wakes the HLT instead of being lost
 * before it.
 */
static inline void safe_halt(void)
{
	__asm__ volatile("sti ; hlt" : : : "memory");
}

#endif
