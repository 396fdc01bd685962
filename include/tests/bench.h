/*
 * In-kernel benchmarks: what an operation costs, in instructions.
 *
 *      static void free_all(void) { ... }
 *      bench_rows(frees) = {
 *              { "free-1024", "1024 pages (free half)", 1024, 50, fill, free_all, NULL },
 *      };
 *
 * `bench` or `bench=SLUG` on the command line runs the rows and powers off; the monitor's
 * `bench [SLUG]` runs them any time. The clock is the TSC: under QEMU's `-icount shift=0` it counts
 * instructions, the same number in every run; elsewhere it counts whatever the CPU lets it.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <lib/compiler.h>
#include <lib/types.h>

#define BENCH_MAX_BATCHES 200

struct bench {
	const char *slug;
	const char *title;
	unsigned long ops; /* in one batch */
	unsigned long batches;
	void (*setup)(void);	/* before each batch, not measured; may be NULL */
	void (*run)(void);	/* one batch, without ticks */
	void (*teardown)(void); /* after each batch, not measured; may be NULL */
	u64 (*value)(void);	/* instead of run(): a number that is known without measuring */
};

/* A table of rows; one to a file. */
#define bench_rows(table)                                                                      \
	static const struct bench __used __aligned(__alignof__(long)) __section(".bench_rows") \
		table[]

#endif
