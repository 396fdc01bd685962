/*
 * Runs the benchmarks' rows and reports each in a line:
 *
 *      # SLUG
 *      PB|title|ops|batches|min|median|mean|max|flushes       hundredths per operation
 *
 *      setup() --> [ rdtsc run() rdtsc ] --> teardown()     batches times
 *                    '--- samples[] ---'  less what two rdtsc cost with nothing between
 *
 * Called at the end of boot when the command line has `bench`, and by the monitor's `bench`. A
 * clock that does not tell 2 instructions a round for a loop of two instructions is no clock to
 * measure by: then no row is run.
 */
#include <tests/bench.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <monitor/monitor.h>
#include <asm/irq.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>

/* From the linker script: every row of every bench_rows(). */
extern const struct bench __bench_rows_start[], __bench_rows_end[];

#define for_each_bench(row) \
	for (const struct bench *row = __bench_rows_start; row < __bench_rows_end; row++)

/* One row's batches, in ascending order when all are there. */
static u64 samples[BENCH_MAX_BATCHES];

/* The clock's ticks are kept out; interrupts as such are on, for what may sleep. */
#define PIT_IRQ 0

/* What the measuring itself costs. */
static u64 overhead;

/* TLB flushes of the row so far: pages and wholes alike. */
static u64 flushes;

static void nothing(void)
{
}

static u64 measure(void (*run)(void))
{
	const struct tlb_flushes before = tlb_flushes;
	u64 start, end;

	mask_irq(PIT_IRQ);
	start = rdtsc();
	run();
	end = rdtsc();
	unmask_irq(PIT_IRQ);
	flushes += tlb_flushes.one + tlb_flushes.all - before.one - before.all;
	return end - start;
}

static void calibrate(void)
{
	overhead = -1ULL;
	for (int i = 0; i < 100; i++)
		overhead = min(overhead, measure(nothing));
}

#define SELF_CHECK_ROUNDS 100000U

static void dec_jnz(void)
{
	u32 rounds = SELF_CHECK_ROUNDS;

	__asm__ volatile("1: decl %0 ; jnz 1b" : "+r"(rounds));
}

/* Is it instructions that the clock counts? */
static bool clock_is_right(void)
{
	u64 hundredths;

	if (!cpu_has_tsc) {
		pr_err("bench: this CPU has no time-stamp counter; nothing measured\n");
		return false;
	}
	calibrate();
	hundredths = (measure(dec_jnz) - overhead) * 100 / SELF_CHECK_ROUNDS;
	if (hundredths == 200)
		return true;
	pr_err("bench: a loop of 2 instructions takes %llu.%02llu ticks a round: the TSC does not "
	       "count instructions; nothing measured, use qemu -icount shift=0\n",
	       hundredths / 100, hundredths % 100);
	return false;
}

/* Keeps the first @nr samples in order when one more comes. */
static void insert_sample(unsigned long nr, u64 sample)
{
	while (nr > 0 && samples[nr - 1] > sample) {
		samples[nr] = samples[nr - 1];
		nr--;
	}
	samples[nr] = sample;
}

static u64 measure_batch(const struct bench *row)
{
	u64 sample;

	if (row->setup)
		row->setup();
	sample = measure(row->run) - overhead;
	if (row->teardown)
		row->teardown();
	return sample;
}

static void take_samples(const struct bench *row)
{
	for (unsigned long i = 0; i < row->batches; i++)
		insert_sample(i, row->value ? row->value() : measure_batch(row));
}

static u64 sum_of_samples(unsigned long nr)
{
	u64 sum = 0;

	while (nr-- > 0)
		sum += samples[nr];
	return sum;
}

static void run_row(const struct bench *row)
{
	const unsigned long nr = row->batches;

	BUG_ON(!nr || nr > BENCH_MAX_BATCHES);
	flushes = 0;
	take_samples(row);
	pr_info("# %s\n", row->slug);
	pr_info("PB|%s|%lu|%lu|%llu|%llu|%llu|%llu|%llu\n", row->title, row->ops, nr,
		samples[0] * 100 / row->ops, samples[nr / 2] * 100 / row->ops,
		sum_of_samples(nr) * 100 / nr / row->ops, samples[nr - 1] * 100 / row->ops,
		flushes * 100 / nr / row->ops);
}

/* @slug: of one row, or how those of several begin; "" for all. True if there was one. */
static bool run_rows(const char *slug)
{
	bool found = false;

	if (!clock_is_right())
		return false;
	for_each_bench(row)
	{
		if (strncmp(row->slug, slug, strlen(slug)))
			continue;
		run_row(row);
		found = true;
	}
	if (!found)
		pr_err("bench: no row '%s', nothing measured; `bench` alone runs them all\n", slug);
	return found;
}

/* What follows `bench=` on the command line. */
static char boot_slug[64];
static bool run_at_boot;

static int set_boot_slug(char *val)
{
	run_at_boot = true;
	return strscpy(boot_slug, val, sizeof(boot_slug)) < 0 ? -EINVAL : 0;
}
__setup("bench=", set_boot_slug);

static int set_all_at_boot(char *val __unused)
{
	run_at_boot = true;
	return 0;
}
__setup("bench", set_all_at_boot);

static void run_rows_at_boot(void)
{
	if (run_at_boot)
		kernel_power_off(!run_rows(boot_slug));
}
late_initcall(run_rows_at_boot);

static int cmd_bench(int argc, char **argv)
{
	return run_rows(argc > 1 ? argv[1] : "") ? 0 : -EINVAL;
}

static const struct monitor_command commands[] = {
	{ "bench", "[SLUG]", "count instructions, of all rows or of some", 0, 1, cmd_bench },
};
monitor_group(bench_commands, "run", commands);
