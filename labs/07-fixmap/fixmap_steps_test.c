/*
 * The steps of lab 07's grader. A thread that holds an atomic mapping can not go back to the prompt:
 * where the host is to look meanwhile, the step stays for a while with interrupts on.
 */
#include <lib/errno.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <asm/fixmap.h>
#include <asm/tlbflush.h>
#include <kernel/preempt.h>
#include <kernel/timer.h>
#include <monitor/monitor.h>
#include "arguments.h"
#include "facts.h"

#define NR_PAGES (KM_TYPE_NR + 1)

static struct page *pages[NR_PAGES];

/* Without kmap_atomic(), which is the student's: through kmap(). */
static void fill(struct page *page, u32 word)
{
	u32 *at = kmap(page);

	for (size_t i = 0; i < PAGE_SIZE / sizeof(*at); i++)
		at[i] = word;
	kunmap(page);
}

static void take_frames(void)
{
	for (int i = 0; i < NR_PAGES; i++) {
		pages[i] = pages[i] ?: alloc_page(GFP_HIGHUSER);
		fill(pages[i], 0x896000 + i);
	}
}

/* --- the fixmap ------------------------------------------------------------------------------- */

static int fx_where(int argc __unused, char **argv __unused)
{
	fact("boot info", fix_to_virt(FIX_BOOT_INFO));
	fact("first slot", fix_to_virt(FIX_KMAP_BEGIN));
	fact("slots", KM_TYPE_NR);
	return 0;
}

static int fx_set(int argc, char **argv)
{
	const phys_addr_t pa = PFN_PHYS((phys_addr_t)page_to_pfn(frame(argv[1])));

	if (argc > 2)
		set_fixmap_nocache(FIX_BOOT_INFO, pa);
	else
		set_fixmap(FIX_BOOT_INFO, pa);
	return 0;
}

static int fx_clear(int argc __unused, char **argv __unused)
{
	clear_fixmap(FIX_BOOT_INFO);
	return 0;
}

/* One address, two frames one after the other; the CPU has seen the first there. */
static int fx_move(int argc __unused, char **argv)
{
	volatile u32 *at = (void *)fix_to_virt(FIX_BOOT_INFO);

	take_frames();
	set_fixmap(FIX_BOOT_INFO, PFN_PHYS((phys_addr_t)page_to_pfn(pages[0])));
	fact("first", at[0]);
	set_fixmap(FIX_BOOT_INFO, PFN_PHYS((phys_addr_t)page_to_pfn(pages[1])));
	fact("second", at[1]);
	at[0] = number(argv[1]);
	fact("old frame", page_to_pfn(pages[0]));
	fact("frame", page_to_pfn(pages[1]));
	return 0;
}

/* --- kmap_atomic ------------------------------------------------------------------------------ */

/* A second by the clock, in which the host looks at the page table. */
static void let_the_host_look(void)
{
	const unsigned long end = jiffies + HZ;

	while (time_before(jiffies, end))
		cpu_relax();
}

static int ka_hold(int argc __unused, char **argv)
{
	void *vaddr = kmap_atomic(frame(argv[1]));

	fact("vaddr", (unsigned long)vaddr);
	let_the_host_look();
	kunmap_atomic(vaddr);
	fact("held", kmap_atomic_held());
	return 0;
}

static int ka_write(int argc __unused, char **argv)
{
	u32 *vaddr = kmap_atomic(frame(argv[1]));

	WRITE_ONCE(*vaddr, number(argv[2]));
	kunmap_atomic(vaddr);
	return 0;
}

static int ka_nest(int argc __unused, char **argv __unused)
{
	volatile u32 *vaddrs[KM_TYPE_NR];

	take_frames();
	for (int i = 0; i < KM_TYPE_NR; i++)
		vaddrs[i] = kmap_atomic(pages[i]);
	for (int i = 0; i < KM_TYPE_NR; i++) {
		fact("vaddr", (unsigned long)vaddrs[i]);
		fact("word", vaddrs[i][0]);
	}
	fact("held", kmap_atomic_held());
	for (int i = KM_TYPE_NR; i-- > 0;)
		kunmap_atomic((void *)vaddrs[i]);
	fact("held after", kmap_atomic_held());
	return 0;
}

static int ka_reuse(int argc __unused, char **argv)
{
	volatile u32 *first, *second;

	take_frames();
	first = kmap_atomic(pages[0]);
	fact("first", first[0]);
	kunmap_atomic((void *)first);
	second = kmap_atomic(pages[1]);
	fact("same slot", first == second);
	fact("second", second[1]);
	second[0] = number(argv[1]);
	kunmap_atomic((void *)second);
	fact("old frame", page_to_pfn(pages[0]));
	fact("frame", page_to_pfn(pages[1]));
	return 0;
}

static void note_flags(struct page *page)
{
	const int before = preempt_count();
	void *vaddr = kmap_atomic(page);

	fact("more", preempt_count() - before);
	fact("held", kmap_atomic_held());
	fact("vaddr", (unsigned long)vaddr);
	kunmap_atomic(vaddr);
	fact("left", preempt_count() - before);
}

static int ka_flags(int argc __unused, char **argv __unused)
{
	struct page *low = alloc_page(GFP_KERNEL);

	take_frames();
	note_flags(pages[0]);
	note_flags(low);
	fact("low", (unsigned long)lowmem_page_address(low));
	return 0;
}

/* The older of two goes first: refused, and both stay. */
static int ka_order(int argc __unused, char **argv __unused)
{
	volatile u32 *first, *second;
	int before;

	take_frames();
	first = kmap_atomic(pages[0]);
	second = kmap_atomic(pages[1]);
	before = preempt_count();
	kunmap_atomic((void *)first);
	fact("held", kmap_atomic_held());
	fact("counted", preempt_count() - before);
	fact("first", first[0]);
	fact("second", second[0]);
	kunmap_atomic((void *)second);
	kunmap_atomic((void *)first);
	fact("held after", kmap_atomic_held());
	return 0;
}

static const struct monitor_command commands[] = {
	{ "fx_where", "", "the fixmap's addresses", 0, 0, fx_where },
	{ "fx_set", "PFN [nocache]", "set_fixmap", 1, 2, fx_set },
	{ "fx_clear", "", "clear_fixmap", 0, 0, fx_clear },
	{ "fx_move", "VALUE", "two frames at one address", 1, 1, fx_move },
	{ "ka_hold", "PFN", "kmap_atomic for a second", 1, 1, ka_hold },
	{ "ka_write", "PFN VALUE", "write through kmap_atomic", 2, 2, ka_write },
	{ "ka_nest", "", "all slots at a time", 0, 0, ka_nest },
	{ "ka_reuse", "VALUE", "one slot, two frames", 1, 1, ka_reuse },
	{ "ka_flags", "", "what is off meanwhile", 0, 0, ka_flags },
	{ "ka_order", "", "the wrong order", 0, 0, ka_order },
};
monitor_group(fixmap_steps, "grade", commands);
