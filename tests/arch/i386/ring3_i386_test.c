/* Ring 3 of i386: INT 0x80, segments, and frames of signals that no kernel has made. */
#include <lib/errno.h>
#include <kernel/signal_types.h>
#include <tests/ring3.h>
#include <tests/threads.h>
#include <asm/processor.h>

#define EXIT	       "mov $1, %eax\n int $0x80\n"
#define EXIT_WITH(reg) "mov " reg ", %ebx\n" EXIT

/* 430: one that has no row; 5000: beyond the table. */
USER_CODE(call_unknown, "mov $430, %eax\n int $0x80\n neg %eax\n" EXIT_WITH("%eax"));
USER_CODE(call_beyond, "mov $5000, %eax\n int $0x80\n neg %eax\n" EXIT_WITH("%eax"));
USER_CODE(call_negative, "mov $-1, %eax\n int $0x80\n neg %eax\n" EXIT_WITH("%eax"));

static void an_unknown_system_call_is_enosys(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, call_unknown), ENOSYS);
	KUNIT_EXPECT_EQ(test, status_of(test, call_beyond), ENOSYS);
	KUNIT_EXPECT_EQ(test, status_of(test, call_negative), ENOSYS);
}

/* getpid(), with something in every other register; then how many of them have changed. */
USER_CODE(keep_registers, "mov $0x11111111, %ebx\n mov $0x22222222, %ecx\n"
			  "mov $0x33333333, %edx\n mov $0x44444444, %esi\n"
			  "mov $0x55555555, %edi\n mov $0x66666666, %ebp\n"
			  "mov $20, %eax\n int $0x80\n xor %eax, %eax\n"
			  "cmp $0x11111111, %ebx\n je 1f\n inc %eax\n1:"
			  "cmp $0x22222222, %ecx\n je 1f\n inc %eax\n1:"
			  "cmp $0x33333333, %edx\n je 1f\n inc %eax\n1:"
			  "cmp $0x44444444, %esi\n je 1f\n inc %eax\n1:"
			  "cmp $0x55555555, %edi\n je 1f\n inc %eax\n1:"
			  "cmp $0x66666666, %ebp\n je 1f\n inc %eax\n1:"
			  "cmp $0x602000, %esp\n je 1f\n inc %eax\n1:" EXIT_WITH("%eax"));

static void a_system_call_keeps_all_registers_but_eax(struct kunit *test)
{
	const struct ring3_end end =
		run_in_ring3(test, &(struct ring3_program){ USER_BYTES(keep_registers) });

	KUNIT_EXPECT_EQ(test, end.signal, 0);
	KUNIT_EXPECT_EQ(test, end.status, 0);
}

/* mmap2(RING3_DATA + 0x10000, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), all six arguments. */
USER_CODE(call_mmap, "mov $192, %eax\n mov $0x610000, %ebx\n mov $4096, %ecx\n mov $7, %edx\n"
		     "mov $0x32, %esi\n mov $-1, %edi\n xor %ebp, %ebp\n int $0x80\n"
		     "movb $77, (%eax)\n movzbl 0x610000, %eax\n" EXIT_WITH("%eax"));

static void six_arguments_arrive(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, call_mmap), 77);
}

/* Flags that would harm the kernel, had they their way in: DF, AC, NT; and DF is there afterwards. */
USER_CODE(odd_flags, "pushf\n orl $0x44400, (%esp)\n popf\n"
		     "mov $20, %eax\n int $0x80\n"
		     "pushf\n pop %eax\n shr $10, %eax\n and $1, %eax\n" EXIT_WITH("%eax"));
/* IOPL stays 0, whatever POPF says; so CLI is still forbidden. */
USER_CODE(take_iopl, "pushf\n orl $0x3000, (%esp)\n popf\n cli\n");
USER_CODE(single_step, "pushf\n orl $0x100, (%esp)\n popf\n nop\n nop\n");

static void flags_are_the_programs_own(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, odd_flags), 1);
	KUNIT_EXPECT_EQ(test, signal_of(test, take_iopl), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, single_step), SIGTRAP);
}

USER_CODE(load_kernel_ds, "mov $0x68, %eax\n mov %eax, %ds\n");
USER_CODE(load_no_such, "mov $0xFFFB, %eax\n mov %eax, %gs\n");
USER_CODE(load_tss, "mov $0x80, %eax\n mov %eax, %es\n");
USER_CODE(jump_to_ring_0, "ljmp $0x60, $0x400000\n");

static void the_kernels_segments_are_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, signal_of(test, load_kernel_ds), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, load_no_such), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, load_tss), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, jump_to_ring_0), SIGSEGV);
}

/* A segment of base EBP in GDT entry 6; then DS, ES, FS and GS are that, and the entry is emptied. */
#define SET_ENTRY_6                                                           \
	"movl $6, 0x600000\n movl %ebp, 0x600004\n movl $0xFFFFF, 0x600008\n" \
	"movl $0x51, 0x60000C\n mov $243, %eax\n mov $0x600000, %ebx\n int $0x80\n"
#define CLEAR_ENTRY_6                                                             \
	"movl $6, %ss:0x600000\n movl $0, %ss:0x600004\n movl $0, %ss:0x600008\n" \
	"movl $0x28, %ss:0x60000C\n mov $243, %eax\n mov $0x600000, %ebx\n int $0x80\n"
USER_CODE(spoil_ds,
	  "xor %ebp, %ebp\n" SET_ENTRY_6 "mov $0x33, %eax\n mov %eax, %ds\n mov %eax, %es\n"
	  "mov %eax, %fs\n mov %eax, %gs\n" CLEAR_ENTRY_6
	  "mov $158, %eax\n int $0x80\n" /* sched_yield(): a switch, perhaps */
	  "mov %ds, %eax\n mov %es, %ecx\n or %ecx, %eax\n" EXIT_WITH("%eax"));

static void a_descriptor_that_is_gone_leaves_the_null_selector(struct kunit *test)
{
	const struct ring3_end end =
		run_in_ring3(test, &(struct ring3_program){ USER_BYTES(spoil_ds) });

	KUNIT_EXPECT_EQ(test, end.signal, 0);
	KUNIT_EXPECT_EQ(test, end.status, 0);
}

/* Each has its own base in the same entry, and looks through GS whether it stays so. */
#define WATCH_GS(base)                                                            \
	"mov $" base ", %ebp\n" SET_ENTRY_6 "mov $0x33, %eax\n mov %eax, %gs\n"   \
	"movb $" base " & 0xFF, " base "\n mov $200, %edi\n"                      \
	"1: mov $158, %eax\n int $0x80\n cmpb $" base " & 0xFF, %gs:0\n jne 2f\n" \
	"dec %edi\n jnz 1b\n xor %ebx, %ebx\n" EXIT "2: mov $1, %ebx\n" EXIT
USER_CODE(watch_gs_1, WATCH_GS("0x600101"));
USER_CODE(watch_gs_2, WATCH_GS("0x600202"));

static void two_programs_have_two_tls_bases(struct kunit *test)
{
	const struct ring3_program one = { USER_BYTES(watch_gs_1) },
				   two = { USER_BYTES(watch_gs_2) };
	struct task_struct *first = start_in_ring3(test, &one),
			   *second = start_in_ring3(test, &two);

	KUNIT_EXPECT_EQ(test, end_in_ring3(first).status, 0);
	KUNIT_EXPECT_EQ(test, end_in_ring3(second).status, 0);
}

/* EAX is the error. A code segment, one of 16 bits, an entry of the kernel's. */
#define SET_BAD(entry, flags)                                                            \
	"movl $" entry ", 0x600000\n movl $0, 0x600004\n movl $0xFFFFF, 0x600008\n"      \
	"movl $" flags ", 0x60000C\n mov $243, %eax\n mov $0x600000, %ebx\n int $0x80\n" \
	"neg %eax\n" EXIT_WITH("%eax")
USER_CODE(set_code, SET_BAD("6", "0x55"));
USER_CODE(set_16_bit, SET_BAD("6", "0x50"));
USER_CODE(set_kernel_entry, SET_BAD("12", "0x51"));

static void no_segment_that_could_harm_is_set(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, set_code), EINVAL);
	KUNIT_EXPECT_EQ(test, status_of(test, set_16_bit), EINVAL);
	KUNIT_EXPECT_EQ(test, status_of(test, set_kernel_entry), EINVAL);
}

/*
 * sigreturn() with a struct sigcontext of zeros at 0x600008, but for what the case puts there:
 * eip at +56, cs at +60, eflags at +64, esp at +68 and ss at +72.
 */
#define SIGRETURN(cs, ss, eip)                                                      \
	"movl $" eip ", 0x600008 + 56\n movl $" cs ", 0x600008 + 60\n"              \
	"movl $0x3FFFFF, 0x600008 + 64\n movl $0x601000, 0x600008 + 28\n movl $" ss \
	", 0x600008 + 72\n"                                                         \
	"mov $0x600008, %esp\n mov $119, %eax\n int $0x80\n hlt\n"
USER_CODE(return_to_kernel_cs, SIGRETURN("0x60", "0x7B", "0x400000"));
USER_CODE(return_to_null_cs, SIGRETURN("0", "0x7B", "0x400000"));
USER_CODE(return_to_null_ss, SIGRETURN("0x73", "0", "0x400000"));
USER_CODE(return_to_tss, SIGRETURN("0x80", "0x7B", "0x400000"));
USER_CODE(return_to_kernel_text, SIGRETURN("0x73", "0x7B", "0xC0100000"));

static void a_made_up_signal_frame_ends_only_the_program(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_kernel_cs), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_null_cs), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_null_ss), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_tss), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_kernel_text), SIGSEGV);
}

/* Flags of a frame: all set. IOPL and VM must not come; after them CLI tells. */
USER_CODE(return_with_flags,
	  "call 3f\n 3: pop %ecx\n lea 4f-3b(%ecx), %ecx\n mov %ecx, 0x600008 + 56\n"
	  "movl $0x73, 0x600008 + 60\n movl $0x3FFEFF, 0x600008 + 64\n"
	  "movl $0x601000, 0x600008 + 28\n movl $0x7B, 0x600008 + 72\n"
	  "mov $0x600008, %esp\n mov $119, %eax\n int $0x80\n 4: cli\n");

static void a_frame_brings_no_rights(struct kunit *test)
{
	const struct ring3_end end =
		run_in_ring3(test, &(struct ring3_program){ USER_BYTES(return_with_flags) });

	KUNIT_EXPECT_EQ(test, end.signal, SIGSEGV);
	KUNIT_EXPECT_EQ(test, *(const u8 *)(return_with_flags + (end.addr - RING3_CODE)),
			0xFA); /* CLI */
}

static void needs_fpu(struct kunit *test)
{
	if (!cpu_has_fpu)
		kunit_skip(test, "this CPU has no FPU");
}

/* ST(0) holds a number of its own, before and after others' turns. */
#define WATCH_FPU(number)                                                                        \
	"movl $" number ", 0x600000\n fildl 0x600000\n mov $200, %edi\n"                         \
	"1: mov $158, %eax\n int $0x80\n fistl 0x600004\n cmpl $" number ", 0x600004\n jne 2f\n" \
	"dec %edi\n jnz 1b\n xor %ebx, %ebx\n" EXIT "2: mov $1, %ebx\n" EXIT
USER_CODE(watch_fpu_1, WATCH_FPU("896"));
USER_CODE(watch_fpu_2, WATCH_FPU("1024"));

static void two_programs_calculate_apart(struct kunit *test)
{
	const struct ring3_program one = { USER_BYTES(watch_fpu_1) },
				   two = { USER_BYTES(watch_fpu_2) };
	struct task_struct *first = start_in_ring3(test, &one),
			   *second = start_in_ring3(test, &two);
	const int statuses[] = { end_in_ring3(first).status, end_in_ring3(second).status };

	needs_fpu(test);
	KUNIT_EXPECT_EQ(test, statuses[0], 0);
	KUNIT_EXPECT_EQ(test, statuses[1], 0);
}

/* The control word is 0x37F and the stack empty: TOP is 0. */
USER_CODE(look_at_fpu, "fnstcw 0x600000\n fnstsw 0x600004\n mov 0x600000, %eax\n sub $0x37F, %eax\n"
		       "or 0x600004, %eax\n test %eax, %eax\n setnz %bl\n movzbl %bl, %ebx\n" EXIT);

static void a_program_begins_with_a_fresh_fpu(struct kunit *test)
{
	needs_fpu(test);
	run_in_ring3(test, &(struct ring3_program){ USER_BYTES(watch_fpu_1) });
	KUNIT_EXPECT_EQ(test, status_of(test, look_at_fpu), 0);
}

/* 1 / 0 with the exception unmasked; it comes with the next instruction of the FPU. */
USER_CODE(divide_by_zero,
	  "movw $0x37B, 0x600000\n fldcw 0x600000\n fld1\n fldz\n fdivrp\n fwait\n hlt\n");

static void an_unmasked_fpu_error_is_sigfpe(struct kunit *test)
{
	needs_fpu(test);
	KUNIT_EXPECT_EQ(test, signal_of(test, divide_by_zero), SIGFPE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_unknown_system_call_is_enosys),
	KUNIT_CASE(a_system_call_keeps_all_registers_but_eax),
	KUNIT_CASE(six_arguments_arrive),
	KUNIT_CASE(flags_are_the_programs_own),
	KUNIT_CASE(the_kernels_segments_are_refused),
	KUNIT_CASE(a_descriptor_that_is_gone_leaves_the_null_selector),
	KUNIT_CASE(two_programs_have_two_tls_bases),
	KUNIT_CASE(no_segment_that_could_harm_is_set),
	KUNIT_CASE(a_made_up_signal_frame_ends_only_the_program),
	KUNIT_CASE(a_frame_brings_no_rights),
	KUNIT_CASE(two_programs_calculate_apart),
	KUNIT_CASE(a_program_begins_with_a_fresh_fpu),
	KUNIT_CASE(an_unmasked_fpu_error_is_sigfpe),
	{},
};
static struct kunit_suite suite = { .name = "ring3_i386", .test_cases = cases };
kunit_test_suite(suite);
