/*
 * What ring 3 must not do: look into the kernel, jump there, talk to devices, change the tables of the
 * CPU. Each attempt is made by a child, and ends it by the signal that its row tells: the process
 * dies, and nothing else.
 */
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "check.h"

#ifdef __x86_64__
#define KERNEL	    0xFFFF888000100000UL
#define KERNEL_TEXT 0xFFFFFFFF80100000UL
#else
#define KERNEL	    0xC0100000UL
#define KERNEL_TEXT 0xC0100000UL
#endif

#define ATTEMPT(name, ...)                     \
	static void name(void)                 \
	{                                      \
		__asm__ volatile(__VA_ARGS__); \
	}

/* Privileged instructions. */
ATTEMPT(cli, "cli")
ATTEMPT(sti, "sti")
ATTEMPT(hlt, "hlt")
ATTEMPT(in_port, "inb $0x64, %%al" ::: "eax")
ATTEMPT(out_port, "outb %%al, $0xF4" ::"a"(0x11))
ATTEMPT(read_cr0, "mov %%cr0, %0" : "=r"((long){ 0 }))
ATTEMPT(load_cr3, "mov %0, %%cr3" ::"r"(0L))
ATTEMPT(load_dr7, "mov %0, %%db7" ::"r"(0L))
ATTEMPT(flush_page, "invlpg (%0)" ::"r"(KERNEL))
ATTEMPT(load_gdt, "lgdt (%0)" ::"r"(&failures))
ATTEMPT(load_idt, "lidt (%0)" ::"r"(&failures))
ATTEMPT(load_task, "ltr %w0" ::"r"(0x28))
ATTEMPT(clear_ts, "clts")
ATTEMPT(read_msr, "rdmsr" ::"c"(0x1B) : "eax", "edx")
ATTEMPT(write_msr, "wrmsr" ::"c"(0xC0000080), "a"(0), "d"(0))

/* Interrupts that are the kernel's own, and those that are for all. */
ATTEMPT(int_page_fault, "int $14")
ATTEMPT(int_double_fault, "int $8")
ATTEMPT(int_timer, "int $0x20")
ATTEMPT(int_breakpoint, "int3")
ATTEMPT(undefined, "ud2")
ATTEMPT(divide, "xor %%edx, %%edx; div %%edx" ::"a"(1) : "edx")

/* Selectors that ring 3 has no right to: null, beyond the table, the kernel's own. */
ATTEMPT(null_stack_segment, "mov %w0, %%ss" ::"r"(0))
ATTEMPT(kernel_stack_segment, "mov %w0, %%ss" ::"r"(0x10))
ATTEMPT(data_beyond_the_table, "mov %w0, %%ds" ::"r"(0xFFFB))
ATTEMPT(code_as_stack, "mov %%cs, %%eax; mov %%ax, %%ss" ::: "eax")

static void read_kernel(void)
{
	(void)*(volatile char *)KERNEL;
}

static void write_kernel(void)
{
	*(volatile char *)KERNEL_TEXT = 0;
}

static void read_all_of_lowmem(void)
{
	for (unsigned long address = KERNEL; address; address += 1UL << 20)
		(void)*(volatile char *)address;
}

static void jump_to_kernel(void)
{
	((void (*)(void))KERNEL_TEXT)();
}

static void jump_to_zero(void)
{
	((void (*volatile)(void))0)();
}

static void read_page_0(void)
{
	(void)*(volatile char *)at(8);
}

/* sigreturn() loads what the handler left: the kernel must not believe it. */
static void (*spoil)(greg_t *regs);

static void spoil_context(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)info;
	spoil(((ucontext_t *)context)->uc_mcontext.gregs);
}

static void return_spoiled(void (*how)(greg_t *regs))
{
	struct sigaction action = { .sa_sigaction = spoil_context, .sa_flags = SA_SIGINFO };

	spoil = how;
	CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
	raise(SIGUSR1);
}

#ifdef __x86_64__
#define REG_PC	  REG_RIP
#define REG_FLAGS REG_EFL

static void into_ring_0(greg_t *regs)
{
	regs[REG_CSGSFS] = (regs[REG_CSGSFS] & ~0xFFFFLL) | 0x10;
	regs[REG_RIP] = (greg_t)KERNEL_TEXT;
}

/* sysret and iret in the kernel's own hands fault on such a one. */
static void no_address(greg_t *regs)
{
	regs[REG_RIP] = (greg_t)0x8000000000000000UL;
}
#else
#define REG_PC	  REG_EIP
#define REG_FLAGS REG_EFL

static void into_ring_0(greg_t *regs)
{
	regs[REG_CS] = 0x10;
	regs[REG_EIP] = (greg_t)KERNEL_TEXT;
}

static void no_address(greg_t *regs)
{
	regs[REG_SS] = regs[REG_DS] = regs[REG_ES] = 0xFFF8;
}

ATTEMPT(single_step, "pushf; orl $0x100, (%%esp); popf; nop" ::: "memory")
ATTEMPT(far_call_to_kernel, "lcall $0x60, $0xC0100000")
ATTEMPT(far_call_to_nothing, "lcall $0, $0")
ATTEMPT(overflow, "mov $0x7FFFFFFF, %%eax; add $1, %%eax; into" ::: "eax")
ATTEMPT(bound, "bound %%eax, (%1)" ::"a"(5), "r"((int[2]){ 0, 1 }) : "memory")
#endif

static void kernel_pc(greg_t *regs)
{
	regs[REG_PC] = (greg_t)KERNEL_TEXT;
}

static void with_io_rights(greg_t *regs)
{
	regs[REG_FLAGS] |= 0x3000;
}

static void return_with_io_rights(void)
{
	return_spoiled(with_io_rights);
	cli();
}

static void return_into_ring_0(void)
{
	return_spoiled(into_ring_0);
}

static void return_to_no_address(void)
{
	return_spoiled(no_address);
}

static void return_into_kernel_text(void)
{
	return_spoiled(kernel_pc);
}

/* A frame out of thin air: sigreturn() without a signal. */
ATTEMPT(return_from_nothing,
#ifdef __x86_64__
	"mov $15, %%eax; mov $64, %%esp; syscall" ::
#else
	"mov $173, %%eax; mov $64, %%esp; int $0x80" ::
#endif
		: "eax")

static const struct attempt {
	const char *name;
	void (*run)(void);
	int signal;
} attempts[] = {
#define ROW(name, signal)           \
	{                           \
#name, name, signal \
	}
	ROW(cli, SIGSEGV),
	ROW(sti, SIGSEGV),
	ROW(hlt, SIGSEGV),
	ROW(in_port, SIGSEGV),
	ROW(out_port, SIGSEGV),
	ROW(read_cr0, SIGSEGV),
	ROW(load_cr3, SIGSEGV),
	ROW(load_dr7, SIGSEGV),
	ROW(flush_page, SIGSEGV),
	ROW(load_gdt, SIGSEGV),
	ROW(load_idt, SIGSEGV),
	ROW(load_task, SIGSEGV),
	ROW(clear_ts, SIGSEGV),
	ROW(read_msr, SIGSEGV),
	ROW(write_msr, SIGSEGV),
	ROW(int_page_fault, SIGSEGV),
	ROW(int_double_fault, SIGSEGV),
	ROW(int_timer, SIGSEGV),
	ROW(int_breakpoint, SIGTRAP),
	ROW(undefined, SIGILL),
	ROW(divide, SIGFPE),
	ROW(null_stack_segment, SIGSEGV),
	ROW(kernel_stack_segment, SIGSEGV),
	ROW(code_as_stack, SIGSEGV),
	ROW(data_beyond_the_table, SIGSEGV),
	ROW(read_kernel, SIGSEGV),
	ROW(write_kernel, SIGSEGV),
	ROW(read_all_of_lowmem, SIGSEGV),
	ROW(jump_to_kernel, SIGSEGV),
	ROW(jump_to_zero, SIGSEGV),
	ROW(read_page_0, SIGSEGV),
	ROW(return_into_ring_0, SIGSEGV),
	ROW(return_with_io_rights, SIGSEGV),
	ROW(return_to_no_address, SIGSEGV),
	ROW(return_into_kernel_text, SIGSEGV),
	ROW(return_from_nothing, SIGSEGV),
#ifdef __i386__
	ROW(single_step, SIGTRAP),
	ROW(far_call_to_kernel, SIGSEGV),
	ROW(far_call_to_nothing, SIGSEGV),
	ROW(overflow, SIGSEGV),
	ROW(bound, SIGSEGV),
#endif
};

static void try_attempt(const struct attempt *attempt)
{
	int status = status_of_child(attempt->run);

	if (!killed_by(status, attempt->signal)) {
		fprintf(stderr, "hygiene: %s: status %#x, not signal %d\n", attempt->name, status,
			attempt->signal);
		failures = 1;
	}
}

/* popf leaves the interrupt flag and the I/O privilege level as they are, and says nothing. */
static void flags_keep_their_rights(void)
{
	unsigned long flags;

#ifdef __x86_64__
	__asm__ volatile("push $0x3002; popfq; pushfq; pop %0" : "=r"(flags)::"memory", "cc");
#else
	__asm__ volatile("push $0x3002; popf; pushf; pop %0" : "=r"(flags)::"memory", "cc");
#endif
	CHECK((flags & 0x3200) == 0x200);
}

static void page_0_cannot_be_mapped(void)
{
	void *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	CHECK(page == MAP_FAILED && errno == EPERM);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++)
		try_attempt(&attempts[i]);
	flags_keep_their_rights();
	page_0_cannot_be_mapped();
	return failures;
}
