/* Ring 3 of x86_64: SYSCALL and SYSRET, bases of FS and GS, and frames that no kernel has made. */
#include <lib/errno.h>
#include <kernel/signal_types.h>
#include <tests/ring3.h>
#include <tests/threads.h>
#include <asm/layout.h>

#define EXIT	       "mov $60, %eax\n syscall\n"
#define EXIT_WITH(reg) "mov " reg ", %rdi\n" EXIT

/* 430: one that has no row; 5000: beyond the table. */
USER_CODE(call_unknown, "mov $430, %eax\n syscall\n neg %rax\n" EXIT_WITH("%rax"));
USER_CODE(call_beyond, "mov $5000, %eax\n syscall\n neg %rax\n" EXIT_WITH("%rax"));
USER_CODE(call_negative, "mov $-1, %rax\n syscall\n neg %rax\n" EXIT_WITH("%rax"));

static void an_unknown_system_call_is_enosys(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, call_unknown), ENOSYS);
	KUNIT_EXPECT_EQ(test, status_of(test, call_beyond), ENOSYS);
	KUNIT_EXPECT_EQ(test, status_of(test, call_negative), ENOSYS);
}

/* getpid(), with something in every other register; then how many of them have changed. */
#define CHECK(value, reg) "cmp $" value ", %" reg "\n je 1f\n inc %eax\n1:\n"
USER_CODE(keep_registers,
	  "mov $0x11, %rbx\n mov $0x22, %rdx\n mov $0x33, %rsi\n mov $0x44, %rdi\n"
	  "mov $0x55, %rbp\n mov $0x66, %r8\n mov $0x77, %r9\n mov $0x88, %r10\n"
	  "mov $0x99, %r12\n mov $0xAA, %r13\n mov $0xBB, %r14\n mov $0xCC, %r15\n"
	  "mov $39, %eax\n syscall\n xor %eax, %eax\n" CHECK("0x11", "rbx") CHECK("0x22", "rdx")
		  CHECK("0x33", "rsi") CHECK("0x44", "rdi") CHECK("0x55", "rbp") CHECK("0x66", "r8")
			  CHECK("0x77", "r9") CHECK("0x88", "r10") CHECK("0x99", "r12")
				  CHECK("0xAA", "r13") CHECK("0xBB", "r14") CHECK("0xCC", "r15")
					  CHECK("0x602000", "rsp") EXIT_WITH("%rax"));

static void a_system_call_keeps_all_but_rax_rcx_and_r11(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, signal_of(test, keep_registers), 0);
	KUNIT_EXPECT_EQ(test, status_of(test, keep_registers), 0);
}

/* mmap(RING3_DATA + 0x10000, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0). */
USER_CODE(call_mmap, "mov $9, %eax\n mov $0x610000, %edi\n mov $4096, %esi\n mov $7, %edx\n"
		     "mov $0x32, %r10\n mov $-1, %r8\n xor %r9, %r9\n syscall\n"
		     "movb $77, (%rax)\n movzbl 0x610000, %eax\n" EXIT_WITH("%rax"));

static void six_arguments_arrive(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, call_mmap), 77);
}

/* RSP is nothing to the kernel: 0, its own, and no address at all. */
#define CALL_ON(sp) "mov $" sp ", %rsp\n mov $39, %eax\n syscall\n mov $7, %edi\n" EXIT
USER_CODE(call_on_0, CALL_ON("0"));
USER_CODE(call_on_kernel, CALL_ON("0xffffffff80200000"));
USER_CODE(call_on_nothing, CALL_ON("0x8000000000000000"));

static void the_stack_pointer_is_not_the_kernels_to_use(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, call_on_0), 7);
	KUNIT_EXPECT_EQ(test, status_of(test, call_on_kernel), 7);
	KUNIT_EXPECT_EQ(test, status_of(test, call_on_nothing), 7);
}

/* The next instruction would be at the first address beyond a program's. */
USER_CODE(call_last, "mov $39, %eax\n syscall\n");

static void a_call_by_the_last_instruction_of_all_returns_to_nothing(struct kunit *test)
{
	const unsigned long base = TASK_SIZE - (unsigned long)(call_last_end - call_last);
	const struct ring3_end end =
		run_in_ring3(test, &(struct ring3_program){ USER_BYTES(call_last), .base = base });

	KUNIT_EXPECT_EQ(test, end.signal, SIGSEGV);
	KUNIT_EXPECT_EQ(test, end.addr, TASK_SIZE);
}

USER_CODE(call_as_i386, "mov $20, %eax\n int $0x80\n");
USER_CODE(jump_to_32_bits, "movl $0x400000, 0x600000\n movw $0x23, 0x600004\n ljmp *0x600000\n");
USER_CODE(load_kernel_ss, "mov $0x18, %eax\n mov %eax, %ss\n");

static void there_is_nothing_of_32_bits(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, signal_of(test, call_as_i386), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, jump_to_32_bits), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, load_kernel_ss), SIGSEGV);
}

/* Flags that would harm the kernel, had they their way in: DF, AC, NT; and DF is there afterwards. */
USER_CODE(odd_flags, "pushf\n orl $0x44400, (%rsp)\n popf\n mov $39, %eax\n syscall\n"
		     "pushf\n pop %rax\n shr $10, %eax\n and $1, %eax\n" EXIT_WITH("%rax"));
/* IOPL stays 0, whatever POPF says; so CLI is still forbidden. */
USER_CODE(take_iopl, "pushf\n orl $0x3000, (%rsp)\n popf\n cli\n");
USER_CODE(single_step, "pushf\n orl $0x100, (%rsp)\n popf\n nop\n nop\n");
USER_CODE(single_step_call, "mov $39, %eax\n pushf\n orl $0x100, (%rsp)\n popf\n syscall\n nop\n");

static void flags_are_the_programs_own(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, odd_flags), 1);
	KUNIT_EXPECT_EQ(test, signal_of(test, take_iopl), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, single_step), SIGTRAP);
	KUNIT_EXPECT_EQ(test, signal_of(test, single_step_call), SIGTRAP);
}

#define SET_FS(base) "mov $158, %eax\n mov $0x1002, %edi\n movabs $" base ", %rsi\n syscall\n"

/* Each has its own base, and looks through FS whether it stays so. */
#define WATCH_FS(base)                                                         \
	SET_FS(base)                                                           \
	"movb $" base " & 0xFF, " base "\n mov $200, %ebx\n"                   \
	"1: mov $24, %eax\n syscall\n cmpb $" base " & 0xFF, %fs:0\n jne 2f\n" \
	"dec %ebx\n jnz 1b\n xor %edi, %edi\n" EXIT "2: mov $1, %edi\n" EXIT
USER_CODE(watch_fs_1, WATCH_FS("0x600101"));
USER_CODE(watch_fs_2, WATCH_FS("0x600202"));

static void two_programs_have_two_tls_bases(struct kunit *test)
{
	const struct ring3_program one = { USER_BYTES(watch_fs_1) };
	const struct ring3_program two = { USER_BYTES(watch_fs_2) };
	struct task_struct *first = start_in_ring3(test, &one);
	struct task_struct *second = start_in_ring3(test, &two);

	KUNIT_EXPECT_EQ(test, end_in_ring3(first).status, 0);
	KUNIT_EXPECT_EQ(test, end_in_ring3(second).status, 0);
}

USER_CODE(set_fs_kernel, SET_FS("0xffff888000000000") "neg %rax\n" EXIT_WITH("%rax"));
USER_CODE(set_fs_nothing, SET_FS("0x0000800000000000") "neg %rax\n" EXIT_WITH("%rax"));

static void a_base_is_an_address_of_the_programs(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, set_fs_kernel), EPERM);
	KUNIT_EXPECT_EQ(test, status_of(test, set_fs_nothing), EPERM);
}

/*
 * rt_sigreturn() with a struct ucontext of zeros at 0x600000, its struct sigcontext at + 40, but for
 * what the case puts there: rsp at + 120, rip at + 128, eflags at + 136 and cs at + 144.
 */
#define SIGRETURN(cs, rip)                                                          \
	"movabs $" rip ", %rax\n mov %rax, 0x600000 + 40 + 128\n"                   \
	"movw $" cs ", 0x600000 + 40 + 144\n movl $0x3FFEFF, 0x600000 + 40 + 136\n" \
	"movl $0x601000, 0x600000 + 40 + 120\n mov $0x600000, %esp\n"               \
	"mov $15, %eax\n syscall\n hlt\n"
USER_CODE(return_to_kernel_cs, SIGRETURN("0x10", "0x400000"));
USER_CODE(return_to_null_cs, SIGRETURN("0", "0x400000"));
USER_CODE(return_to_data, SIGRETURN("0x2B", "0x400000"));
USER_CODE(return_to_32_bits, SIGRETURN("0x23", "0x400000"));
USER_CODE(return_to_kernel_text, SIGRETURN("0x33", "0xffffffff80100000"));
USER_CODE(return_to_nothing, SIGRETURN("0x33", "0x0000800000000000"));

static void a_made_up_signal_frame_ends_only_the_program(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_kernel_cs), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_null_cs), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_data), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_32_bits), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_kernel_text), SIGSEGV);
	KUNIT_EXPECT_EQ(test, signal_of(test, return_to_nothing), SIGSEGV);
}

/* MXCSR of all ones in the frame's FXSAVE area: FXRSTOR would fault at it. The area is at 0x600800. */
USER_CODE(bad_mxcsr,
	  "movl $-1, 0x600800 + 24\n movq $0x600800, 0x600000 + 40 + 184\n"
	  "lea 1f(%rip), %rax\n mov %rax, 0x600000 + 40 + 128\n"
	  "movw $0x33, 0x600000 + 40 + 144\n movl $0x601000, 0x600000 + 40 + 120\n"
	  "mov $0x600000, %esp\n mov $15, %eax\n syscall\n"
	  "1: stmxcsr 0x600000\n mov 0x600000, %eax\n shr $16, %eax\n" EXIT_WITH("%rax"));

static void a_frame_cannot_make_the_kernel_load_a_bad_mxcsr(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, signal_of(test, bad_mxcsr), 0);
	KUNIT_EXPECT_EQ(test, status_of(test, bad_mxcsr), 0);
}

/* ST(0) and XMM15 hold a number of its own, before and after others' turns. */
#define WATCH_FPU(number)                                                                        \
	"movl $" number ", 0x600000\n fildl 0x600000\n movd 0x600000, %xmm15\n mov $200, %ebx\n" \
	"1: mov $24, %eax\n syscall\n fistl 0x600004\n cmpl $" number ", 0x600004\n jne 2f\n"    \
	"movd %xmm15, %eax\n cmp $" number ", %eax\n jne 2f\n"                                   \
	"dec %ebx\n jnz 1b\n xor %edi, %edi\n" EXIT "2: mov $1, %edi\n" EXIT
USER_CODE(watch_fpu_1, WATCH_FPU("896"));
USER_CODE(watch_fpu_2, WATCH_FPU("1024"));

static void two_programs_calculate_apart(struct kunit *test)
{
	const struct ring3_program one = { USER_BYTES(watch_fpu_1) };
	const struct ring3_program two = { USER_BYTES(watch_fpu_2) };
	struct task_struct *first = start_in_ring3(test, &one);
	struct task_struct *second = start_in_ring3(test, &two);

	KUNIT_EXPECT_EQ(test, end_in_ring3(first).status, 0);
	KUNIT_EXPECT_EQ(test, end_in_ring3(second).status, 0);
}

/* Control word 0x37F, an empty stack, MXCSR 0x1F80, nothing in XMM15. */
USER_CODE(look_at_fpu, "fnstcw 0x600000\n fnstsw 0x600004\n mov 0x600000, %eax\n sub $0x37F, %eax\n"
		       "or 0x600004, %eax\n stmxcsr 0x600008\n mov 0x600008, %ecx\n"
		       "sub $0x1F80, %ecx\n or %ecx, %eax\n movd %xmm15, %ecx\n or %ecx, %eax\n"
		       "setnz %dil\n movzbl %dil, %edi\n" EXIT);

static void a_program_begins_with_a_fresh_fpu(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, status_of(test, watch_fpu_1), 0);
	KUNIT_EXPECT_EQ(test, status_of(test, look_at_fpu), 0);
}

/* 1 / 0, with the next instruction of the FPU. QEMU raises no #XM, so SSE is not tried. */
USER_CODE(divide_by_zero, "movw $0x37B, 0x600000\n fldcw 0x600000\n fld1\n fldz\n fdivrp\n"
			  "fwait\n hlt\n");

static void an_unmasked_error_is_sigfpe(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, signal_of(test, divide_by_zero), SIGFPE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(an_unknown_system_call_is_enosys),
	KUNIT_CASE(a_system_call_keeps_all_but_rax_rcx_and_r11),
	KUNIT_CASE(six_arguments_arrive),
	KUNIT_CASE(the_stack_pointer_is_not_the_kernels_to_use),
	KUNIT_CASE(a_call_by_the_last_instruction_of_all_returns_to_nothing),
	KUNIT_CASE(there_is_nothing_of_32_bits),
	KUNIT_CASE(flags_are_the_programs_own),
	KUNIT_CASE(two_programs_have_two_tls_bases),
	KUNIT_CASE(a_base_is_an_address_of_the_programs),
	KUNIT_CASE(a_made_up_signal_frame_ends_only_the_program),
	KUNIT_CASE(a_frame_cannot_make_the_kernel_load_a_bad_mxcsr),
	KUNIT_CASE(two_programs_calculate_apart),
	KUNIT_CASE(a_program_begins_with_a_fresh_fpu),
	KUNIT_CASE(an_unmasked_error_is_sigfpe),
	{},
};
static struct kunit_suite suite = { .name = "ring3_x86_64", .test_cases = cases };
kunit_test_suite(suite);
