/* Interrupts off and on, on this CPU. */
#ifndef ASM_IRQFLAGS_H
#define ASM_IRQFLAGS_H

#include <lib/types.h>

#define X86_EFLAGS_FIXED 0x00000002UL /* always set */
#define X86_EFLAGS_TF	 0x00000100UL /* single-step */
#define X86_EFLAGS_IF	 0x00000200UL /* interrupts are let in */
#define X86_EFLAGS_DF	 0x00000400UL /* string instructions run downwards */
#define X86_EFLAGS_IOPL	 0x00003000UL /* the ring that may use ports and IF */
#define X86_EFLAGS_NT	 0x00004000UL /* IRET switches back to another task */
#define X86_EFLAGS_RF	 0x00010000UL /* no breakpoint at the next instruction */
#define X86_EFLAGS_AC	 0x00040000UL /* ring 3: alignment is checked; ring 0: SMAP is off */
#define X86_EFLAGS_ID	 0x00200000UL /* can be changed: there is CPUID */

/* What a program may set: CF PF AF ZF SF TF DF OF RF AC. */
#define USER_EFLAGS (0x000008D5UL | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_RF | X86_EFLAGS_AC)

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
