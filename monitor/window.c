/*
 * The window above lowmem, region by region: who has which addresses, and what they show.
 *
 *      kmaps         the slots of kmap, one character each, and those of kmap_atomic
 *      vmallocinfo   areas, as /proc/vmallocinfo: guard page within, caller, pages, kind
 *      fixmaps       fixed addresses, and the frames that they show now
 *
 *      k896> kmaps
 *         0 .2:...........................................................
 *             ^ given out last
 *        64-1023 free
 *      1024 slots: 1022 free (.), 1 mapped but unused (:), 1 in use by 2 (1-9, +)
 *
 * Only reads.
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/highmem.h>
#include <mm/pagewalk.h>
#include <mm/window.h>
#include <monitor/monitor.h>
#include "pte_format.h"
#include "window.h"

#define SLOTS_A_LINE 64U

/* ---- kmaps ---- */

char slot_mark(int count)
{
	if (count < 2)
		return count ? ':' : '.';
	return count - 1 > 9 ? '+' : (char)('0' + count - 1);
}

/* How many slots from @nr on are free, in whole lines; the line of the last one given out is not. */
unsigned int free_lines(unsigned int nr)
{
	unsigned int end = nr;

	for (unsigned int i = nr; i < LAST_PKMAP && !pkmap_count[i] && i != last_pkmap_nr; i++)
		end = ALIGN_DOWN(i + 1, SLOTS_A_LINE);
	return end - nr;
}

static void show_slots(unsigned int nr)
{
	char line[SLOTS_A_LINE + 1];

	for (unsigned int i = 0; i < SLOTS_A_LINE; i++)
		line[i] = slot_mark(pkmap_count[nr + i]);
	line[SLOTS_A_LINE] = '\0';
	monitor_printf("%4u %s\n", nr, line);
	if (last_pkmap_nr - nr < SLOTS_A_LINE)
		monitor_printf("%*s given out last\n", 6 + (int)(last_pkmap_nr - nr), "^");
}

static void show_map(void)
{
	unsigned int nr = 0;

	while (nr < LAST_PKMAP) {
		unsigned int nr_free = free_lines(nr);

		if (nr_free) {
			monitor_printf("%4u-%u free\n", nr, nr + nr_free - 1);
			nr += nr_free;
		} else {
			show_slots(nr);
			nr += SLOTS_A_LINE;
		}
	}
}

static void show_slot_sums(void)
{
	unsigned int nr_free = 0, nr_unused = 0, nr_used = 0, users = 0;

	for (unsigned int nr = 0; nr < LAST_PKMAP; nr++) {
		nr_free += !pkmap_count[nr];
		nr_unused += pkmap_count[nr] == 1;
		nr_used += pkmap_count[nr] > 1;
		users += pkmap_count[nr] > 1 ? pkmap_count[nr] - 1 : 0;
	}
	monitor_printf(
		"%u slots: %u free (.), %u mapped but unused (:), %u in use by %u (1-9, +)\n",
		(unsigned int)LAST_PKMAP, nr_free, nr_unused, nr_used, users);
	monitor_printf("the search goes on behind slot %u; after %u more it wraps, unused ones are "
		       "cleared and the TLB is flushed\n",
		       last_pkmap_nr, (unsigned int)LAST_PKMAP - 1 - last_pkmap_nr);
}

static void show_atomic_slots(void)
{
	struct page_walk walk;

	monitor_printf("atomic: %d of %d slots held\n", kmap_atomic_held(), KM_TYPE_NR);
	for (unsigned int idx = FIX_KMAP_BEGIN; idx <= FIX_KMAP_END; idx++) {
		if (page_walk(swapper_pg_dir, __fix_to_virt(idx), &walk))
			monitor_printf("  slot %u at 0x%08lx: frame %#lx\n", idx - FIX_KMAP_BEGIN,
				       __fix_to_virt(idx), (unsigned long)PFN_DOWN(walk.pa));
	}
}

static int run_kmaps(int argc __unused, char **argv __unused)
{
	if (!is_highmem_idx(OPT_ZONE_HIGHMEM)) {
		monitor_printf("kmaps: this kernel has no high memory: kmap is page_address, and "
			       "takes no slot\n");
		return 0;
	}
	show_map();
	show_slot_sums();
	show_atomic_slots();
	return 0;
}

/* ---- vmallocinfo ---- */

static void show_vm_struct(const struct vm_struct *vm)
{
	if (vm->caller)
		monitor_printf(" %pS", vm->caller);
	if (vm->nr_pages)
		monitor_printf(" pages=%u", vm->nr_pages);
	if (vm->flags & VM_IOREMAP)
		monitor_printf(" phys=0x%08llx ioremap", (u64)vm->phys_addr);
	if (vm->flags & VM_ALLOC)
		monitor_printf(" vmalloc");
	if (vm->flags & VM_MAP)
		monitor_printf(" vmap");
	if (is_vmalloc_addr(vm->pages))
		monitor_printf(" vpages");
}

static int run_vmallocinfo(int argc __unused, char **argv __unused)
{
	unsigned long nr = 0, size = 0, nr_unpurged = 0;
	struct vmap_info info;

	for_each_vmap_area (&info) {
		monitor_printf("0x%08lx-0x%08lx %7lu", info.start, info.end, info.end - info.start);
		if (info.unpurged)
			monitor_printf(" unpurged vm_area");
		else
			show_vm_struct(&info.vm);
		monitor_printf("\n");
		nr++;
		size += info.end - info.start;
		nr_unpurged += info.unpurged;
	}
	monitor_printf("total: %lu areas, %lu of them unpurged, %lu of %lu bytes\n", nr,
		       nr_unpurged, size, VMALLOC_END - VMALLOC_START);
	return 0;
}

/* ---- fixmaps ---- */

static int run_fixmaps(int argc __unused, char **argv __unused)
{
	for (unsigned int idx = FIX_HOLE + 1; idx < __end_of_fixed_addresses; idx++) {
		char name[16], rights[RIGHTS_SIZE], traits[TRAITS_SIZE];
		struct page_walk walk;

		monitor_printf("%-12s 0x%08lx  ", fixmap_name(idx, name, sizeof(name)),
			       __fix_to_virt(idx));
		if (page_walk(swapper_pg_dir, __fix_to_virt(idx), &walk))
			monitor_printf("0x%08llx  %s  %s\n", (u64)walk.pa,
				       format_rights(rights, walk.flags),
				       format_traits(traits, walk.flags));
		else
			monitor_printf("-\n");
	}
	return 0;
}

static const struct monitor_command commands[] = {
	{ "kmaps", "", "the slots of kmap and how many use each", 0, 0, run_kmaps },
	{ "vmallocinfo", "", "areas of vmalloc, vmap and ioremap, as in /proc", 0, 0,
	  run_vmallocinfo },
	{ "fixmaps", "", "fixed addresses and what they show", 0, 0, run_fixmaps },
};
monitor_group(window_group, "look", commands);
