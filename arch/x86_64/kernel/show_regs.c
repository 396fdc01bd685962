/*
 * The registers of a report, by their names. die() calls in here. Condenses arch/x86_64/kernel/process.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <kernel/printk.h>
#include <asm/processor.h>
#include <asm/traps.h>

/* entry.asm's idea of the structure. */
_Static_assert(offsetof(struct pt_regs, rax) == 10 * 8, "pt_regs.rax");
_Static_assert(offsetof(struct pt_regs, vector) == 15 * 8, "pt_regs.vector");
_Static_assert(offsetof(struct pt_regs, rip) == 17 * 8, "pt_regs.rip");

void show_regs(const struct pt_regs *regs, unsigned long sp)
{
	char flags[EFLAGS_WORDS];

	describe_eflags(flags, sizeof(flags), regs->eflags);
	printk(KERN_EMERG "RAX 0x%016lx  RBX 0x%016lx  RCX 0x%016lx\n", regs->rax, regs->rbx,
	       regs->rcx);
	printk(KERN_EMERG "RDX 0x%016lx  RSI 0x%016lx  RDI 0x%016lx\n", regs->rdx, regs->rsi,
	       regs->rdi);
	printk(KERN_EMERG "RBP 0x%016lx  RSP 0x%016lx  R8  0x%016lx\n", regs->rbp, sp, regs->r8);
	printk(KERN_EMERG "R9  0x%016lx  R10 0x%016lx  R11 0x%016lx\n", regs->r9, regs->r10,
	       regs->r11);
	printk(KERN_EMERG "R12 0x%016lx  R13 0x%016lx  R14 0x%016lx\n", regs->r12, regs->r13,
	       regs->r14);
	printk(KERN_EMERG "R15 0x%016lx  RIP 0x%016lx  EFER 0x%08llx\n", regs->r15, regs->rip,
	       rdmsr(MSR_EFER));
	printk(KERN_EMERG "EFLAGS 0x%08lx %s  CS 0x%02lx  SS 0x%02lx\n", regs->eflags, flags,
	       regs->cs, regs->ss);
}
