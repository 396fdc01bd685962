/*
 * Exceptions: the CPU's own interrupts, vectors 0 to 31 of the IDT.
 *
 *      CPU --> IDT --> entry.asm: struct pt_regs --> do_trap() --+--> expect_trap(): a test waits
 *                                                                +--> ring 3: a signal
 *                                                                +--> fixup_exception(): go on there
 *                                                                +--> report, go on: #DB #BP NMI
 *                                                                +--> die(): report, panic
 *      CPU --> IDT --> #DF: a stack of its own (by a task gate, or the IST) --> doublefault.c
 */
#ifndef ASM_TRAPS_H
#define ASM_TRAPS_H

#include <lib/types.h>
#include <lib/compiler.h>
#include <asm/irq.h>
#include <asm/ptrace.h>

enum {
	X86_TRAP_DE = 0,
	X86_TRAP_DB = 1,
	X86_TRAP_NMI = 2,
	X86_TRAP_BP = 3,
	X86_TRAP_OF = 4,
	X86_TRAP_BR = 5,
	X86_TRAP_UD = 6,
	X86_TRAP_NM = 7,
	X86_TRAP_DF = 8,
	X86_TRAP_TS = 10,
	X86_TRAP_NP = 11,
	X86_TRAP_SS = 12,
	X86_TRAP_GP = 13,
	X86_TRAP_PF = 14,
	X86_TRAP_MF = 16,
	X86_TRAP_AC = 17,
	X86_TRAP_MC = 18,
	X86_TRAP_XM = 19,
};

/* The error code of a page fault (Intel SDM vol. 3, 4.7). */
#define X86_PF_PROT  0x01UL /* the page is there; the access is forbidden */
#define X86_PF_WRITE 0x02UL
#define X86_PF_USER  0x04UL /* ring 3 */
#define X86_PF_RSVD  0x08UL /* an entry of the tables has a reserved bit set */
#define X86_PF_INSTR 0x10UL /* an instruction fetch */

struct exception {
	const char *mnemonic; /* as in Intel's manual */
	const char *name;
	bool selector; /* its error code names a descriptor */
};
/* Intel SDM vol. 3, table 6-1. */
extern const struct exception exceptions[NR_EXCEPTIONS];

/**
 * trap_init - from here on a fault is a report and not a reset
 *
 * Loads the final GDT, the TSS and the IDT, gives the double fault its stack, and lends panic() its
 * backtrace and printk() the names of functions. Called once, before anything may fault; needs only
 * the provisional page tables.
 */
void trap_init(void);

/* Called by entry.asm for each exception but the double fault; returns to resume there. */
void do_trap(struct pt_regs *regs);

/**
 * die - report an exception that nobody can mend, and panic
 * @regs: the registers where it happened; @sp: the stack pointer there
 * @fault: what else is known of it, in words: "write to 0x00000000, not present, ring 0"
 */
void die(const struct pt_regs *regs, unsigned long sp, const char *fault) __noreturn;

/* The same with what the registers and CR2 tell of it. */
void die_of_fault(const struct pt_regs *regs) __noreturn;

/**
 * signal_fault - let the program that runs have a signal for what it did
 * @regs: from do_trap(), of ring 3
 * @sig, @code, @addr: as for force_sig_fault()
 *
 * Keeps what the handler's frame is to tell of the exception; thread.cr2 is the caller's to set. A
 * program without a handler leaves a line in the log.
 */
void signal_fault(const struct pt_regs *regs, int sig, int code, unsigned long addr);

/* arch/x86/mm/fault.c: vector 14, from either ring. Interrupts off, so that CR2 is still its own. */
void do_page_fault(struct pt_regs *regs);

/* arch/.../kernel/show_regs.c: log the registers; @sp as for die(). */
void show_regs(const struct pt_regs *regs, unsigned long sp);

/* "[PF ZF IF]": the flags that are set, into @buf, which has room enough with EFLAGS_WORDS bytes. */
#define EFLAGS_WORDS 64
void describe_eflags(char *buf, size_t size, unsigned long eflags);

/* arch/x86/mm/fault.c: what an error code and CR2 say, in words, into @buf; returns their length. */
size_t describe_page_fault(char *buf, size_t size, unsigned long error_code, unsigned long cr2);

/* Log the entry of every level of the current page tables on the way to @vaddr. */
void show_pte_walk(unsigned long vaddr);

/* Do the current page tables map the page of @vaddr? */
bool vaddr_mapped(unsigned long vaddr);

/* What expect_trap() saw. */
struct trap_seen {
	unsigned long vector;
	unsigned long error_code;
	unsigned long cr2; /* of a page fault, and of one that became a double fault */
	unsigned long ip;
};

/**
 * expect_trap - run a function that should end in an exception
 * @vector: which one; any other is reported as always
 * @fn: run with @arg; it is left at the exception, so it must hold no lock
 * @seen: filled in when it came
 *
 * For tests. Calls may nest; the thread's innermost one that waits for the vector gets it.
 *
 * Returns true if the exception came, false if @fn returned. Interrupt flag and preempt count are as before.
 */
bool expect_trap(int vector, void (*fn)(void *), void *arg, struct trap_seen *seen);

/**
 * trap_expected - where to go on, if a running expect_trap() waits for this exception
 * @seen: what happened; copied to the one who waits
 *
 * Returns the context to hand to resume_expecter(), or NULL.
 */
void **trap_expected(const struct trap_seen *seen);

/* Leave the exception's handler for the expect_trap() that waits. */
void resume_expecter(void **context) __noreturn;

#endif
