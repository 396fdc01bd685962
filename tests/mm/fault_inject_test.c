/* Failures on demand: as often as asked, in whom asked, and never else. */
#include <lib/kernel.h>
#include <mm/fault_inject.h>
#include <mm/slab.h>
#include <tests/kunit.h>

static int failures(struct fault_attr *attr, int calls)
{
	int nr = 0;

	for (int i = 0; i < calls; i++)
		nr += should_fail(attr, 1);
	return nr;
}

static void probability_0_never_fails_and_100_always(struct kunit *test)
{
	struct fault_attr never = { .probability = 0, .times = -1 };
	struct fault_attr always = { .probability = 100, .times = -1 };

	KUNIT_EXPECT_EQ(test, failures(&never, 1000), 0);
	KUNIT_EXPECT_EQ(test, failures(&always, 1000), 1000);
}

static void a_probability_is_met_roughly(struct kunit *test)
{
	struct fault_attr attr = { .probability = 30, .times = -1 };
	int nr = failures(&attr, 10000);

	KUNIT_EXPECT_GT(test, nr, 2800);
	KUNIT_EXPECT_LT(test, nr, 3200);
}

static void only_each_intervalth_call_is_a_candidate(struct kunit *test)
{
	struct fault_attr attr = { .probability = 100, .interval = 7, .times = -1 };

	KUNIT_EXPECT_EQ(test, failures(&attr, 6), 0);
	KUNIT_EXPECT_EQ(test, failures(&attr, 1), 1);
	KUNIT_EXPECT_EQ(test, failures(&attr, 700), 100);
}

static void after_so_many_times_it_is_over(struct kunit *test)
{
	struct fault_attr attr = { .probability = 100, .times = 3 };

	KUNIT_EXPECT_EQ(test, failures(&attr, 1000), 3);
}

static void the_first_bytes_succeed(struct kunit *test)
{
	struct fault_attr attr = { .probability = 100, .times = -1, .space = 100 };

	KUNIT_EXPECT_FALSE(test, should_fail(&attr, 64));
	KUNIT_EXPECT_TRUE(test, should_fail(&attr, 64));
}

static void the_same_seed_gives_the_same_failures(struct kunit *test)
{
	struct fault_attr a = { .probability = 50, .times = -1, .seed = 4711 }, b = a;
	struct fault_attr c = { .probability = 50, .times = -1, .seed = 4712 };
	int different = 0;

	for (int i = 0; i < 100; i++) {
		bool fails = should_fail(&a, 1);

		KUNIT_EXPECT_EQ(test, (int)should_fail(&b, 1), (int)fails);
		different += should_fail(&c, 1) != fails;
	}
	KUNIT_EXPECT_GT(test, different, 20);
}

static void options_are_read_in_linuxs_order(struct kunit *test)
{
	char all[] = "10,50,4096,3", some[] = "2,7", forever[] = "1,2,3,-1";
	struct fault_attr attr = FAULT_ATTR_OFF;

	KUNIT_EXPECT_EQ(test, setup_fault_attr(&attr, all), 0);
	KUNIT_EXPECT_EQ(test, attr.interval, 10U);
	KUNIT_EXPECT_EQ(test, attr.probability, 50U);
	KUNIT_EXPECT_EQ(test, attr.space, 4096UL);
	KUNIT_EXPECT_EQ(test, attr.times, 3);
	KUNIT_EXPECT_EQ(test, setup_fault_attr(&attr, some), 0);
	KUNIT_EXPECT_EQ(test, attr.probability, 7U);
	KUNIT_EXPECT_EQ(test, attr.times, 3);
	KUNIT_EXPECT_EQ(test, setup_fault_attr(&attr, forever), 0);
	KUNIT_EXPECT_EQ(test, attr.times, -1);
}

static void nonsense_is_refused_and_changes_nothing(struct kunit *test)
{
	static const char *const nonsense[] = { "", ",", "1,", "x", "1,2,3,4,5", "1;2" };
	struct fault_attr attr = { .probability = 9 };
	char text[16];

	for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++) {
		strscpy(text, nonsense[i], sizeof(text));
		KUNIT_EXPECT_LT(test, setup_fault_attr(&attr, text), 0);
		KUNIT_EXPECT_EQ(test, attr.probability, 9U);
	}
}

static void failslab_reaches_every_caller_the_fast_path_included(struct kunit *test)
{
	const struct fault_attr always = { .probability = 100, .times = -1 };

	kfree(kmalloc(64, GFP_KERNEL)); /* an object lies ready on the CPU's freelist */
	set_failslab(&always);
	KUNIT_EXPECT_NULL(test, kmalloc(64, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kzalloc(100, GFP_ATOMIC));
	set_failslab(NULL);
}

static void large_blocks_fail_with_the_frames(struct kunit *test)
{
	const struct fault_attr always = { .probability = 100, .times = -1 };

	set_fail_page_alloc(&always);
	KUNIT_EXPECT_NULL(test, alloc_page(GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, kmalloc(5 * PAGE_SIZE, GFP_KERNEL));
	set_fail_page_alloc(NULL);
}

static void when_it_is_over_the_fast_path_is_back(struct kunit *test)
{
	const struct fault_attr once = { .probability = 100, .times = 1 };
	struct kmem_cache *s = kmalloc_caches[kmalloc_index(64)];
	bool fast; /* not under slub_debug= and the like */

	kfree(kmalloc(64, GFP_KERNEL));
	fast = s->cpu[0].page;
	set_failslab(&once);
	KUNIT_EXPECT_NULL(test, s->cpu[0].page);
	KUNIT_EXPECT_NULL(test, kmalloc(64, GFP_KERNEL));
	set_failslab(NULL);
	kfree(kmalloc(64, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, (int)!!s->cpu[0].page, (int)fast);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(probability_0_never_fails_and_100_always),
	KUNIT_CASE(a_probability_is_met_roughly),
	KUNIT_CASE(only_each_intervalth_call_is_a_candidate),
	KUNIT_CASE(after_so_many_times_it_is_over),
	KUNIT_CASE(the_first_bytes_succeed),
	KUNIT_CASE(the_same_seed_gives_the_same_failures),
	KUNIT_CASE(options_are_read_in_linuxs_order),
	KUNIT_CASE(nonsense_is_refused_and_changes_nothing),
	KUNIT_CASE(failslab_reaches_every_caller_the_fast_path_included),
	KUNIT_CASE(large_blocks_fail_with_the_frames),
	KUNIT_CASE(when_it_is_over_the_fast_path_is_back),
	{},
};

static struct kunit_suite suite = { .name = "fault_inject", .test_cases = cases };
kunit_test_suite(suite);
