/*
 * Instructions of the kernel that may fault, because they follow what a program gave: its pointers,
 * its selectors, the address that it is to go on at.
 *
 *      __ex_table   [ insn | fixup ] [ insn | fixup ] ...        rows that assembler code leaves there
 *
 *      fault at insn, in ring 0 --> fixup_exception() --> go on at fixup, all registers as they were
 *
 * Condenses <asm/uaccess.h>'s and arch/i386/mm/extable.c's part of it in Linux 2.6.
 */
#ifndef ASM_EXTABLE_H
#define ASM_EXTABLE_H

#include <lib/types.h>

struct pt_regs;

struct exception_table_entry {
	unsigned long insn, fixup;
};

/* In inline assembler: should the instruction at label @insn fault, go on at label @fixup. */
#define ASM_EXTABLE(insn, fixup)                      \
	".pushsection __ex_table, \"a\"\n"            \
	"	" ASM_LONG " " #insn ", " #fixup "\n" \
	".popsection\n"

/* A word in the assembler's language: in data, and at the end of an opcode. */
#ifdef CONFIG_X86_64
#define ASM_LONG	".quad"
#define ASM_WORD_SUFFIX "q"
#else
#define ASM_LONG	".long"
#define ASM_WORD_SUFFIX "l"
#endif

/* Where to go on if the instruction at @ip faults; 0: nobody expects it to. */
unsigned long search_exception_table(unsigned long ip);

/* Have a faulting instruction go on at its fixup. Returns false if it has none. */
bool fixup_exception(struct pt_regs *regs);

#endif
