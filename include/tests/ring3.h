/*
 * For suites that need a few instructions run in ring 3: a kernel thread becomes a program of one page
 * of code, which is told how it ended.
 *
 *      USER_CODE(try_cli, "cli");
 *      end = run_in_ring3(test, &(struct ring3_program){ USER_BYTES(try_cli) });
 *      KUNIT_EXPECT_EQ(test, end.signal, SIGSEGV);
 *
 *      RING3_CODE    the code          read and run
 *      RING3_DATA    two pages of zeros, the stack at their end
 */
#ifndef TESTS_RING3_H
#define TESTS_RING3_H

#include <process/exit.h>
#include <tests/kunit.h>
#include <asm/page.h>

#define RING3_CODE  0x00400000UL
#define RING3_DATA  0x00600000UL
#define RING3_STACK (RING3_DATA + 2 * PAGE_SIZE)

/* Assembler code for a program. It may lie anywhere; it must end itself. */
#define USER_CODE(name, text)                                                               \
	__asm__(".pushsection .rodata\n" #name ":\n" text "\n" #name "_end:\n.popsection"); \
	extern const u8 name[], name##_end[]
#define USER_BYTES(name)   .code = (name), .code_end = name##_end
#define RING3_BYTES(array) .code = (array), .code_end = (array) + sizeof(array)

struct ring3_program {
	const u8 *code, *code_end;
	unsigned long sp;   /* 0: RING3_STACK */
	unsigned long base; /* where the code goes; 0: RING3_CODE */
};

struct ring3_end {
	int signal;	    /* that killed it; 0: it ended by itself, */
	int status;	    /* with this; killed: -1 */
	unsigned long addr; /* as describe_exit() gives it */
};

/* Start it; to be waited for. Fails the case where there is no memory. */
struct task_struct *start_in_ring3(struct kunit *test, const struct ring3_program *program);

/* Wait until it has ended. */
struct ring3_end end_in_ring3(struct task_struct *task);

/* Both. */
struct ring3_end run_in_ring3(struct kunit *test, const struct ring3_program *program);

/* How the USER_CODE() of a name ends. */
#define signal_of(test, name) run_in_ring3(test, &(struct ring3_program){ USER_BYTES(name) }).signal
#define status_of(test, name) run_in_ring3(test, &(struct ring3_program){ USER_BYTES(name) }).status

#endif
