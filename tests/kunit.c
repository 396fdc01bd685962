/*
 * Runs the in-kernel suites and reports in KTAP.
 *
 *      .kunit_test_suites           pick_suites()         run_picked_suites()
 *      [ &suite | &suite | ... ] -> "all" or "a,b"   ->   1..N
 *                                                             ok 1 freed_pages_come_back
 *                                                         ok 1 bootmem
 *
 * Called at the end of boot when the command line has `kunit=`, and by the monitor's `test`.
 * The report goes through printk(), so that it is in dmesg and on every console.
 * Condenses lib/kunit/{test,executor}.c of Linux: suites run one after another in the caller's
 * context, and a case is left by __builtin_longjmp() instead of by ending a thread.
 */
#include <tests/kunit.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <lib/printf.h>
#include <mm/check.h>
#include <monitor/monitor.h>

/* From the linker script: every kunit_test_suite(). */
extern struct kunit_suite *const __kunit_suites_start[], *const __kunit_suites_end[];

#define for_each_suite(suite)                                                \
	for (struct kunit_suite *const *__at = __kunit_suites_start, *suite; \
	     __at < __kunit_suites_end && (suite = *__at, true); __at++)

#define for_each_case(kcase, suite) \
	for (const struct kunit_case *kcase = (suite)->test_cases; kcase->run_case; kcase++)

/* How many cases ended in which way. */
struct tally {
	int passed, failed, skipped;
};

#define INDENT "    "

void kunit_fail(struct kunit *test, const char *file, int line, const char *fmt, ...)
{
	char text[256];
	va_list args;

	test->failed++;
	if (test->quiet)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_info(INDENT "# %s:%d: %s\n", file, line, text);
}

void kunit_abort(struct kunit *test)
{
	__builtin_longjmp(test->abort_to, 1);
}

/*
 * Not inlined, and the barrier: a jump back finds the registers where this frame saved them, so the
 * frame must be there until the case is over, and no last call may have taken its place.
 */
static noinline void try_case(const struct kunit_suite *suite, const struct kunit_case *kcase,
			      struct kunit *test)
{
	if (__builtin_setjmp(test->abort_to))
		return;
	if (suite->init && suite->init(test))
		KUNIT_FAIL(test, "init() of suite %s failed", suite->name);
	else
		kcase->run_case(test);
	barrier();
}

static noinline void try_exit(const struct kunit_suite *suite, struct kunit *test)
{
	if (!suite->exit || __builtin_setjmp(test->abort_to))
		return;
	suite->exit(test);
	barrier();
}

void kunit_run_case(const struct kunit_suite *suite, const struct kunit_case *kcase,
		    struct kunit *test)
{
	test->name = kcase->name;
	try_case(suite, kcase, test);
	try_exit(suite, test);
}

static void count_case(struct tally *tally, const struct kunit *test)
{
	if (test->failed)
		tally->failed++;
	else if (test->skip_reason)
		tally->skipped++;
	else
		tally->passed++;
}

/* One line of the report; @skip_reason is NULL for what was not skipped. */
static void report(const char *indent, int failed, int nr, const char *name,
		   const char *skip_reason)
{
	pr_info("%s%sok %d %s%s%s\n", indent, failed ? "not " : "", nr, name,
		skip_reason && !failed ? " # SKIP " : "",
		skip_reason && !failed ? skip_reason : "");
}

static int count_cases(const struct kunit_suite *suite)
{
	int nr = 0;

	for_each_case(kcase, suite) nr++;
	return nr;
}

static void report_violation(const char *rule, const char *function, unsigned long pfn,
			     const char *fact)
{
	pr_info(INDENT "# check: %s at %s: frame %#lx %s\n", rule, function, pfn, fact);
}

/*
 * A suite none of whose cases passed or failed counts as skipped, for the reason of the last. One
 * that leaves memory's invariants broken has failed.
 */
static struct tally run_suite(const struct kunit_suite *suite, int suite_nr)
{
	struct tally tally = { 0 };
	const char *skip_reason = "has no cases";
	int nr = 0;

	pr_info(INDENT "KTAP version 1\n");
	pr_info(INDENT "# Subtest: %s\n", suite->name);
	pr_info(INDENT "1..%d\n", count_cases(suite));
	for_each_case(kcase, suite)
	{
		struct kunit test = { 0 };

		kunit_run_case(suite, kcase, &test);
		report(INDENT, test.failed, ++nr, test.name, test.skip_reason);
		count_case(&tally, &test);
		if (test.skip_reason)
			skip_reason = test.skip_reason;
	}
	if (check_invariants(report_violation).violations)
		tally.failed++;
	if (tally.passed)
		skip_reason = NULL;
	report("", tally.failed, suite_nr, suite->name, skip_reason);
	return tally;
}

static struct kunit_suite *find_suite(const char *name)
{
	for_each_suite(suite)
	{
		if (!strcmp(suite->name, name))
			return suite;
	}
	return NULL;
}

static void pick_each_suite(bool picked)
{
	for_each_suite(suite) suite->picked = picked;
}

/* @names: "all" or "SUITE,SUITE", cut up here. Returns the first name that no suite has, or NULL. */
static const char *pick_suites(char *names)
{
	char *name;

	pick_each_suite(false);
	while ((name = strsep(&names, ","))) {
		struct kunit_suite *suite = find_suite(name);

		if (suite)
			suite->picked = true;
		else if (!strcmp(name, "all"))
			pick_each_suite(true);
		else
			return name;
	}
	return NULL;
}

static int count_picked_suites(void)
{
	int nr = 0;

	for_each_suite(suite) nr += suite->picked;
	return nr;
}

/* True if all is well: no case failed, and there were some. */
static bool run_picked_suites(void)
{
	struct tally total = { 0 };
	int nr = 0;

	pr_info("KTAP version 1\n");
	pr_info("1..%d\n", count_picked_suites());
	for_each_suite(suite)
	{
		struct tally tally;

		if (!suite->picked)
			continue;
		tally = run_suite(suite, ++nr);
		total.passed += tally.passed;
		total.failed += tally.failed;
		total.skipped += tally.skipped;
	}
	pr_info("# kunit: %d passed, %d failed, %d skipped\n", total.passed, total.failed,
		total.skipped);
	return nr && !total.failed;
}

/* What follows `kunit=` on the command line. */
static char boot_names[512];
static bool run_at_boot;

static int set_boot_names(char *val)
{
	run_at_boot = true;
	if (strscpy(boot_names, val, sizeof(boot_names)) >= 0)
		return 0;
	boot_names[0] = '\0'; /* which is no suite's name: better no test than half of them */
	return -EINVAL;
}
__setup("kunit=", set_boot_names);

static void run_suites_at_boot(void)
{
	const char *unknown;

	if (!run_at_boot)
		return;
	unknown = pick_suites(boot_names);
	if (!unknown)
		kernel_power_off(!run_picked_suites());

	pr_err("kunit: no suite '%s', nothing run; there are:", unknown);
	for_each_suite(suite) pr_cont(" %s", suite->name);
	pr_cont("\n");
	kernel_power_off(1);
}
late_initcall(run_suites_at_boot);

static int cmd_test(int argc, char **argv)
{
	char all[] = "all";
	const char *unknown = pick_suites(argc > 1 ? argv[1] : all);

	if (!unknown) {
		run_picked_suites();
		return 0;
	}
	monitor_printf("test: no suite '%s', nothing run; there are:", unknown);
	for_each_suite(suite) monitor_printf(" %s", suite->name);
	monitor_printf("\n");
	return -EINVAL;
}

static const struct monitor_command commands[] = {
	{ "test", "[SUITE]", "run the in-kernel tests, all or some", 0, 1, cmd_test },
};
monitor_group(test_commands, "run", commands);
