/* arch/x86/mm/pgtable.c: a process's top table, its two parts, and what the CPU demands of it. */
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/fault_inject.h>
#include <mm/mm_alloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <asm/mmu_context.h>
#include <asm/pgalloc.h>
#include <asm/processor.h>
#include <tests/kunit.h>

static struct mm_struct *mm;

static int make_mm(struct kunit *test)
{
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	return 0;
}

static void drop_mm(struct kunit *test __unused)
{
	mmput(mm);
}

static void load(struct mm_struct *next)
{
	unsigned long flags;

	local_irq_save(flags);
	switch_mm(next);
	local_irq_restore(flags);
}

static void the_kernels_part_is_the_same_as_everywhere(struct kunit *test)
{
	for (unsigned long i = KERNEL_PGD_BOUNDARY; i < PTRS_PER_PGD; i++)
		KUNIT_EXPECT_EQ(test, pgd_val(mm->pgd[i]), pgd_val(swapper_pg_dir[i]));
}

static void the_processes_part_is_empty(struct kunit *test)
{
	for (unsigned long i = PREALLOCATED_PMDS; i < KERNEL_PGD_BOUNDARY; i++)
		KUNIT_EXPECT_EQ(test, pgd_val(mm->pgd[i]), 0);
	KUNIT_EXPECT_EQ(test, mm->nr_ptes, 0);
}

/* Else a free object's link would be an entry, or CR3 would cut off its address. */
static void it_is_aligned_as_cr3_needs_it(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED((unsigned long)mm->pgd, PTRS_PER_PGD * sizeof(pgd_t)));
	KUNIT_EXPECT_LT(test, (u64)__pa(mm->pgd), 1ULL << (BITS_PER_LONG == 32 ? 32 : 52));
}

/* The CPU keeps copies of PDPTEs, so they never change; and it faults on most of their bits. */
static void under_pae_all_pmd_tables_are_there_from_the_start(struct kunit *test)
{
	if (!PREALLOCATED_PMDS)
		kunit_skip(test, "no pmd table is made before it is needed");
	for (unsigned long i = 0; i < KERNEL_PGD_BOUNDARY; i++) {
		const pmd_t *pmd = pmd_offset(pud_offset(mm->pgd + i, 0), 0);

		KUNIT_EXPECT_EQ(test, pgd_val(mm->pgd[i]) & ~PTE_PFN_MASK, _PAGE_PRESENT);
		for (unsigned long j = 0; j < PTRS_PER_PMD; j++)
			KUNIT_EXPECT_TRUE(test, pmd_none(pmd[j]));
	}
}

/* What vmalloc maps later is seen in it, though nobody copies anything. */
static void the_kernel_runs_on_in_it(struct kunit *test)
{
	struct mm_struct *before = loaded_mm;
	volatile int *p;

	load(mm);
	p = vmalloc(16 * PAGE_SIZE);
	if (p) {
		*p = 4711;
		KUNIT_EXPECT_EQ(test, *p, 4711);
	}
	KUNIT_EXPECT_NOT_NULL(test, p);
	vfree((const void *)p);
	leave_mm(mm);
	if (before)
		load(before);
}

/* One after another where the loaded one was freed: CR3 must not lead to what is gone. */
static void the_last_user_leaves_it_before_it_goes(struct kunit *test)
{
	struct mm_struct *other = mm_alloc();

	KUNIT_ASSERT_NOT_NULL(test, other);
	load(other);
	mmput(other);
	KUNIT_EXPECT_NULL(test, loaded_mm);
	KUNIT_EXPECT_EQ(test, read_cr3() & ~0x1FUL, (unsigned long)__pa(swapper_pg_dir));
}

static bool make_and_drop(void)
{
	struct mm_struct *other = mm_alloc();

	if (other)
		mmput(other);
	return other;
}

/* The executor's check, and frees of what was never given back, would tell. */
static void without_memory_there_is_none_and_nothing_is_lost(struct kunit *test)
{
	struct fault_attr attr = { .probability = 100, .times = 1 };
	unsigned long before;

	make_and_drop();
	drain_all_pages();
	before = nr_free_pages();
	for (unsigned int nth = 1; nth <= PREALLOCATED_PMDS; nth++) {
		attr.interval = nth;
		attr.times = 1;
		set_fail_page_alloc(&attr);
		KUNIT_EXPECT_FALSE(test, make_and_drop());
		set_fail_page_alloc(NULL);
	}
	for (unsigned int nth = 1; nth <= 2; nth++) {
		attr.interval = nth;
		attr.times = 1;
		set_failslab(&attr);
		KUNIT_EXPECT_FALSE(test, make_and_drop());
		set_failslab(NULL);
	}
	drain_all_pages();
	KUNIT_EXPECT_EQ(test, nr_free_pages(), before);
}

/* --- the structure ---------------------------------------------------------------------------- */

static bool is_listed(const struct mm_struct *wanted)
{
	struct mm_struct *each;
	bool found = false;

	preempt_disable();
	for_each_mm (each)
		found |= each == wanted;
	preempt_enable();
	return found;
}

static void an_address_space_is_listed_as_long_as_it_has_users(struct kunit *test)
{
	struct mm_struct *other = mm_alloc();

	KUNIT_ASSERT_NOT_NULL(test, other);
	KUNIT_EXPECT_TRUE(test, is_listed(other));
	atomic_inc(&other->mm_count);
	mmput(other);
	KUNIT_EXPECT_FALSE(test, is_listed(other));
	KUNIT_EXPECT_EQ(test, atomic_read(&other->mm_count), 1);
	mmdrop(other);
}

static void who_looks_at_a_tasks_memory_keeps_it_alive(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, get_task_mm(current));
	current->mm = mm;
	KUNIT_EXPECT_PTR_EQ(test, get_task_mm(current), mm);
	current->mm = NULL;
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), 2);
	mmput(mm);
	KUNIT_EXPECT_EQ(test, atomic_read(&mm->mm_users), 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(the_kernels_part_is_the_same_as_everywhere),
	KUNIT_CASE(the_processes_part_is_empty),
	KUNIT_CASE(it_is_aligned_as_cr3_needs_it),
	KUNIT_CASE(under_pae_all_pmd_tables_are_there_from_the_start),
	KUNIT_CASE(the_kernel_runs_on_in_it),
	KUNIT_CASE(the_last_user_leaves_it_before_it_goes),
	KUNIT_CASE(without_memory_there_is_none_and_nothing_is_lost),
	KUNIT_CASE(an_address_space_is_listed_as_long_as_it_has_users),
	KUNIT_CASE(who_looks_at_a_tasks_memory_keeps_it_alive),
	{},
};

static struct kunit_suite suite = {
	.name = "pgd", .init = make_mm, .exit = drop_mm, .test_cases = cases
};
kunit_test_suite(suite);
