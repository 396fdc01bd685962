/*
 * The GDT, the TSS and the IDT: filled once, by trap_init(). What changes after that, at each switch
 * to a program: esp0 of the TSS, and the GDT's three descriptors of its thread-local storage.
 *
 *      descriptor   63      56 55  52 51  48 47     40 39            16 15        0
 *                  [ base 31.. | flags| limit | access | base 23..0    | limit 15.. ]
 *      gate         63            48 47     40 39    32 31            16 15        0
 *                  [ offset 31..16  | access | 0      | selector       | offset 15.. ]
 *
 * Segments are flat, all of 0 to 4 GB: paging alone protects. Condenses arch/i386/kernel/cpu/
 * common.c and include/asm-i386/desc.h of Linux 2.6.
 */
#include <lib/kernel.h>
#include <kernel/panic.h>
#include <asm/desc.h>
#include <asm/irq.h>
#include <asm/page.h>
#include <asm/traps.h>

/* More access bytes, and flags. */
#define DESC_TSS	0x89 /* available */
#define DESC_TASK_GATE	0x85
#define DESC_INTR_GATE	0x8E /* 32 bits; turns interrupts off */
#define DESC_FLAGS_FLAT 0xC  /* limit in pages, 32 bits */

static u64 gdt[GDT_ENTRIES];
static u64 idt[IDT_ENTRIES];

/* The CPU may not find a TSS across two pages. */
struct tss_struct init_tss __aligned(128);

/* What LGDT and LIDT read. */
struct desc_ptr {
	u16 limit;
	u32 base;
} __packed;

/* entry.asm: one stub for each exception, then one for each interrupt line. */
extern const char trap_stubs[NR_EXCEPTIONS + NR_IRQS][16];
extern const char system_call[];

static u64 make_gate(u16 selector, u32 offset, u8 access)
{
	return (offset & 0xFFFF) | (u64)selector << 16 | (u64)access << 40 |
	       (u64)(offset >> 16) << 48;
}

void set_tss_desc(unsigned int entry, const struct tss_struct *tss)
{
	BUILD_BUG_ON(sizeof(*tss) != 104);
	gdt[entry] = make_descriptor((u32)tss, sizeof(*tss) - 1, DESC_TSS, 0);
}

void set_task_gate(unsigned int vector, u16 selector)
{
	idt[vector] = make_gate(selector, 0, DESC_TASK_GATE);
}

static void fill_gdt(void)
{
	gdt[GDT_ENTRY_KERNEL_CS] = make_descriptor(0, 0xFFFFF, DESC_CODE, DESC_FLAGS_FLAT);
	gdt[GDT_ENTRY_KERNEL_DS] = make_descriptor(0, 0xFFFFF, DESC_DATA, DESC_FLAGS_FLAT);
	gdt[GDT_ENTRY_DEFAULT_USER_CS] =
		make_descriptor(0, 0xFFFFF, DESC_CODE | DESC_RING3, DESC_FLAGS_FLAT);
	gdt[GDT_ENTRY_DEFAULT_USER_DS] =
		make_descriptor(0, 0xFFFFF, DESC_DATA | DESC_RING3, DESC_FLAGS_FLAT);
	init_tss.ss0 = __KERNEL_DS;
	init_tss.io_bitmap_base = sizeof(init_tss); /* none: no port for ring 3 */
	set_tss_desc(GDT_ENTRY_TSS, &init_tss);
}

void set_tls_descs(const u64 desc[GDT_ENTRY_TLS_ENTRIES])
{
	for (int i = 0; i < GDT_ENTRY_TLS_ENTRIES; i++)
		gdt[GDT_ENTRY_TLS_MIN + i] = desc[i];
}

/* A gate that a program may go through by INT, INT3 or INTO. */
static void open_gate(unsigned int vector, const void *entry)
{
	idt[vector] = make_gate(__KERNEL_CS, (u32)entry, DESC_INTR_GATE | DESC_RING3);
}

/* Vectors that nobody uses stay empty: INT there is a #GP whose error code names the gate. */
static void fill_idt(void)
{
	unsigned int vector;

	for (vector = 0; vector < ARRAY_SIZE(trap_stubs); vector++)
		idt[vector] = make_gate(__KERNEL_CS, (u32)trap_stubs[vector], DESC_INTR_GATE);
	open_gate(X86_TRAP_BP, trap_stubs[X86_TRAP_BP]);
	open_gate(X86_TRAP_OF, trap_stubs[X86_TRAP_OF]);
	open_gate(SYSCALL_VECTOR, system_call);
}

/* CS changes only with a far jump. FS and GS are the programs'. */
static void load_segments(void)
{
	__asm__ volatile("ljmp %0, $1f\n"
			 "1:\n\t"
			 "movl %1, %%ds\n\t"
			 "movl %1, %%es\n\t"
			 "movl %1, %%ss\n\t"
			 "movl %2, %%fs\n\t"
			 "movl %2, %%gs"
			 :
			 : "i"(__KERNEL_CS), "r"(__KERNEL_DS), "r"(0)
			 : "memory");
}

void cpu_init(void)
{
	const struct desc_ptr gdt_ptr = { sizeof(gdt) - 1, (u32)gdt };
	const struct desc_ptr idt_ptr = { sizeof(idt) - 1, (u32)idt };

	fill_gdt();
	fill_idt();
	__asm__ volatile("lgdt %0" : : "m"(gdt_ptr));
	load_segments();
	__asm__ volatile("ltr %w0" : : "r"(__TSS));
	__asm__ volatile("lidt %0" : : "m"(idt_ptr));
}
