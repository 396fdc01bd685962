/* What early_cpu_detect() found is what the CPU says. */
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <tests/kunit.h>

/* The widest physical address that any entry has room for. */
#define MAX_PHYS_BITS 52

static int need_cpuid(struct kunit *test)
{
	if (!boot_cpu_data.has_cpuid)
		kunit_skip(test, "this CPU has no CPUID");
	return 0;
}

static void detection_leaves_the_flags_as_they_were(struct kunit *test)
{
	const unsigned long before = native_save_fl() & (X86_EFLAGS_ID | X86_EFLAGS_IF);
	const struct cpuinfo_x86 saved = boot_cpu_data;

	early_cpu_detect();
	KUNIT_EXPECT_EQ(test, native_save_fl() & (X86_EFLAGS_ID | X86_EFLAGS_IF), before);
	boot_cpu_data = saved; /* nopse and the like have taken features away */
}

static void the_vendor_is_twelve_letters(struct kunit *test)
{
	const char *letter = boot_cpu_data.vendor;

	KUNIT_EXPECT_EQ(test, strlen(letter), (size_t)12);
	for (; *letter; letter++) {
		KUNIT_EXPECT_GE(test, *letter, ' ');
		KUNIT_EXPECT_LE(test, *letter, '~');
	}
}

static void the_family_is_that_of_leaf_1(struct kunit *test)
{
	u32 a, b, c, d;

	cpuid(1, &a, &b, &c, &d);
	KUNIT_EXPECT_EQ(test, (u32)min(boot_cpu_data.family, 15), a >> 8 & 0xF);
	KUNIT_EXPECT_EQ(test, (u32)boot_cpu_data.model & 0xF, a >> 4 & 0xF);
}

static void no_feature_is_claimed_that_cpuid_does_not_show(struct kunit *test)
{
	u32 a, b, c, d;

	cpuid(1, &a, &b, &c, &d);
	KUNIT_EXPECT_EQ(test, boot_cpu_data.capability[0] & ~d, 0U);
}

static void addresses_are_32_bits_wide_unless_the_cpu_says_more(struct kunit *test)
{
	const int bits = boot_cpu_data.phys_bits;
	u32 max, b, c, d;

	KUNIT_EXPECT_GE(test, bits, 32);
	KUNIT_EXPECT_LE(test, bits, MAX_PHYS_BITS);
	cpuid(0x80000000U, &max, &b, &c, &d);
	if (max < 0x80000008U)
		KUNIT_EXPECT_EQ(test, bits, boot_cpu_has(X86_FEATURE_PSE36) ? 36 : 32);
}

static void a_cleared_feature_is_gone_and_its_neighbours_stay(struct kunit *test)
{
	const struct cpuinfo_x86 saved = boot_cpu_data;

	boot_cpu_data.capability[1] = ~0U;
	setup_clear_cpu_cap(X86_FEATURE_NX);
	KUNIT_EXPECT_FALSE(test, cpu_has_nx);
	KUNIT_EXPECT_EQ(test, boot_cpu_data.capability[1], ~(1U << X86_FEATURE_NX % 32));
	KUNIT_EXPECT_EQ(test, boot_cpu_data.capability[0], saved.capability[0]);
	boot_cpu_data = saved;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(detection_leaves_the_flags_as_they_were),
	KUNIT_CASE(the_vendor_is_twelve_letters),
	KUNIT_CASE(the_family_is_that_of_leaf_1),
	KUNIT_CASE(no_feature_is_claimed_that_cpuid_does_not_show),
	KUNIT_CASE(addresses_are_32_bits_wide_unless_the_cpu_says_more),
	KUNIT_CASE(a_cleared_feature_is_gone_and_its_neighbours_stay),
	{},
};

static struct kunit_suite suite = { .name = "cpu", .init = need_cpuid, .test_cases = cases };
kunit_test_suite(suite);
