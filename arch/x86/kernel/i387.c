/*
 * The registers of FPU and SSE, saved and loaded only where they are used: see the figure in
 * <asm/i387.h>. The memory for a thread's comes with its first #NM. Called by the switch, the traps,
 * fork, exec and the frames of signals. Condenses arch/i386/kernel/i387.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/signal.h>
#include <mm/slab.h>
#include <asm/i387.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <asm/uaccess.h>

#define MXCSR_DEFAULT	   0x1F80U /* all exceptions masked */
#define MXCSR_MASK_DEFAULT 0xFFBFU /* where FXSAVE leaves none (Intel SDM vol. 1, 11.6.6) */
#define FSW_ES		   0x0080  /* an exception that is not masked waits */

static u32 mxcsr_feature_mask; /* of MXCSR the bits that this CPU knows */

static struct kmem_cache *task_xstate_cachep;

static inline void clts(void)
{
	__asm__ volatile("clts");
}

static inline void stts(void)
{
	write_cr0(read_cr0() | X86_CR0_TS);
}

/* Without CPUID there is only trying it: with no FPU nobody answers. */
static void probe_fpu(void)
{
	u16 status = 0xFFFF;

	__asm__ volatile("fninit ; fnstsw %0" : "+m"(status));
	if (!(status & 0xFF))
		setup_force_cpu_cap(X86_FEATURE_FPU);
}

static void read_mxcsr_mask(void)
{
	static union i387_union state;

	__asm__ volatile("fxsave %0" : "=m"(state.fxsave));
	mxcsr_feature_mask = state.fxsave.mxcsr_mask ?: MXCSR_MASK_DEFAULT;
}

void fpu_init(void)
{
	write_cr0((read_cr0() & ~(X86_CR0_EM | X86_CR0_TS)) | X86_CR0_MP | X86_CR0_NE);
	if (!boot_cpu_data.has_cpuid)
		probe_fpu();
	if (!cpu_has_fpu)
		setup_clear_cpu_cap(X86_FEATURE_FXSR);
	if (cpu_has_fxsr) {
		set_in_cr4(X86_CR4_OSFXSR);
		read_mxcsr_mask();
	}
	if (cpu_has_fxsr && boot_cpu_has(X86_FEATURE_XMM))
		set_in_cr4(X86_CR4_OSXMMEXCPT);
	write_cr0(read_cr0() | (cpu_has_fpu ? X86_CR0_TS : X86_CR0_EM));
}

static void fpu_cache_init(void)
{
	task_xstate_cachep = kmem_cache_create("task_xstate", sizeof(union i387_union),
					       __alignof__(union i387_union), SLAB_PANIC, NULL);
}
late_initcall(fpu_cache_init);

/* The 64-bit forms keep all of the pointers to the last instruction and operand. */
#ifdef CONFIG_X86_64
#define FXSAVE	"fxsave64"
#define FXRSTOR "fxrstor64"
#else
#define FXSAVE	"fxsave"
#define FXRSTOR "fxrstor"
#endif

/*
 * FNSAVE leaves the FPU empty. FXSAVE does not, and an exception that waits there would come with
 * the next FXRSTOR, which may be another program's.
 */
static void save_state(union i387_union *state)
{
	if (!cpu_has_fxsr) {
		__asm__ volatile("fnsave %0 ; fwait" : "=m"(state->fsave));
		return;
	}
	__asm__ volatile(FXSAVE " %0" : "=m"(state->fxsave));
	if (state->fxsave.swd & FSW_ES)
		__asm__ volatile("fnclex");
}

static void load_state(const union i387_union *state)
{
	if (cpu_has_fxsr)
		__asm__ volatile(FXRSTOR " %0" : : "m"(state->fxsave));
	else
		__asm__ volatile("frstor %0" : : "m"(state->fsave));
}

/* What FNINIT would give, but in memory. */
static void fresh_state(union i387_union *state)
{
	memset(state, 0, sizeof(*state));
	if (cpu_has_fxsr) {
		state->fxsave.cwd = 0x037F;
		state->fxsave.mxcsr = MXCSR_DEFAULT;
	} else {
		state->fsave.cwd = 0xFFFF037F;
		state->fsave.swd = 0xFFFF0000;
		state->fsave.twd = 0xFFFFFFFF;
		state->fsave.fos = 0xFFFF0000;
	}
}

void save_fpu(struct task_struct *task)
{
	save_state(task->thread.i387);
	task->thread_info.flags &= ~_TIF_USEDFPU;
	stts();
}

union i387_union *fpu_state(void)
{
	local_irq_disable();
	if (current->thread_info.flags & _TIF_USEDFPU)
		save_fpu(current);
	local_irq_enable();
	return current->thread.i387;
}

union i387_union *make_fpu_state(void)
{
	struct thread_struct *thread = &current->thread;

	if (fpu_state() || !cpu_has_fpu)
		return thread->i387;
	thread->i387 = kmem_cache_alloc(task_xstate_cachep, GFP_KERNEL);
	if (thread->i387)
		fresh_state(thread->i387);
	return thread->i387;
}

/*
 * FXRSTOR, in the kernel, faults at bits of MXCSR that the CPU does not know: off with them, even if
 * only some of the bytes could be read, for a handler of SIGSEGV may go on with these.
 */
int fxsave_from_user(struct i387_fxsave_struct *to, const struct i387_fxsave_struct __user *from)
{
	const unsigned long left = copy_from_user(to, from, sizeof(*to));

	to->mxcsr &= mxcsr_feature_mask;
	return left ? -EFAULT : 0;
}

void math_state_restore(void)
{
	const union i387_union *state = make_fpu_state();

	if (!state) {
		pr_info("%s[%d]: wants to calculate: %s\n", current->comm, current->pid,
			cpu_has_fpu ? "no memory for its registers" : "this CPU has no FPU");
		force_sig_fault(cpu_has_fpu ? SIGKILL : SIGFPE, SI_KERNEL, 0, current);
		return;
	}
	local_irq_disable();
	clts();
	load_state(state);
	current->thread_info.flags |= _TIF_USEDFPU;
	local_irq_enable();
}

int copy_fpu(struct task_struct *child)
{
	const union i387_union *state = fpu_state();

	child->thread.i387 = NULL;
	if (!state)
		return 0;
	child->thread.i387 = kmem_cache_alloc(task_xstate_cachep, GFP_KERNEL);
	if (!child->thread.i387)
		return -ENOMEM;
	memcpy(child->thread.i387, state, sizeof(*state));
	return 0;
}

/* @task is current, or runs no more. */
void drop_fpu(struct task_struct *task)
{
	unsigned long flags;

	local_irq_save(flags);
	if (task->thread_info.flags & _TIF_USEDFPU) {
		task->thread_info.flags &= ~_TIF_USEDFPU;
		__asm__ volatile("fnclex");
		stts();
	}
	local_irq_restore(flags);
	if (task->thread.i387)
		kmem_cache_free(task_xstate_cachep, task->thread.i387);
	task->thread.i387 = NULL;
}

/* The six exceptions have the same order in status word, control word and MXCSR. */
static const int error_codes[] = { FPE_FLTINV, FPE_FLTUND, FPE_FLTDIV,
				   FPE_FLTOVF, FPE_FLTUND, FPE_FLTRES };

/* Those that have come and are not masked. */
static unsigned int math_errors(const union i387_union *state, unsigned long vector)
{
	if (vector == X86_TRAP_XM)
		return state->fxsave.mxcsr & ~(state->fxsave.mxcsr >> 7);
	if (cpu_has_fxsr)
		return state->fxsave.swd & ~state->fxsave.cwd;
	return state->fsave.swd & ~state->fsave.cwd;
}

int math_error_code(unsigned long vector)
{
	const union i387_union *state = fpu_state();
	const unsigned int errors = state ? math_errors(state, vector) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(error_codes); i++)
		if (errors & 1U << i)
			return error_codes[i];
	return SI_KERNEL;
}
