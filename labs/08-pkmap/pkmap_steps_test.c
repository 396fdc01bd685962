/*
 * The steps of lab 08's grader: each does something with kmap() and notes facts. What is right is
 * checks.py's to say, who looks at the page table and at the frames from outside.
 */
#include <lib/errno.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <asm/tlbflush.h>
#include <monitor/monitor.h>
#include <process/kthread.h>
#include <tests/threads.h>
#include "arguments.h"
#include "facts.h"
#include "patience.h"

/* A frame for each slot, and some that find none left. */
#define NR_SPARE 16
#define NR_PAGES (LAST_PKMAP + NR_SPARE)

static struct page *pages[NR_PAGES];
static struct page *const *const spare = pages + LAST_PKMAP;

static void take_frames(void)
{
	for (int i = 0; i < NR_PAGES; i++)
		pages[i] = pages[i] ?: alloc_page(GFP_HIGHUSER);
}

static void fact_mapping(const char *name, const struct page *page, const void *vaddr)
{
	fact(name, (u64)page_to_pfn(page) << 32 | (unsigned long)vaddr);
}

/* --- one frame -------------------------------------------------------------------------------- */

static int pk_where(int argc __unused, char **argv __unused)
{
	fact("base", PKMAP_BASE);
	fact("slots", LAST_PKMAP);
	return 0;
}

static int pk_map(int argc __unused, char **argv)
{
	struct page *page = frame(argv[1]);

	fact("vaddr", (unsigned long)kmap(page));
	fact("page_address", (unsigned long)page_address(page));
	return 0;
}

static int pk_unmap(int argc __unused, char **argv)
{
	kunmap(frame(argv[1]));
	return 0;
}

static int pk_flush(int argc __unused, char **argv __unused)
{
	kmap_flush_unused();
	return 0;
}

/* The mapping is left there: the frame's first word is what the host looks at. */
static int pk_write(int argc __unused, char **argv)
{
	WRITE_ONCE(*(u32 *)kmap(frame(argv[1])), number(argv[2]));
	return 0;
}

/* --- all slots -------------------------------------------------------------------------------- */

/* Every slot but those that have users; a fact for each mapping. */
static int pk_fill(int argc __unused, char **argv __unused)
{
	take_frames();
	for (int i = 0; i < LAST_PKMAP; i++)
		fact_mapping("mapping", pages[i], kmap(pages[i]));
	return 0;
}

/* Go on until the slot that the CPU has seen pages[0] in shows another frame. */
static int pk_reuse(int argc __unused, char **argv)
{
	volatile u32 *slot;
	int i;

	take_frames();
	for (i = 0; i < NR_PAGES; i++)
		memset_page(pages[i], 0, i & 0xff, PAGE_SIZE);
	slot = kmap(pages[0]);
	fact("old frame", page_to_pfn(pages[0]));
	fact("old word", *slot);
	kunmap(pages[0]);
	for (i = 1; i < NR_PAGES && kmap(pages[i]) != slot; i++)
		kunmap(pages[i]);
	if (i == NR_PAGES)
		return 0;
	fact("frame", page_to_pfn(pages[i]));
	fact("word", slot[1]);
	slot[0] = number(argv[1]);
	return 0;
}

static int pk_rounds(int argc __unused, char **argv)
{
	take_frames();
	for (unsigned long i = 0; i < number(argv[1]) * LAST_PKMAP; i++) {
		kmap(pages[i % NR_PAGES]);
		kunmap(pages[i % NR_PAGES]);
	}
	return 0;
}

/* --- sleeping --------------------------------------------------------------------------------- */

static struct {
	int started, served, ended;
	volatile bool let_go; /* until then a sleeper keeps what it got */
} count;

static int map_one(void *page)
{
	void *vaddr;

	count.started++;
	vaddr = kmap(page);
	fact_mapping("served", page, vaddr);
	count.served++;
	while (!count.let_go) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(1);
	}
	kunmap(page);
	count.ended++;
	return 0;
}

static void start_sleeper(struct page *page)
{
	const int before = count.started;
	struct task_struct *task = kthread_run(map_one, page, "sleeper");

	wait_for(READ_ONCE(count.started) == before + 1 && task->state == TASK_UNINTERRUPTIBLE);
	fact("asleep", task->state == TASK_UNINTERRUPTIBLE);
}

static void unmap_and_wait(struct page *page, int served)
{
	kunmap(page);
	wait_for(READ_ONCE(count.served) >= served);
	fact("served so far", READ_ONCE(count.served));
}

static int pk_sleep(int argc __unused, char **argv)
{
	struct page *let_go = pages[number(argv[1])];
	const u64 log = log_mark();

	fact("wanted", page_to_pfn(spare[0]));
	fact("let go", page_to_pfn(let_go));
	start_sleeper(spare[0]);
	fact("served too early", READ_ONCE(count.served));
	fact("with a lock", logged_since(log, "scheduling while atomic"));
	unmap_and_wait(let_go, 1);
	return 0;
}

/* The second is woken for a slot that it need not take: somebody else waits for it. */
static int pk_share(int argc __unused, char **argv __unused)
{
	start_sleeper(spare[0]);
	start_sleeper(spare[0]);
	start_sleeper(spare[1]);
	unmap_and_wait(pages[0], 2);
	unmap_and_wait(pages[1], 3);
	return 0;
}

/* --- many threads, one slot ------------------------------------------------------------------- */

#define NR_THREADS  8
#define NR_MAPPINGS 400

static struct {
	int mappings[NR_THREADS]; /* got so far */
	int ended;
	int wrong;
} crowd;

static int crowd_total(void)
{
	int total = 0;

	for (int i = 0; i < NR_THREADS; i++)
		total += READ_ONCE(crowd.mappings[i]);
	return total;
}

/* Two frames in turn: the one just let go of still has its slot, the other one needs a new one. */
static int map_again_and_again(void *arg)
{
	const int me = (int)(long)arg;

	while (crowd_total() < NR_MAPPINGS) {
		struct page *page = spare[2 * me + (crowd.mappings[me] & 1)];
		volatile int *vaddr = kmap(page);

		*vaddr = me;
		yield();
		crowd.wrong += *vaddr != me;
		kunmap(page);
		crowd.mappings[me]++;
	}
	crowd.ended++;
	return 0;
}

static int pk_crowd(int argc __unused, char **argv __unused)
{
	for (long i = 0; i < NR_THREADS; i++)
		kthread_run(map_again_and_again, (void *)i, "crowd");
	kunmap(pages[0]);
	wait_for(READ_ONCE(crowd.ended) == NR_THREADS);
	fact("ended", crowd.ended);
	fact("wrong", crowd.wrong);
	for (int i = 0; i < NR_THREADS; i++)
		fact("mappings", crowd.mappings[i]);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "pk_where", "", "where the slots are", 0, 0, pk_where },
	{ "pk_map", "PFN", "kmap", 1, 1, pk_map },
	{ "pk_unmap", "PFN", "kunmap", 1, 1, pk_unmap },
	{ "pk_flush", "", "kmap_flush_unused", 0, 0, pk_flush },
	{ "pk_write", "PFN VALUE", "write through kmap", 2, 2, pk_write },
	{ "pk_fill", "", "take every slot", 0, 0, pk_fill },
	{ "pk_reuse", "VALUE", "have a slot used again", 1, 1, pk_reuse },
	{ "pk_rounds", "N", "go round all slots N times", 1, 1, pk_rounds },
	{ "pk_sleep", "I", "want a slot more than there are, let go of the Ith", 1, 1, pk_sleep },
	{ "pk_share", "", "three sleepers, two of them for one frame", 0, 0, pk_share },
	{ "pk_crowd", "", "eight threads, one slot", 0, 0, pk_crowd },
};
monitor_group(pkmap_steps, "grade", commands);
