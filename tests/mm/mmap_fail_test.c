/*
 * Each call that changes VMAs, while each allocation that it makes fails in turn: the call says so,
 * the address space is sound, and nothing is lost.
 */
#include "mm_tools.h"
#include <lib/err.h>
#include <mm/fault_inject.h>
#include <mm/mm_alloc.h>

typedef void (*set_fault_t)(const struct fault_attr *attr);

/* None of the calls needs so many. */
#define MAX_ALLOCATIONS 100

/* What each call finds: a private mapping with some frames in it, and a shared one. */
static void prepare(void)
{
	sys_munmap(0, TASK_SIZE);
	current->mm->mmap_base = at(60);
	current->mm->start_brk = current->mm->brk = at(40);
	map(2, 8, PROT_RW);
	map_with(4, 2, PROT_RW, MAP_POPULATE);
	map_with(20, 8, PROT_RW, MAP_SHARED | MAP_POPULATE);
}

static long map_elsewhere(void)
{
	return map(30, 2, PROT_READ);
}

static long map_over_the_middle(void)
{
	return map(5, 2, PROT_READ);
}

static long map_shared(void)
{
	return map_with(30, 2, PROT_RW, MAP_SHARED);
}

static long unmap_the_middle(void)
{
	return unmap(5, 2);
}

static long unmap_of_both(void)
{
	return unmap(6, 16);
}

static long protect_the_middle(void)
{
	return protect(22, 2, PROT_READ);
}

static long advise_the_middle(void)
{
	return sys_madvise(at(5), PAGE_SIZE, MADV_RANDOM);
}

static long lock_the_middle(void)
{
	return sys_mlock(at(6), 2 * PAGE_SIZE);
}

static long move_the_middle(void)
{
	return remap(4, 2, 4, MREMAP_MAYMOVE, 0);
}

static long move_the_middle_far(void)
{
	const long ret = sys_mremap(at(23), 2 * PAGE_SIZE, 2 * PAGE_SIZE,
				    MREMAP_MAYMOVE | MREMAP_FIXED, PAGE_ALIGN(TASK_SIZE / 2));

	return IS_ERR_VALUE(ret) ? ret : 0;
}

static long grow_the_heap(void)
{
	return sys_brk(at(42)) == (long)at(42) ? 0 : -ENOMEM;
}

static long fork_it(void)
{
	struct mm_struct *child = dup_mm(current->mm);

	if (!child)
		return -ENOMEM;
	mmput(child);
	return 0;
}

static const struct {
	const char *name;
	long (*call)(void);
} calls[] = {
	{ "map elsewhere", map_elsewhere },
	{ "map over the middle", map_over_the_middle },
	{ "map shared", map_shared },
	{ "unmap the middle", unmap_the_middle },
	{ "unmap of both", unmap_of_both },
	{ "protect the middle", protect_the_middle },
	{ "advise the middle", advise_the_middle },
	{ "lock the middle", lock_the_middle },
	{ "move the middle", move_the_middle },
	{ "move the middle far", move_the_middle_far },
	{ "grow the heap", grow_the_heap },
	{ "fork", fork_it },
};

/* Returns the result of a call whose allocation number @nth fails. */
static long fail_once(unsigned int i, unsigned int nth, set_fault_t set)
{
	const struct fault_attr attr = { .probability = 100, .interval = nth, .times = 1 };
	long ret;

	prepare();
	set(&attr);
	ret = calls[i].call();
	set(NULL);
	return ret;
}

/* Until there is no allocation of that number. Returns how many calls failed. */
static unsigned int fail_each_in_turn(struct kunit *test, unsigned int i, set_fault_t set)
{
	unsigned int failed = 0;
	long ret;

	for (unsigned int nth = 1; nth < MAX_ALLOCATIONS; nth++) {
		ret = fail_once(i, nth, set);
		if (ret >= 0)
			break;
		failed++;
		if (ret != -ENOMEM && ret != -EAGAIN)
			KUNIT_FAIL(test, "%s, allocation %u: %ld", calls[i].name, nth, ret);
		if (vma_violations(test))
			KUNIT_FAIL(test, "%s, allocation %u", calls[i].name, nth);
	}
	return failed;
}

static void nothing_is_lost_whichever_object_is_not_to_be_had(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		if (!fail_each_in_turn(test, i, set_failslab))
			KUNIT_FAIL(test, "%s takes no object", calls[i].name);
	}
}

static void nothing_is_lost_whichever_frame_is_not_to_be_had(struct kunit *test)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		fail_each_in_turn(test, i, set_fail_page_alloc);
}

/* What a call could not do to the end, it has not begun, or what it left is what it was to be. */
static void failed_calls_leave_the_rights_of_pages_alone(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, fail_once(3, 1, set_failslab), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwwwww]..........[SSSSSSSS]");
	KUNIT_EXPECT_EQ(test, fail_once(5, 2, set_failslab), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwwwww]..........[SS][SSSSSS]");
	KUNIT_EXPECT_TRUE(test, find_vma(current->mm, at(22))->vm_flags & VM_WRITE);
	KUNIT_EXPECT_EQ(test, fail_once(8, 1, set_failslab), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, vmas(), "..[wwwwwwww]..........[SSSSSSSS]");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(nothing_is_lost_whichever_object_is_not_to_be_had),
	KUNIT_CASE(nothing_is_lost_whichever_frame_is_not_to_be_had),
	KUNIT_CASE(failed_calls_leave_the_rights_of_pages_alone),
	{},
};

static struct kunit_suite suite = {
	.name = "mmap_fail",
	.init = mm_begin,
	.exit = mm_end,
	.test_cases = cases,
};
kunit_test_suite(suite);
