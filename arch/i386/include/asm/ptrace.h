/* The registers as arch/i386/kernel/entry.asm pushes them, lowest address first. */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#include <lib/types.h>

/* Marks the registers of a system call; on i386 it is the gate that system calls come through. */
#define SYSCALL_VECTOR 0x80

/* What a report calls them. */
#define IP_NAME "EIP"
#define SP_NAME "ESP"

struct pt_regs {
	unsigned long ebx, ecx, edx, esi, edi, ebp, eax;
	unsigned long ds, es;
	unsigned long vector; /* which gate of the IDT; SYSCALL_VECTOR */
	union {
		unsigned long error_code; /* the CPU's, or 0 where it pushes none */
		unsigned long orig_eax;	  /* of a system call: its number */
	};
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

static inline void set_instruction_pointer(struct pt_regs *regs, unsigned long ip)
{
	regs->eip = ip;
}

static inline bool in_syscall(const struct pt_regs *regs)
{
	return regs->vector == SYSCALL_VECTOR;
}

/* The system call's registers become others, all of them: nothing of it is left to restart. */
static inline void leave_syscall(struct pt_regs *regs)
{
	regs->vector = 0;
}

static inline long syscall_number(const struct pt_regs *regs)
{
	return (long)regs->orig_eax;
}

static inline long syscall_result(const struct pt_regs *regs)
{
	return (long)regs->eax;
}

static inline void set_syscall_result(struct pt_regs *regs, long result)
{
	regs->eax = (unsigned long)result;
}

static inline unsigned long user_stack_pointer(const struct pt_regs *regs)
{
	return regs->esp;
}

static inline void set_user_stack_pointer(struct pt_regs *regs, unsigned long sp)
{
	regs->esp = sp;
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
