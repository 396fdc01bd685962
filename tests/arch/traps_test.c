/* Exceptions arrive where they should, with the numbers that the CPU gave them. */
#include <asm/desc.h>
#include <asm/irqflags.h>
#include <asm/page.h>
#include <asm/stack.h>
#include <asm/traps.h>
#include <tests/kunit.h>

#define UNMAPPED	 0x00000010UL /* page 0 stays free, to catch NULL pointers */
#define SELECTOR_OUTSIDE (GDT_ENTRIES * 8)

/* volatile: the compiler must do as it is told, and know nothing of the values. */
static volatile int zero, sink;

static void return_at_once(void *arg)
{
	(void)arg;
}

static void divide_by_zero(void *arg)
{
	(void)arg;
	sink = 896 / zero;
}

static void run_undefined_opcode(void *arg)
{
	(void)arg;
	__asm__ volatile("ud2");
}

static void run_breakpoint(void *arg)
{
	(void)arg;
	__asm__ volatile("int3");
}

static void read_byte(void *arg)
{
	sink = *(volatile u8 *)arg;
}

static void write_byte_back(void *arg)
{
	*(volatile u8 *)arg = *(volatile u8 *)arg;
}

static void load_gs(void *arg)
{
	__asm__ volatile("mov %0, %%gs" : : "r"(arg));
}

/* Touches its array after the call too, lest the compiler make a loop of it. */
static int fill_stack(int depth)
{
	volatile char frame[64];

	frame[0] = depth;
	if (depth < 0)
		return 0;
	return fill_stack(depth + 1) + frame[0];
}

/* Interrupts off: the one that hit the guard page would be lost half-way. */
static void overflow_stack(void *arg)
{
	(void)arg;
	local_irq_disable();
	sink = fill_stack(0);
}

static void a_function_that_does_not_fault_is_not_said_to_have(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_EXPECT_FALSE(test, expect_trap(X86_TRAP_PF, return_at_once, NULL, &seen));
}

static void division_by_zero_is_vector_0(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_DE, divide_by_zero, NULL, &seen));
}

static void an_undefined_opcode_is_vector_6_at_its_own_address(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_UD, run_undefined_opcode, NULL, &seen));
	KUNIT_EXPECT_EQ(test, *(const u16 *)seen.ip, 0x0B0F); /* UD2 */
}

static void a_breakpoint_is_seen_behind_its_instruction(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_BP, run_breakpoint, NULL, &seen));
	KUNIT_EXPECT_EQ(test, *(const u8 *)(seen.ip - 1), 0xCC); /* INT3 */
}

static void reading_an_unmapped_page_leaves_its_address_in_cr2(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, (void *)UNMAPPED, &seen));
	KUNIT_EXPECT_EQ(test, seen.cr2, UNMAPPED);
	KUNIT_EXPECT_EQ(test, seen.error_code & (X86_PF_PROT | X86_PF_WRITE), 0UL);
}

static void writing_to_text_is_forbidden_not_absent(struct kunit *test)
{
	const unsigned long text = (unsigned long)do_trap;
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, write_byte_back, (void *)text, &seen));
	KUNIT_EXPECT_EQ(test, seen.cr2, text);
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT | X86_PF_WRITE);
}

static void a_selector_outside_the_gdt_is_named_by_the_error_code(struct kunit *test)
{
	const unsigned long selector = SELECTOR_OUTSIDE;
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_GP, load_gs, (void *)selector, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, selector);
}

static void a_full_stack_ends_in_the_double_fault_task(struct kunit *test)
{
	struct stack_area stack;
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, stack_of((unsigned long)__builtin_frame_address(0), &stack));
	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_DF, overflow_stack, NULL, &seen));
	KUNIT_EXPECT_GE(test, seen.cr2, stack.guard);
	KUNIT_EXPECT_LT(test, seen.cr2, stack.low);
}

static void the_double_fault_task_can_be_entered_again(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_DF, overflow_stack, NULL, &seen));
	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_DF, overflow_stack, NULL, &seen));
}

static void expect_divide_error(void *arg)
{
	expect_trap(X86_TRAP_DE, run_undefined_opcode, NULL, arg);
}

static void an_outer_expectation_gets_what_the_inner_one_does_not_want(struct kunit *test)
{
	struct trap_seen inner = { .vector = ~0UL }, outer;

	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_UD, expect_divide_error, &inner, &outer));
	KUNIT_EXPECT_EQ(test, outer.vector, (unsigned long)X86_TRAP_UD);
	KUNIT_EXPECT_EQ(test, inner.vector, ~0UL);
}

static void interrupts_are_on_again_after_an_expected_trap(struct kunit *test)
{
	struct trap_seen seen;
	unsigned long flags;

	local_irq_save(flags);
	local_irq_enable();
	expect_trap(X86_TRAP_UD, run_undefined_opcode, NULL, &seen);
	KUNIT_EXPECT_FALSE(test, irqs_disabled());
	local_irq_restore(flags);
}

static void frames_lead_to_the_caller(struct kunit *test)
{
	const unsigned long bp = (unsigned long)__builtin_frame_address(0);
	const struct stack_frame *frame = first_frame(bp);

	KUNIT_ASSERT_NOT_NULL(test, frame);
	KUNIT_EXPECT_EQ(test, frame->return_address, (unsigned long)__builtin_return_address(0));
	KUNIT_EXPECT_TRUE(test, next_frame(frame));
}

static void nonsense_frame_pointers_are_not_followed(struct kunit *test)
{
	const unsigned long bp = (unsigned long)__builtin_frame_address(0);
	const struct stack_frame looped = { .caller_bp = (unsigned long)&looped };

	KUNIT_EXPECT_FALSE(test, first_frame(0));
	KUNIT_EXPECT_FALSE(test, first_frame(bp + 1));
	KUNIT_EXPECT_FALSE(test, first_frame((unsigned long)init_stack_guard));
	KUNIT_EXPECT_FALSE(test, first_frame((unsigned long)init_stack_end - sizeof(long)));
	KUNIT_EXPECT_FALSE(test, next_frame(&looped));
}

static void the_stack_is_used_up_before_the_guard_page_is_reached(struct kunit *test)
{
	const unsigned long low = (unsigned long)init_stack;
	struct stack_area area;

	KUNIT_EXPECT_TRUE(test, overflowed_stack(low - sizeof(long), &area));
	KUNIT_EXPECT_TRUE(test, overflowed_stack(low, &area));
	KUNIT_EXPECT_FALSE(test, overflowed_stack(low + PAGE_SIZE, &area));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_function_that_does_not_fault_is_not_said_to_have),
	KUNIT_CASE(division_by_zero_is_vector_0),
	KUNIT_CASE(an_undefined_opcode_is_vector_6_at_its_own_address),
	KUNIT_CASE(a_breakpoint_is_seen_behind_its_instruction),
	KUNIT_CASE(reading_an_unmapped_page_leaves_its_address_in_cr2),
	KUNIT_CASE(writing_to_text_is_forbidden_not_absent),
	KUNIT_CASE(a_selector_outside_the_gdt_is_named_by_the_error_code),
	KUNIT_CASE(a_full_stack_ends_in_the_double_fault_task),
	KUNIT_CASE(the_double_fault_task_can_be_entered_again),
	KUNIT_CASE(an_outer_expectation_gets_what_the_inner_one_does_not_want),
	KUNIT_CASE(interrupts_are_on_again_after_an_expected_trap),
	KUNIT_CASE(frames_lead_to_the_caller),
	KUNIT_CASE(nonsense_frame_pointers_are_not_followed),
	KUNIT_CASE(the_stack_is_used_up_before_the_guard_page_is_reached),
	{},
};

static struct kunit_suite suite = { .name = "traps", .test_cases = cases };
kunit_test_suite(suite);
