/*
 * What the suites of page tables share: faults taken without a CPU that takes them, and a look at
 * what they leave behind. Pages are named as in mm_tools.h.
 */
#ifndef TESTS_MM_MEMORY_TOOLS_H
#define TESTS_MM_MEMORY_TOOLS_H

#include <mm/fault_inject.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/pgalloc.h>
#include <mm/rmap.h>
#include "mm_tools.h"

#define READ  0U
#define WRITE FAULT_FLAG_WRITE

/* A fault at page @nr. As do_page_fault() would: 0 or VM_FAULT_; SIGBUS also where no VMA is. */
int fault_in(struct mm_struct *mm, unsigned long nr, unsigned int flags);
int fault(unsigned long nr, unsigned int flags);

/* Faults for @nr_pages pages from @nr on. The first one that fails ends it. */
int fault_range(unsigned long nr, unsigned long nr_pages, unsigned int flags);

/* The entry of page @nr; empty where there is no table. */
pte_t pte_in(struct mm_struct *mm, unsigned long nr);
pte_t pte_at(unsigned long nr);

/* The frame of page @nr, or NULL. */
struct page *page_in(struct mm_struct *mm, unsigned long nr);
struct page *page_at(unsigned long nr);

/* The frame that the page table of page @nr lies in, or NULL. */
struct page *table_of(unsigned long nr);

/* The first byte of a frame, which it is filled with, and is it? */
void fill_page(struct page *page, u8 value);
bool page_is_filled(struct page *page, u8 value);

/**
 * succeeds_at_last - run @attempt with ever more allocations that succeed before the first failure
 *
 * @attempt: returns whether it worked; when it did not it must have lost nothing
 *
 * Returns how often it failed first; -1 if it never worked.
 */
int succeeds_at_last(void (*inject)(const struct fault_attr *attr), bool (*attempt)(void));

#endif
