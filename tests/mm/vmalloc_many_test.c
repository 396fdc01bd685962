/*
 * vmalloc() with thousands of areas, full of holes: 15,000 where the window has room for them, and
 * that is so with `vmalloc=192M` and 2 GB; else as many as fit.
 */
#include <mm/check.h>
#include <mm/mm.h>
#include <mm/vmalloc.h>
#include <asm/highmem.h>
#include <kernel/printk.h>
#include <tests/kunit.h>

#define NR_WANTED 15000UL

static void **areas;
static unsigned long nr_areas;

/* An area of a page, its guard page, and as much again for what else is to be tried. */
static int fill_window(struct kunit *test)
{
	const unsigned long window = (VMALLOC_END - VMALLOC_START) >> PAGE_SHIFT;

	nr_areas = min(window * 3 / 8, totalram_pages / 4);
	nr_areas = min(nr_areas, NR_WANTED) & ~1UL; /* the last one has an odd number */
	areas = vzalloc(nr_areas * sizeof(*areas));
	KUNIT_ASSERT_NOT_NULL(test, areas);
	for (unsigned long i = 0; i < nr_areas; i++) {
		areas[i] = vmalloc(PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(test, areas[i]);
		*(unsigned long *)areas[i] = i;
	}
	return 0;
}

static void empty_window(struct kunit *test __unused)
{
	for (unsigned long i = 0; areas && i < nr_areas; i++)
		vfree(areas[i]);
	vfree(areas);
	areas = NULL;
	vm_unmap_aliases();
}

static void free_area(unsigned long i)
{
	vfree(areas[i]);
	areas[i] = NULL;
}

static void report(const char *rule, const char *function, unsigned long pfn, const char *fact)
{
	pr_info("    # %s at %s: frame %#lx %s\n", rule, function, pfn, fact);
}

/* By contents, by the list's order, and by all that the walker knows of tree, gaps and tables. */
static void expect_sound(struct kunit *test)
{
	unsigned long end = VMALLOC_START, wrong = 0;
	struct vmap_area *va;

	list_for_each_entry (va, &vmap_area_list, list) {
		wrong += va->va_start < end;
		end = va->va_end;
	}
	for (unsigned long i = 0; i < nr_areas; i++)
		wrong += areas[i] && *(unsigned long *)areas[i] != i;
	KUNIT_EXPECT_EQ(test, wrong, 0UL);
	KUNIT_EXPECT_EQ(test, check_invariants(report).violations, 0UL);
}

static void thousands_of_areas_are_apart_and_keep_their_contents(struct kunit *test)
{
	unsigned long nr = 0;
	struct vmap_area *va;

	list_for_each_entry (va, &vmap_area_list, list)
		nr += va->vm != NULL;
	KUNIT_EXPECT_GE(test, nr, nr_areas);
	pr_info("    # %lu live areas\n", nr);
	expect_sound(test);
}

static void the_holes_that_others_left_are_used_first(struct kunit *test)
{
	const unsigned long last = (unsigned long)areas[nr_areas - 1];

	for (unsigned long i = 0; i < nr_areas; i += 2)
		free_area(i);
	vm_unmap_aliases();
	for (unsigned long i = 0; i < nr_areas; i += 2) {
		areas[i] = vmalloc(PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(test, areas[i]);
		KUNIT_ASSERT_LT(test, (unsigned long)areas[i], last);
		*(unsigned long *)areas[i] = i;
	}
	expect_sound(test);
}

static void an_area_too_large_for_the_holes_lies_behind_them(struct kunit *test)
{
	const unsigned long middle = (unsigned long)areas[nr_areas / 2];
	const unsigned long last = (unsigned long)areas[nr_areas - 1];
	void *p;

	for (unsigned long i = 0; i < nr_areas; i += 2)
		free_area(i);
	vm_unmap_aliases();
	p = __vmalloc_node_range(4 * PAGE_SIZE, PAGE_SIZE, middle, VMALLOC_END, GFP_KERNEL,
				 PAGE_KERNEL, 0, NULL);
	KUNIT_EXPECT_GT(test, (unsigned long)p, last);
	expect_sound(test);
	vfree(p);
}

static void every_alignment_is_found_among_holes(struct kunit *test)
{
	for (unsigned long i = 0; i < nr_areas; i++)
		if (i % 7 < 3)
			free_area(i);
	for (unsigned long align = PAGE_SIZE; align <= 4 * SZ_1M; align <<= 1) {
		void *p = __vmalloc_node(3 * PAGE_SIZE, align, GFP_KERNEL, PAGE_KERNEL, 0, NULL);

		KUNIT_ASSERT_NOT_NULL(test, p);
		KUNIT_EXPECT_EQ(test, (unsigned long)p & (align - 1), 0UL);
		vfree(p);
	}
	expect_sound(test);
}

static u32 next_random(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Sizes of 1 to 4 pages, so that holes of all sizes come about. */
static void areas_come_and_go_in_any_order(struct kunit *test)
{
	u32 state = 896;

	for (unsigned long n = 0; n < 2 * nr_areas; n++) {
		const unsigned long i = next_random(&state) % nr_areas;

		if (areas[i]) {
			free_area(i);
			continue;
		}
		areas[i] = vmalloc(PAGE_SIZE * (1 + next_random(&state) % 4));
		KUNIT_ASSERT_NOT_NULL(test, areas[i]);
		*(unsigned long *)areas[i] = i;
	}
	expect_sound(test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(thousands_of_areas_are_apart_and_keep_their_contents),
	KUNIT_CASE(the_holes_that_others_left_are_used_first),
	KUNIT_CASE(an_area_too_large_for_the_holes_lies_behind_them),
	KUNIT_CASE(every_alignment_is_found_among_holes),
	KUNIT_CASE(areas_come_and_go_in_any_order),
	{},
};

static struct kunit_suite suite = {
	.name = "vmalloc_many", .init = fill_window, .exit = empty_window, .test_cases = cases
};
kunit_test_suite(suite);
