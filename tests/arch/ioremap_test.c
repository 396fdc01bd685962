/* ioremap(): device memory where it belongs, by the byte, and never RAM. */
#include <mm/highmem.h>
#include <mm/pagewalk.h>
#include <mm/vmalloc.h>
#include <asm/e820.h>
#include <asm/ioremap.h>
#include <asm/processor.h>
#include <tests/kunit.h>
#include <tests/threads.h>

#define VGA_TEXT     0xB8000UL
#define LOCAL_APIC   0xFEE00000UL

#define APIC_VERSION 0x30 /* 0x1? for one that is part of the CPU (Intel SDM vol. 3, 10.4.8) */

static void the_linear_mapping_and_ioremap_show_the_same_screen(struct kunit *test)
{
	volatile u16 *screen = ioremap(VGA_TEXT, PAGE_SIZE), *linear = __va(VGA_TEXT);
	u16 last = 80 * 25 - 1, before;

	KUNIT_ASSERT_NOT_NULL(test, screen);
	before = screen[last];
	screen[last] = 0x0738;
	KUNIT_EXPECT_EQ(test, linear[last], 0x0738);
	screen[last] = before;
	iounmap(screen);
}

static void the_local_apic_tells_its_version(struct kunit *test)
{
	volatile u32 *version;

	if (!boot_cpu_has(X86_FEATURE_APIC))
		kunit_skip(test, "no local APIC");
	version = ioremap(LOCAL_APIC + APIC_VERSION, sizeof(*version));
	KUNIT_ASSERT_NOT_NULL(test, version);
	KUNIT_EXPECT_EQ(test, (unsigned long)version & ~PAGE_MASK, (unsigned long)APIC_VERSION);
	KUNIT_EXPECT_EQ(test, *version & 0xF0, 0x10U);
	iounmap(version);
}

static void an_offset_within_the_page_is_kept_and_both_pages_are_there(struct kunit *test)
{
	volatile u8 *p = ioremap(VGA_TEXT + 0xFFE, 4);
	struct page_walk walk;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (unsigned long i = 0; i < 4; i++) {
		KUNIT_ASSERT_TRUE(test, page_walk(swapper_pg_dir, (unsigned long)p + i, &walk));
		KUNIT_EXPECT_EQ(test, walk.pa, VGA_TEXT + 0xFFE + i);
	}
	KUNIT_EXPECT_FALSE(test,
			   page_walk(swapper_pg_dir, (unsigned long)p + 2 + PAGE_SIZE, &walk));
	iounmap(p);
}

static void device_memory_is_not_cached(struct kunit *test)
{
	volatile void *p = ioremap(VGA_TEXT, 1), *q = ioremap_nocache(VGA_TEXT, 1);
	struct page_walk walk;

	KUNIT_ASSERT_TRUE(test, page_walk(swapper_pg_dir, (unsigned long)p, &walk));
	KUNIT_EXPECT_TRUE(test, walk.flags & _PAGE_PCD);
	KUNIT_ASSERT_TRUE(test, page_walk(swapper_pg_dir, (unsigned long)q, &walk));
	KUNIT_EXPECT_TRUE(test, walk.flags & _PAGE_PCD);
	iounmap(p);
	iounmap(q);
}

static void expect_refused(struct kunit *test, phys_addr_t pa, unsigned long size, const char *why)
{
	const u64 log = log_mark();
	volatile void *p = ioremap(pa, size);

	KUNIT_EXPECT_NULL(test, p);
	if (!logged_since(log, why))
		KUNIT_FAIL(test, "no word of \"%s\" for %lu bytes at %#llx", why, size, (u64)pa);
	iounmap(p);
}

/* Of any kind, whole or in part. */
static void ram_is_refused(struct kunit *test)
{
	expect_refused(test, __pa(&e820), 4, "RAM");
	expect_refused(test, 0xFF000, 0x2000, "RAM");
	expect_refused(test, PFN_PHYS(max_low_pfn - 1), PAGE_SIZE, "RAM");
	expect_refused(test, PFN_PHYS(max_pfn - 1) + 1, PAGE_SIZE, "RAM");
}

static void what_is_empty_or_wraps_round_is_refused(struct kunit *test)
{
	expect_refused(test, VGA_TEXT, 0, "is empty or wraps round");
	expect_refused(test, ~(phys_addr_t)0, 2, "is empty or wraps round");
	expect_refused(test, ~(phys_addr_t)0 - PAGE_SIZE, 2 * PAGE_SIZE, "is empty or wraps round");
}

static void what_no_window_can_hold_is_refused(struct kunit *test)
{
	if (sizeof(long) == sizeof(u64))
		kunit_skip(test, "the window is as large as all of the CPU's addresses");
	expect_refused(test, 0xC0000000, VMALLOC_END - VMALLOC_START, "no room");
	if (sizeof(phys_addr_t) == sizeof(u32))
		kunit_skip(test, "4 GB end before that");
	expect_refused(test, PFN_PHYS(1UL << 24), ~0UL, "the window is smaller");
	expect_refused(test, PFN_PHYS(1UL << 24), ~0UL - PAGE_SIZE, "the window is smaller");
}

static void addresses_that_the_cpu_cannot_put_on_its_bus_are_refused(struct kunit *test)
{
	if (sizeof(phys_addr_t) == sizeof(u32))
		kunit_skip(test, "no such address without PAE");
	expect_refused(test, (phys_addr_t)(1ULL << boot_cpu_data.phys_bits), PAGE_SIZE,
		       "address bits");
	expect_refused(test, (phys_addr_t)(1ULL << 52), PAGE_SIZE, "address bits");
}

static void iounmap_in_an_interrupt_is_refused(struct kunit *test)
{
	volatile u16 *screen = ioremap(VGA_TEXT, PAGE_SIZE);
	const u64 log = log_mark();

	KUNIT_ASSERT_NOT_NULL(test, screen);
	irq_enter();
	iounmap(screen);
	irq_exit();
	KUNIT_EXPECT_TRUE(test, logged_since(log, "an interrupt must not unmap"));
	KUNIT_EXPECT_NOT_NULL(test, find_vm_area((const void *)screen));
	iounmap(screen);
	KUNIT_EXPECT_NULL(test, find_vm_area((const void *)screen));
}

static void iounmap_of_what_ioremap_did_not_give_is_refused(struct kunit *test)
{
	volatile char *p = ioremap(VGA_TEXT, 2 * PAGE_SIZE);
	void *memory = vmalloc(1);
	volatile void *const wrong[] = { p + PAGE_SIZE, p + 2 * PAGE_SIZE, memory, &e820 };

	KUNIT_ASSERT_TRUE(test, p && memory);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		const u64 log = log_mark();

		iounmap(wrong[i]);
		KUNIT_EXPECT_TRUE(test, logged_since(log, "nothing unmapped"));
	}
	KUNIT_EXPECT_NOT_NULL(test, find_vm_area((const void *)p));
	vfree(memory);
	iounmap(p + 1); /* any byte of its first page: the offset may have come from @pa */
	KUNIT_EXPECT_NULL(test, find_vm_area((const void *)p));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_linear_mapping_and_ioremap_show_the_same_screen),
	KUNIT_CASE(the_local_apic_tells_its_version),
	KUNIT_CASE(an_offset_within_the_page_is_kept_and_both_pages_are_there),
	KUNIT_CASE(device_memory_is_not_cached),
	KUNIT_CASE(ram_is_refused),
	KUNIT_CASE(what_is_empty_or_wraps_round_is_refused),
	KUNIT_CASE(what_no_window_can_hold_is_refused),
	KUNIT_CASE(addresses_that_the_cpu_cannot_put_on_its_bus_are_refused),
	KUNIT_CASE(iounmap_in_an_interrupt_is_refused),
	KUNIT_CASE(iounmap_of_what_ioremap_did_not_give_is_refused),
	{},
};

static struct kunit_suite suite = { .name = "ioremap", .test_cases = cases };
kunit_test_suite(suite);
