/*
 * Looking up instructions that may fault: see <asm/extable.h>. Few of them do, and when one does,
 * a program has made a mistake: no need to hurry. Condenses arch/i386/mm/extable.c of Linux 2.6.
 */
#include <asm/extable.h>
#include <asm/ptrace.h>

/* kernel.lds */
extern const struct exception_table_entry __ex_table_start[], __ex_table_end[];

unsigned long search_exception_table(unsigned long ip)
{
	const struct exception_table_entry *entry;

	for (entry = __ex_table_start; entry < __ex_table_end; entry++)
		if (entry->insn == ip)
			return entry->fixup;
	return 0;
}

bool fixup_exception(struct pt_regs *regs)
{
	const unsigned long fixup = search_exception_table(instruction_pointer(regs));

	if (fixup)
		set_instruction_pointer(regs, fixup);
	return fixup;
}
