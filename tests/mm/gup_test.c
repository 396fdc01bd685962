/* mm/gup.c: the frames behind addresses, held. */
#include <mm/highmem.h>
#include "memory_tools.h"

static struct page *pages[4];

static long get_pages(unsigned long nr, unsigned long nr_pages, bool write)
{
	long got;

	down_read(&current->mm->mmap_sem);
	got = get_user_pages(current->mm, at(nr), nr_pages, write, pages);
	up_read(&current->mm->mmap_sem);
	return got;
}

static int make_present(unsigned long nr, unsigned long nr_pages)
{
	int ret;

	down_read(&current->mm->mmap_sem);
	ret = make_pages_present(at(nr), at(nr + nr_pages));
	up_read(&current->mm->mmap_sem);
	return ret;
}

static void what_is_not_mapped_is_not_followed(struct kunit *test)
{
	map(0, 2, PROT_RW);
	fault(1, WRITE);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, at(0)));
	KUNIT_EXPECT_PTR_EQ(test, follow_page(current->mm, at(1)), page_at(1));
	KUNIT_EXPECT_EQ(test, page_count(page_at(1)), 1);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, TASK_SIZE / 2));
}

static void pages_to_be_written_are_the_processes_own_and_held(struct kunit *test)
{
	map(0, 3, PROT_RW);
	fault(0, READ);
	KUNIT_ASSERT_EQ(test, get_pages(0, 3, true), 3);
	for (int i = 0; i < 3; i++) {
		KUNIT_EXPECT_PTR_EQ(test, pages[i], page_at((unsigned long)i));
		KUNIT_EXPECT_PTR_NE(test, pages[i], zero_page);
		KUNIT_EXPECT_EQ(test, page_count(pages[i]), 2);
		put_page(pages[i]);
	}
}

static void pages_to_be_read_may_be_the_zero_page(struct kunit *test)
{
	const int count = page_count(zero_page);

	map(0, 1, PROT_READ);
	KUNIT_ASSERT_EQ(test, get_pages(0, 1, false), 1);
	KUNIT_EXPECT_PTR_EQ(test, pages[0], zero_page);
	put_page(pages[0]);
	KUNIT_EXPECT_EQ(test, page_count(zero_page), count);
}

/* Else what is written there would be seen by the child, too. */
static void a_page_shared_copy_on_write_is_copied_before_it_is_written(struct kunit *test)
{
	struct mm_struct *child;

	map(0, 1, PROT_RW);
	fault(0, WRITE);
	child = dup_mm(current->mm);
	KUNIT_ASSERT_NOT_NULL(test, child);
	KUNIT_EXPECT_EQ(test, get_pages(0, 1, true), 1);
	KUNIT_EXPECT_PTR_NE(test, pages[0], page_in(child, 0));
	put_page(pages[0]);
	mmput(child);
}

static void it_ends_where_nothing_is_mapped(struct kunit *test)
{
	map(0, 2, PROT_RW);
	KUNIT_EXPECT_EQ(test, get_pages(0, 3, true), 2);
	put_page(pages[0]);
	put_page(pages[1]);
	KUNIT_EXPECT_EQ(test, get_pages(2, 1, true), -EFAULT);
}

static void rights_are_looked_at(struct kunit *test)
{
	map(0, 1, PROT_READ);
	map(1, 1, PROT_NONE);
	KUNIT_EXPECT_EQ(test, get_pages(0, 1, true), -EFAULT);
	KUNIT_EXPECT_EQ(test, get_pages(1, 1, false), -EFAULT);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 0);
}

static void pages_made_present_are_there_writable_where_they_may_be(struct kunit *test)
{
	map(0, 2, PROT_RW);
	map(2, 2, PROT_READ);
	KUNIT_EXPECT_EQ(test, make_present(0, 4), 0);
	KUNIT_EXPECT_TRUE(test, pte_write(pte_at(0)) && pte_write(pte_at(1)));
	KUNIT_EXPECT_PTR_EQ(test, page_at(2), zero_page);
	KUNIT_EXPECT_PTR_EQ(test, page_at(3), zero_page);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 2);
	KUNIT_EXPECT_EQ(test, make_present(0, 5), -EFAULT);
}

static bool make_two_present(void)
{
	return !make_present(0, 2);
}

static void without_memory_it_says_so_and_loses_nothing(struct kunit *test)
{
	const struct fault_attr always = { .probability = 100, .times = -1 };

	map(0, 2, PROT_RW);
	set_fail_page_alloc(&always);
	KUNIT_EXPECT_EQ(test, get_pages(0, 2, true), -ENOMEM);
	KUNIT_EXPECT_EQ(test, make_present(0, 2), -ENOMEM);
	set_fail_page_alloc(NULL);
	KUNIT_EXPECT_GE(test, succeeds_at_last(set_fail_page_alloc, make_two_present), 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_is_not_mapped_is_not_followed),
	KUNIT_CASE(pages_to_be_written_are_the_processes_own_and_held),
	KUNIT_CASE(pages_to_be_read_may_be_the_zero_page),
	KUNIT_CASE(a_page_shared_copy_on_write_is_copied_before_it_is_written),
	KUNIT_CASE(it_ends_where_nothing_is_mapped),
	KUNIT_CASE(rights_are_looked_at),
	KUNIT_CASE(pages_made_present_are_there_writable_where_they_may_be),
	KUNIT_CASE(without_memory_it_says_so_and_loses_nothing),
	{},
};

static struct kunit_suite suite = {
	.name = "gup", .init = mm_begin, .exit = mm_end, .test_cases = cases
};
kunit_test_suite(suite);
