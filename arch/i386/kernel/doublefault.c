/*
 * The double fault: an exception that could not be delivered, nearly always for want of stack.
 *
 *      stack full --> write to the guard page --> #PF --> the CPU cannot push its frame --> #DF
 *
 *      init_tss                                 doublefault_tss
 *      [ all registers, as they were ]  <-----  task gate: own stack, own CR3, nothing pushed
 *                                               on the stack that is full
 *
 * An ordinary gate would fault a third time, and the CPU would reset. Condenses arch/i386/kernel/
 * doublefault.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <mm/mm_types.h>
#include <asm/desc.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/stack.h>
#include <asm/traps.h>

#define FAULT_WORDS 160

char doublefault_stack[THREAD_SIZE] __aligned(16);

const struct exception_stack exception_stacks[] = {
	{ "the double fault", doublefault_stack, sizeof(doublefault_stack) },
	{},
};

static struct tss_struct doublefault_tss __aligned(128);

/* entry.asm */
extern const char doublefault_entry[];
void do_double_fault(void);

static void regs_from_tss(struct pt_regs *regs, const struct tss_struct *tss)
{
	*regs = (struct pt_regs){
		.ebx = tss->ebx,
		.ecx = tss->ecx,
		.edx = tss->edx,
		.esi = tss->esi,
		.edi = tss->edi,
		.ebp = tss->ebp,
		.eax = tss->eax,
		.ds = tss->ds,
		.es = tss->es,
		.vector = X86_TRAP_DF,
		.eip = tss->eip,
		.cs = tss->cs,
		.eflags = tss->eflags,
	};
}

static void describe_double_fault(char *buf, size_t size, unsigned long sp)
{
	struct stack_area stack;

	if (overflowed_stack(sp, &stack))
		scnprintf(buf, size,
			  "kernel stack overflow: ESP 0x%08lx has reached the guard page 0x%08lx "
			  "below the stack of %s",
			  sp, stack.guard, stack.owner);
	else
		scnprintf(buf, size, "an exception could not be delivered, ESP 0x%08lx", sp);
}

/*
 * The IRET of entry.asm loads init_tss, into which the CPU had put all registers but CR3. Its own stack is used up, so go on at the one that the
 * waiting test had; below its stack pointer all is free.
 */
static void return_to_expecter(void **context)
{
	const unsigned long sp_of_test = (unsigned long)context[2]; /* __builtin_setjmp's layout */

	init_tss.eip = (u32)resume_expecter;
	init_tss.eax = (u32)context; /* its argument */
	init_tss.esp = ALIGN_DOWN(sp_of_test, 16UL) - sizeof(long);
	init_tss.eflags = X86_EFLAGS_FIXED;
	init_tss.cr3 = __pa(loaded_mm ? loaded_mm->pgd : swapper_pg_dir);
}

void do_double_fault(void)
{
	struct trap_seen seen = { .vector = X86_TRAP_DF, .cr2 = read_cr2(), .ip = init_tss.eip };
	void **context = trap_expected(&seen);
	char fault[FAULT_WORDS];
	struct pt_regs regs;

	if (context) {
		return_to_expecter(context);
		return;
	}
	regs_from_tss(&regs, &init_tss);
	describe_double_fault(fault, sizeof(fault), init_tss.esp);
	die(&regs, init_tss.esp, fault);
}

void doublefault_init(void)
{
	doublefault_tss = (struct tss_struct){
		.cr3 = __pa(swapper_pg_dir),
		.eip = (u32)doublefault_entry,
		.eflags = X86_EFLAGS_FIXED,
		.esp = (u32)(doublefault_stack + sizeof(doublefault_stack)),
		.cs = __KERNEL_CS,
		.ss = __KERNEL_DS,
		.ds = __KERNEL_DS,
		.es = __KERNEL_DS,
		.io_bitmap_base = sizeof(doublefault_tss),
	};
	set_tss_desc(GDT_ENTRY_DOUBLEFAULT_TSS, &doublefault_tss);
	set_task_gate(X86_TRAP_DF, __DOUBLEFAULT_TSS);
}
