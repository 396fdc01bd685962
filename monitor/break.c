/*
 * The group "break": ways to go wrong on purpose, to see what the kernel makes of it.
 *
 *      k896> fault stack
 *      double fault (#DF, vector 8) at EIP ...: kernel stack overflow: ...
 *
 * Each kind is a function that commits the error with plain C; what happens then is the business of
 * the exception handlers. All end in a panic.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <monitor/monitor.h>

#define USER_ADDRESS 0x00400000UL /* where a program's text would be */

/* volatile: the compiler shall not see through what we are doing. */
static void *volatile address;
static volatile int number;

static void fault_null(void)
{
	address = NULL;
	number = *(volatile int *)address;
}

static void fault_user(void)
{
	address = (void *)USER_ADDRESS;
	number = *(volatile int *)address;
}

static void fault_write_text(void)
{
	volatile u8 *code;

	address = (void *)fault_write_text;
	code = address;
	*code = *code;
}

/* RET in x86's machine language: where data can be executed, the call comes back. */
static u8 data_with_code[] = { 0xC3 };

static void fault_exec_data(void)
{
	address = data_with_code;
	((void (*)(void))address)();
}

static void fault_divide(void)
{
	number = 0;
	number = 896 / number;
}

static void fault_opcode(void)
{
	__builtin_trap();
}

/* Touches its array after the call too, lest the compiler make a loop of it. */
static int recurse(int depth)
{
	volatile char frame[64];

	frame[0] = depth;
	if (depth < 0)
		return 0;
	return recurse(depth + 1) + frame[0];
}

static void fault_stack(void)
{
	number = recurse(0);
}

static const struct fault_kind {
	const char *name;
	const char *help;
	void (*commit)(void);
} fault_kinds[] = {
	{ "null", "read through a NULL pointer", fault_null },
	{ "write-text", "write to the kernel's own code", fault_write_text },
	{ "exec-data", "run a byte of data (stopped only by a CPU and kernel with NX)",
	  fault_exec_data },
	{ "stack", "recurse until the stack's guard page is hit", fault_stack },
	{ "divide", "divide by zero", fault_divide },
	{ "opcode", "execute an undefined instruction", fault_opcode },
	{ "user", "read an address that only a program could have", fault_user },
};

#define for_each_fault_kind(kind) \
	for (kind = fault_kinds; kind < fault_kinds + ARRAY_SIZE(fault_kinds); kind++)

static void refuse_kind(const char *name)
{
	const struct fault_kind *kind;

	monitor_printf("fault: KIND: '%s' is none of", name);
	for_each_fault_kind(kind) monitor_printf(" %s", kind->name);
	monitor_printf("\n");
}

static int cmd_fault(int argc, char **argv)
{
	const struct fault_kind *kind;

	(void)argc;
	for_each_fault_kind(kind)
	{
		if (strcmp(argv[1], kind->name))
			continue;
		monitor_printf("fault %s: will %s\n", kind->name, kind->help);
		kind->commit();
		monitor_printf("fault %s: nothing stopped it: this CPU, or this kernel's tables, "
			       "cannot forbid it\n",
			       kind->name);
		return 0;
	}
	refuse_kind(argv[1]);
	return -EINVAL;
}

static const struct monitor_command break_commands[] = {
	{ "fault", "null|write-text|exec-data|stack|divide|opcode|user",
	  "fault on purpose; the panic ends the machine", 1, 1, cmd_fault },
};
monitor_group(break_group, "break", break_commands);
