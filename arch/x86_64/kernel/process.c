/*
 * The registers of a program that begins, as x86_64 has them. Twin of arch/i386/kernel/process.c.
 * Condenses start_thread() of Linux 2.6.
 */
#include <asm/desc.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>
#include <asm/switch_to.h>

void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp)
{
	*regs = (struct pt_regs){
		.rip = ip,
		.cs = __USER_CS,
		.eflags = X86_EFLAGS_FIXED | X86_EFLAGS_IF,
		.rsp = sp,
		.ss = __USER_DS,
	};
}
