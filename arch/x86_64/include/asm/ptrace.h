/* The registers as arch/x86_64/kernel/entry.asm pushes them, lowest address first. */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#include <lib/types.h>

/* What a report calls them. */
#define IP_NAME "RIP"
#define SP_NAME "RSP"

struct pt_regs {
	unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	unsigned long vector;	  /* which gate of the IDT */
	unsigned long error_code; /* the CPU's, or 0 where it pushes none */
	unsigned long rip, cs, eflags;
	unsigned long rsp, ss; /* pushed by the CPU always */
};

/* What switch.asm leaves on the stack of a thread that sleeps, lowest address first. */
struct inactive_task_frame {
	unsigned long r15, r14, r13, r12, rbx, bp;
	unsigned long return_address;
};

static inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->cs & 3) == 3;
}

static inline unsigned long instruction_pointer(const struct pt_regs *regs)
{
	return regs->rip;
}

static inline unsigned long frame_pointer(const struct pt_regs *regs)
{
	return regs->rbp;
}

/* Where the stack stood at the trap, before the CPU aligned it and pushed its frame. */
static inline unsigned long kernel_stack_pointer(const struct pt_regs *regs)
{
	return regs->rsp;
}

#endif
