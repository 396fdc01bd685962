/*
 * The registers of a program that begins, as i386 has them. Twin of arch/x86_64/kernel/process.c.
 * Condenses start_thread() of Linux 2.6.
 */
#include <asm/desc.h>
#include <asm/irqflags.h>
#include <asm/ptrace.h>
#include <asm/switch_to.h>

void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp)
{
	*regs = (struct pt_regs){
		.ds = __USER_DS,
		.es = __USER_DS,
		.eip = ip,
		.cs = __USER_CS,
		.eflags = X86_EFLAGS_FIXED | X86_EFLAGS_IF,
		.esp = sp,
		.ss = __USER_DS,
	};
}
