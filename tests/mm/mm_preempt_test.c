/*
 * The allocators with many threads at once and a hundred times as many ticks, each of which lets the
 * next thread run and is an interrupt that allocates and frees: what a lock forgets shows here, not
 * in suites that have the CPU to themselves.
 */
#include <lib/printf.h>
#include <mm/check.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <tests/kunit.h>
#include <tests/threads.h>
#include <asm/io.h>

#define NR_THREADS    4
#define FAST_TICKS    4000
#define PIT_COUNTER_0 0x40
#define PIT_COMMAND   0x43
#define PIT_RATE_0    0x34 /* both bytes of counter 0, a tick each time it is through */
#define PIT_LATCH(hz) (1193182 / (hz))
#define NR_LET_GO     128
#define LET_GO_TICKS  8 /* so that the list is long at first, and then nothing comes */

static volatile bool stop;
static volatile unsigned int nr_ended;
static struct timer_list timer;

/* Areas that threads leave to the next interrupt. */
static void *let_go[NR_LET_GO];
static volatile unsigned int nr_let_go;

static void set_tick_rate(unsigned int hz)
{
	outb(PIT_RATE_0, PIT_COMMAND);
	outb(PIT_LATCH(hz) & 0xFF, PIT_COUNTER_0);
	outb(PIT_LATCH(hz) >> 8, PIT_COUNTER_0);
}

static void disturb(unsigned long unused __unused)
{
	current->time_slice = 1;
	kfree(kmalloc(64, GFP_ATOMIC | __GFP_NOWARN));
	while (nr_let_go && jiffies % LET_GO_TICKS == 0)
		vfree(let_go[--nr_let_go]);
	if (!stop)
		mod_timer(&timer, jiffies + 1);
}

static int make_and_destroy_caches(void *number)
{
	char name[16];

	snprintf(name, sizeof(name), "race-%ld", (long)number);
	while (!stop) {
		struct kmem_cache *s = kmem_cache_create(name, 100, 0, 0, NULL);

		if (s)
			kmem_cache_free(s, kmem_cache_alloc(s, GFP_KERNEL));
		kmem_cache_destroy(s);
	}
	nr_ended++;
	return 0;
}

static bool leave_to_interrupt(void *addr)
{
	unsigned long flags;
	bool room;

	local_irq_save(flags);
	room = nr_let_go < NR_LET_GO;
	if (room)
		let_go[nr_let_go++] = addr;
	local_irq_restore(flags);
	return room;
}

static int take_and_leave_areas(void *unused __unused)
{
	while (!stop) {
		void *addr = vmalloc(2 * PAGE_SIZE);

		if (!leave_to_interrupt(addr))
			vfree(addr);
	}
	nr_ended++;
	return 0;
}

static void run_threads(struct kunit *test, int (*fn)(void *))
{
	const unsigned long end = jiffies + FAST_TICKS;

	for (long i = 0; i < NR_THREADS; i++)
		KUNIT_EXPECT_GT(test, kernel_thread(fn, (void *)i, 0), 0);
	while (time_before(jiffies, end)) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(FAST_TICKS);
	}
	stop = true;
	KUNIT_EXPECT_TRUE(test, wait_until(nr_ended == NR_THREADS && !timer_pending(&timer)));
}

static void report(const char *rule, const char *function, unsigned long pfn, const char *fact)
{
	pr_info("    # %s at %s: frame %#lx %s\n", rule, function, pfn, fact);
}

static void expect_sound_after(struct kunit *test, int (*fn)(void *))
{
	stop = false;
	nr_ended = nr_let_go = 0;
	setup_timer(&timer, disturb, 0);
	mod_timer(&timer, jiffies + 1);
	set_tick_rate(100 * HZ);
	run_threads(test, fn);
	set_tick_rate(HZ);
	while (nr_let_go)
		vfree(let_go[--nr_let_go]);
	vfree(vmalloc(1)); /* what interrupts let go of goes, too */
	KUNIT_EXPECT_TRUE(test, wait_until(nr_threads() == 2));
	KUNIT_EXPECT_EQ(test, check_invariants(report).violations, 0UL);
}

static void threads_that_make_and_destroy_caches_do_not_meet(struct kunit *test)
{
	expect_sound_after(test, make_and_destroy_caches);
}

static void what_interrupts_vfree_is_freed_by_one_of_many_threads(struct kunit *test)
{
	expect_sound_after(test, take_and_leave_areas);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(threads_that_make_and_destroy_caches_do_not_meet),
	KUNIT_CASE(what_interrupts_vfree_is_freed_by_one_of_many_threads),
	{},
};
static struct kunit_suite mm_preempt_suite = { .name = "mm_preempt", .test_cases = cases };
kunit_test_suite(mm_preempt_suite);
