/*
 * What can this CPU do? Asked once, before paging is set up; answered in boot_cpu_data.
 *
 * A 486 from before 1993 has no CPUID: it is known by the ID flag, which it will not let us change.
 * Condenses arch/i386/kernel/cpu/common.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <asm/irqflags.h>
#include <asm/processor.h>

/* No entry of any page table has room for more (Intel SDM vol. 3, 4.4 and 4.5). */
#define MAX_PHYS_BITS  52U

#define CPUID_EXTENDED 0x80000000U

struct cpuinfo_x86 boot_cpu_data = { .phys_bits = 32 };

static bool have_cpuid(void)
{
	const unsigned long flags = native_save_fl();
	unsigned long changed;

	native_restore_fl(flags ^ X86_EFLAGS_ID);
	changed = flags ^ native_save_fl();
	native_restore_fl(flags);
	return changed & X86_EFLAGS_ID;
}

/* The highest leaf of the range that begins at @base; an old CPU answers with anything else. */
static u32 cpuid_max(u32 base)
{
	u32 max, b, c, d;

	cpuid(base, &max, &b, &c, &d);
	return (max ^ base) & 0xFFFF0000U ? 0 : max;
}

/* Leaf 0: twelve letters, in the order EBX, EDX, ECX. */
static void get_vendor(struct cpuinfo_x86 *c)
{
	u32 max, word[3];

	cpuid(0, &max, &word[0], &word[2], &word[1]);
	memcpy(c->vendor, word, sizeof(word));
}

/* The extended fields count only where the old ones are used up (Intel SDM vol. 2, CPUID). */
static void get_model(struct cpuinfo_x86 *c, u32 signature)
{
	c->stepping = signature & 0xF;
	c->model = signature >> 4 & 0xF;
	c->family = signature >> 8 & 0xF;
	if (c->family == 6 || c->family == 15)
		c->model |= signature >> 12 & 0xF0;
	if (c->family == 15)
		c->family += signature >> 20 & 0xFF;
}

/*
 * The CPU says it itself, if it is of this century. Before that, those with PSE36 have 36 address
 * lines; PAE alone promises wide entries, not wide addresses.
 */
static int get_phys_bits(void)
{
	u32 a, b, c, d;

	if (cpuid_max(CPUID_EXTENDED) < CPUID_EXTENDED + 8)
		return boot_cpu_has(X86_FEATURE_PSE36) ? 36 : 32;
	cpuid(CPUID_EXTENDED + 8, &a, &b, &c, &d);
	return (int)min(max(a & 0xFF, 32U), MAX_PHYS_BITS);
}

void early_cpu_detect(void)
{
	struct cpuinfo_x86 *c = &boot_cpu_data;
	u32 signature, ebx, ecx, edx;

	c->has_cpuid = have_cpuid();
	if (!c->has_cpuid) {
		c->family = 4;
		return;
	}
	get_vendor(c);
	if (cpuid_max(0) >= 1) {
		cpuid(1, &signature, &ebx, &ecx, &c->capability[0]);
		get_model(c, signature);
	}
	if (cpuid_max(0) >= 7)
		cpuid(7, &signature, &c->capability[2], &ecx, &edx);
	if (cpuid_max(CPUID_EXTENDED) > CPUID_EXTENDED)
		cpuid(CPUID_EXTENDED + 1, &signature, &ebx, &ecx, &c->capability[1]);
	c->phys_bits = get_phys_bits();
}
