/*
 * Descriptors: what the CPU looks up by a selector (GDT) or by a vector (IDT).
 *
 *      selector 0x10 --> GDT entry 2   code, 64 bits, ring 0
 *      selector 0x33 --> GDT entry 6   code, 64 bits, ring 3
 *      vector   14   --> IDT entry 14  interrupt gate --> trap_stubs[14]
 *      vector   8    --> IDT entry 8   interrupt gate, IST 1 --> init_tss.ist[0]: another stack
 *
 * Entry numbers are those of Linux; SYSRET counts on the order of 4 to 6. Entry 4 is empty: there are
 * no 32-bit programs here.
 */
#ifndef ASM_DESC_H
#define ASM_DESC_H

#include <lib/types.h>
#include <lib/compiler.h>

#define GDT_ENTRY_KERNEL_CS	    2
#define GDT_ENTRY_KERNEL_DS	    3
#define GDT_ENTRY_DEFAULT_USER32_CS 4
#define GDT_ENTRY_DEFAULT_USER_DS   5
#define GDT_ENTRY_DEFAULT_USER_CS   6
#define GDT_ENTRY_TSS		    8 /* takes two entries */
#define GDT_ENTRIES		    16

#define __KERNEL_CS		    (GDT_ENTRY_KERNEL_CS * 8)
#define __KERNEL_DS		    (GDT_ENTRY_KERNEL_DS * 8)
#define __USER32_CS		    (GDT_ENTRY_DEFAULT_USER32_CS * 8 + 3)
#define __USER_DS		    (GDT_ENTRY_DEFAULT_USER_DS * 8 + 3)
#define __USER_CS		    (GDT_ENTRY_DEFAULT_USER_CS * 8 + 3)
#define __TSS			    (GDT_ENTRY_TSS * 8)

#define IDT_ENTRIES		    256

/* Stacks that a gate can name; the CPU counts from 1, and 0 is none. */
enum { DOUBLEFAULT_IST = 1, NMI_IST, DEBUG_IST, MCE_IST };

/*
 * What is left of the task state in long mode, where the CPU switches no tasks: stacks. Intel SDM
 * vol. 3, figure 8-11.
 */
struct tss_struct {
	u32 reserved1;
	u64 rsp0; /* the stack for ring 0, when the CPU comes from another ring */
	u64 rsp1, rsp2;
	u64 reserved2;
	u64 ist[7];
	u64 reserved3;
	u16 reserved4, io_bitmap_base;
} __packed;

/* The only one. */
extern struct tss_struct init_tss;

/* Where the CPU begins when it comes from ring 3: the end of the thread's stack. */
static inline void load_sp0(unsigned long sp0)
{
	init_tss.rsp0 = sp0;
}

/* Have @vector run on a stack of its own. */
void set_gate_ist(unsigned int vector, u8 ist);

/**
 * cpu_init - load the final GDT, all segment registers, the task register and the IDT
 *
 * Every gate leads into entry.asm when it returns.
 */
void cpu_init(void);

/**
 * doublefault_init - give vector 8 a stack of its own, and #DB, NMI and #MC, too
 *
 * They need nothing from what was interrupted. After cpu_init().
 */
void doublefault_init(void);

#endif
