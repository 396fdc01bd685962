/* kmap(): slots and their counts, the wrap, the hash, and sleeping for a slot. */
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <asm/tlbflush.h>
#include <tests/kunit.h>
#include <tests/threads.h>

/* A frame for each slot, and some that find none left. */
#define NR_THREADS 8
#define NR_SPARE   (2 * NR_THREADS)
#define NR_PAGES   (LAST_PKMAP + NR_SPARE)

static struct page *pages[NR_PAGES];
static struct page *const *const spare = pages + LAST_PKMAP;

/* Slots that the suite's fill_slots() took: from pages[0] on. */
static int nr_filled;

static int take_frames(struct kunit *test)
{
	if (totalhigh_pages < 2 * NR_PAGES)
		kunit_skip(test, "no high memory, or too little");
	for (int i = 0; i < NR_PAGES; i++) {
		pages[i] = alloc_page(GFP_HIGHUSER);
		KUNIT_ASSERT_TRUE(test, pages[i] && PageHighMem(pages[i]));
	}
	kmap_flush_unused();
	return 0;
}

static int users(const struct page *page)
{
	const void *vaddr = page_address(page);

	return vaddr ? pkmap_count[PKMAP_NR((unsigned long)vaddr)] - 1 : 0;
}

static void give_back_frames(struct kunit *test __unused)
{
	for (int i = 0; i < NR_PAGES && pages[i]; i++) {
		while (users(pages[i]) > 0)
			kunmap(pages[i]);
		__free_page(pages[i]);
		pages[i] = NULL;
	}
	kmap_flush_unused();
}

/* Every slot that nobody has; what a student has mapped in the monitor stays his. */
static void fill_slots(void)
{
	int nr_free = 0;

	kmap_flush_unused();
	for (int nr = 0; nr < LAST_PKMAP; nr++)
		nr_free += !pkmap_count[nr];
	for (nr_filled = 0; nr_filled < nr_free; nr_filled++)
		kmap(pages[nr_filled]);
}

static unsigned int slot_of(const struct page *page)
{
	return PKMAP_NR((unsigned long)page_address(page));
}

static void a_slot_counts_its_users_and_one_more(struct kunit *test)
{
	void *vaddr = kmap(pages[0]);
	const unsigned int nr = slot_of(pages[0]);

	KUNIT_EXPECT_EQ(test, pkmap_count[nr], 2);
	KUNIT_EXPECT_PTR_EQ(test, kmap(pages[0]), vaddr);
	KUNIT_EXPECT_EQ(test, pkmap_count[nr], 3);
	kunmap(pages[0]);
	KUNIT_EXPECT_EQ(test, pkmap_count[nr], 2);
	kunmap(pages[0]);
	KUNIT_EXPECT_EQ(test, pkmap_count[nr], 1);
	kmap_flush_unused();
	KUNIT_EXPECT_EQ(test, pkmap_count[nr], 0);
}

static void a_slots_entry_leads_to_its_frame_until_the_flush(struct kunit *test)
{
	const pte_t *pte;

	kmap(pages[0]);
	pte = &pkmap_page_table[slot_of(pages[0])];
	KUNIT_EXPECT_EQ(test, pte_pfn(*pte), page_to_pfn(pages[0]));
	kunmap(pages[0]);
	KUNIT_EXPECT_TRUE(test, pte_present(*pte));
	kmap_flush_unused();
	KUNIT_EXPECT_TRUE(test, pte_none(*pte));
	KUNIT_EXPECT_NULL(test, page_address(pages[0]));
}

static void a_frame_let_go_of_has_its_slot_again_without_a_flush(struct kunit *test)
{
	void *vaddr = kmap(pages[0]);
	struct tlb_flushes before;

	kunmap(pages[0]);
	before = tlb_flushes;
	KUNIT_EXPECT_PTR_EQ(test, kmap(pages[0]), vaddr);
	KUNIT_EXPECT_EQ(test, tlb_flushes.one + tlb_flushes.all, before.one + before.all);
	KUNIT_EXPECT_EQ(test, users(pages[0]), 1);
}

static void page_address_tells_each_frames_slot(struct kunit *test)
{
	fill_slots();
	KUNIT_EXPECT_GT(test, nr_filled, LAST_PKMAP / 2);
	for (int i = 0; i < nr_filled; i++) {
		const unsigned int nr = slot_of(pages[i]);

		KUNIT_ASSERT_LT(test, nr, LAST_PKMAP);
		KUNIT_EXPECT_EQ(test, pte_pfn(pkmap_page_table[nr]), page_to_pfn(pages[i]));
	}
	KUNIT_EXPECT_NULL(test, page_address(spare[0]));
}

static void what_is_written_through_a_slot_is_in_the_frame(struct kunit *test)
{
	u32 seen;

	*(u32 *)kmap(pages[0]) = 0x896896;
	kunmap(pages[0]);
	memcpy_from_page(&seen, pages[0], 0, sizeof(seen));
	KUNIT_EXPECT_EQ(test, seen, 0x896896U);
}

static void a_lowmem_frame_takes_no_slot(struct kunit *test)
{
	struct page *low = alloc_page(GFP_KERNEL);
	const unsigned int before = last_pkmap_nr;

	KUNIT_ASSERT_NOT_NULL(test, low);
	KUNIT_EXPECT_PTR_EQ(test, kmap(low), lowmem_page_address(low));
	KUNIT_EXPECT_EQ(test, last_pkmap_nr, before);
	kunmap(low);
	__free_page(low);
}

static void the_tlb_is_flushed_once_per_wrap(struct kunit *test)
{
	const unsigned long rounds = 8;
	struct tlb_flushes before = tlb_flushes;

	for (unsigned long i = 0; i < rounds * LAST_PKMAP; i++) {
		struct page *page = pages[i % NR_PAGES];

		kmap(page);
		kunmap(page);
	}
	/* Now and then a frame comes again before its old slot is cleared: fewer wraps, not more. */
	KUNIT_EXPECT_LE(test, tlb_flushes.all - before.all, rounds + 1);
	KUNIT_EXPECT_GE(test, tlb_flushes.all - before.all, rounds - 1);
	KUNIT_EXPECT_EQ(test, tlb_flushes.one, before.one);
}

/* The CPU has seen the old frame in the slot; nothing is read in between that could push that out. */
static void a_slot_used_again_after_the_wrap_shows_the_new_frame(struct kunit *test)
{
	const volatile u32 *slot;
	int i;

	for (i = 0; i < NR_PAGES; i++)
		memcpy_to_page(pages[i], 0, &i, sizeof(i));
	slot = kmap(pages[0]);
	KUNIT_EXPECT_EQ(test, *slot, 0U);
	kunmap(pages[0]);
	for (i = 1; i < NR_PAGES && kmap(pages[i]) != slot; i++)
		kunmap(pages[i]);
	KUNIT_ASSERT_LT(test, i, NR_PAGES);
	KUNIT_EXPECT_EQ(test, *slot, (u32)i);
}

static void a_slot_let_go_of_ahead_of_the_search_is_found(struct kunit *test)
{
	void *vaddr;

	fill_slots();
	vaddr = page_address(pages[nr_filled - 1]);
	kunmap(pages[nr_filled - 1]);
	last_pkmap_nr = 0; /* it lies between here and the wrap, and still stands at 1 */
	KUNIT_EXPECT_PTR_EQ(test, kmap(spare[0]), vaddr);
}

static void kmap_is_refused_where_sleeping_is_not_allowed(struct kunit *test)
{
	const u64 log = log_mark();
	void *with_preemption_off, *with_interrupts_off;
	unsigned long flags;

	preempt_disable();
	with_preemption_off = kmap(pages[0]);
	preempt_enable();
	local_irq_save(flags);
	with_interrupts_off = kmap(pages[0]);
	local_irq_restore(flags);
	KUNIT_EXPECT_NULL(test, with_preemption_off);
	KUNIT_EXPECT_NULL(test, with_interrupts_off);
	KUNIT_EXPECT_EQ(test, users(pages[0]), 0);
	KUNIT_EXPECT_TRUE(test, logged_since(log, "kmap: frame"));
}

static void kunmap_of_a_frame_never_mapped_is_refused(struct kunit *test)
{
	const u64 log = log_mark();

	kunmap(pages[0]);
	KUNIT_EXPECT_TRUE(test, logged_since(log, "is not mapped by kmap; nothing unmapped"));
	kmap(pages[0]);
	KUNIT_EXPECT_EQ(test, users(pages[0]), 1);
}

static void one_kunmap_too_many_is_refused(struct kunit *test)
{
	u64 log;

	kmap(pages[0]);
	kunmap(pages[0]);
	log = log_mark();
	kunmap(pages[0]);
	KUNIT_EXPECT_EQ(test, pkmap_count[slot_of(pages[0])], 1);
	KUNIT_EXPECT_TRUE(test, logged_since(log, "nothing unmapped"));
}

/* --- sleeping --------------------------------------------------------------------------------- */

static struct {
	int started, served, wrong, ended;
	volatile bool let_go; /* until then map_one() keeps its mapping */
} count;

static int map_one(void *page)
{
	count.started++;
	count.wrong += !kmap(page);
	count.served++;
	wait_until(count.let_go);
	kunmap(page);
	count.ended++;
	return 0;
}

static bool asleep(const struct task_struct *task)
{
	return task->state == TASK_UNINTERRUPTIBLE;
}

static void start_sleeper(struct kunit *test, struct page *page)
{
	const int before = count.started;
	struct task_struct *task = kthread_run(map_one, page, "kmap-sleeper");

	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(count.started) == before + 1 && asleep(task)));
}

static void reset_counts(void)
{
	count = (__typeof__(count)){ 0 };
}

static void kmap_sleeps_when_all_slots_are_taken_and_wakes_on_kunmap(struct kunit *test)
{
	reset_counts();
	fill_slots();
	start_sleeper(test, spare[0]);
	KUNIT_EXPECT_EQ(test, READ_ONCE(count.served), 0);
	kunmap(pages[3]);
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(count.served) == 1));
	KUNIT_EXPECT_EQ(test, users(spare[0]), 1);
	count.let_go = true;
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(count.ended) == 1));
}

/* The second is woken for a slot that it need not take: the wake-up goes on to the third. */
static void sleepers_for_one_frame_share_its_slot_and_wake_the_next(struct kunit *test)
{
	reset_counts();
	fill_slots();
	start_sleeper(test, spare[0]);
	start_sleeper(test, spare[0]);
	start_sleeper(test, spare[1]);
	kunmap(pages[0]);
	kunmap(pages[1]);
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(count.served) == 3));
	KUNIT_EXPECT_EQ(test, users(spare[0]), 2);
	KUNIT_EXPECT_EQ(test, users(spare[1]), 1);
	count.let_go = true;
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(count.ended) == 3));
}

#define NR_MAPPINGS 2000

static struct {
	int mappings[NR_THREADS]; /* got so far */
	int ended;
	int wrong;
} crowd;

static int crowd_total(void)
{
	int total = 0;

	for (int i = 0; i < NR_THREADS; i++)
		total += READ_ONCE(crowd.mappings[i]);
	return total;
}

/* Two frames in turn: the one just let go of still has its slot, the other one needs a new one. */
static int map_again_and_again(void *arg)
{
	const int me = (int)(long)arg;

	while (crowd_total() < NR_MAPPINGS) {
		struct page *page = spare[2 * me + (crowd.mappings[me] & 1)];
		volatile int *vaddr = kmap(page);

		*vaddr = me;
		yield();
		crowd.wrong += *vaddr != me;
		kunmap(page);
		crowd.mappings[me]++;
	}
	crowd.ended++;
	return 0;
}

static void eight_threads_get_2000_mappings_of_a_few_slots_and_nobody_starves(struct kunit *test)
{
	memset(&crowd, 0, sizeof(crowd));
	fill_slots();
	for (long i = 0; i < NR_THREADS; i++)
		KUNIT_EXPECT_NOT_NULL(test, kthread_run(map_again_and_again, (void *)i, "crowd"));
	KUNIT_EXPECT_EQ(test, crowd_total(), 0);
	kunmap(pages[0]); /* one slot for all of them */
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(crowd.ended) == NR_THREADS));
	KUNIT_EXPECT_EQ(test, crowd.wrong, 0);
	for (int i = 0; i < NR_THREADS; i++)
		KUNIT_EXPECT_GE(test, crowd.mappings[i], NR_MAPPINGS / NR_THREADS / 2);
}

static void the_holder_serves_sleepers_as_it_lets_go(struct kunit *test)
{
	reset_counts();
	fill_slots();
	for (int i = 0; i < NR_THREADS; i++)
		start_sleeper(test, spare[i]);
	for (int i = 0; i < NR_THREADS; i++) {
		KUNIT_EXPECT_EQ(test, READ_ONCE(count.served), i);
		kunmap(pages[i]);
		KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(count.served) == i + 1));
		KUNIT_EXPECT_EQ(test, users(spare[i]), 1); /* first come, first served */
	}
	count.let_go = true;
	KUNIT_EXPECT_TRUE(test, wait_until(READ_ONCE(count.ended) == NR_THREADS));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_slot_counts_its_users_and_one_more),
	KUNIT_CASE(a_slots_entry_leads_to_its_frame_until_the_flush),
	KUNIT_CASE(a_frame_let_go_of_has_its_slot_again_without_a_flush),
	KUNIT_CASE(page_address_tells_each_frames_slot),
	KUNIT_CASE(what_is_written_through_a_slot_is_in_the_frame),
	KUNIT_CASE(a_lowmem_frame_takes_no_slot),
	KUNIT_CASE(the_tlb_is_flushed_once_per_wrap),
	KUNIT_CASE(a_slot_used_again_after_the_wrap_shows_the_new_frame),
	KUNIT_CASE(a_slot_let_go_of_ahead_of_the_search_is_found),
	KUNIT_CASE(kmap_is_refused_where_sleeping_is_not_allowed),
	KUNIT_CASE(kunmap_of_a_frame_never_mapped_is_refused),
	KUNIT_CASE(one_kunmap_too_many_is_refused),
	KUNIT_CASE(kmap_sleeps_when_all_slots_are_taken_and_wakes_on_kunmap),
	KUNIT_CASE(sleepers_for_one_frame_share_its_slot_and_wake_the_next),
	KUNIT_CASE(the_holder_serves_sleepers_as_it_lets_go),
	KUNIT_CASE(eight_threads_get_2000_mappings_of_a_few_slots_and_nobody_starves),
	{},
};

static struct kunit_suite suite = {
	.name = "pkmap", .init = take_frames, .exit = give_back_frames, .test_cases = cases
};
kunit_test_suite(suite);
