/*
 * Kernel stacks, and walking the frames on them.
 *
 *      high  +----------------+
 *            | first function|
 *            | ...            |
 *            | return address |
 *            | caller's ebp --|--> the caller's frame: always higher on the stack
 *      ebp ->|                |
 *            | ...            |
 *      low   +----------------+
 *            | guard page     |  not mapped: running over is a fault, not silent damage
 *      guard +----------------+
 */
#ifndef ASM_STACK_H
#define ASM_STACK_H

#include <lib/types.h>
#include <asm/layout.h>

/* init_task's: head.asm starts on it. paging_init() leaves the page below it unmapped. */
extern char init_stack_guard[], init_stack[], init_stack_end[];

/* Where the double fault is handled. */
extern char doublefault_stack[THREAD_SIZE];

/* The stacks of exceptions that have their own: no guards, for a fault on them is the end anyway. */
struct exception_stack {
	const char *owner;
	const char *low;
	size_t size;
};
/* Of this architecture; ends with an empty row. */
extern const struct exception_stack exception_stacks[];

struct stack_area {
	char owner[32];
	unsigned long guard; /* lowest byte of the guard page; equals low where there is none */
	unsigned long low, high;
};

/**
 * stack_of - the stack that an address belongs to, its guard page included
 * @addr: any number
 * @area: filled in
 *
 * Returns false where no stack lies. Reads no memory at @addr.
 */
bool stack_of(unsigned long addr, struct stack_area *area);

/**
 * overflowed_stack - the stack that has been used up, if one has
 * @sp: the stack pointer
 * @area: filled in
 *
 * Returns whether @sp has reached the guard page, or is so near that the CPU could not push an
 * exception's frame above it.
 */
bool overflowed_stack(unsigned long sp, struct stack_area *area);

/* What the prologue of every function leaves at its frame pointer (-fno-omit-frame-pointer). */
struct stack_frame {
	unsigned long caller_bp;
	unsigned long return_address;
};

/**
 * first_frame - check that a frame pointer can be followed
 * @bp: a value of the frame pointer register, possibly nonsense
 *
 * Returns the frame, or NULL unless it is aligned, lies wholly inside a stack, and is mapped.
 */
const struct stack_frame *first_frame(unsigned long bp);

/* The caller's frame, checked in the same way and to be further up the same stack; or NULL. */
const struct stack_frame *next_frame(const struct stack_frame *frame);

/**
 * show_trace - log "Call trace:" and a line for each function, the innermost first
 * @ip: where the CPU is
 * @sp: its stack pointer; @bp: its frame pointer
 *
 * Runs of one address, as a runaway recursion makes them, become one line and a count.
 */
void show_trace(unsigned long ip, unsigned long sp, unsigned long bp);

/* The trace of the caller, for machine_ops. */
void dump_stack(void);

#endif
