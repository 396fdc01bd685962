/*
 * What a grader's step finds out, for the host to read from physical memory.
 *
 *      fact("vaddr", (unsigned long)kmap(page));
 *
 * The step judges nothing: checks.py does, from outside. tools/k896/labs/machine.py knows this form.
 */
#ifndef LABS_FACTS_H
#define LABS_FACTS_H

#include <lib/types.h>

#define MAX_FACTS 1280

struct fact {
	char name[24];
	u64 value;
} __packed;

struct lab_facts {
	u32 nr;
	u32 sealed; /* by the host's secret: the next fact is the first of another step */
	u32 nonce;
	u32 seal;
	struct fact rows[MAX_FACTS];
} __packed;
extern struct lab_facts lab_facts;

/**
 * fact - note something down
 * @name: at most 23 characters; may come again, the host sees all in order
 * @value: a frame number, an address, a count
 *
 * May be called by any thread, also in an interrupt. What does not fit any more is left out.
 */
void fact(const char *name, u64 value);

#endif
