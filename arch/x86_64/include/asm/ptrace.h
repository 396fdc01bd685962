/* The registers as arch/x86_64/kernel/entry.asm pushes them, lowest address first. */
#ifndef ASM_PTRACE_H
#define ASM_PTRACE_H

#include <lib/types.h>

/* Marks the registers of a system call; on i386 it is the gate that system calls come through. */
#define SYSCALL_VECTOR 0x80

/* What a report calls them. */
#define IP_NAME "RIP"
#define SP_NAME "RSP"

struct pt_regs {
	unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	unsigned long vector; /* which gate of the IDT; SYSCALL_VECTOR though it has none */
	union {
		unsigned long error_code; /* the CPU's, or 0 where it pushes none */
		unsigned long orig_rax;	  /* of a system call: its number */
	};
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

static inline void set_instruction_pointer(struct pt_regs *regs, unsigned long ip)
{
	regs->rip = ip;
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
	return (long)regs->orig_rax;
}

static inline long syscall_result(const struct pt_regs *regs)
{
	return (long)regs->rax;
}

static inline void set_syscall_result(struct pt_regs *regs, long result)
{
	regs->rax = (unsigned long)result;
}

static inline unsigned long user_stack_pointer(const struct pt_regs *regs)
{
	return regs->rsp;
}

static inline void set_user_stack_pointer(struct pt_regs *regs, unsigned long sp)
{
	regs->rsp = sp;
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
