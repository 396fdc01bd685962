/*
 * The exceptions by name, and how a test waits for one.
 *
 *      expect_trap(fn)               fn                   do_trap()
 *        context: fp, ip, sp  --->  faults   --->   trap_expected(): yes
 *        true  <------------------------------------  resume_expecter()
 */
#include <lib/kernel.h>
#include <kernel/sched.h>
#include <asm/irqflags.h>
#include <asm/traps.h>

const struct exception exceptions[NR_EXCEPTIONS] = {
	[0] = { "#DE", "divide error", false },
	[1] = { "#DB", "debug", false },
	[2] = { "NMI", "non-maskable interrupt", false },
	[3] = { "#BP", "breakpoint", false },
	[4] = { "#OF", "overflow", false },
	[5] = { "#BR", "bound range exceeded", false },
	[6] = { "#UD", "invalid opcode", false },
	[7] = { "#NM", "no coprocessor", false },
	[8] = { "#DF", "double fault", false },
	[9] = { "#CSO", "coprocessor segment overrun", false },
	[10] = { "#TS", "invalid TSS", true },
	[11] = { "#NP", "segment not present", true },
	[12] = { "#SS", "stack segment fault", true },
	[13] = { "#GP", "general protection", true },
	[14] = { "#PF", "page fault", false },
	[15] = { "#15", "reserved exception", false },
	[16] = { "#MF", "x87 floating-point error", false },
	[17] = { "#AC", "alignment check", false },
	[18] = { "#MC", "machine check", false },
	[19] = { "#XM", "SIMD floating-point error", false },
	[20] = { "#VE", "virtualization exception", false },
	[21] = { "#CP", "control protection", false },
	[22] = { "#22", "reserved exception", false },
	[23] = { "#23", "reserved exception", false },
	[24] = { "#24", "reserved exception", false },
	[25] = { "#25", "reserved exception", false },
	[26] = { "#26", "reserved exception", false },
	[27] = { "#27", "reserved exception", false },
	[28] = { "#HV", "hypervisor injection", false },
	[29] = { "#VC", "VMM communication", false },
	[30] = { "#SX", "security exception", true },
	[31] = { "#31", "reserved exception", false },
};

struct expecter {
	unsigned long vector;
	struct trap_seen *seen;
	void *context[5]; /* __builtin_setjmp's */
	struct expecter *outer;
};

bool expect_trap(int vector, void (*fn)(void *), void *arg, struct trap_seen *seen)
{
	struct thread_struct *thread = &current->thread;
	struct expecter self = { .vector = vector, .seen = seen, .outer = thread->expecting };
	const unsigned long flags = native_save_fl();
	const int count = preempt_count();
	/* volatile: it must be in memory, not in a register that the jump back does not restore. */
	volatile bool came = true;

	if (!__builtin_setjmp(self.context)) {
		thread->expecting = &self;
		fn(arg);
		came = false;
	}
	current->thread.expecting = self.outer;
	current_thread_info()->preempt_count = count;
	native_restore_fl(flags);
	return came;
}

void **trap_expected(const struct trap_seen *seen)
{
	struct expecter *expecter = current->thread.expecting;

	while (expecter && expecter->vector != seen->vector)
		expecter = expecter->outer;
	if (!expecter)
		return NULL;
	*expecter->seen = *seen;
	return expecter->context;
}

void resume_expecter(void **context)
{
	__builtin_longjmp(context, 1);
}
