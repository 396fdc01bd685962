/*
 * What the suites of address spaces share: an empty one for each case, in which current lives as a
 * process does, and a way to write down what is mapped.
 *
 *      map(2, 3, PROT_READ);  map(5, 2, PROT_READ | PROT_WRITE);
 *      KUNIT_EXPECT_STREQ(test, vmas(), "..[rrr][ww]");
 */
#ifndef TESTS_MM_MM_TOOLS_H
#define TESTS_MM_MM_TOOLS_H

#include <lib/errno.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/mmap.h>
#include <asm/task_size.h>
#include <tests/kunit.h>

#define PROT_RW (PROT_READ | PROT_WRITE)

/* The pages that vmas() shows, and where the first of them lies. */
#define NR_SHOWN   64
#define SHOWN_BASE 0x10000000UL

static inline unsigned long at(unsigned long nr)
{
	return SHOWN_BASE + (nr << PAGE_SHIFT);
}

/* For .init and .exit. mm_end() expects an address space that is sound, and nothing lost. */
int mm_begin(struct kunit *test);
void mm_end(struct kunit *test);

/* The rules that the address space of current breaks; each fails @test. */
unsigned long vma_violations(struct kunit *test);

/* A private anonymous mapping of so many pages at at(nr); more MAP_ in flags. 0 or an error. */
long map_with(unsigned long nr, unsigned long nr_pages, unsigned long prot, unsigned long flags);
long map(unsigned long nr, unsigned long nr_pages, unsigned long prot);
long unmap(unsigned long nr, unsigned long nr_pages);
long protect(unsigned long nr, unsigned long nr_pages, unsigned long prot);
/* From @nr to @to; flags as for mremap(). The page number of the result, or an error. */
long remap(unsigned long nr, unsigned long old_pages, unsigned long new_pages, unsigned long flags,
	   unsigned long to);

/*
 * All VMAs from SHOWN_BASE on: [ and ] where one begins and ends, a letter for each page: r, w (and
 * perhaps r), x (with whatever else), - for none of these; S if shared, s if it is a stack, l if
 * locked. Dots are free. Good until the next call.
 */
const char *vmas(void);

#endif
