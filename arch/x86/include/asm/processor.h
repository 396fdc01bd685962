/*
 * The CPU: what it can do (CPUID) and how it is told (control registers).
 */
#ifndef ASM_PROCESSOR_H
#define ASM_PROCESSOR_H

#include <lib/types.h>
#include <lib/compiler.h>

#define X86_CR0_MP	   0x00000002UL /* FWAIT heeds TS, too */
#define X86_CR0_EM	   0x00000004UL /* there is no FPU: its instructions are #NM */
#define X86_CR0_TS	   0x00000008UL /* its registers are another thread's: #NM */
#define X86_CR0_NE	   0x00000020UL /* its errors are #MF, and not an interrupt */
#define X86_CR0_WP	   0x00010000UL /* ring 0 too respects read-only pages */
#define X86_CR0_NW	   0x20000000UL /* not write-through */
#define X86_CR0_CD	   0x40000000UL /* caches off */
#define X86_CR0_PG	   0x80000000UL /* paging */

#define X86_CR4_PSE	   0x00000010UL /* 4 MB pages (2 levels) */
#define X86_CR4_PAE	   0x00000020UL /* 64-bit entries, 3 levels */
#define X86_CR4_PGE	   0x00000080UL /* the G bit of an entry counts */
#define X86_CR4_OSFXSR	   0x00000200UL /* FXSAVE has the SSE registers; there is SSE */
#define X86_CR4_OSXMMEXCPT 0x00000400UL /* SSE's errors are #XM */
#define X86_CR4_SMEP	   0x00100000UL /* ring 0 runs nothing from a user's page */
#define X86_CR4_SMAP	   0x00200000UL /* nor reads or writes one, but where EFLAGS.AC allows it */

#define MSR_EFER	   0xC0000080U
#define EFER_SCE	   0x00000001U /* there is SYSCALL */
#define EFER_LME	   0x00000100U /* long mode, as soon as paging is on */
#define EFER_NXE	   0x00000800U /* the NX bit of an entry counts */

#define MSR_STAR	   0xC0000081U /* SYSCALL's and SYSRET's segments, */
#define MSR_LSTAR	   0xC0000082U /* where it leads, */
#define MSR_SFMASK	   0xC0000084U /* and the flags that it turns off */
#define MSR_FS_BASE	   0xC0000100U
#define MSR_GS_BASE	   0xC0000101U

/*
 * Words of CPUID that we keep: leaf 1 EDX, leaf 0x80000001 EDX, leaf 7 EBX. A feature is
 * word * 32 + bit.
 */
#define X86_FEATURE_FPU	    (0 * 32 + 0)
#define X86_FEATURE_PSE	    (0 * 32 + 3)
#define X86_FEATURE_TSC	    (0 * 32 + 4)
#define X86_FEATURE_PAE	    (0 * 32 + 6)
#define X86_FEATURE_APIC    (0 * 32 + 9)
#define X86_FEATURE_PGE	    (0 * 32 + 13)
#define X86_FEATURE_PSE36   (0 * 32 + 17)
#define X86_FEATURE_FXSR    (0 * 32 + 24)
#define X86_FEATURE_XMM	    (0 * 32 + 25)
#define X86_FEATURE_NX	    (1 * 32 + 20)
#define X86_FEATURE_GBPAGES (1 * 32 + 26)
#define X86_FEATURE_LM	    (1 * 32 + 29)
#define X86_FEATURE_SMEP    (2 * 32 + 7)
#define X86_FEATURE_SMAP    (2 * 32 + 20)
#define NCAPINTS	    3

struct cpuinfo_x86 {
	bool has_cpuid;
	u32 capability[NCAPINTS];
	int phys_bits; /* width of a physical address that a page-table entry may hold */
	char vendor[13];
	int family, model, stepping;
};
extern struct cpuinfo_x86 boot_cpu_data;

static inline bool boot_cpu_has(int feature)
{
	return boot_cpu_data.capability[feature / 32] >> (feature % 32) & 1;
}

/* For nopse, nopge, noexec=off: from now on the CPU passes for one without the feature. */
static inline void setup_clear_cpu_cap(int feature)
{
	boot_cpu_data.capability[feature / 32] &= ~(1U << (feature % 32));
}

/* And the other way, for what CPUID does not say. */
static inline void setup_force_cpu_cap(int feature)
{
	boot_cpu_data.capability[feature / 32] |= 1U << (feature % 32);
}

#define cpu_has_pse	boot_cpu_has(X86_FEATURE_PSE)
#define cpu_has_pge	boot_cpu_has(X86_FEATURE_PGE)
#define cpu_has_nx	boot_cpu_has(X86_FEATURE_NX)
#define cpu_has_gbpages (cpu_has_pse && boot_cpu_has(X86_FEATURE_GBPAGES)) /* nopse takes both */
#define cpu_has_smep	boot_cpu_has(X86_FEATURE_SMEP)
#define cpu_has_smap	boot_cpu_has(X86_FEATURE_SMAP)
#define cpu_has_tsc	boot_cpu_has(X86_FEATURE_TSC)
#define cpu_has_fpu	boot_cpu_has(X86_FEATURE_FPU)
#define cpu_has_fxsr	boot_cpu_has(X86_FEATURE_FXSR)

/* Fills boot_cpu_data; the first thing that C code does. */
void early_cpu_detect(void);

static inline void cpuid(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d)
{
	__asm__ volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d) : "a"(leaf), "c"(0));
}

#define DEFINE_CR(n)                                                               \
	static inline unsigned long read_cr##n(void)                               \
	{                                                                          \
		unsigned long value;                                               \
                                                                                   \
		__asm__ volatile("mov %%cr" #n ", %0" : "=r"(value) : : "memory"); \
		return value;                                                      \
	}                                                                          \
	static inline void write_cr##n(unsigned long value)                        \
	{                                                                          \
		__asm__ volatile("mov %0, %%cr" #n : : "r"(value) : "memory");     \
	}
DEFINE_CR(0)
DEFINE_CR(2)
DEFINE_CR(3)
/* A 486 without CPUID has no CR4: read and write it only behind a feature test. */
DEFINE_CR(4)
#undef DEFINE_CR

static inline void set_in_cr4(unsigned long mask)
{
	write_cr4(read_cr4() | mask);
}

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

/* Only where cpu_has_tsc. */
static inline u64 rdtsc(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

static inline void cpu_relax(void)
{
	__asm__ volatile("rep ; nop" : : : "memory");
}

static inline void halt(void)
{
	__asm__ volatile("hlt" : : : "memory");
}

#endif
