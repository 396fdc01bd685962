/* vmalloc() and vmap(): addresses, frames, contents, and everything given back. */
#include <mm/fault_inject.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/pgalloc.h>
#include <mm/slab.h>
#include <mm/slub_def.h>
#include <mm/page_debug.h>
#include <mm/vmalloc.h>
#include <asm/ioremap.h>
#include <asm/tlbflush.h>
#include <asm/traps.h>
#include <tests/kunit.h>
#include <tests/threads.h>

/* Free frames when nothing waits for a flush and no cache keeps an empty slab. */
static unsigned long settled_free_pages(void)
{
	struct kmem_cache *s;

	vm_unmap_aliases();
	for_each_kmem_cache (s)
		kmem_cache_shrink(s);
	drain_all_pages();
	return nr_free_pages();
}

/* Each case starts with nothing in wait, so that the lowest hole is the next to be given. */
static int settle(struct kunit *test __unused)
{
	vfree(vmalloc(1)); /* what interrupts let go of goes, too */
	vm_unmap_aliases();
	return 0;
}

static void write_byte(void *vaddr)
{
	*(volatile char *)vaddr = 'w';
}

static bool write_traps(const void *vaddr)
{
	struct trap_seen seen;

	return expect_trap(X86_TRAP_PF, write_byte, (void *)vaddr, &seen) &&
	       seen.cr2 == (unsigned long)vaddr;
}

/* --- what one gets ---------------------------------------------------------------------------- */

static const unsigned long sizes[] = { 1,	  PAGE_SIZE - 1,   PAGE_SIZE, PAGE_SIZE + 1,
				       896 * 896, 1024 * PAGE_SIZE };

static void every_byte_asked_for_is_there_and_keeps_its_value(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const unsigned long words = sizes[i] / sizeof(u32);
		u32 *p = vmalloc(sizes[i]);
		unsigned long wrong = 0;

		KUNIT_ASSERT_NOT_NULL(test, p);
		for (unsigned long n = 0; n < words; n++)
			p[n] = (u32)n * 2654435761U;
		for (unsigned long n = 0; n < words; n++)
			wrong += p[n] != (u32)n * 2654435761U;
		write_byte((char *)p + sizes[i] - 1);
		KUNIT_EXPECT_EQ(test, wrong, 0UL);
		vfree(p);
	}
}

static void an_area_has_as_many_frames_as_its_size_needs(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const unsigned long pages = PAGE_ALIGN(sizes[i]) >> PAGE_SHIFT;
		char *p = vmalloc(sizes[i]);
		const struct vm_struct *area = find_vm_area(p);

		KUNIT_ASSERT_NOT_NULL(test, area);
		KUNIT_EXPECT_EQ(test, area->nr_pages, pages);
		KUNIT_EXPECT_EQ(test, area->size, (pages + 1) << PAGE_SHIFT);
		for (unsigned long n = 0; n < pages; n++)
			KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(p + n * PAGE_SIZE),
					    area->pages[n]);
		vfree(p);
	}
}

static void writing_past_the_end_traps_at_the_guard_page(struct kunit *test)
{
	char *p = vmalloc(3 * PAGE_SIZE), *q = vmalloc(PAGE_SIZE);

	KUNIT_ASSERT_TRUE(test, p && q);
	KUNIT_EXPECT_TRUE(test, write_traps(p + 3 * PAGE_SIZE));
	KUNIT_EXPECT_TRUE(test, write_traps(p + 4 * PAGE_SIZE - 1));
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(p + 3 * PAGE_SIZE));
	vfree(q);
	vfree(p);
}

static void frames_come_from_highmem_as_long_as_there_is_some(struct kunit *test)
{
	char *p;

	if (!totalhigh_pages)
		kunit_skip(test, "no high memory");
	p = vmalloc(16 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, p);
	for (int i = 0; i < 16; i++)
		KUNIT_EXPECT_TRUE(test, PageHighMem(vmalloc_to_page(p + i * PAGE_SIZE)));
	vfree(p);
}

static void vzalloc_gives_zeroes_where_others_wrote(struct kunit *test)
{
	u8 *p = vmalloc(8 * PAGE_SIZE), wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, p);
	memset(p, 0xAA, 8 * PAGE_SIZE);
	vfree(p);
	p = vzalloc(8 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, p);
	for (unsigned long i = 0; i < 8 * PAGE_SIZE; i++)
		wrong |= p[i];
	KUNIT_EXPECT_EQ(test, wrong, 0);
	vfree(p);
}

static void vmalloc_with_gfp_kernel_takes_lowmem_and_obeys_the_permissions(struct kunit *test)
{
	char *p = __vmalloc(PAGE_SIZE, GFP_KERNEL, PAGE_KERNEL_RO);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_FALSE(test, PageHighMem(vmalloc_to_page(p)));
	KUNIT_EXPECT_TRUE(test, write_traps(p));
	vfree(p);
}

static void addresses_are_aligned_as_asked_up_to_4_mb(struct kunit *test)
{
	for (unsigned long align = PAGE_SIZE; align <= 4 * SZ_1M; align <<= 1) {
		char *small = vmalloc(1); /* else the last address might do by chance */
		char *p = __vmalloc_node(3 * PAGE_SIZE, align, GFP_KERNEL, PAGE_KERNEL, 0, NULL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_EQ(test, (unsigned long)p & (align - 1), 0UL);
		vfree(p);
		vfree(small);
	}
}

static void addresses_lie_between_the_bounds_given(struct kunit *test)
{
	const unsigned long start = VMALLOC_START + 16 * SZ_1M, end = start + 4 * PAGE_SIZE;
	char *p = __vmalloc_node_range(2 * PAGE_SIZE, PAGE_SIZE, start, end, GFP_KERNEL,
				       PAGE_KERNEL, 0, NULL);
	char *q = __vmalloc_node_range(2 * PAGE_SIZE, PAGE_SIZE, start, end,
				       GFP_KERNEL | __GFP_NOWARN, PAGE_KERNEL, 0, NULL);

	KUNIT_EXPECT_EQ(test, (unsigned long)p, start);
	KUNIT_EXPECT_NULL(test, q);
	vfree(p);
}

static void vmap_shows_the_frames_in_the_order_given(struct kunit *test)
{
	struct page *pages[4];
	u32 *p;

	for (u32 i = 0; i < 4; i++) {
		pages[3 - i] = alloc_page(GFP_HIGHUSER);
		KUNIT_ASSERT_NOT_NULL(test, pages[3 - i]);
		memcpy_to_page(pages[3 - i], 0, &(u32){ 3 - i }, sizeof(u32));
	}
	p = vmap(pages, 4, VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	for (u32 i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, p[i * PAGE_SIZE / sizeof(u32)], i);
		KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page((char *)p + i * PAGE_SIZE), pages[i]);
	}
	vunmap(p);
	for (int i = 0; i < 4; i++) {
		KUNIT_EXPECT_EQ(test, page_count(pages[i]), 1); /* still the caller's */
		__free_page(pages[i]);
	}
}

static void areas_know_who_asked(struct kunit *test)
{
	void *p = vmalloc(1);
	const struct vm_struct *area = find_vm_area(p);
	const unsigned long caller = area ? (unsigned long)area->caller : 0;

	KUNIT_EXPECT_GT(test, caller, (unsigned long)areas_know_who_asked);
	KUNIT_EXPECT_LT(test, caller, (unsigned long)areas_know_who_asked + 4096);
	vfree(p);
}

static void the_window_and_nothing_else_is_vmallocs(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr((void *)VMALLOC_START));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr((void *)(VMALLOC_END - 1)));
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr((void *)(VMALLOC_START - 1)));
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr((void *)VMALLOC_END));
	KUNIT_EXPECT_FALSE(test, is_vmalloc_addr(sizes));
	KUNIT_EXPECT_GE(test, VMALLOC_START, (unsigned long)high_memory + VMALLOC_OFFSET);
}

/* --- giving back ------------------------------------------------------------------------------ */

static void everything_is_given_back(struct kunit *test)
{
	unsigned long before;

	vfree(vmalloc(1024 * PAGE_SIZE)); /* page tables stay */
	before = settled_free_pages();
	/* Often: one object more or less in a slab would not show. */
	for (size_t i = 0; i < 32 * ARRAY_SIZE(sizes); i++) {
		vfree(vmalloc(sizes[i % ARRAY_SIZE(sizes)]));
		vm_unmap_aliases(); /* the same addresses again: no new page table */
	}
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
	KUNIT_EXPECT_EQ(test, vmap_lazy_nr, 0UL);
}

/* The CPU has seen the frame: its address must not be another's before a flush. */
static void addresses_are_used_again_only_after_a_flush(struct kunit *test)
{
	char *p = vmalloc(PAGE_SIZE), *q, *r;
	unsigned long flushes;

	write_byte(p);
	flushes = tlb_flushes.one + tlb_flushes.all;
	vfree(p);
	q = vmalloc(PAGE_SIZE);
	/* Poisoning and zeroing map a frame for a moment, and flush that. */
	if (!page_debug_enabled && !init_on_alloc)
		KUNIT_EXPECT_EQ(test, tlb_flushes.one + tlb_flushes.all, flushes);
	KUNIT_EXPECT_PTR_NE(test, q, p);
	vm_unmap_aliases();
	KUNIT_EXPECT_GT(test, tlb_flushes.one + tlb_flushes.all, flushes);
	r = vmalloc(PAGE_SIZE);
	KUNIT_EXPECT_PTR_EQ(test, r, p);
	vfree(q);
	vfree(r);
}

static void an_address_used_again_shows_its_new_frame(struct kunit *test)
{
	free_vm_stack_cache(); /* it leaves holes for a page, but not for many */
	vm_unmap_aliases();
	for (unsigned long nr_pages = 1; nr_pages <= 64; nr_pages *= 2) { /* one by one, and all */
		volatile char *p = vmalloc(nr_pages * PAGE_SIZE), *q;
		struct page *page = alloc_page(GFP_HIGHUSER);

		KUNIT_ASSERT_TRUE(test, p && page);
		memset_page(page, 0, 'n', PAGE_SIZE);
		*p = 'o';
		vfree((void *)p);
		vm_unmap_aliases();
		q = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
		KUNIT_EXPECT_PTR_EQ(test, p, q);
		KUNIT_EXPECT_EQ(test, *q, 'n');
		vunmap((void *)q);
		vm_unmap_aliases();
		__free_page(page);
	}
}

static void one_flush_serves_many_areas(struct kunit *test)
{
	void *p[100];
	unsigned long flushes;

	for (int i = 0; i < 100; i++)
		p[i] = vmalloc(1);
	flushes = tlb_flushes.all;
	for (int i = 0; i < 100; i++)
		vfree(p[i]);
	KUNIT_EXPECT_EQ(test, vmap_lazy_nr, 200UL);
	vm_unmap_aliases();
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, flushes + 1);
	KUNIT_EXPECT_EQ(test, vmap_lazy_nr, 0UL);
}

static void *for_interrupt[3];
static volatile bool interrupt_came;

static void vfree_in_interrupt(unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		vfree(for_interrupt[i]);
	interrupt_came = true;
}

static void in_an_interrupt(void (*function)(unsigned long nr), unsigned long nr)
{
	struct timer_list timer;

	interrupt_came = false;
	setup_timer(&timer, function, nr);
	mod_timer(&timer, jiffies + 1);
	wait_until(interrupt_came);
}

static void vfree_in_an_interrupt_is_put_off_until_the_next_thread_calls(struct kunit *test)
{
	unsigned long before = settled_free_pages();

	for (int i = 0; i < 3; i++)
		for_interrupt[i] = vmalloc(4 * PAGE_SIZE);
	in_an_interrupt(vfree_in_interrupt, 3);
	KUNIT_ASSERT_TRUE(test, interrupt_came);
	KUNIT_EXPECT_NOT_NULL(test, find_vm_area(for_interrupt[0]));
	vfree(vmalloc(1));
	for (int i = 0; i < 3; i++)
		KUNIT_EXPECT_NULL(test, find_vm_area(for_interrupt[i]));
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
}

/* It is on the list of what is to be freed: who took it away as well would free it twice. */
static void what_an_interrupt_let_go_of_is_nobody_elses(struct kunit *test)
{
	for_interrupt[0] = vmalloc(PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, for_interrupt[0]);
	in_an_interrupt(vfree_in_interrupt, 1);
	KUNIT_EXPECT_NULL(test, remove_vm_area(for_interrupt[0], VM_ALLOC));
	vfree(vmalloc(1));
	KUNIT_EXPECT_NULL(test, find_vm_area(for_interrupt[0]));
}

static void vfree_twice_in_an_interrupt_is_refused_once(struct kunit *test)
{
	const u64 log = log_mark();

	for_interrupt[0] = for_interrupt[1] = vmalloc(1);
	in_an_interrupt(vfree_in_interrupt, 2);
	vfree(vmalloc(1));
	KUNIT_EXPECT_NULL(test, find_vm_area(for_interrupt[0]));
	KUNIT_EXPECT_TRUE(test, logged_since(log, "nothing freed"));
}

static void vunmap_in_interrupt(unsigned long nr)
{
	vunmap(for_interrupt[nr]);
	interrupt_came = true;
}

static void vunmap_in_an_interrupt_is_refused(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	const u64 log = log_mark();

	for_interrupt[0] = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	in_an_interrupt(vunmap_in_interrupt, 0);
	KUNIT_EXPECT_TRUE(test, logged_since(log, "an interrupt must not unmap"));
	KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(for_interrupt[0]), page);
	vunmap(for_interrupt[0]);
	KUNIT_EXPECT_NULL(test, find_vm_area(for_interrupt[0]));
	__free_page(page);
}

/* --- memory runs out -------------------------------------------------------------------------- */

#define LEAK_PAGES 1500 /* so that the array of frames is an area of its own */

typedef void (*set_fault_t)(const struct fault_attr *attr);
typedef struct fault_attr (*make_fault_t)(unsigned int nth);

/* For objects: one missing is one too many. */
static struct fault_attr the_nth_fails(unsigned int nth)
{
	return (struct fault_attr){ .probability = 100, .interval = nth, .times = 1 };
}

/* For frames: a block that is not to be had is made up for by single ones, so none must be left. */
static struct fault_attr all_fail_after_n_pages(unsigned int nth)
{
	return (struct fault_attr){ .probability = 100, .times = -1, .space = nth * PAGE_SIZE };
}

/* Returns whether the failure came before vmalloc() had all it wanted. */
static bool survives_failure(set_fault_t set, struct fault_attr attr)
{
	void *p;

	set(&attr);
	p = vmalloc(LEAK_PAGES * PAGE_SIZE);
	set(NULL);
	vfree(p);
	return !p;
}

static void fail_each_in_turn(struct kunit *test, set_fault_t set, make_fault_t fault,
			      unsigned int step)
{
	unsigned long before;
	unsigned int nth = 1;

	vfree(vmalloc(LEAK_PAGES * PAGE_SIZE)); /* page tables stay */
	before = settled_free_pages();
	while (survives_failure(set, fault(nth))) {
		KUNIT_ASSERT_EQ(test, settled_free_pages(), before);
		nth += nth < 20 ? 1 : step;
	}
	KUNIT_EXPECT_GT(test, nth, 4U);
}

static void nothing_is_lost_whichever_frame_is_not_to_be_had(struct kunit *test)
{
	if (totalram_pages < 4 * LEAK_PAGES)
		kunit_skip(test, "not RAM enough");
	fail_each_in_turn(test, set_fail_page_alloc, all_fail_after_n_pages, 97);
}

static void nothing_is_lost_whichever_object_is_not_to_be_had(struct kunit *test)
{
	if (totalram_pages < 4 * LEAK_PAGES)
		kunit_skip(test, "not RAM enough");
	fail_each_in_turn(test, set_failslab, the_nth_fails, 1);
}

static bool has_page_table(unsigned long vaddr)
{
	const pmd_t *pmd = pmd_offset_k(vaddr);

	return pmd && !pmd_none(*pmd);
}

/* The last pmd of the window without a table; 0 where all are there. */
static unsigned long untouched_address(void)
{
	unsigned long at = (VMALLOC_END - PMD_SIZE) & PMD_MASK;

	while (at > VMALLOC_START && has_page_table(at))
		at -= PMD_SIZE;
	return at > VMALLOC_START ? at : 0;
}

static void nothing_is_lost_when_a_page_table_is_not_to_be_had(struct kunit *test)
{
	const unsigned long start = untouched_address(), before = settled_free_pages();
	const struct fault_attr always = { .probability = 100, .times = -1 };
	struct page *page;
	int err;

	if (!start)
		kunit_skip(test, "all page tables are there");
	page = alloc_page(GFP_HIGHUSER);
	set_fail_page_alloc(&always);
	err = vmap_page_range_noflush(start, start + PAGE_SIZE, PAGE_KERNEL, &page);
	set_fail_page_alloc(NULL);
	unmap_kernel_range_noflush(start, PAGE_SIZE);
	__free_page(page);
	KUNIT_EXPECT_LT(test, err, 0);
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
}

/* One frame mapped often: the window is full long before RAM is. */
static void a_full_window_gives_null_and_recovers(struct kunit *test)
{
	enum { CHUNK = 512 };
	const u64 log = log_mark();
	struct page **same, *page;
	void **maps;
	int nr = 0;

	if (sizeof(long) == sizeof(u64))
		kunit_skip(test, "the window is larger than all RAM");
	same = kmalloc(CHUNK * sizeof(*same), GFP_KERNEL);
	page = alloc_page(GFP_HIGHUSER);
	maps = kzalloc(PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, same && page && maps);
	for (int i = 0; i < CHUNK; i++)
		same[i] = page;
	while (nr < 1024 && (maps[nr] = vmap(same, CHUNK, VM_MAP, PAGE_KERNEL)))
		nr++;
	KUNIT_EXPECT_GE(test, nr + 4UL, (VMALLOC_END - VMALLOC_START) / PAGE_SIZE / (CHUNK + 1));
	KUNIT_EXPECT_TRUE(test, logged_since(log, "vmalloc: no room for"));
	vunmap(maps[nr / 2]); /* not flushed yet: asking does that */
	maps[nr / 2] = vmap(same, CHUNK, VM_MAP, PAGE_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, maps[nr / 2]);
	while (nr-- > 0)
		vunmap(maps[nr]);
	__free_page(page);
	kfree(maps);
	kfree(same);
}

/* --- what must not be ------------------------------------------------------------------------- */

static void sizes_that_are_impossible_are_refused(struct kunit *test)
{
	const unsigned long window = VMALLOC_END - VMALLOC_START;
	const unsigned long wrong[] = { 0, window, ~0UL, ~0UL - PAGE_SIZE + 1, ~0UL - PAGE_SIZE };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		const u64 log = log_mark();

		KUNIT_EXPECT_NULL(test, vmalloc(wrong[i]));
		KUNIT_EXPECT_NULL(test, vzalloc(wrong[i]));
		KUNIT_EXPECT_TRUE(test, logged_since(log, "vmalloc: "));
	}
}

static void alignments_that_are_impossible_are_refused(struct kunit *test)
{
	const unsigned long aligns[] = { 0, 1, PAGE_SIZE / 2, 3 * PAGE_SIZE, PAGE_SIZE + 1 };

	for (size_t i = 0; i < ARRAY_SIZE(aligns); i++) {
		const u64 log = log_mark();

		KUNIT_EXPECT_NULL(test, __vmalloc_node(PAGE_SIZE, aligns[i], GFP_KERNEL,
						       PAGE_KERNEL, 0, NULL));
		KUNIT_EXPECT_TRUE(test, logged_since(log, "vmalloc: alignment"));
	}
}

static void vmap_of_no_pages_or_too_many_is_refused(struct kunit *test)
{
	struct page *page = NULL;
	const u64 log = log_mark();

	KUNIT_EXPECT_NULL(test, vmap(&page, 0, VM_MAP, PAGE_KERNEL));
	KUNIT_EXPECT_TRUE(test, logged_since(log, "vmap: 0 bytes: that is nothing"));
	KUNIT_EXPECT_NULL(test, vmap(&page, totalram_pages + 1, VM_MAP, PAGE_KERNEL));
	KUNIT_EXPECT_NULL(test, vmap(&page, ~0U, VM_MAP, PAGE_KERNEL));
}

/* 4 GB and a page: in 32 bits their bytes are those of one page. */
#define PAGES_OF_4G ((1U << 20) + 1)

static void vmap_of_more_than_4_gb_shows_the_last_page_or_is_refused(struct kunit *test)
{
	struct page **pages = vmalloc(PAGES_OF_4G * sizeof(*pages)), *page = alloc_page(GFP_KERNEL);
	char *p;

	if (!pages)
		kunit_skip(test, "no room for the array of frames");
	for (unsigned int i = 0; i < PAGES_OF_4G; i++)
		pages[i] = page;
	p = vmap(pages, PAGES_OF_4G, VM_MAP, PAGE_KERNEL);
	KUNIT_EXPECT_EQ(test, !!p, totalram_pages >= PAGES_OF_4G && BITS_PER_LONG > 32);
	if (p)
		KUNIT_EXPECT_PTR_EQ(test, vmalloc_to_page(p + (PAGES_OF_4G - 1UL) * PAGE_SIZE),
				    page);
	vunmap(p);
	vfree(pages);
	__free_page(page);
}

/* The area stays as it is, and is freed at last. */
static void expect_refused(struct kunit *test, void (*put)(const void *), const void *addr,
			   const char *why)
{
	const u64 log = log_mark();

	put(addr);
	if (!logged_since(log, why))
		KUNIT_FAIL(test, "no word of \"%s\" for %p", why, addr);
	KUNIT_EXPECT_TRUE(test, logged_since(log, "; nothing freed"));
}

static void addresses_that_vmalloc_did_not_give_are_refused(struct kunit *test)
{
	char *p = vmalloc(4 * PAGE_SIZE);

	expect_refused(test, vfree, p + 1, "lies inside the area at");
	expect_refused(test, vfree, p + 2 * PAGE_SIZE, "lies inside the area at");
	expect_refused(test, vfree, p + 4 * PAGE_SIZE, "lies inside the area at");
	expect_refused(test, vfree, (void *)(VMALLOC_END - PAGE_SIZE), "lies in no area");
	expect_refused(test, vfree, sizes, "lies in no area");
	expect_refused(test, vunmap, p, "is of another kind");
	KUNIT_EXPECT_NOT_NULL(test, find_vm_area(p));
	write_byte(p + 3 * PAGE_SIZE);
	vfree(p);
	expect_refused(test, vfree, p, "was let go of already");
	vm_unmap_aliases();
	expect_refused(test, vfree, p, "lies in no area");
}

static void vfree_of_what_is_not_vmallocs_is_refused(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *mapped = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	volatile void *device = ioremap(0xB8000, PAGE_SIZE);

	KUNIT_ASSERT_TRUE(test, mapped && device);
	expect_refused(test, vfree, mapped, "is of another kind");
	expect_refused(test, vfree, (void *)device, "is of another kind");
	vunmap(mapped);
	iounmap(device);
	__free_page(page);
}

static void null_may_be_freed(struct kunit *test)
{
	const u64 log = log_mark();

	vfree(NULL);
	vunmap(NULL);
	KUNIT_EXPECT_FALSE(test, logged_since(log, "vfree"));
}

static void frames_of_no_area_are_no_pages(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, vmalloc_to_page((void *)(VMALLOC_END - PAGE_SIZE)));
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(sizes));
	KUNIT_EXPECT_NULL(test, vmalloc_to_page(NULL));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_byte_asked_for_is_there_and_keeps_its_value),
	KUNIT_CASE(an_area_has_as_many_frames_as_its_size_needs),
	KUNIT_CASE(writing_past_the_end_traps_at_the_guard_page),
	KUNIT_CASE(frames_come_from_highmem_as_long_as_there_is_some),
	KUNIT_CASE(vzalloc_gives_zeroes_where_others_wrote),
	KUNIT_CASE(vmalloc_with_gfp_kernel_takes_lowmem_and_obeys_the_permissions),
	KUNIT_CASE(addresses_are_aligned_as_asked_up_to_4_mb),
	KUNIT_CASE(addresses_lie_between_the_bounds_given),
	KUNIT_CASE(vmap_shows_the_frames_in_the_order_given),
	KUNIT_CASE(areas_know_who_asked),
	KUNIT_CASE(the_window_and_nothing_else_is_vmallocs),
	KUNIT_CASE(everything_is_given_back),
	KUNIT_CASE(addresses_are_used_again_only_after_a_flush),
	KUNIT_CASE(an_address_used_again_shows_its_new_frame),
	KUNIT_CASE(one_flush_serves_many_areas),
	KUNIT_CASE(vfree_in_an_interrupt_is_put_off_until_the_next_thread_calls),
	KUNIT_CASE(what_an_interrupt_let_go_of_is_nobody_elses),
	KUNIT_CASE(vfree_twice_in_an_interrupt_is_refused_once),
	KUNIT_CASE(vunmap_in_an_interrupt_is_refused),
	KUNIT_CASE(nothing_is_lost_whichever_frame_is_not_to_be_had),
	KUNIT_CASE(nothing_is_lost_whichever_object_is_not_to_be_had),
	KUNIT_CASE(nothing_is_lost_when_a_page_table_is_not_to_be_had),
	KUNIT_CASE(a_full_window_gives_null_and_recovers),
	KUNIT_CASE(sizes_that_are_impossible_are_refused),
	KUNIT_CASE(alignments_that_are_impossible_are_refused),
	KUNIT_CASE(vmap_of_no_pages_or_too_many_is_refused),
	KUNIT_CASE(vmap_of_more_than_4_gb_shows_the_last_page_or_is_refused),
	KUNIT_CASE(addresses_that_vmalloc_did_not_give_are_refused),
	KUNIT_CASE(vfree_of_what_is_not_vmallocs_is_refused),
	KUNIT_CASE(null_may_be_freed),
	KUNIT_CASE(frames_of_no_area_are_no_pages),
	{},
};

static struct kunit_suite suite = { .name = "vmalloc", .init = settle, .test_cases = cases };
kunit_test_suite(suite);
