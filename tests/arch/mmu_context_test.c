/*
 * Which address space CR3 holds. Two are made by hand, with the kernel's part and nothing else, so
 * that the kernel runs on in either.
 */
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/mm.h>
#include <mm/mm_types.h>
#include <asm/mmu_context.h>
#include <asm/tlbflush.h>
#include <tests/kunit.h>
#include <tests/threads.h>

static struct mm_struct one, two;
static volatile bool ended;

static pgd_t *copy_of_kernel_part(struct kunit *test)
{
	pgd_t *pgd = (pgd_t *)get_zeroed_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pgd);
	memcpy(pgd, swapper_pg_dir, PTRS_PER_PGD * sizeof(pgd_t));
	return pgd;
}

static int make_two(struct kunit *test)
{
	ended = false;
	one.pgd = copy_of_kernel_part(test);
	two.pgd = copy_of_kernel_part(test);
	return 0;
}

static void free_two(struct kunit *test __unused)
{
	current->mm = NULL;
	leave_mm(&one);
	leave_mm(&two);
	free_page((unsigned long)one.pgd);
	free_page((unsigned long)two.pgd);
}

static void switch_to_mm(struct mm_struct *mm)
{
	unsigned long flags;

	local_irq_save(flags);
	switch_mm(mm);
	local_irq_restore(flags);
}

/* Flags aside. */
static bool cr3_holds(const pgd_t *pgd)
{
	return (read_cr3() & ~0x1FUL) == (unsigned long)__pa(pgd);
}

static void switch_mm_loads_the_tables(struct kunit *test)
{
	switch_to_mm(&one);
	KUNIT_EXPECT_TRUE(test, cr3_holds(one.pgd));
	KUNIT_EXPECT_PTR_EQ(test, loaded_mm, &one);
	switch_to_mm(&two);
	KUNIT_EXPECT_TRUE(test, cr3_holds(two.pgd));
	KUNIT_EXPECT_PTR_EQ(test, loaded_mm, &two);
}

static void what_is_loaded_already_costs_no_flush(struct kunit *test)
{
	unsigned long flushes;

	switch_to_mm(&one);
	flushes = tlb_flushes.all;
	switch_to_mm(&one);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, flushes);
	switch_to_mm(&two);
	KUNIT_EXPECT_EQ(test, tlb_flushes.all, flushes + 1);
}

static void a_kernel_thread_keeps_what_is_loaded(struct kunit *test)
{
	switch_to_mm(&one);
	switch_to_mm(NULL);
	KUNIT_EXPECT_TRUE(test, cr3_holds(one.pgd));
}

static void leave_mm_goes_back_to_the_kernels_own(struct kunit *test)
{
	switch_to_mm(&one);
	leave_mm(&one);
	KUNIT_EXPECT_TRUE(test, cr3_holds(swapper_pg_dir));
	KUNIT_EXPECT_NULL(test, loaded_mm);
}

static void leave_mm_of_another_changes_nothing(struct kunit *test)
{
	switch_to_mm(&one);
	leave_mm(&two);
	KUNIT_EXPECT_TRUE(test, cr3_holds(one.pgd));
}

static int load_the_other(void *unused __unused)
{
	switch_to_mm(&two);
	ended = true;
	return 0;
}

static void a_thread_finds_its_own_again_when_its_turn_comes(struct kunit *test)
{
	current->mm = &one;
	switch_to_mm(&one);
	KUNIT_EXPECT_GT(test, kernel_thread(load_the_other, NULL, 0), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(ended));
	KUNIT_EXPECT_TRUE(test, cr3_holds(one.pgd));
	KUNIT_EXPECT_PTR_EQ(test, loaded_mm, &one);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(switch_mm_loads_the_tables),
	KUNIT_CASE(what_is_loaded_already_costs_no_flush),
	KUNIT_CASE(a_kernel_thread_keeps_what_is_loaded),
	KUNIT_CASE(leave_mm_goes_back_to_the_kernels_own),
	KUNIT_CASE(leave_mm_of_another_changes_nothing),
	KUNIT_CASE(a_thread_finds_its_own_again_when_its_turn_comes),
	{},
};
static struct kunit_suite suite = {
	.name = "mmu_context", .init = make_two, .exit = free_two, .test_cases = cases
};
kunit_test_suite(suite);
