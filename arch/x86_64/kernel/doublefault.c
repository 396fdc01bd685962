/*
 * The double fault: an exception that could not be delivered, nearly always for want of stack.
 *
 *      stack full --> write to the guard page --> #PF --> the CPU cannot push its frame --> #DF
 *
 *      init_tss.ist[0] --> [ ss rsp eflags cs rip 0 | struct pt_regs ... ]   doublefault_stack
 *                            pushed here, and not on the stack that is full
 *
 *      NMI, #DB, #MC --> init_tss.ist[1 ...]                     the same, for another reason: below
 *
 * An ordinary gate would fault a third time, and the CPU would reset. There are no task gates in
 * long mode: the interrupt stack table (IST) took their place. Condenses do_double_fault() of
 * arch/x86_64/kernel/traps.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <asm/desc.h>
#include <asm/processor.h>
#include <asm/stack.h>
#include <asm/traps.h>

#define FAULT_WORDS	     160
#define UNINVITED_STACK_SIZE 8192

char doublefault_stack[THREAD_SIZE] __aligned(16);

/*
 * What may come between SYSCALL and the kernel's first PUSH, when RSP is still the program's.
 * entry.asm takes it to the thread's stack if it interrupted a program.
 */
static const struct {
	u8 vector, ist;
} uninvited[] = {
	{ X86_TRAP_NMI, NMI_IST },
	{ X86_TRAP_DB, DEBUG_IST },
	{ X86_TRAP_MC, MCE_IST },
};
static char uninvited_stacks[ARRAY_SIZE(uninvited)][UNINVITED_STACK_SIZE] __aligned(16);

const struct exception_stack exception_stacks[] = {
	{ "the double fault", doublefault_stack, sizeof(doublefault_stack) },
	{ "NMI, #DB and #MC", uninvited_stacks[0], sizeof(uninvited_stacks) },
	{},
};

/* entry.asm */
void do_double_fault(const struct pt_regs *regs);

static void describe_double_fault(char *buf, size_t size, unsigned long sp)
{
	struct stack_area stack;

	if (overflowed_stack(sp, &stack))
		scnprintf(buf, size,
			  "kernel stack overflow: RSP 0x%016lx has reached the guard page 0x%016lx "
			  "below the stack of %s",
			  sp, stack.guard, stack.owner);
	else
		scnprintf(buf, size, "an exception could not be delivered, RSP 0x%016lx", sp);
}

/* The next double fault begins at the stack's top again: nothing need be undone on the way back. */
void do_double_fault(const struct pt_regs *regs)
{
	struct trap_seen seen = { .vector = X86_TRAP_DF, .cr2 = read_cr2(), .ip = regs->rip };
	void **context = trap_expected(&seen);
	char fault[FAULT_WORDS];

	if (context)
		resume_expecter(context);
	describe_double_fault(fault, sizeof(fault), regs->rsp);
	die(regs, regs->rsp, fault);
}

static void give_stack(unsigned int vector, u8 ist, char *stack_end)
{
	init_tss.ist[ist - 1] = (unsigned long)stack_end;
	set_gate_ist(vector, ist);
}

void doublefault_init(void)
{
	give_stack(X86_TRAP_DF, DOUBLEFAULT_IST, doublefault_stack + sizeof(doublefault_stack));
	for (unsigned int i = 0; i < ARRAY_SIZE(uninvited); i++)
		give_stack(uninvited[i].vector, uninvited[i].ist, uninvited_stacks[i + 1]);
}
