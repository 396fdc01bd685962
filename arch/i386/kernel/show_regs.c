/*
 * The registers of a report, by their names. die() calls in here. Condenses arch/i386/kernel/process.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <kernel/printk.h>
#include <asm/traps.h>

/* entry.asm's idea of the structure. */
_Static_assert(offsetof(struct pt_regs, eax) == 6 * 4, "pt_regs.eax");
_Static_assert(offsetof(struct pt_regs, vector) == 9 * 4, "pt_regs.vector");
_Static_assert(offsetof(struct pt_regs, eip) == 11 * 4, "pt_regs.eip");

void show_regs(const struct pt_regs *regs, unsigned long sp)
{
	char flags[EFLAGS_WORDS];

	describe_eflags(flags, sizeof(flags), regs->eflags);
	printk(KERN_EMERG "EAX 0x%08lx  EBX 0x%08lx  ECX 0x%08lx  EDX 0x%08lx\n", regs->eax,
	       regs->ebx, regs->ecx, regs->edx);
	printk(KERN_EMERG "ESI 0x%08lx  EDI 0x%08lx  EBP 0x%08lx  ESP 0x%08lx\n", regs->esi,
	       regs->edi, regs->ebp, sp);
	printk(KERN_EMERG "EIP 0x%08lx  EFLAGS 0x%08lx %s\n", regs->eip, regs->eflags, flags);
	printk(KERN_EMERG "CS 0x%02lx  DS 0x%02lx  ES 0x%02lx\n", regs->cs & 0xFFFF,
	       regs->ds & 0xFFFF, regs->es & 0xFFFF);
}
