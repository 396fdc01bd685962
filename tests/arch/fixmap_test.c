/* The fixmap, through a slot that is nobody's while the suites run: the last of kmap_atomic's. */
#include <tests/kunit.h>
#include <lib/printf.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <asm/fixmap.h>
#include <asm/traps.h>

#define SLOT FIX_KMAP_END

static char red[PAGE_SIZE] __aligned(PAGE_SIZE);
static char blue[PAGE_SIZE] __aligned(PAGE_SIZE);
static volatile char *const window = (volatile char *)__fix_to_virt(SLOT);

static int colour_pages(struct kunit *test __unused)
{
	memset(red, 'r', sizeof(red));
	memset(blue, 'b', sizeof(blue));
	return 0;
}

static void unmap_window(struct kunit *test __unused)
{
	__set_fixmap(SLOT, 0, PAGE_UNMAPPED);
}

static void read_window(void *seen)
{
	*(volatile char *)seen = *window;
}

static void write_window(void *arg __unused)
{
	*window = 'w';
}

static void a_frame_shows_in_the_window(struct kunit *test)
{
	struct page_walk walk;

	__set_fixmap(SLOT, __pa(red), PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, *window, 'r');
	KUNIT_ASSERT_TRUE(test, page_walk(swapper_pg_dir, (unsigned long)window, &walk));
	KUNIT_EXPECT_EQ(test, walk.pa, __pa(red));
	KUNIT_EXPECT_EQ(test, walk.size, PAGE_SIZE);
}

static void what_is_written_through_the_window_is_in_the_frame(struct kunit *test)
{
	__set_fixmap(SLOT, __pa(red), PAGE_KERNEL);
	window[PAGE_SIZE - 1] = 'w';
	KUNIT_EXPECT_EQ(test, READ_ONCE(red[PAGE_SIZE - 1]), 'w');
}

/* The first read puts the old translation into the TLB. */
static void a_remapped_window_shows_the_new_frame_at_once(struct kunit *test)
{
	__set_fixmap(SLOT, __pa(red), PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, *window, 'r');
	__set_fixmap(SLOT, __pa(blue), PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, *window, 'b');
}

static void an_unmapped_window_faults(struct kunit *test)
{
	struct trap_seen seen;
	char value;

	__set_fixmap(SLOT, __pa(red), PAGE_KERNEL);
	KUNIT_EXPECT_FALSE(test, expect_trap(X86_TRAP_PF, read_window, &value, &seen));
	__set_fixmap(SLOT, 0, PAGE_UNMAPPED);
	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, read_window, &value, &seen));
	KUNIT_EXPECT_EQ(test, seen.cr2, (unsigned long)window);
	KUNIT_EXPECT_EQ(test, seen.error_code, 0);
}

static void a_read_only_window_cannot_be_written(struct kunit *test)
{
	struct trap_seen seen;

	__set_fixmap(SLOT, __pa(red), PAGE_KERNEL_RO);
	KUNIT_EXPECT_EQ(test, *window, 'r');
	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, write_window, NULL, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT | X86_PF_WRITE);
	KUNIT_EXPECT_EQ(test, READ_ONCE(red[0]), 'r');
}

/* The last frame of high memory that is RAM and nobody's; 0 where there is none. */
static unsigned long last_high_frame(void)
{
	for (unsigned long pfn = highend_pfn; pfn-- > highstart_pfn;) {
		if (!PageReserved(pfn_to_page(pfn)))
			return pfn;
	}
	return 0;
}

static void a_frame_of_high_memory_can_be_written_and_read(struct kunit *test)
{
	const unsigned long pfn = last_high_frame();
	char before;

	if (!pfn)
		kunit_skip(test, "no high memory");
	__set_fixmap(SLOT, PFN_PHYS(pfn), PAGE_KERNEL);
	before = *window;
	*window = before + 1;
	__set_fixmap(SLOT, __pa(red), PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, *window, 'r');
	__set_fixmap(SLOT, PFN_PHYS(pfn), PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, *window, (char)(before + 1));
	*window = before;
}

static void index_and_address_lead_to_each_other(struct kunit *test)
{
	for (unsigned int idx = 0; idx < __end_of_fixed_addresses; idx++) {
		unsigned long vaddr = __fix_to_virt(idx);

		KUNIT_EXPECT_EQ(test, __virt_to_fix(vaddr), idx);
		KUNIT_EXPECT_EQ(test, __virt_to_fix(vaddr + PAGE_SIZE - 1), idx);
		KUNIT_EXPECT_EQ(test, vaddr, FIXADDR_TOP - idx * PAGE_SIZE);
	}
	KUNIT_EXPECT_EQ(test, fix_to_virt(FIX_BOOT_INFO), FIXADDR_TOP - PAGE_SIZE);
}

static void the_lowest_index_is_the_highest_address(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, __fix_to_virt(__end_of_fixed_addresses - 1), FIXADDR_START);
	KUNIT_EXPECT_EQ(test, __fix_to_virt(FIX_HOLE), FIXADDR_TOP);
}

static void the_last_page_of_the_address_space_stays_empty(struct kunit *test)
{
	struct page_walk walk;

	KUNIT_EXPECT_FALSE(test, page_walk(swapper_pg_dir, __fix_to_virt(FIX_HOLE), &walk));
}

/* Boot closed it behind itself. */
static void the_boot_information_window_is_closed(struct kunit *test)
{
	struct page_walk walk;

	KUNIT_EXPECT_FALSE(test, page_walk(swapper_pg_dir, fix_to_virt(FIX_BOOT_INFO), &walk));
}

static void entries_have_names(struct kunit *test)
{
	char buf[16];

	KUNIT_EXPECT_STREQ(test, fixmap_name(FIX_BOOT_INFO, buf, sizeof(buf)), "BOOT_INFO");
	for (int slot = 0; slot < KM_TYPE_NR; slot++) {
		char wanted[16];

		snprintf(wanted, sizeof(wanted), "KMAP_%d", slot);
		KUNIT_EXPECT_STREQ(test, fixmap_name(FIX_KMAP_BEGIN + slot, buf, sizeof(buf)),
				   wanted);
	}
	KUNIT_EXPECT_STREQ(test, fixmap_name(FIX_HOLE, buf, sizeof(buf)), "HOLE");
	KUNIT_EXPECT_STREQ(test, fixmap_name(__end_of_fixed_addresses, buf, sizeof(buf)), "HOLE");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_frame_shows_in_the_window),
	KUNIT_CASE(what_is_written_through_the_window_is_in_the_frame),
	KUNIT_CASE(a_remapped_window_shows_the_new_frame_at_once),
	KUNIT_CASE(an_unmapped_window_faults),
	KUNIT_CASE(a_read_only_window_cannot_be_written),
	KUNIT_CASE(a_frame_of_high_memory_can_be_written_and_read),
	KUNIT_CASE(index_and_address_lead_to_each_other),
	KUNIT_CASE(the_lowest_index_is_the_highest_address),
	KUNIT_CASE(the_last_page_of_the_address_space_stays_empty),
	KUNIT_CASE(the_boot_information_window_is_closed),
	KUNIT_CASE(entries_have_names),
	{},
};

static struct kunit_suite suite = {
	.name = "fixmap", .init = colour_pages, .exit = unmap_window, .test_cases = cases
};
kunit_test_suite(suite);
