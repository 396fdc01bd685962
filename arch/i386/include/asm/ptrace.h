/* The registers as arch/i386/kernel/entry.asm pushes them, lowest address first. */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#include <lib/types.h>

/* What a report calls them. */
#define IP_NAME "EIP"
#define SP_NAME "ESP"

struct pt_regs {
	unsigned long ebx, ecx, edx, esi, edi, ebp, eax;
	unsigned long ds, es, fs, gs;
	unsigned long vector;	  /* which gate of the IDT */
	unsigned long error_code; /* the CPU's, or 0 where it pushes none */
	unsigned long eip, cs, eflags;
	unsigned long esp, ss; /* pushed by the CPU only when it came from another ring */
};

/* What switch.asm leaves on the stack of a thread that sleeps, lowest address first. */
struct inactive_task_frame {
	unsigned long edi, esi, ebx, bp;
	unsigned long return_address;
};

static inline bool user_mode(const struct pt_regs *regs)
{
	return (regs->cs & 3) == 3;
}

static inline unsigned long instruction_pointer(const struct pt_regs *regs)
{
	return regs->eip;
}

static inline unsigned long frame_pointer(const struct pt_regs *regs)
{
	return regs->ebp;
}

/* Where the stack stood at the trap: in ring 0 the CPU pushes no esp, its place is the stack. */
static inline unsigned long kernel_stack_pointer(const struct pt_regs *regs)
{
	return user_mode(regs) ? regs->esp : (unsigned long)&regs->esp;
}

#endif
