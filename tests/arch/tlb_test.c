/*
 * Flushing the TLB: an entry is read through, so that the CPU remembers it, then changed in the
 * table. Behind the flush the new frame must be seen. (What is seen before it is the CPU's choice.)
 */
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/pgalloc.h>
#include <mm/vmalloc.h>
#include <asm/fixmap.h>
#include <asm/tlbflush.h>
#include <tests/kunit.h>

/* More than are flushed one by one. */
#define NR_PAGES 64

static struct page *old[NR_PAGES], *new[NR_PAGES];
static volatile char *window; /* NR_PAGES pages: the old ones, to begin with */

static int map_old_frames(struct kunit *test)
{
	for (int i = 0; i < NR_PAGES; i++) {
		old[i] = alloc_page(GFP_HIGHUSER);
		new[i] = alloc_page(GFP_HIGHUSER);
		KUNIT_ASSERT_TRUE(test, old[i] && new[i]);
		memset_page(old[i], 0, 'o', 1);
		memset_page(new[i], 0, 'n', 1);
	}
	window = vmap(old, NR_PAGES, VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, window);
	return 0;
}

static void give_back_frames(struct kunit *test __unused)
{
	vunmap((const void *)window);
	vm_unmap_aliases();
	for (int i = 0; i < NR_PAGES; i++) {
		__free_page(old[i]);
		__free_page(new[i]);
	}
}

static unsigned long vaddr_of(int nr)
{
	return (unsigned long)window + (unsigned long)nr * PAGE_SIZE;
}

/* How many of the first @nr pages show @what. */
static int showing(int nr, char what)
{
	int seen = 0;

	for (int i = 0; i < nr; i++)
		seen += *(volatile char *)vaddr_of(i) == what;
	return seen;
}

/* Under the CPU's feet, for the first @nr pages. */
static void change_entries(int nr)
{
	for (int i = 0; i < nr; i++) {
		pte_t *pte = pte_offset_kernel(pmd_offset_k(vaddr_of(i)), vaddr_of(i));

		pte_clear(pte);
		set_pte(pte, mk_pte(new[i], PAGE_KERNEL));
	}
}

static void one_page_is_flushed_by_its_address(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, showing(1, 'o'), 1);
	change_entries(1);
	__flush_tlb_one(vaddr_of(0));
	KUNIT_EXPECT_EQ(test, showing(1, 'n'), 1);
}

static void flush_tlb_page_does_it_too(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, showing(1, 'o'), 1);
	change_entries(1);
	flush_tlb_mm_page(loaded_mm, vaddr_of(0));
	KUNIT_EXPECT_EQ(test, showing(1, 'n'), 1);
}

/* vmap's entries are global, where the CPU has that. */
static void flush_tlb_all_reaches_global_pages(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, showing(NR_PAGES, 'o'), NR_PAGES);
	change_entries(NR_PAGES);
	flush_tlb_all();
	KUNIT_EXPECT_EQ(test, showing(NR_PAGES, 'n'), NR_PAGES);
}

static void a_short_range_is_flushed_page_by_page(struct kunit *test)
{
	const int nr = 8;
	struct tlb_flushes before;

	KUNIT_EXPECT_EQ(test, showing(nr, 'o'), nr);
	change_entries(nr);
	before = tlb_flushes;
	flush_tlb_kernel_range(vaddr_of(0), vaddr_of(nr));
	KUNIT_EXPECT_EQ(test, tlb_flushes.one, before.one + nr);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all);
	KUNIT_EXPECT_EQ(test, showing(nr, 'n'), nr);
}

static void a_long_range_is_flushed_with_all_the_rest(struct kunit *test)
{
	struct tlb_flushes before;

	KUNIT_EXPECT_EQ(test, showing(NR_PAGES, 'o'), NR_PAGES);
	change_entries(NR_PAGES);
	before = tlb_flushes;
	flush_tlb_kernel_range(vaddr_of(0), vaddr_of(NR_PAGES));
	KUNIT_EXPECT_EQ(test, tlb_flushes.one, before.one);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all + 1);
	KUNIT_EXPECT_EQ(test, showing(NR_PAGES, 'n'), NR_PAGES);
}

static void a_flush_of_everything_leaves_global_pages_switched_on(struct kunit *test)
{
	const unsigned long cr4 = read_cr4();

	flush_tlb_all();
	KUNIT_EXPECT_EQ(test, read_cr4(), cr4);
}

static void flushes_of_a_process_are_counted_as_what_they_are(struct kunit *test)
{
	const struct tlb_flushes before = tlb_flushes;

	flush_tlb_mm(loaded_mm);
	flush_tlb_mm_range(loaded_mm, 0, NR_PAGES * PAGE_SIZE);
	flush_tlb_mm_range(loaded_mm, 0, 3 * PAGE_SIZE);
	flush_tlb_mm_page(loaded_mm, 0);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all + 2);
	KUNIT_EXPECT_EQ(test, tlb_flushes.one, before.one + 4);
}

static void a_process_that_is_not_loaded_is_not_flushed(struct kunit *test)
{
	const struct tlb_flushes before = tlb_flushes;
	struct mm_struct *other = (struct mm_struct *)test;

	flush_tlb_mm(other);
	flush_tlb_mm_range(other, 0, NR_PAGES * PAGE_SIZE);
	flush_tlb_mm_page(other, 0);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all);
	KUNIT_EXPECT_EQ(test, tlb_flushes.one, before.one);
}

/* The last of kmap_atomic's slots is nobody's while the suites run. */
static void a_fixmap_entry_shows_its_new_frame(struct kunit *test)
{
	volatile char *slot = (volatile char *)__fix_to_virt(FIX_KMAP_END);
	char first, second;

	set_fixmap(FIX_KMAP_END, page_to_phys(old[0]));
	first = *slot;
	set_fixmap(FIX_KMAP_END, page_to_phys(new[0]));
	second = *slot;
	clear_fixmap(FIX_KMAP_END);
	KUNIT_EXPECT_EQ(test, first, 'o');
	KUNIT_EXPECT_EQ(test, second, 'n');
}

static struct kunit_case cases[] = {
	KUNIT_CASE(one_page_is_flushed_by_its_address),
	KUNIT_CASE(flush_tlb_page_does_it_too),
	KUNIT_CASE(flush_tlb_all_reaches_global_pages),
	KUNIT_CASE(a_short_range_is_flushed_page_by_page),
	KUNIT_CASE(a_long_range_is_flushed_with_all_the_rest),
	KUNIT_CASE(a_flush_of_everything_leaves_global_pages_switched_on),
	KUNIT_CASE(flushes_of_a_process_are_counted_as_what_they_are),
	KUNIT_CASE(a_process_that_is_not_loaded_is_not_flushed),
	KUNIT_CASE(a_fixmap_entry_shows_its_new_frame),
	{},
};

static struct kunit_suite suite = {
	.name = "tlb", .init = map_old_frames, .exit = give_back_frames, .test_cases = cases
};
kunit_test_suite(suite);
