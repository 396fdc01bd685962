/*
 * Which address space the CPU walks. The kernel's part is the same in all of them, so a kernel
 * thread runs in whichever was loaded last (lazy TLB): only a process needs its own.
 */
#ifndef ASM_MMU_CONTEXT_H
#define ASM_MMU_CONTEXT_H

struct mm_struct;

/* The address space that CR3 holds; NULL: swapper_pg_dir. */
extern struct mm_struct *loaded_mm;

/* Load @next unless it is loaded already, or NULL: a kernel thread's. Interrupts off. */
void switch_mm(struct mm_struct *next);

/* @mm is about to go: if it is loaded, load swapper_pg_dir. Interrupts in any state. */
void leave_mm(struct mm_struct *mm);

#endif
