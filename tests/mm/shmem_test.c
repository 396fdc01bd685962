/* mm/shmem.c: an object's life, and its frames. */
#include <mm/highmem.h>
#include <mm/shmem.h>
#include "memory_tools.h"
#include "slab_tools.h"

static struct shmem_object *object_of(struct mm_struct *mm, unsigned long nr)
{
	return find_vma(mm, at(nr))->vm_private_data;
}

static void a_mapping_has_an_object_of_its_own(struct kunit *test)
{
	map_with(0, 2, PROT_RW, MAP_SHARED);
	map_with(2, 2, PROT_RW, MAP_SHARED);
	KUNIT_EXPECT_PTR_NE(test, object_of(current->mm, 0), object_of(current->mm, 2));
	KUNIT_EXPECT_EQ(test, atomic_read(&object_of(current->mm, 0)->count), 1);
	KUNIT_EXPECT_EQ(test, object_of(current->mm, 0)->nr_pages, 2);
}

static void a_frame_knows_its_object_and_its_place_in_it(struct kunit *test)
{
	map_with(0, 8, PROT_RW, MAP_SHARED);
	fault(5, WRITE);
	KUNIT_EXPECT_PTR_EQ(test, page_at(5)->mapping, object_of(current->mm, 0));
	KUNIT_EXPECT_EQ(test, page_at(5)->index, 5);
}

static void a_split_mapping_shows_the_same_frames(struct kunit *test)
{
	struct page *page;

	map_with(0, 4, PROT_RW, MAP_SHARED);
	fault(3, WRITE);
	page = page_at(3);
	protect(2, 2, PROT_READ);
	KUNIT_EXPECT_EQ(test, atomic_read(&object_of(current->mm, 0)->count), 2);
	KUNIT_EXPECT_PTR_EQ(test, object_of(current->mm, 2), object_of(current->mm, 0));
	sys_madvise(at(3), PAGE_SIZE, MADV_DONTNEED);
	fault(3, READ);
	KUNIT_EXPECT_PTR_EQ(test, page_at(3), page);
}

static void frames_stay_until_the_last_mapping_of_the_object_goes(struct kunit *test)
{
	struct mm_struct *child;
	struct page *page;
	unsigned long before;

	map_with(0, 1, PROT_RW, MAP_SHARED);
	fault(0, WRITE);
	page = page_at(0);
	child = dup_mm(current->mm);
	KUNIT_ASSERT_NOT_NULL(test, child);
	unmap(0, 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);
	KUNIT_EXPECT_EQ(test, fault_in(child, 0, WRITE), 0);
	KUNIT_EXPECT_PTR_EQ(test, page_in(child, 0), page);
	before = settled_free_pages();
	mmput(child);
	KUNIT_EXPECT_GT(test, settled_free_pages(), before);
}

static void beyond_its_end_the_object_has_nothing(struct kunit *test)
{
	map_with(0, 2, PROT_RW, MAP_SHARED);
	KUNIT_ASSERT_EQ(test, remap(0, 2, 4, MREMAP_MAYMOVE | MREMAP_FIXED, 10), 10);
	KUNIT_EXPECT_EQ(test, fault(11, WRITE), 0);
	KUNIT_EXPECT_EQ(test, fault(12, WRITE), VM_FAULT_SIGBUS);
}

static void a_moved_mapping_shows_the_same_frames(struct kunit *test)
{
	struct page *page;

	map_with(0, 2, PROT_RW, MAP_SHARED);
	fault(1, WRITE);
	page = page_at(1);
	remap(0, 2, 2, MREMAP_MAYMOVE | MREMAP_FIXED, 10);
	sys_madvise(at(10), 2 * PAGE_SIZE, MADV_DONTNEED);
	fault(11, WRITE);
	KUNIT_EXPECT_PTR_EQ(test, page_at(11), page);
}

/* Many nodes of the tree, and more than one batch when it goes. */
static void a_large_object_gives_all_frames_back(struct kunit *test)
{
	const unsigned long before = settled_free_pages();

	map_with(0, 300, PROT_RW, MAP_SHARED);
	KUNIT_EXPECT_EQ(test, fault_range(0, 300, WRITE), 0);
	unmap(0, 300);
	KUNIT_EXPECT_EQ(test, settled_free_pages(), before);
}

static bool map_shared(void)
{
	return !map_with(0, 1, PROT_RW, MAP_SHARED) && !fault(0, WRITE);
}

static void without_memory_for_objects_nothing_is_lost(struct kunit *test)
{
	KUNIT_EXPECT_GE(test, succeeds_at_last(set_failslab, map_shared), 2);
}

/* Index 100 needs nodes of the tree; the frame that found none goes back. */
static bool touch_far(void)
{
	return !fault(100, WRITE);
}

static void without_memory_for_the_tree_nothing_is_lost(struct kunit *test)
{
	map_with(0, 101, PROT_RW, MAP_SHARED);
	fault(0, WRITE);
	KUNIT_EXPECT_GE(test, succeeds_at_last(set_failslab, touch_far), 2);
	KUNIT_EXPECT_PTR_EQ(test, page_at(0)->mapping, page_at(100)->mapping);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_mapping_has_an_object_of_its_own),
	KUNIT_CASE(a_frame_knows_its_object_and_its_place_in_it),
	KUNIT_CASE(a_split_mapping_shows_the_same_frames),
	KUNIT_CASE(frames_stay_until_the_last_mapping_of_the_object_goes),
	KUNIT_CASE(beyond_its_end_the_object_has_nothing),
	KUNIT_CASE(a_moved_mapping_shows_the_same_frames),
	KUNIT_CASE(a_large_object_gives_all_frames_back),
	KUNIT_CASE(without_memory_for_objects_nothing_is_lost),
	KUNIT_CASE(without_memory_for_the_tree_nothing_is_lost),
	{},
};

static struct kunit_suite suite = {
	.name = "shmem", .init = mm_begin, .exit = mm_end, .test_cases = cases
};
kunit_test_suite(suite);
