/*
 * What a frame is used for: the words after `state` in the answer of `page`.
 *
 *      reserved                   PG_reserved
 *      free: block of order 7 ... PG_buddy, there or at a frame before it
 *      free: at hand ...          it is on this CPU's lists: found by looking through them
 *      slab of cache dentry ...   PG_slab, there or at the head of the compound page
 *      in use ...                 all others
 *
 * Only reads.
 */
#include <kernel/percpu.h>
#include <kernel/preempt.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <mm/slab.h>
#include "frame_state.h"

struct page *block_at_hand_around(struct page *page, unsigned int *order)
{
	const struct per_cpu_pages *pcp = this_cpu_ptr(page_zone(page)->pageset);
	struct page *first;

	for (*order = 0; *order < NR_PCP_ORDERS; ++*order) {
		list_for_each_entry (first, &pcp->lists[*order], lru) {
			if (page >= first && page < first + (1UL << *order))
				return first;
		}
	}
	return NULL;
}

static const char *slab_state(const struct page *head, char *buf)
{
	snprintf(buf, FRAME_STATE_SIZE,
		 "slab of cache %s at %#lx, order %u: %u of %u objects in use", head->slab->name,
		 page_to_pfn(head), compound_order(head), head->inuse, head->objects);
	return buf;
}

static const char *compound_state(const struct page *head, char *buf)
{
	snprintf(buf, FRAME_STATE_SIZE, "in use: compound page of order %u at %#lx, count %d",
		 compound_order(head), page_to_pfn(head), page_count(head));
	return buf;
}

static const char *free_state(struct page *page, char *buf)
{
	struct page *first = free_block_around(page);
	unsigned int order;

	if (first) {
		snprintf(buf, FRAME_STATE_SIZE, "free: in the block of order %lu at %#lx",
			 first->private, page_to_pfn(first));
		return buf;
	}
	first = block_at_hand_around(page, &order);
	if (!first)
		return "in use: a later frame of somebody's block";
	snprintf(buf, FRAME_STATE_SIZE,
		 "free: at hand for the CPU, in the block of order %u at %#lx", order,
		 page_to_pfn(first));
	return buf;
}

const char *why_no_frame(unsigned long pfn, char *buf)
{
	if (pfn < max_mapnr)
		return "it lies in a hole of the RAM";
	snprintf(buf, FRAME_STATE_SIZE, "they end at %lu", max_mapnr - 1);
	return buf;
}

static const char *describe(struct page *page, char *buf)
{
	struct page *head = compound_head(page);

	if (PageReserved(page))
		return "reserved: never handed out";
	if (PageSlab(head))
		return slab_state(head, buf);
	if (PageHead(head))
		return compound_state(head, buf);
	return page_count(page) ? "in use" : free_state(page, buf);
}

/* Preemption off: a slab goes back to the page allocator with its cache's name, and lists change. */
const char *frame_state(struct page *page, char *buf)
{
	const char *state;

	preempt_disable();
	state = describe(page, buf);
	preempt_enable();
	return state;
}
