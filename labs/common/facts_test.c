/*
 * The grader's ear in the kernel: facts, their seal, and a way to run suites without believing what
 * they print. Compiled into kernels under grading only, with the steps of the lab.
 *
 *      k896> map_two 5              a step of the lab: fact(), fact(), fact()
 *      k896> seal 0x5eed0896        a secret that nobody knew while the step ran
 *                                   the host reads lab_facts from physical memory
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <asm/irqflags.h>
#include <monitor/monitor.h>
#include <tests/kunit.h>
#include "facts.h"

struct lab_facts lab_facts;

void fact(const char *name, u64 value)
{
	unsigned long flags;
	struct fact *row;

	local_irq_save(flags);
	if (lab_facts.sealed)
		memset(&lab_facts, 0, sizeof(lab_facts));
	if (lab_facts.nr < MAX_FACTS) {
		row = &lab_facts.rows[lab_facts.nr++];
		strscpy(row->name, name, sizeof(row->name));
		row->value = value;
	}
	local_irq_restore(flags);
}

/* FNV-1a over the facts, begun with the secret. */
static u32 seal_facts(u32 nonce)
{
	const u8 *byte = (const u8 *)lab_facts.rows;
	u32 seal = nonce;

	for (size_t i = 0; i < lab_facts.nr * sizeof(struct fact); i++)
		seal = (seal ^ byte[i]) * 0x01000193;
	return seal;
}

/* A step that noted nothing leaves the facts of the one before: they are sealed already. */
static int cmd_seal(int argc __unused, char **argv)
{
	unsigned long nonce;

	if (monitor_parse_ulong("SECRET", argv[1], &nonce))
		return -EINVAL;
	if (lab_facts.sealed)
		lab_facts.nr = 0;
	lab_facts.sealed = true;
	lab_facts.seal = seal_facts(nonce);
	lab_facts.nonce = nonce;
	return 0;
}

extern struct kunit_suite *const __kunit_suites_start[], *const __kunit_suites_end[];

static const struct kunit_suite *find_suite(const char *name)
{
	for (struct kunit_suite *const *at = __kunit_suites_start; at < __kunit_suites_end; at++)
		if (!strcmp((*at)->name, name))
			return *at;
	return NULL;
}

/* Each case is a fact: how many of its expectations failed. */
static int cmd_grade_suite(int argc __unused, char **argv)
{
	const struct kunit_suite *suite = find_suite(argv[1]);

	if (!suite)
		return -EINVAL;
	for (const struct kunit_case *kcase = suite->test_cases; kcase->run_case; kcase++) {
		struct kunit test = { 0 };

		kunit_run_case(suite, kcase, &test);
		fact(kcase->name, test.failed);
	}
	return 0;
}

static const struct monitor_command commands[] = {
	{ "grade_suite", "SUITE", "run a suite for the grader", 1, 1, cmd_grade_suite },
	{ "seal", "SECRET", "seal the facts of the step before", 1, 1, cmd_seal },
};
monitor_group(grade_commands, "grade", commands);
