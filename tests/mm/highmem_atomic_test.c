/* Temporary mappings: which address, which entry, and that nothing stays behind. */
#include <tests/kunit.h>
#include <mm/gfp.h>
#include <mm/highmem.h>

static struct page *page, *other;

static int take_two_frames(struct kunit *test __unused)
{
	page = alloc_page(GFP_HIGHUSER);
	other = alloc_page(GFP_HIGHUSER);
	return page && other ? 0 : -1;
}

static void give_them_back(struct kunit *test __unused)
{
	__free_page(page);
	__free_page(other);
}

static void needs_highmem(struct kunit *test)
{
	if (!PageHighMem(page) || !PageHighMem(other))
		kunit_skip(test, "no highmem frame is free");
}

static void a_lowmem_frame_has_its_linear_address(struct kunit *test)
{
	struct page *low = alloc_page(GFP_KERNEL);
	void *vaddr;

	KUNIT_ASSERT_NOT_NULL(test, low);
	vaddr = kmap_atomic(low);
	KUNIT_EXPECT_PTR_EQ(test, vaddr, __va(page_to_phys(low)));
	kunmap_atomic(vaddr);
	__free_page(low);
}

static void a_highmem_frame_gets_the_first_slot(struct kunit *test)
{
	void *vaddr;

	needs_highmem(test);
	vaddr = kmap_atomic(page);
	KUNIT_EXPECT_EQ(test, (unsigned long)vaddr, __fix_to_virt(FIX_KMAP_BEGIN));
	KUNIT_EXPECT_EQ(test, pte_pfn(*kmap_pte), page_to_pfn(page));
	kunmap_atomic(vaddr);
}

static void unmapping_clears_the_entry(struct kunit *test)
{
	needs_highmem(test);
	kunmap_atomic(kmap_atomic(page));
	KUNIT_EXPECT_EQ(test, pte_val(*kmap_pte), 0);
}

static void a_slot_shows_the_frame_that_was_mapped_last(struct kunit *test)
{
	u32 *vaddr;

	needs_highmem(test);
	vaddr = kmap_atomic(page);
	*vaddr = 1;
	kunmap_atomic(vaddr);
	vaddr = kmap_atomic(other);
	*vaddr = 2;
	kunmap_atomic(vaddr);
	vaddr = kmap_atomic(page);
	KUNIT_EXPECT_EQ(test, *vaddr, 1);
	kunmap_atomic(vaddr);
}

static void mappings_nest_on_slots_of_their_own(struct kunit *test)
{
	u32 *first, *second;

	needs_highmem(test);
	first = kmap_atomic(page);
	second = kmap_atomic(other);
	KUNIT_EXPECT_EQ(test, (unsigned long)second, __fix_to_virt(FIX_KMAP_BEGIN + 1));
	*first = 1;
	*second = 2;
	KUNIT_EXPECT_EQ(test, *first, 1);
	kunmap_atomic(second);
	KUNIT_EXPECT_EQ(test, *first, 1);
	kunmap_atomic(first);
}

static void two_mappings_of_a_frame_show_the_same(struct kunit *test)
{
	u32 *first, *second;

	needs_highmem(test);
	first = kmap_atomic(page);
	second = kmap_atomic(page);
	*first = 896;
	KUNIT_EXPECT_EQ(test, READ_ONCE(*second), 896);
	kunmap_atomic(second);
	kunmap_atomic(first);
}

static void all_slots_can_be_taken_at_once(struct kunit *test)
{
	void *vaddrs[KM_TYPE_NR];

	needs_highmem(test);
	for (int i = 0; i < KM_TYPE_NR; i++)
		vaddrs[i] = kmap_atomic(page);
	KUNIT_EXPECT_EQ(test, (unsigned long)vaddrs[KM_TYPE_NR - 1], __fix_to_virt(FIX_KMAP_END));
	for (int i = KM_TYPE_NR - 1; i >= 0; i--)
		kunmap_atomic(vaddrs[i]);
	for (int i = 0; i < KM_TYPE_NR; i++)
		KUNIT_EXPECT_EQ(test, pte_val(kmap_pte[-i]), 0);
}

static void lowmem_frames_take_no_slot(struct kunit *test)
{
	struct page *low;
	void *first, *second;

	needs_highmem(test);
	low = alloc_page(GFP_KERNEL);
	first = kmap_atomic(low);
	second = kmap_atomic(page);
	KUNIT_EXPECT_EQ(test, (unsigned long)second, __fix_to_virt(FIX_KMAP_BEGIN));
	kunmap_atomic(second);
	kunmap_atomic(first);
	__free_page(low);
}

static void clear_highpage_zeroes_all_of_the_frame(struct kunit *test)
{
	u8 *vaddr = kmap_atomic(page);
	size_t nr_set = 0;

	memset(vaddr, 0xff, PAGE_SIZE);
	kunmap_atomic(vaddr);
	clear_highpage(page);
	vaddr = kmap_atomic(page);
	for (size_t i = 0; i < PAGE_SIZE; i++)
		nr_set += vaddr[i] != 0;
	kunmap_atomic(vaddr);
	KUNIT_EXPECT_EQ(test, nr_set, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_lowmem_frame_has_its_linear_address),
	KUNIT_CASE(a_highmem_frame_gets_the_first_slot),
	KUNIT_CASE(unmapping_clears_the_entry),
	KUNIT_CASE(a_slot_shows_the_frame_that_was_mapped_last),
	KUNIT_CASE(mappings_nest_on_slots_of_their_own),
	KUNIT_CASE(two_mappings_of_a_frame_show_the_same),
	KUNIT_CASE(all_slots_can_be_taken_at_once),
	KUNIT_CASE(lowmem_frames_take_no_slot),
	KUNIT_CASE(clear_highpage_zeroes_all_of_the_frame),
	{},
};

static struct kunit_suite suite = {
	.name = "highmem_atomic",
	.init = take_two_frames,
	.exit = give_them_back,
	.test_cases = cases,
};
kunit_test_suite(suite);
