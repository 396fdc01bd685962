/* What an ELF file is told of this machine, and where it goes; its structures: <asm/elf_types.h>. */
#ifndef ASM_ELF_H
#define ASM_ELF_H

#include <asm/elf_types.h>
#include <asm/page.h>
#include <asm/processor.h>

/* What CPUID leaf 1 says in EDX. */
#define ELF_HWCAP (boot_cpu_data.capability[0])

/* Where a program goes that does not care: above what is linked to fixed addresses, below mmap(). */
#define ELF_ET_DYN_BASE ((TASK_SIZE / 3 * 2) & PAGE_MASK)

#endif
