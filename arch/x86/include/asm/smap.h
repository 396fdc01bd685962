/*
 * Supervisor-mode access prevention: where the CPU has it, the kernel reads and writes a program's
 * pages only between STAC and CLAC (EFLAGS.AC; Intel SDM vol. 3, 4.6.1). To an older CPU these two
 * are undefined opcodes. So in the image each is a jump over its own last byte, and one byte
 * changes where the CPU has SMAP:
 *
 *      EB 01 CB    jmp .+3       -->     0F 01 CB    stac
 *      EB 01 CA    jmp .+3       -->     0F 01 CA    clac
 *      ^ .smap_sites lists these
 *
 * entry.asm clears AC on each way in, and IRET brings it back: an interrupt, or a fault that sleeps,
 * in the midst of copy_to_user() leaves nothing open. Condenses include/asm/smap.h of Linux.
 */
#ifndef ASM_SMAP_H
#define ASM_SMAP_H

#include <asm/extable.h>

#define ASM_SMAP_SITE(opcode)                   \
	"771:	.byte 0xEB, 0x01, " opcode "\n" \
	".pushsection .smap_sites, \"a\"\n"     \
	"	" ASM_LONG " 771b\n"            \
	".popsection\n"
#define ASM_STAC ASM_SMAP_SITE("0xCB")
#define ASM_CLAC ASM_SMAP_SITE("0xCA")

/* From here on this thread may touch what is a program's. */
static __always_inline void stac(void)
{
	__asm__ volatile(ASM_STAC : : : "memory", "cc");
}

static __always_inline void clac(void)
{
	__asm__ volatile(ASM_CLAC : : : "memory", "cc");
}

/* Put the instructions in, if this CPU has them. Before paging_init(): text is still writable. */
void smap_init(void);

#endif
