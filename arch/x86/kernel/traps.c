/*
 * Exceptions: named, reported in full, and, where nobody can mend them, fatal.
 *
 * entry.asm calls do_trap() with interrupts off. What a program did becomes a signal; what the
 * kernel did because of a program is fixed up; the rest is the kernel's own fault. Its report reads
 * registers, tables and stack of a kernel that is broken, so everything is checked before it is
 * read; should it fault all the same, the second report is one line. Condenses
 * arch/i386/kernel/traps.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <kernel/kallsyms.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/ratelimit.h>
#include <kernel/signal.h>
#include <drivers/drivers.h>
#include <asm/desc.h>
#include <asm/extable.h>
#include <asm/i387.h>
#include <asm/io.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/smap.h>
#include <asm/stack.h>
#include <asm/traps.h>

#define FAULT_WORDS 128 /* room for what is known of a fault */
#define CODE_BYTES  16

/* System control port B of the PC: why there is an NMI. */
#define NMI_REASON_PORT	  0x61
#define NMI_REASON_PARITY 0x80
#define NMI_REASON_IOCHK  0x40

static const struct {
	unsigned long bit;
	const char *name;
} eflags_bits[] = {
	{ 1UL << 0, "CF" },  { 1UL << 2, "PF" },  { 1UL << 4, "AF" },  { 1UL << 6, "ZF" },
	{ 1UL << 7, "SF" },  { 1UL << 8, "TF" },  { 1UL << 9, "IF" },  { 1UL << 10, "DF" },
	{ 1UL << 11, "OF" }, { 1UL << 14, "NT" }, { 1UL << 16, "RF" }, { 1UL << 17, "VM" },
	{ 1UL << 18, "AC" }, { 1UL << 21, "ID" },
};

void describe_eflags(char *buf, size_t size, unsigned long eflags)
{
	size_t i, length = scnprintf(buf, size, "[");

	for (i = 0; i < ARRAY_SIZE(eflags_bits); i++)
		if (eflags & eflags_bits[i].bit)
			length += scnprintf(buf + length, size - length, "%s%s",
					    length > 1 ? " " : "", eflags_bits[i].name);
	scnprintf(buf + length, size - length, "]");
}

static void show_control_registers(unsigned long cr2)
{
	char cr4[20] = "";

	if (boot_cpu_data.has_cpuid)
		scnprintf(cr4, sizeof(cr4), "  CR4 0x%08lx", read_cr4());
	printk(KERN_EMERG "CR0 0x%08lx  CR2 %p  CR3 0x%08lx%s\n", read_cr0(), (void *)cr2,
	       read_cr3(), cr4);
}

/* The bytes at the instruction pointer, as far as they are mapped. */
static void show_code(unsigned long ip)
{
	char line[3 * CODE_BYTES + 1] = "";
	size_t i, length = 0;

	for (i = 0; i < CODE_BYTES && vaddr_mapped(ip + i); i++)
		length += scnprintf(line + length, sizeof(line) - length, " %02x",
				    *(const u8 *)(ip + i));
	printk(KERN_EMERG "Code at " IP_NAME ":%s\n", length ? line : " not mapped");
}

void die(const struct pt_regs *regs, unsigned long sp, const char *fault)
{
	const struct exception *exception = &exceptions[regs->vector];
	const unsigned long cr2 = read_cr2(), ip = instruction_pointer(regs);
	static bool dying;

	if (dying)
		panic("%s (%s) at " IP_NAME " %p while another exception was reported",
		      exception->name, exception->mnemonic, (void *)ip);
	dying = true;
	printk(KERN_EMERG "%s (%s, vector %lu) at " IP_NAME " %p in %pS: %s\n", exception->name,
	       exception->mnemonic, regs->vector, (void *)ip, (void *)ip, fault);
	show_regs(regs, sp);
	show_control_registers(cr2);
	if (regs->vector == X86_TRAP_PF || regs->vector == X86_TRAP_DF)
		show_pte_walk(cr2);
	show_code(ip);
	show_trace(ip, sp, frame_pointer(regs));
	machine_ops.dump_stack = NULL; /* the trace that counts is shown */
	panic("%s (%s) in %pS", exception->name, exception->mnemonic, (void *)ip);
}

/*
 * "selector 0x18 of the GDT": what the error codes of segment faults say (Intel SDM vol. 3, 6.13).
 * Returns the length of the words.
 */
static size_t describe_selector(char *buf, size_t size, unsigned long error_code)
{
	const unsigned long index = error_code >> 3 & 0x1FFF;

	if (!error_code)
		return scnprintf(buf, size, "no selector, ");
	if (error_code & 2)
		return scnprintf(buf, size, "gate 0x%02lx of the IDT, ", index);
	return scnprintf(buf, size, "selector 0x%02lx of the %s, ", index * 8,
			 error_code & 4 ? "LDT" : "GDT");
}

/* Returns the length of the words. */
static size_t describe_fault(char *buf, size_t size, const struct pt_regs *regs,
			     unsigned long address)
{
	size_t length = 0;

	if (regs->vector == X86_TRAP_PF)
		return describe_page_fault(buf, size, regs->error_code, address);
	if (exceptions[regs->vector].selector)
		length = describe_selector(buf, size, regs->error_code);
	return length +
	       scnprintf(buf + length, size - length, "error code 0x%lx", regs->error_code);
}

/* A test may wait for this, of the kernel. */
static void resume_if_expected(const struct pt_regs *regs)
{
	const struct trap_seen seen = { regs->vector, regs->error_code, read_cr2(),
					instruction_pointer(regs) };
	void **context = user_mode(regs) ? NULL : trap_expected(&seen);

	if (context)
		resume_expecter(context);
}

void die_of_fault(const struct pt_regs *regs)
{
	char fault[FAULT_WORDS];
	size_t length;

	resume_if_expected(regs);
	length = describe_fault(fault, sizeof(fault), regs, read_cr2());
	scnprintf(fault + length, sizeof(fault) - length, ", ring %lu", regs->cs & 3);
	die(regs, kernel_stack_pointer(regs), fault);
}

/* What a program is told of its faults. No row: it is not the program's. */
static const struct {
	int sig, code;
} program_faults[NR_EXCEPTIONS] = {
	[X86_TRAP_DE] = { SIGFPE, FPE_INTDIV }, [X86_TRAP_DB] = { SIGTRAP, TRAP_TRACE },
	[X86_TRAP_BP] = { SIGTRAP, SI_KERNEL }, [X86_TRAP_OF] = { SIGSEGV, SI_KERNEL },
	[X86_TRAP_BR] = { SIGSEGV, SI_KERNEL }, [X86_TRAP_UD] = { SIGILL, ILL_ILLOPN },
	[X86_TRAP_TS] = { SIGSEGV, SI_KERNEL }, [X86_TRAP_NP] = { SIGBUS, SI_KERNEL },
	[X86_TRAP_SS] = { SIGBUS, SI_KERNEL },	[X86_TRAP_GP] = { SIGSEGV, SI_KERNEL },
	[X86_TRAP_AC] = { SIGBUS, BUS_ADRALN },
};

/*
 * One line for the program that is ended by it: "cat[12]: SIGSEGV: write to 0x00000000 ...". Always
 * for the one that the user waits for.
 */
static void log_fatal_fault(const struct pt_regs *regs, int sig, unsigned long addr)
{
	static struct ratelimit_state ratelimit = RATELIMIT_STATE_INIT;
	const struct exception *exception = &exceptions[regs->vector];
	char fault[FAULT_WORDS];
	size_t length = 0;

	if (!tty_is_foreground(current) && !__ratelimit(&ratelimit))
		return;
	if (regs->vector != X86_TRAP_PF)
		length = scnprintf(fault, sizeof(fault), "%s (%s), ", exception->name,
				   exception->mnemonic);
	describe_fault(fault + length, sizeof(fault) - length, regs, addr);
	pr_info("%s[%d]: %s: %s, at " IP_NAME " %p\n", current->comm, current->pid,
		signal_name(sig), fault, (void *)instruction_pointer(regs));
}

void signal_fault(const struct pt_regs *regs, int sig, int code, unsigned long addr)
{
	struct thread_struct *thread = &current->thread;

	if (unhandled_signal(current, sig))
		log_fatal_fault(regs, sig, addr);
	thread->trap_nr = regs->vector;
	thread->error_code = regs->error_code;
	force_sig_fault(sig, code, addr, current);
}

/* Linux's siginfo has an address only where it is that of the instruction: si_code says so. */
static void do_program_fault(const struct pt_regs *regs)
{
	const int sig = program_faults[regs->vector].sig, code = program_faults[regs->vector].code;

	if (!sig)
		die_of_fault(regs);
	signal_fault(regs, sig, code, code == SI_KERNEL ? 0 : instruction_pointer(regs));
}

/* What no other handler wants. */
static void do_fault(struct pt_regs *regs)
{
	if (user_mode(regs))
		do_program_fault(regs);
	else if (!fixup_exception(regs))
		die_of_fault(regs);
}

static void report(const struct pt_regs *regs, const char *consequence)
{
	const struct exception *exception = &exceptions[regs->vector];
	void *ip = (void *)instruction_pointer(regs);

	resume_if_expected(regs);
	pr_warn("%s (%s) at " IP_NAME " %p in %pS: %s\n", exception->name, exception->mnemonic, ip,
		ip, consequence);
}

static void do_breakpoint(struct pt_regs *regs)
{
	if (user_mode(regs))
		do_program_fault(regs);
	else
		report(regs, "INT3 outside a debugger, going on");
}

/* TF would bring us back after every instruction, and without RF a breakpoint never lets go. */
static void do_debug(struct pt_regs *regs)
{
	if (user_mode(regs))
		do_program_fault(regs);
	else
		report(regs, "no debugger, single-stepping ends, going on");
	regs->eflags = (regs->eflags & ~X86_EFLAGS_TF) | X86_EFLAGS_RF;
	__asm__ volatile("mov %0, %%dr6" : : "r"(0UL));
}

/* Not the kernel: it is compiled without. Interrupts on, for memory may have to be found. */
static void do_device_not_available(struct pt_regs *regs)
{
	if (!user_mode(regs))
		die_of_fault(regs);
	local_irq_enable();
	math_state_restore();
}

static void do_math_error(struct pt_regs *regs)
{
	if (!user_mode(regs))
		die_of_fault(regs);
	signal_fault(regs, SIGFPE, math_error_code(regs->vector), instruction_pointer(regs));
}

/* Broken memory or a broken card ends us; else somebody pressed the button. */
static void do_nmi(struct pt_regs *regs)
{
	const u8 reason = inb(NMI_REASON_PORT);

	if (reason & NMI_REASON_PARITY)
		die(regs, kernel_stack_pointer(regs), "memory parity error");
	if (reason & NMI_REASON_IOCHK)
		die(regs, kernel_stack_pointer(regs), "I/O channel check of a card");
	report(regs, "no reason given by the chipset, going on");
}

/* For the rest do_fault() does. */
static void (*const handlers[NR_EXCEPTIONS])(struct pt_regs *regs) = {
	[X86_TRAP_DB] = do_debug,      [X86_TRAP_NMI] = do_nmi,
	[X86_TRAP_BP] = do_breakpoint, [X86_TRAP_NM] = do_device_not_available,
	[X86_TRAP_MF] = do_math_error, [X86_TRAP_XM] = do_math_error,
};

void do_trap(struct pt_regs *regs)
{
	if (handlers[regs->vector])
		handlers[regs->vector](regs);
	else
		do_fault(regs);
}

void trap_init(void)
{
	smap_init();
	kallsyms_init();
	machine_ops.dump_stack = dump_stack;
	cpu_init();
	doublefault_init();
	fpu_init();
}
