/*
 * The GDT, the TSS and the IDT, and where SYSCALL leads: filled once, by trap_init(). What changes
 * after that, at each switch to a program, is rsp0 of the TSS.
 *
 *      descriptor   63      56 55  52 51  48 47     40 39            16 15        0
 *                  [ base 31.. | flags| limit | access | base 23..0    | limit 15.. ]
 *                  a TSS's has a second half: [ 0 | base 63..32 ]
 *      gate         63            48 47     40 39    32 31            16 15        0
 *                  [ offset 31..16  | access | IST    | selector       | offset 15.. ]
 *                  and a second half: [ 0 | offset 63..32 ]
 *
 * Segments have neither base nor limit here: paging alone protects. Condenses arch/x86_64/kernel/
 * setup64.c and include/asm-x86_64/desc.h of Linux 2.6.
 */
#include <lib/kernel.h>
#include <kernel/panic.h>
#include <asm/desc.h>
#include <asm/irq.h>
#include <asm/irqflags.h>
#include <asm/page.h>
#include <asm/processor.h>
#include <asm/traps.h>

/* Access bytes (Intel SDM vol. 3, 3.4.5 and 6.14.1): present, ring 0, and the type. */
#define DESC_RING3	0x60
#define DESC_CODE	0x9B /* execute, read, accessed */
#define DESC_DATA	0x93 /* read, write, accessed */
#define DESC_TSS	0x89 /* available */
#define DESC_INTR_GATE	0x8E /* 64 bits; turns interrupts off */
#define DESC_FLAGS_FLAT 0xC  /* limit in pages, 32 bits */
#define DESC_FLAGS_CODE 0xA  /* limit in pages, 64 bits */

struct gate {
	u64 low, high;
};

static u64 gdt[GDT_ENTRIES];
static struct gate idt[IDT_ENTRIES];

/* The CPU may not find a TSS across two pages. */
struct tss_struct init_tss __aligned(128);

/* What LGDT and LIDT read. */
struct desc_ptr {
	u16 limit;
	u64 base;
} __packed;

/* entry.asm: one stub for each exception, then one for each interrupt line. */
extern const char trap_stubs[NR_EXCEPTIONS + NR_IRQS][16];
extern const char system_call[];

static u64 make_descriptor(u32 base, u32 limit, u8 access, u8 flags)
{
	return (limit & 0xFFFF) | (u64)(base & 0xFFFFFF) << 16 | (u64)access << 40 |
	       (u64)(limit >> 16) << 48 | (u64)flags << 52 | (u64)(base >> 24) << 56;
}

static struct gate make_gate(u16 selector, u64 offset, u8 access)
{
	return (struct gate){
		.low = (offset & 0xFFFF) | (u64)selector << 16 | (u64)access << 40 |
		       (offset >> 16 & 0xFFFF) << 48,
		.high = offset >> 32,
	};
}

static void set_tss_desc(unsigned int entry, const struct tss_struct *tss)
{
	BUILD_BUG_ON(sizeof(*tss) != 104);
	gdt[entry] = make_descriptor((u32)(unsigned long)tss, sizeof(*tss) - 1, DESC_TSS, 0);
	gdt[entry + 1] = (unsigned long)tss >> 32;
}

void set_gate_ist(unsigned int vector, u8 ist)
{
	idt[vector].low |= (u64)ist << 32;
}

static void fill_gdt(void)
{
	gdt[GDT_ENTRY_KERNEL_CS] = make_descriptor(0, 0xFFFFF, DESC_CODE, DESC_FLAGS_CODE);
	gdt[GDT_ENTRY_KERNEL_DS] = make_descriptor(0, 0xFFFFF, DESC_DATA, DESC_FLAGS_FLAT);
	gdt[GDT_ENTRY_DEFAULT_USER_DS] =
		make_descriptor(0, 0xFFFFF, DESC_DATA | DESC_RING3, DESC_FLAGS_FLAT);
	gdt[GDT_ENTRY_DEFAULT_USER_CS] =
		make_descriptor(0, 0xFFFFF, DESC_CODE | DESC_RING3, DESC_FLAGS_CODE);
	init_tss.io_bitmap_base = sizeof(init_tss); /* none: no port for ring 3 */
	set_tss_desc(GDT_ENTRY_TSS, &init_tss);
}

/* A gate that a program may go through by INT3 or INTO. */
static void open_gate(unsigned int vector)
{
	idt[vector] = make_gate(__KERNEL_CS, (unsigned long)trap_stubs[vector],
				DESC_INTR_GATE | DESC_RING3);
}

/* Vectors that nobody uses stay empty: INT there is a #GP whose error code names the gate. */
static void fill_idt(void)
{
	unsigned int vector;

	for (vector = 0; vector < ARRAY_SIZE(trap_stubs); vector++)
		idt[vector] =
			make_gate(__KERNEL_CS, (unsigned long)trap_stubs[vector], DESC_INTR_GATE);
	open_gate(X86_TRAP_BP);
	open_gate(X86_TRAP_OF);
}

/* CS changes only with a far return. FS and GS are the programs'. */
static void load_segments(void)
{
	__asm__ volatile("pushq %0\n\t"
			 "pushq $1f\n\t"
			 "lretq\n"
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

/*
 * SYSCALL takes CS from STAR's bits 47..32 and SS from the entry behind it, SYSRET CS from bits
 * 63..48 plus 16 and SS plus 8 (Intel SDM vol. 3, 5.8.8). Of the flags, those of SFMASK are off when
 * system_call begins.
 */
static void syscall_init(void)
{
	wrmsr(MSR_STAR, (u64)__USER32_CS << 48 | (u64)__KERNEL_CS << 32);
	wrmsr(MSR_LSTAR, (unsigned long)system_call);
	wrmsr(MSR_SFMASK, X86_EFLAGS_IF | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_IOPL |
				  X86_EFLAGS_NT | X86_EFLAGS_RF | X86_EFLAGS_AC);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
}

void cpu_init(void)
{
	const struct desc_ptr gdt_ptr = { sizeof(gdt) - 1, (unsigned long)gdt };
	const struct desc_ptr idt_ptr = { sizeof(idt) - 1, (unsigned long)idt };

	fill_gdt();
	fill_idt();
	__asm__ volatile("lgdt %0" : : "m"(gdt_ptr));
	load_segments();
	__asm__ volatile("ltr %w0" : : "r"(__TSS));
	__asm__ volatile("lidt %0" : : "m"(idt_ptr));
	syscall_init();
}
