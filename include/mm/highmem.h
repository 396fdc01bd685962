/*
 * Reaching a frame that has no address of its own.
 *
 *      kmap          in a thread, for as long as needed, may sleep
 *      kmap_atomic   anywhere, for a moment, never sleeps
 *      vmap          many frames in a row: <mm/vmalloc.h>
 *
 * On a lowmem frame all of them cost nothing. Condenses include/linux/highmem.h.
 */
#ifndef MM_HIGHMEM_H
#define MM_HIGHMEM_H

#include <lib/string.h>
#include <mm/mm.h>
#include <asm/highmem.h>

/* 0: free; 1: nobody's, the TLB may remember it; n: n - 1 users. See mm/highmem.c. */
extern int pkmap_count[LAST_PKMAP];
/* The slot that was given out last. */
extern unsigned int last_pkmap_nr;

/* The frame that a slot shows, or NULL: as the hash has it, not the page table. */
struct page *pkmap_page(unsigned int nr);

/* The address of a lowmem frame in the linear mapping. */
static inline void *lowmem_page_address(const struct page *page)
{
	return pfn_to_virt(page_to_pfn(page));
}

/**
 * page_address - where a frame can be seen now
 * @page: any frame
 *
 * Returns its address in the linear mapping, or that which kmap() gave it; NULL for a highmem frame
 * that is not mapped. May be called in an interrupt. Takes no lock.
 */
void *page_address(const struct page *page);

/**
 * kmap - map a frame into the kernel's window for as long as you need
 * @page: any frame, low or high
 *
 * A lowmem frame costs nothing: its address in the direct map is returned. A highmem frame takes
 * one of LAST_PKMAP slots, or shares the slot it already has. Pair with kunmap().
 *
 * Returns the kernel virtual address of the frame's first byte; NULL, with a report, only where it
 * must not be called. May sleep until a slot is free; not for interrupts or under a spinlock (use
 * kmap_atomic()). Takes kmap_lock.
 */
void *kmap(struct page *page);

/**
 * kunmap - one user of kmap()'s mapping less
 * @page: the frame, not the address; one that is not mapped is reported and left alone
 *
 * Never sleeps, wakes one who waits for a slot. Takes kmap_lock.
 */
void kunmap(struct page *page);

/* The highmem half of the two. */
void *kmap_high(struct page *page);
void kunmap_high(struct page *page);

/* Clear the slots that nobody uses, and flush the TLB for them. */
void kmap_flush_unused(void);

/**
 * kmap_atomic - map a frame for a moment
 * @page: any frame
 *
 * A highmem frame takes one of this CPU's fixmap slots. Until kunmap_atomic() the thread is not
 * preempted, must not sleep, and a page fault fails instead of sleeping. Mappings go in the order
 * opposite to that in which they came.
 *
 * Returns the kernel virtual address of the frame's first byte. May be called in an interrupt.
 */
void *kmap_atomic(struct page *page);

/* @vaddr: as kmap_atomic() returned it; any but this CPU's newest is a bug, and said so. */
void kunmap_atomic(void *vaddr);

/* Slots this CPU holds now: 0 at rest. */
int kmap_atomic_held(void);

static inline void clear_highpage(struct page *page)
{
	void *vaddr = kmap_atomic(page);

	clear_page(vaddr);
	kunmap_atomic(vaddr);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	void *vfrom = kmap_atomic(from), *vto = kmap_atomic(to);

	copy_page(vto, vfrom);
	kunmap_atomic(vto);
	kunmap_atomic(vfrom);
}

/* @offset + @len: within the frame; all in bytes. */
static inline void memcpy_to_page(struct page *page, size_t offset, const void *from, size_t len)
{
	char *vaddr = kmap_atomic(page);

	memcpy(vaddr + offset, from, len);
	kunmap_atomic(vaddr);
}

static inline void memcpy_from_page(void *to, struct page *page, size_t offset, size_t len)
{
	char *vaddr = kmap_atomic(page);

	memcpy(to, vaddr + offset, len);
	kunmap_atomic(vaddr);
}

static inline void memset_page(struct page *page, size_t offset, int byte, size_t len)
{
	char *vaddr = kmap_atomic(page);

	memset(vaddr + offset, byte, len);
	kunmap_atomic(vaddr);
}

static inline void zero_user_segment(struct page *page, size_t start, size_t end)
{
	memset_page(page, start, 0, end - start);
}

#endif
