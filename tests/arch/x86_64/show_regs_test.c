/* The registers of a report: each by its own name. */
#include <tests/kunit.h>
#include <lib/printf.h>
#include <asm/ptrace.h>
#include <asm/traps.h>
#include <tests/threads.h>

static void each_register_is_shown_by_its_name(struct kunit *test)
{
	const struct pt_regs regs = {
		.rax = 0xA0,
		.rbx = 0xB0,
		.rcx = 0xC0,
		.rdx = 0xD0,
		.rsi = 0x51,
		.rdi = 0xD1,
		.rbp = 0xB2,
		.r8 = 8,
		.r9 = 9,
		.r10 = 10,
		.r11 = 11,
		.r12 = 12,
		.r13 = 13,
		.r14 = 14,
		.r15 = 15,
		.rip = 0x19,
		.cs = 0xC5,
		.ss = 0x55,
	};
	static const struct {
		const char *name;
		unsigned long value;
	} shown[] = {
		{ "RAX", 0xA0 }, { "RBX", 0xB0 }, { "RCX", 0xC0 }, { "RDX", 0xD0 }, { "RSI", 0x51 },
		{ "RDI", 0xD1 }, { "RBP", 0xB2 }, { "RSP", 0x52 }, { "R8 ", 8 },    { "R9 ", 9 },
		{ "R10", 10 },	 { "R11", 11 },	  { "R12", 12 },   { "R13", 13 },   { "R14", 14 },
		{ "R15", 15 },	 { "RIP", 0x19 },
	};
	const u64 log = log_mark();
	char words[32];

	show_regs(&regs, 0x52);
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		snprintf(words, sizeof(words), "%s 0x%016lx", shown[i].name, shown[i].value);
		if (!logged_since(log, words))
			KUNIT_FAIL(test, "no word of %s", words);
	}
	KUNIT_EXPECT_TRUE(test, logged_since(log, "CS 0xc5  SS 0x55"));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(each_register_is_shown_by_its_name),
	{},
};

static struct kunit_suite suite = { .name = "show_regs", .test_cases = cases };
kunit_test_suite(suite);
