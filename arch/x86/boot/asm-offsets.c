/*
 * Constants that C headers define and NASM needs too. Compiled to assembler text only; the Makefile
 * turns each "->NAME value" into a %define of asm-offsets.inc, as Linux's asm-offsets does. A kernel
 * that has no use for one leaves it alone.
 */
#include <kernel/thread_info.h>
#include <asm/multiboot.h>
#include <asm/irqflags.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/desc.h>
#include <asm/emulator.h>
#include <asm/ptrace.h>
#include <asm/unistd.h>

#define DEFINE(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"(value))

void asm_offsets(void);
void asm_offsets(void)
{
	DEFINE(__START_KERNEL_map, __START_KERNEL_map);
	DEFINE(PAGE_SIZE, PAGE_SIZE);
	DEFINE(PMD_SIZE, PMD_SIZE);
	DEFINE(PTRS_PER_PMD, PTRS_PER_PMD);
	DEFINE(THREAD_SIZE, THREAD_SIZE);
	DEFINE(BOOT_MAP_MB, BOOT_MAP_MB);
	DEFINE(NR_PG0, BOOT_MAP_MB * SZ_1M / (PTRS_PER_PTE * PAGE_SIZE));
	DEFINE(DIRECT_PGD, pgd_index(PAGE_OFFSET));
	DEFINE(KERNEL_PGD, pgd_index(__START_KERNEL_map));
	DEFINE(KERNEL_PUD, pud_index(__START_KERNEL_map));
	DEFINE(X86_CR0_CD, X86_CR0_CD);
	DEFINE(X86_CR0_NW, X86_CR0_NW);
	DEFINE(X86_CR0_PG, X86_CR0_PG);
	DEFINE(X86_CR0_WP, X86_CR0_WP);
	DEFINE(X86_CR4_PAE, X86_CR4_PAE);
	DEFINE(X86_EFLAGS_ID, X86_EFLAGS_ID);
	DEFINE(X86_FEATURE_TSC, X86_FEATURE_TSC % 32);
	DEFINE(X86_FEATURE_PAE, X86_FEATURE_PAE % 32);
	DEFINE(X86_FEATURE_LM, X86_FEATURE_LM % 32);
	DEFINE(MSR_EFER, MSR_EFER);
	DEFINE(EFER_LME, EFER_LME);
	DEFINE(MULTIBOOT1_BOOTLOADER_MAGIC, MULTIBOOT1_BOOTLOADER_MAGIC);
	DEFINE(MULTIBOOT2_BOOTLOADER_MAGIC, MULTIBOOT2_BOOTLOADER_MAGIC);
	DEFINE(TI_FLAGS, offsetof(struct thread_info, flags));
	DEFINE(TI_PREEMPT_COUNT, offsetof(struct thread_info, preempt_count));
	DEFINE(_TIF_NEED_RESCHED, _TIF_NEED_RESCHED);
	DEFINE(_TIF_WORK_MASK, _TIF_WORK_MASK);
	DEFINE(X86_EFLAGS_FIXED, X86_EFLAGS_FIXED);
	DEFINE(X86_EFLAGS_IF, X86_EFLAGS_IF);
	DEFINE(SYSCALL_VECTOR, SYSCALL_VECTOR);
	DEFINE(NR_syscalls, NR_syscalls);
#ifdef CONFIG_X86_64
	DEFINE(__USER_CS, __USER_CS);
	DEFINE(__USER_DS, __USER_DS);
	DEFINE(TSS_RSP0, offsetof(struct tss_struct, rsp0));
	DEFINE(USER_ADDRESS_BITS, USER_ADDRESS_BITS);
#endif
	DEFINE(EXIT_PORT, EXIT_PORT);
	DEFINE(EXIT_FAILED, EXIT_FAILED);
}
