/* Ends by a fault: `crash null`, `call`, `opcode`, `divide`, `frame`; what the kernel says is looked at. */
#include <sys/syscall.h>
#include "check.h"

static void write_to_null(void)
{
	*(volatile char *)at(0) = 1;
}

static void call_null(void)
{
	((void (*)(void))at(0))();
}

static void run_ud2(void)
{
	__asm__ volatile("ud2");
}

static void divide(void)
{
	__asm__ volatile("xor %%ecx, %%ecx; div %%ecx" : : : "eax", "ecx", "edx", "cc");
}

/* As if a handler returned, with nothing on the stack. */
static void return_from_no_handler(void)
{
#ifdef __x86_64__
	__asm__ volatile("mov $16, %%esp; syscall" : : "a"(SYS_rt_sigreturn) : "memory");
#else
	__asm__ volatile("mov $16, %%esp; int $0x80" : : "a"(SYS_rt_sigreturn) : "memory");
#endif
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "null", write_to_null },
	{ "call", call_null },
	{ "opcode", run_ud2 },
	{ "divide", divide },
	{ "frame", return_from_no_handler },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(ways); i++)
		if (!strcmp(argv[1], ways[i].name))
			ways[i].run();
	puts("crash: null, call, opcode, divide or frame");
	return 2;
}
