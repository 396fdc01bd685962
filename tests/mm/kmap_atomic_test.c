/* kmap_atomic(): a stack of slots for thread and interrupts, and what must not be done with it. */
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/pagewalk.h>
#include <mm/uaccess.h>
#include <asm/tlbflush.h>
#include <asm/traps.h>
#include <tests/kunit.h>
#include <tests/threads.h>

/* One for each slot, and two for the interrupt. */
#define NR_PAGES (KM_TYPE_NR + 2)

static struct page *pages[NR_PAGES];

static int take_frames(struct kunit *test)
{
	if (totalhigh_pages < NR_PAGES)
		kunit_skip(test, "no high memory");
	for (u32 i = 0; i < NR_PAGES; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER);
		KUNIT_ASSERT_TRUE(test, pages[i] && PageHighMem(pages[i]));
		memcpy_to_page(pages[i], 0, &i, sizeof(i));
	}
	return 0;
}

static void give_back_frames(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kmap_atomic_held(), 0);
	KUNIT_EXPECT_FALSE(test, in_atomic());
	for (int i = 0; i < NR_PAGES && pages[i]; i++) {
		__free_page(pages[i]);
		pages[i] = NULL;
	}
}

static void slots_nest_to_the_limit_and_each_shows_its_own_frame(struct kunit *test)
{
	u32 *vaddrs[KM_TYPE_NR], seen[KM_TYPE_NR];

	for (int i = 0; i < KM_TYPE_NR; i++)
		vaddrs[i] = kmap_atomic(pages[i]);
	for (int i = 0; i < KM_TYPE_NR; i++)
		seen[i] = *vaddrs[i];
	for (int i = KM_TYPE_NR; i-- > 0;)
		kunmap_atomic(vaddrs[i]);
	for (u32 i = 0; i < KM_TYPE_NR; i++) {
		KUNIT_EXPECT_EQ(test, seen[i], i);
		KUNIT_EXPECT_EQ(test, (unsigned long)vaddrs[i], __fix_to_virt(FIX_KMAP_BEGIN + i));
	}
}

static void the_newest_slot_is_the_next_to_be_used(struct kunit *test)
{
	void *first = kmap_atomic(pages[0]), *second = kmap_atomic(pages[1]), *again;

	kunmap_atomic(second);
	again = kmap_atomic(pages[2]);
	kunmap_atomic(again);
	kunmap_atomic(first);
	KUNIT_EXPECT_PTR_EQ(test, again, second);
	KUNIT_EXPECT_PTR_NE(test, first, second);
}

static void a_lowmem_frame_takes_no_slot(struct kunit *test)
{
	struct page *low = alloc_page(GFP_KERNEL);
	bool atomic;
	void *vaddr;
	int held;

	KUNIT_ASSERT_NOT_NULL(test, low);
	vaddr = kmap_atomic(low);
	atomic = in_atomic();
	held = kmap_atomic_held();
	kunmap_atomic(vaddr);
	__free_page(low);
	KUNIT_EXPECT_PTR_EQ(test, vaddr, lowmem_page_address(low));
	KUNIT_EXPECT_EQ(test, held, 0);
	KUNIT_EXPECT_TRUE(test, atomic);
}

static void faults_fail_and_nobody_else_runs_while_a_slot_is_held(struct kunit *test)
{
	void *vaddr = kmap_atomic(pages[0]);
	bool atomic = in_atomic(), disabled = pagefault_disabled();
	int held = kmap_atomic_held();

	kunmap_atomic(vaddr);
	KUNIT_EXPECT_TRUE(test, atomic);
	KUNIT_EXPECT_TRUE(test, disabled);
	KUNIT_EXPECT_EQ(test, held, 1);
	KUNIT_EXPECT_FALSE(test, pagefault_disabled());
}

static void read_byte(void *vaddr)
{
	(void)*(volatile char *)vaddr;
}

/* The CPU has seen the frame in the slot: only a flush makes it forget. */
static void a_pointer_kept_too_long_traps(struct kunit *test)
{
	struct trap_seen seen;
	void *vaddr = kmap_atomic(pages[0]);

	read_byte(vaddr);
	kunmap_atomic(vaddr);
	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, vaddr, &seen));
	KUNIT_EXPECT_EQ(test, seen.cr2, (unsigned long)vaddr);
}

static void a_slot_shows_its_new_frame_at_once(struct kunit *test)
{
	for (u32 i = 0; i < NR_PAGES; i++) {
		volatile u32 *vaddr = kmap_atomic(pages[i]);
		u32 seen = *vaddr;

		kunmap_atomic((void *)vaddr);
		KUNIT_EXPECT_EQ(test, seen, i);
	}
}

static void a_pair_flushes_one_page_and_never_all(struct kunit *test)
{
	const struct tlb_flushes before = tlb_flushes;

	kunmap_atomic(kmap_atomic(pages[0]));
	KUNIT_EXPECT_EQ(test, tlb_flushes.one, before.one + 1);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, before.all);
}

static void kunmap_atomic_out_of_order_is_refused(struct kunit *test)
{
	void *first = kmap_atomic(pages[0]), *second = kmap_atomic(pages[1]);
	const u64 log = log_mark();
	u32 still_there;
	int held;

	kunmap_atomic(first);
	held = kmap_atomic_held();
	still_there = *(volatile u32 *)first;
	kunmap_atomic(second);
	kunmap_atomic(first);
	KUNIT_EXPECT_EQ(test, held, 2);
	KUNIT_EXPECT_EQ(test, still_there, 0U);
	KUNIT_EXPECT_TRUE(test, logged_since(log, "is not the newest of 2 mappings"));
}

static void kunmap_atomic_of_what_is_no_slot_is_refused(struct kunit *test)
{
	const unsigned long wrong[] = { __fix_to_virt(FIX_KMAP_BEGIN), FIXADDR_TOP, PKMAP_BASE,
					VMALLOC_START };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		const u64 log = log_mark();
		int count;

		kunmap_atomic((void *)wrong[i]);
		count = preempt_count();
		KUNIT_EXPECT_EQ(test, count, 0);
		KUNIT_EXPECT_TRUE(test, logged_since(log, "nothing unmapped"));
	}
}

/* preempt_count is what it was, or the suite would not get any further. */
static void schedule_with_a_slot_held_is_reported(struct kunit *test)
{
	void *vaddr = kmap_atomic(pages[0]);
	const u64 log = log_mark();

	schedule();
	kunmap_atomic(vaddr);
	KUNIT_EXPECT_TRUE(test, logged_since(log, "atomic kmap"));
}

/* --- thread and interrupt at once ------------------------------------------------------------- */

#define NR_TICKS 20

static struct timer_list ticker;
static volatile int ticks, ticks_inside, wrong_in_interrupt;

static bool shows(struct page *page, u32 number)
{
	volatile u32 *vaddr = kmap_atomic(page);
	const bool right = *vaddr == number;

	kunmap_atomic((void *)vaddr);
	return right;
}

/* Two slots on top of whatever the thread holds. */
static void map_in_interrupt(unsigned long unused __unused)
{
	u32 *vaddr = kmap_atomic(pages[KM_TYPE_NR]);

	ticks_inside += kmap_atomic_held() > 1;
	wrong_in_interrupt += *vaddr != KM_TYPE_NR || !in_interrupt();
	wrong_in_interrupt += !shows(pages[KM_TYPE_NR + 1], KM_TYPE_NR + 1);
	wrong_in_interrupt += *vaddr != KM_TYPE_NR;
	kunmap_atomic(vaddr);
	if (++ticks < NR_TICKS)
		mod_timer(&ticker, jiffies + 1);
}

static void thread_and_timer_interrupt_do_not_see_each_others_frames(struct kunit *test)
{
	const unsigned long end = jiffies + TEST_PATIENCE;
	int wrong = 0;

	ticks = ticks_inside = wrong_in_interrupt = 0;
	setup_timer(&ticker, map_in_interrupt, 0);
	mod_timer(&ticker, jiffies + 1);
	for (u32 i = 0; ticks < NR_TICKS && time_before(jiffies, end); i++) {
		u32 *vaddr = kmap_atomic(pages[i % KM_TYPE_NR]);

		wrong += *vaddr != i % KM_TYPE_NR;
		for (int j = 0; j < 100; j++) /* most ticks come in here */
			wrong += !shows(pages[j % KM_TYPE_NR], j % KM_TYPE_NR);
		wrong += *vaddr != i % KM_TYPE_NR;
		kunmap_atomic(vaddr);
	}
	del_timer(&ticker);
	KUNIT_EXPECT_EQ(test, ticks, NR_TICKS);
	KUNIT_EXPECT_GT(test, ticks_inside, NR_TICKS / 2);
	KUNIT_EXPECT_EQ(test, wrong + wrong_in_interrupt, 0);
}

/* --- what stands on top ----------------------------------------------------------------------- */

static bool is_filled(struct page *page, size_t start, size_t end, u8 byte)
{
	const u8 *vaddr = kmap_atomic(page);
	bool filled = true;

	for (size_t i = start; i < end; i++)
		filled = filled && vaddr[i] == byte;
	kunmap_atomic((void *)vaddr);
	return filled;
}

static void clear_highpage_zeroes_all_of_a_frame(struct kunit *test)
{
	memset_page(pages[0], 0, 0xAA, PAGE_SIZE);
	clear_highpage(pages[0]);
	KUNIT_EXPECT_TRUE(test, is_filled(pages[0], 0, PAGE_SIZE, 0));
}

static void copy_highpage_copies_all_of_a_frame(struct kunit *test)
{
	memset_page(pages[0], 0, 0xAA, PAGE_SIZE);
	memset_page(pages[1], 0, 0x55, PAGE_SIZE);
	copy_highpage(pages[0], pages[1]);
	KUNIT_EXPECT_TRUE(test, is_filled(pages[0], 0, PAGE_SIZE, 0x55));
	KUNIT_EXPECT_TRUE(test, is_filled(pages[1], 0, PAGE_SIZE, 0x55));
}

static void parts_of_a_frame_are_changed_and_no_more(struct kunit *test)
{
	char text[] = "896", back[sizeof(text)];

	memset_page(pages[0], 0, 0xAA, PAGE_SIZE);
	memcpy_to_page(pages[0], 100, text, sizeof(text));
	memcpy_from_page(back, pages[0], 100, sizeof(back));
	zero_user_segment(pages[0], 200, 300);
	KUNIT_EXPECT_STREQ(test, back, text);
	KUNIT_EXPECT_TRUE(test, is_filled(pages[0], 0, 100, 0xAA));
	KUNIT_EXPECT_TRUE(test, is_filled(pages[0], 100 + sizeof(text), 200, 0xAA));
	KUNIT_EXPECT_TRUE(test, is_filled(pages[0], 200, 300, 0));
	KUNIT_EXPECT_TRUE(test, is_filled(pages[0], 300, PAGE_SIZE, 0xAA));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(slots_nest_to_the_limit_and_each_shows_its_own_frame),
	KUNIT_CASE(the_newest_slot_is_the_next_to_be_used),
	KUNIT_CASE(a_lowmem_frame_takes_no_slot),
	KUNIT_CASE(faults_fail_and_nobody_else_runs_while_a_slot_is_held),
	KUNIT_CASE(a_pointer_kept_too_long_traps),
	KUNIT_CASE(a_slot_shows_its_new_frame_at_once),
	KUNIT_CASE(a_pair_flushes_one_page_and_never_all),
	KUNIT_CASE(kunmap_atomic_out_of_order_is_refused),
	KUNIT_CASE(kunmap_atomic_of_what_is_no_slot_is_refused),
	KUNIT_CASE(schedule_with_a_slot_held_is_reported),
	KUNIT_CASE(thread_and_timer_interrupt_do_not_see_each_others_frames),
	KUNIT_CASE(clear_highpage_zeroes_all_of_a_frame),
	KUNIT_CASE(copy_highpage_copies_all_of_a_frame),
	KUNIT_CASE(parts_of_a_frame_are_changed_and_no_more),
	{},
};

static struct kunit_suite suite = {
	.name = "kmap_atomic", .init = take_frames, .exit = give_back_frames, .test_cases = cases
};
kunit_test_suite(suite);
