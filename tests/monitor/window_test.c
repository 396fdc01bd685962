/*
 * The window by hand and in sight: what kmap, kunmap, vmalloc and vfree do and refuse, how kmaps
 * draws, and whose addresses are said to be.
 */
#include <lib/errno.h>
#include <lib/printf.h>
#include <mm/highmem.h>
#include <mm/take_page.h>
#include <mm/window.h>
#include <monitor/monitor.h>
#include <tests/kunit.h>
#include <asm/sections.h>
#include "../../monitor/window.h"

static int __printf(1, 2) run(const char *fmt, ...)
{
	char line[64];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	return monitor_run_line(line);
}

/* A frame of a zone that is free, and that no command has mapped. */
static struct page *free_frame(struct kunit *test, gfp_t gfp, enum zone_type zone)
{
	struct page *page = alloc_page(gfp | __GFP_NOWARN);
	bool fits = page && zone_idx(page_zone(page)) == zone;

	if (page)
		__free_page(page);
	if (!fits)
		kunit_skip(test, "no free frame of that zone");
	return page;
}

/* An area of that size, taken by hand; the first of them. */
static bool area_by_hand(unsigned long size, struct vmap_info *info)
{
	for_each_vmap_area (info) {
		char buf[48];

		if (info->vm.nr_pages == size >> PAGE_SHIFT &&
		    !strcmp(vmalloc_owner(info->start, buf, sizeof(buf)), "vmalloc:run_vmalloc"))
			return true;
	}
	return false;
}

static void kmap_takes_a_free_frame_and_kunmap_gives_it_back(struct kunit *test)
{
	struct page *page = free_frame(test, GFP_HIGHUSER, OPT_ZONE_HIGHMEM);
	unsigned long pfn = page_to_pfn(page), free_before = nr_free_pages();
	unsigned long slot;

	if (!PageHighMem(page))
		kunit_skip(test, "this kernel has no high memory");
	KUNIT_ASSERT_EQ(test, run("kmap %#lx", pfn), 0);
	KUNIT_ASSERT_NOT_NULL(test, page_address(page));
	slot = PKMAP_NR((unsigned long)page_address(page));
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, pkmap_count[slot], 2);
	KUNIT_EXPECT_EQ(test, run("kmap %lu", pfn), 0);
	KUNIT_EXPECT_EQ(test, pkmap_count[slot], 3);
	KUNIT_EXPECT_EQ(test, run("kunmap %lu", pfn), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, run("kunmap %lu", pfn), 0);
	KUNIT_EXPECT_EQ(test, pkmap_count[slot], 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
	KUNIT_EXPECT_NULL(test, hand_map_of(page));
	drain_all_pages();
	KUNIT_EXPECT_NOT_NULL(test, free_block_around(page));
	KUNIT_EXPECT_LE(test, free_before - nr_free_pages(), 1); /* a new slab for the list */
}

static void kmap_of_a_lowmem_frame_takes_no_slot(struct kunit *test)
{
	struct page *page = free_frame(test, GFP_KERNEL, ZONE_NORMAL);
	unsigned long used = pkmap_usage().used;

	KUNIT_ASSERT_EQ(test, run("kmap %lu", page_to_pfn(page)), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	KUNIT_EXPECT_EQ(test, pkmap_usage().used, used);
	KUNIT_EXPECT_EQ(test, run("kunmap %lu", page_to_pfn(page)), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
}

static void a_frame_in_use_is_mapped_and_stays_its_owners(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	KUNIT_ASSERT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, run("kmap %lu", page_to_pfn(page)), 0);
	KUNIT_EXPECT_FALSE(test, hand_map_of(page)->taken);
	KUNIT_EXPECT_EQ(test, run("kunmap %lu", page_to_pfn(page)), 0);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	__free_page(page);
}

static void a_reserved_frame_of_lowmem_may_be_looked_at(struct kunit *test)
{
	unsigned long pfn = virt_to_pfn(_text);

	KUNIT_EXPECT_EQ(test, run("kmap %lu", pfn), 0);
	KUNIT_EXPECT_EQ(test, run("kunmap %lu", pfn), 0);
	KUNIT_EXPECT_TRUE(test, PageReserved(pfn_to_page(pfn)));
}

static void kunmap_leaves_alone_what_kmap_did_not_map(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	int count;

	if (!PageHighMem(page)) {
		__free_page(page);
		kunit_skip(test, "no high memory");
	}
	count = pkmap_count[PKMAP_NR((unsigned long)kmap(page))];
	KUNIT_EXPECT_EQ(test, run("kunmap %lu", page_to_pfn(page)), -EINVAL);
	KUNIT_EXPECT_EQ(test, pkmap_count[PKMAP_NR((unsigned long)page_address(page))], count);
	kunmap(page);
	__free_page(page);
}

/* Counts are set by hand: as many frames as slots are not always there. */
static void kmap_does_not_wait_for_a_slot(struct kunit *test)
{
	static int counts[LAST_PKMAP];
	struct page *page = free_frame(test, GFP_HIGHUSER, OPT_ZONE_HIGHMEM);
	int err;

	if (!PageHighMem(page))
		kunit_skip(test, "this kernel has no high memory");
	kmap_flush_unused();
	preempt_disable();
	memcpy(counts, pkmap_count, sizeof(counts));
	for (unsigned int nr = 0; nr < LAST_PKMAP; nr++)
		pkmap_count[nr] = max(counts[nr], 2);
	err = run("kmap %lu", page_to_pfn(page));
	memcpy(pkmap_count, counts, sizeof(counts));
	preempt_enable();
	KUNIT_EXPECT_EQ(test, err, -EINVAL);
	KUNIT_EXPECT_EQ(test, page_count(page), 0);
}

static void vmalloc_takes_an_area_and_vfree_gives_it_back(struct kunit *test)
{
	struct vmap_info info, after;

	KUNIT_ASSERT_EQ(test, run("vmalloc 37K"), 0);
	KUNIT_ASSERT_TRUE(test, area_by_hand(PAGE_ALIGN(37 * SZ_1K), &info));
	KUNIT_EXPECT_EQ(test, vmap_info_pages(&info), 10);
	memset((void *)info.start, 0x5A, 37 * SZ_1K);
	KUNIT_EXPECT_EQ(test, run("vfree %#lx", info.start + PAGE_SIZE), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("vfree %#lx", info.start), 0);
	KUNIT_EXPECT_EQ(test, run("vfree %#lx", info.start), -EINVAL);
	if (next_vmap_area(info.start, &after) && after.start == info.start)
		KUNIT_EXPECT_TRUE(test, after.unpurged);
}

static void vfree_leaves_alone_what_vmalloc_did_not_take(struct kunit *test)
{
	void *addr = vmalloc(PAGE_SIZE);
	struct vmap_info info;

	KUNIT_ASSERT_NOT_NULL(test, addr);
	KUNIT_EXPECT_EQ(test, run("vfree %p", addr), -EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, vmalloc_to_page(addr));
	vfree(addr);
	KUNIT_EXPECT_EQ(test, run("vfree 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("vfree %#lx", VMALLOC_END), -EINVAL);
	/* 1,025 frames need an array of more than a page: an area with the same caller. */
	KUNIT_ASSERT_EQ(test, run("vmalloc 4100K"), 0);
	KUNIT_ASSERT_TRUE(test, area_by_hand(4100 * SZ_1K, &info));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(info.vm.pages));
	KUNIT_EXPECT_EQ(test, run("vfree %p", info.vm.pages), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("vfree %#lx", info.start), 0);
}

static void what_the_window_can_not_hold_is_refused(struct kunit *test)
{
	unsigned long used = vmalloc_usage().used;

	KUNIT_EXPECT_EQ(test, run("vmalloc 0"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("vmalloc %lu", VMALLOC_END - VMALLOC_START), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("vmalloc much"), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("vmalloc %lu", VMALLOC_END - VMALLOC_START - PAGE_SIZE), -ENOMEM);
	KUNIT_EXPECT_EQ(test, run("kmap %#lx", max_mapnr), -EINVAL);
	KUNIT_EXPECT_EQ(test, run("kmap high"), -EINVAL);
	vm_unmap_aliases();
	KUNIT_EXPECT_LE(test, vmalloc_usage().used, used);
}

static void a_slot_is_drawn_by_its_count(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, slot_mark(0), '.');
	KUNIT_EXPECT_EQ(test, slot_mark(1), ':');
	KUNIT_EXPECT_EQ(test, slot_mark(2), '1');
	KUNIT_EXPECT_EQ(test, slot_mark(10), '9');
	KUNIT_EXPECT_EQ(test, slot_mark(11), '+');
}

static void free_lines_end_at_a_used_slot_and_at_the_search(struct kunit *test)
{
	unsigned int last = last_pkmap_nr;

	if (pkmap_usage().used)
		kmap_flush_unused();
	if (pkmap_usage().used)
		kunit_skip(test, "slots are in use");
	last_pkmap_nr = 130;
	KUNIT_EXPECT_EQ(test, free_lines(0), 128);
	KUNIT_EXPECT_EQ(test, free_lines(128), 0);
	KUNIT_EXPECT_EQ(test, free_lines(192), LAST_PKMAP - 192);
	pkmap_count[319] = 1;
	KUNIT_EXPECT_EQ(test, free_lines(192), 64);
	pkmap_count[319] = 0;
	last_pkmap_nr = last;
}

static void each_address_of_an_area_has_its_owner(struct kunit *test)
{
	char buf[64];
	unsigned long addr = (unsigned long)vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_TRUE(test, addr);
	KUNIT_EXPECT_STREQ(test, layout_owner(addr + 5, buf, sizeof(buf)),
			   "vmalloc:each_address_of_an_area_has_its_owner");
	layout_owner(addr + PAGE_SIZE, buf, sizeof(buf));
	KUNIT_EXPECT_STREQ(test, buf + strlen(buf) - strlen(" guard page"), " guard page");
	vfree((void *)addr);
	KUNIT_EXPECT_STREQ(test, layout_owner(addr, buf, sizeof(buf)), "vmalloc:unpurged");
	vm_unmap_aliases();
	KUNIT_EXPECT_STREQ(test, layout_owner(addr, buf, sizeof(buf)), "vmalloc");
}

static void a_slot_of_kmap_says_its_frame(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	unsigned long vaddr = (unsigned long)kmap(page);
	char buf[48], expected[48];

	if (PageHighMem(page)) {
		snprintf(expected, sizeof(expected), "pkmap:%lu frame %#lx", PKMAP_NR(vaddr),
			 page_to_pfn(page));
		KUNIT_EXPECT_STREQ(test, layout_owner(vaddr, buf, sizeof(buf)), expected);
	}
	kunmap(page);
	__free_page(page);
}

static void usage_counts_what_is_taken(struct kunit *test)
{
	struct layout_usage before = vmalloc_usage(), after;
	void *addr = vmalloc(3 * PAGE_SIZE);

	after = vmalloc_usage();
	KUNIT_EXPECT_EQ(test, after.nr_areas, before.nr_areas + 1);
	KUNIT_EXPECT_EQ(test, after.used, before.used + 4 * PAGE_SIZE / SZ_1K);
	vfree(addr);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(kmap_takes_a_free_frame_and_kunmap_gives_it_back),
	KUNIT_CASE(kmap_of_a_lowmem_frame_takes_no_slot),
	KUNIT_CASE(a_frame_in_use_is_mapped_and_stays_its_owners),
	KUNIT_CASE(a_reserved_frame_of_lowmem_may_be_looked_at),
	KUNIT_CASE(kunmap_leaves_alone_what_kmap_did_not_map),
	KUNIT_CASE(kmap_does_not_wait_for_a_slot),
	KUNIT_CASE(vmalloc_takes_an_area_and_vfree_gives_it_back),
	KUNIT_CASE(vfree_leaves_alone_what_vmalloc_did_not_take),
	KUNIT_CASE(what_the_window_can_not_hold_is_refused),
	KUNIT_CASE(a_slot_is_drawn_by_its_count),
	KUNIT_CASE(free_lines_end_at_a_used_slot_and_at_the_search),
	KUNIT_CASE(each_address_of_an_area_has_its_owner),
	KUNIT_CASE(a_slot_of_kmap_says_its_frame),
	KUNIT_CASE(usage_counts_what_is_taken),
	{},
};
static struct kunit_suite suite = { .name = "window_commands", .test_cases = cases };
kunit_test_suite(suite);
