/*
 * Descriptors: what the CPU looks up by a selector (GDT) or by a vector (IDT).
 *
 *      selector 0x60 --> GDT entry 12  code, flat, ring 0
 *      selector 0x73 --> GDT entry 14  code, flat, ring 3
 *      selector 0x33 --> GDT entry 6   thread-local storage of the program that runs
 *      vector   14   --> IDT entry 14  interrupt gate --> trap_stubs[14]
 *      vector   0x80 --> IDT entry 128 the same, open to ring 3 --> system_call
 *      vector   8    --> IDT entry 8   task gate --> GDT entry 31 --> doublefault_tss
 *
 * Entry numbers are those of Linux 2.6: programs know theirs.
 */
#ifndef ASM_DESC_H
#define ASM_DESC_H

#include <lib/types.h>
#include <lib/compiler.h>
#include <asm/tls.h>

#define GDT_ENTRY_KERNEL_CS	  12
#define GDT_ENTRY_KERNEL_DS	  13
#define GDT_ENTRY_DEFAULT_USER_CS 14
#define GDT_ENTRY_DEFAULT_USER_DS 15
#define GDT_ENTRY_TSS		  16
#define GDT_ENTRY_DOUBLEFAULT_TSS 31
#define GDT_ENTRIES		  32

#define __KERNEL_CS		  (GDT_ENTRY_KERNEL_CS * 8)
#define __KERNEL_DS		  (GDT_ENTRY_KERNEL_DS * 8)
#define __USER_CS		  (GDT_ENTRY_DEFAULT_USER_CS * 8 + 3)
#define __USER_DS		  (GDT_ENTRY_DEFAULT_USER_DS * 8 + 3)
#define __TSS			  (GDT_ENTRY_TSS * 8)
#define __DOUBLEFAULT_TSS	  (GDT_ENTRY_DOUBLEFAULT_TSS * 8)

#define IDT_ENTRIES		  256

/*
 * A task as the CPU itself switches it: all registers go into the old one's TSS, and come out of
 * the new one's, CR3 included (it alone is not saved). Intel SDM vol. 3, figure 8-2.
 */
struct tss_struct {
	u32 back_link; /* the task to return to */
	u32 esp0, ss0; /* the stack for ring 0, when the CPU comes from another ring */
	u32 esp1, ss1, esp2, ss2;
	u32 cr3;
	u32 eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, cs, ss, ds, fs, gs;
	u32 ldt;
	u16 trace, io_bitmap_base;
};

/* The task that everything but the double fault runs in. */
extern struct tss_struct init_tss;

/* Where the CPU begins when it comes from ring 3: the end of the thread's stack. */
static inline void load_sp0(unsigned long sp0)
{
	init_tss.esp0 = sp0;
}

/* Access bytes (Intel SDM vol. 3, 3.4.5 and 6.11): present, ring 0, and the type. */
#define DESC_RING3   0x60
#define DESC_SEGMENT 0x91 /* data that is only read; accessed */
#define DESC_CODE    0x9B /* execute, read, accessed */
#define DESC_DATA    0x93 /* read, write, accessed */

static inline u64 make_descriptor(u32 base, u32 limit, u8 access, u8 flags)
{
	return (limit & 0xFFFF) | (u64)(base & 0xFFFFFF) << 16 | (u64)access << 40 |
	       (u64)(limit >> 16 & 0xF) << 48 | (u64)flags << 52 | (u64)(base >> 24) << 56;
}

/* The GDT's entries for thread-local storage: those of the thread that runs from now on. */
void set_tls_descs(const u64 desc[GDT_ENTRY_TLS_ENTRIES]);

/* Put the descriptor of an available TSS into the GDT. */
void set_tss_desc(unsigned int entry, const struct tss_struct *tss);

/* Have @vector switch to the task of a TSS. */
void set_task_gate(unsigned int vector, u16 selector);

/**
 * cpu_init - load the final GDT, all segment registers, the task register and the IDT
 *
 * Every gate leads into entry.asm when it returns.
 */
void cpu_init(void);

/**
 * doublefault_init - give vector 8 a task of its own
 *
 * Its stack and page tables need nothing from what was interrupted. After cpu_init().
 */
void doublefault_init(void);

#endif
