/*
 * Backtraces by frame pointers: see the figure in <asm/stack.h>.
 *
 * Runs when something has gone wrong, so it trusts nothing: each frame pointer is checked to lie
 * on a known stack, above the last one, and to be mapped, before it is followed. Called by die(),
 * panic() and the double fault's task. Condenses arch/i386/kernel/traps.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <kernel/kallsyms.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <asm/page.h>
#include <asm/stack.h>
#include <asm/traps.h>

/* Longer traces are cut: what matters is at both ends of a screen. */
#define MAX_TRACE_LINES 32

/* How a function with a frame begins. */
#define OPCODE_PUSH_BP 0x55

/* The most that the CPU pushes at once: a frame with SS, SP and an error code. */
#define EXCEPTION_FRAME_SIZE (6 * sizeof(long))

static bool exception_stack_of(unsigned long addr, struct stack_area *area)
{
	for (const struct exception_stack *stack = exception_stacks; stack->owner; stack++) {
		const unsigned long low = (unsigned long)stack->low;

		if (addr < low || addr - low >= stack->size)
			continue;
		*area = (struct stack_area){ .guard = low, .low = low, .high = low + stack->size };
		strscpy(area->owner, stack->owner, sizeof(area->owner));
		return true;
	}
	return false;
}

/* The page below a thread's stack is a guard page if it is not mapped. */
static bool thread_stack_of(unsigned long addr, struct stack_area *area)
{
	const struct task_struct *task;

	for_each_process (task) {
		const unsigned long low = (unsigned long)task->stack;

		if (addr < low - PAGE_SIZE || addr >= low + THREAD_SIZE)
			continue;
		area->low = low;
		area->high = low + THREAD_SIZE;
		area->guard = vaddr_mapped(low - 1) ? low : low - PAGE_SIZE;
		snprintf(area->owner, sizeof(area->owner), "%s/%d", task->comm, task->pid);
		if (addr >= area->guard)
			return true;
	}
	return false;
}

bool stack_of(unsigned long addr, struct stack_area *area)
{
	return exception_stack_of(addr, area) || thread_stack_of(addr, area);
}

bool overflowed_stack(unsigned long sp, struct stack_area *area)
{
	const unsigned long pushed = sp - EXCEPTION_FRAME_SIZE;

	return stack_of(pushed, area) && pushed < area->low;
}

const struct stack_frame *first_frame(unsigned long bp)
{
	struct stack_area area;

	if (!IS_ALIGNED(bp, sizeof(long)) || !stack_of(bp, &area) || bp < area.low)
		return NULL;
	if (area.high - bp < sizeof(struct stack_frame))
		return NULL;
	if (!vaddr_mapped(bp) || !vaddr_mapped(bp + sizeof(struct stack_frame) - 1))
		return NULL;
	return (const struct stack_frame *)bp;
}

const struct stack_frame *next_frame(const struct stack_frame *frame)
{
	const unsigned long bp = (unsigned long)frame;
	const unsigned long caller_bp = frame->caller_bp;
	struct stack_area area;

	if (caller_bp <= bp || !stack_of(bp, &area) || caller_bp >= area.high)
		return NULL;
	return first_frame(caller_bp);
}

static void show_return_address(unsigned long addr)
{
	char symbol[KSYM_SYMBOL_LEN];

	if (!sprint_backtrace(symbol, sizeof(symbol), addr))
		snprintf(symbol, sizeof(symbol), "(outside the kernel's text)");
	printk(KERN_EMERG " [%p] %s\n", (void *)addr, symbol);
}

/* Logs one frame's line and skips the frames that would repeat it. Returns the last one skipped. */
static const struct stack_frame *show_frame(const struct stack_frame *frame)
{
	const unsigned long addr = frame->return_address;
	const struct stack_frame *next;
	unsigned int repeats = 0;

	show_return_address(addr);
	while ((next = next_frame(frame)) && next->return_address == addr) {
		frame = next;
		repeats++;
	}
	if (repeats)
		printk(KERN_EMERG "  ... and %u times more\n", repeats);
	return frame;
}

static void show_frames(const struct stack_frame *frame)
{
	int lines;

	for (lines = 0; frame && lines < MAX_TRACE_LINES; lines++)
		frame = next_frame(show_frame(frame));
	if (frame)
		printk(KERN_EMERG "  ... and more\n");
}

/*
 * Has the function at @ip made its frame? A call through a bad pointer leads to none, the prologue
 * has none yet, and gcc gives none to a leaf that needs no stack.
 */
static bool has_frame(unsigned long ip)
{
	unsigned long size, offset;

	if (!kallsyms_lookup(ip, &size, &offset))
		return false;
	return offset > 1 && *(const u8 *)(ip - offset) == OPCODE_PUSH_BP;
}

void show_trace(unsigned long ip, unsigned long sp, unsigned long bp)
{
	struct stack_area area;

	printk(KERN_EMERG "Call trace:\n");
	printk(KERN_EMERG " [%p] %pS\n", (void *)ip, (void *)ip);
	if (!has_frame(ip) && stack_of(sp, &area) && sp >= area.low && vaddr_mapped(sp))
		show_return_address(*(const unsigned long *)sp);
	show_frames(first_frame(bp));
}

void dump_stack(void)
{
	printk(KERN_EMERG "Call trace:\n");
	show_frames(first_frame((unsigned long)__builtin_frame_address(0)));
}
