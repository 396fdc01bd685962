/*
 * What a program may not do ends the program, and nobody else. The bytes mean the same in 32 and in
 * 64 bits.
 */
#include <kernel/signal.h>
#include <tests/ring3.h>
#include <asm/page.h>
#include <asm/sections.h>

/* How one instruction ends. */
struct
try {
	const char *what;
	u8 code[4];
	int signal;
	unsigned int at; /* exit_addr: so many bytes into the code */
};

static const struct try privileged[] = {
	{ "cli", { 0xFA }, SIGSEGV, 0 },
	{ "sti", { 0xFB }, SIGSEGV, 0 },
	{ "hlt", { 0xF4 }, SIGSEGV, 0 },
	{ "in al, 0x60", { 0xE4, 0x60 }, SIGSEGV, 0 },
	{ "out 0xF4, al", { 0xE6, 0xF4 }, SIGSEGV, 0 },
	{ "mov eax, cr0", { 0x0F, 0x20, 0xC0 }, SIGSEGV, 0 },
	{ "mov cr3, eax", { 0x0F, 0x22, 0xD8 }, SIGSEGV, 0 },
	{ "mov dr7, eax", { 0x0F, 0x23, 0xF8 }, SIGSEGV, 0 },
	{ "clts", { 0x0F, 0x06 }, SIGSEGV, 0 },
	{ "wrmsr", { 0x0F, 0x30 }, SIGSEGV, 0 },
	{ "invd", { 0x0F, 0x08 }, SIGSEGV, 0 },
	{ "ltr ax", { 0x0F, 0x00, 0xD8 }, SIGSEGV, 0 },
	{ "int 8", { 0xCD, 0x08 }, SIGSEGV, 0 },
	{ "int 14", { 0xCD, 0x0E }, SIGSEGV, 0 },
	{ "int 0x20", { 0xCD, 0x20 }, SIGSEGV, 0 },
};

static const struct try mistakes[] = {
	{ "ud2", { 0x0F, 0x0B }, SIGILL, 0 },
	{ "div eax", { 0xF7, 0xF0 }, SIGFPE, 0 },
	{ "int3", { 0xCC }, SIGTRAP, 1 },
};

static void try_all(struct kunit *test, const struct try *tries, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct ring3_program program = { .code = tries[i].code,
						       .code_end = tries[i].code + 4 };
		const struct ring3_end end = run_in_ring3(test, &program);

		if (end.signal != tries[i].signal || end.addr != RING3_CODE + tries[i].at)
			KUNIT_FAIL(test, "%s: signal %d, status %d, at %p", tries[i].what,
				   end.signal, end.status, (void *)end.addr);
	}
}

static void what_only_ring_0_may_do_is_sigsegv(struct kunit *test)
{
	try_all(test, privileged, ARRAY_SIZE(privileged));
}

static void mistakes_have_their_signals(struct kunit *test)
{
	try_all(test, mistakes, ARRAY_SIZE(mistakes));
}

/* POP reads where the stack pointer says. */
static void the_kernels_memory_cannot_be_read(struct kunit *test)
{
	static const u8 pop[] = { 0x58 };
	const unsigned long places[] = { (unsigned long)_stext, (unsigned long)&init_task,
					 (unsigned long)current, PAGE_OFFSET };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct ring3_end end = run_in_ring3(
			test, &(struct ring3_program){ RING3_BYTES(pop), .sp = places[i] });

		KUNIT_EXPECT_EQ(test, end.signal, SIGSEGV);
		KUNIT_EXPECT_EQ(test, end.addr, places[i]);
	}
}

static void nor_written(struct kunit *test)
{
	static const u8 push[] = { 0x50 };
	static unsigned long victim[2] = { 896, 1024 };
	const struct ring3_end end =
		run_in_ring3(test, &(struct ring3_program){ RING3_BYTES(push),
							    .sp = (unsigned long)&victim[1] });

	KUNIT_EXPECT_EQ(test, end.signal, SIGSEGV);
	KUNIT_EXPECT_EQ(test, end.addr, (unsigned long)&victim[0]);
	KUNIT_EXPECT_EQ(test, victim[0], 896UL);
}

static void nor_run(struct kunit *test)
{
	static const u8 jump[] = { 0xFF, 0xE4 }; /* jmp esp, jmp rsp */
	const struct ring3_end end = run_in_ring3(
		test, &(struct ring3_program){ RING3_BYTES(jump), .sp = (unsigned long)do_exit });

	KUNIT_EXPECT_EQ(test, end.signal, SIGSEGV);
	KUNIT_EXPECT_EQ(test, end.addr, (unsigned long)do_exit);
}

static void page_0_is_nobodys(struct kunit *test)
{
	static const u8 pop[] = { 0x58 };
	const struct ring3_end end =
		run_in_ring3(test, &(struct ring3_program){ RING3_BYTES(pop), .sp = 16 });

	KUNIT_EXPECT_EQ(test, end.signal, SIGSEGV);
	KUNIT_EXPECT_EQ(test, end.addr, 16UL);
}

/* It never gives way: the tick must. */
static void a_program_that_loops_is_preempted_and_can_be_killed(struct kunit *test)
{
	static const u8 loop[] = { 0xEB, 0xFE };
	struct task_struct *task =
		start_in_ring3(test, &(struct ring3_program){ RING3_BYTES(loop) });
	const unsigned long end = jiffies + 4 * RR_TIMESLICE;

	while (time_before(jiffies, end))
		schedule();
	KUNIT_EXPECT_EQ(test, send_sig(SIGKILL, task), 0);
	KUNIT_EXPECT_EQ(test, end_in_ring3(task).signal, SIGKILL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_only_ring_0_may_do_is_sigsegv),
	KUNIT_CASE(mistakes_have_their_signals),
	KUNIT_CASE(the_kernels_memory_cannot_be_read),
	KUNIT_CASE(nor_written),
	KUNIT_CASE(nor_run),
	KUNIT_CASE(page_0_is_nobodys),
	KUNIT_CASE(a_program_that_loops_is_preempted_and_can_be_killed),
	{},
};
static struct kunit_suite suite = { .name = "ring3", .test_cases = cases };
kunit_test_suite(suite);
