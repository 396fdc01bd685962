/*
 * The window by hand: map one frame, or take a row of addresses, and give them back.
 *
 *      k896> kmap 0x3f000
 *      kmap: frame 0x3f000 was free: taken from the buddy allocator
 *      kmap: frame 0x3f000, zone HighMem, at 0xff801000: slot 1, 1 user
 *      k896> vmalloc 8K
 *      vmalloc: 8192 bytes at 0xf8806000: 2 pages, 2 of them high, and a guard page
 *
 * Only what was got here is given back here: kunmap and vfree of what the kernel itself uses would
 * be its end. A list remembers the frames; areas are known by their caller.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <mm/highmem.h>
#include <mm/slab.h>
#include <mm/take_page.h>
#include <mm/window.h>
#include <monitor/monitor.h>
#include "frame_state.h"
#include "window.h"

/* ---- kmap ---- */

static LIST_HEAD(hand_maps);

struct hand_map *hand_map_of(const struct page *page)
{
	struct hand_map *map;

	list_for_each_entry (map, &hand_maps, list) {
		if (map->page == page)
			return map;
	}
	return NULL;
}

static int parse_frame(const char *who, const char *text, struct page **page)
{
	char why[FRAME_STATE_SIZE];
	unsigned long pfn;

	if (monitor_parse_ulong("PFN", text, &pfn))
		return -EINVAL;
	if (!pfn_valid(pfn)) {
		monitor_printf("%s: PFN: %#lx is no frame number (%s)\n", who, pfn,
			       why_no_frame(pfn, why));
		return -EINVAL;
	}
	*page = pfn_to_page(pfn);
	return 0;
}

/* The monitor must not sleep for a slot: nobody else may ever let go of one. */
static bool no_slot_left(void)
{
	for (unsigned int nr = 0; nr < LAST_PKMAP; nr++) {
		if (pkmap_count[nr] < 2)
			return false;
	}
	return true;
}

static const char *why_not_mapped(const struct page *page)
{
	if (!PageHighMem(page))
		return NULL;
	if (PageReserved(page))
		return "is reserved, and has no address in lowmem";
	return !page_address(page) && no_slot_left() ? "finds every slot in use; kunmap one first"
						     : NULL;
}

static struct hand_map *add_hand_map(struct page *page)
{
	struct hand_map *map = kzalloc(sizeof(*map), GFP_KERNEL | __GFP_NOWARN);

	if (!map) {
		monitor_printf("kmap: no memory left; nothing mapped\n");
		return NULL;
	}
	map->page = page;
	list_add(&map->list, &hand_maps);
	return map;
}

static void show_mapping(const struct hand_map *map, const void *vaddr)
{
	unsigned long nr = PKMAP_NR((unsigned long)vaddr);

	monitor_printf("kmap: frame %#lx, zone %s%s, at %p: ", page_to_pfn(map->page),
		       page_zone(map->page)->name, PageReserved(map->page) ? ", reserved" : "",
		       vaddr);
	if (PageHighMem(map->page))
		monitor_printf("slot %lu, %d user%s\n", nr, pkmap_count[nr] - 1,
			       pkmap_count[nr] > 2 ? "s" : "");
	else
		monitor_printf("lowmem, no slot needed\n");
}

static int run_kmap(int argc __unused, char **argv)
{
	struct hand_map *map;
	struct page *page;
	const char *why;

	if (parse_frame("kmap", argv[1], &page))
		return -EINVAL;
	why = why_not_mapped(page);
	if (why) {
		monitor_printf("kmap: frame %#lx %s; nothing mapped\n", page_to_pfn(page), why);
		return -EINVAL;
	}
	map = hand_map_of(page) ?: add_hand_map(page);
	if (!map)
		return -ENOMEM;
	if (take_page_off_buddy(page)) {
		map->taken = true;
		monitor_printf("kmap: frame %#lx was free: taken from the buddy allocator\n",
			       page_to_pfn(page));
	}
	map->users++;
	show_mapping(map, kmap(page));
	return 0;
}

/* ---- kunmap ---- */

static void forget_hand_map(struct hand_map *map)
{
	if (map->taken) {
		__free_page(map->page);
		monitor_printf("kunmap: frame %#lx goes back to the buddy allocator\n",
			       page_to_pfn(map->page));
	}
	list_del(&map->list);
	kfree(map);
}

static void show_left(struct page *page)
{
	const void *vaddr = page_address(page);
	unsigned long nr = PKMAP_NR((unsigned long)vaddr);

	monitor_printf("kunmap: frame %#lx: ", page_to_pfn(page));
	if (!PageHighMem(page))
		monitor_printf("lowmem, stays at %p\n", vaddr);
	else if (!vaddr)
		monitor_printf("unmapped\n");
	else if (pkmap_count[nr] > 1)
		monitor_printf("slot %lu, users left: %d\n", nr, pkmap_count[nr] - 1);
	else
		monitor_printf("slot %lu is unused now, but mapped until the search wraps\n", nr);
}

static int run_kunmap(int argc __unused, char **argv)
{
	struct hand_map *map;
	struct page *page;

	if (parse_frame("kunmap", argv[1], &page))
		return -EINVAL;
	map = hand_map_of(page);
	if (!map) {
		monitor_printf("kunmap: frame %#lx was not mapped by kmap here; nothing unmapped\n",
			       page_to_pfn(page));
		return -EINVAL;
	}
	kunmap(page);
	show_left(page);
	if (!--map->users)
		forget_hand_map(map);
	return 0;
}

/* ---- vmalloc ---- */

static void show_area(const void *addr, unsigned long size)
{
	unsigned long nr_pages = PAGE_ALIGN(size) >> PAGE_SHIFT, nr_high = 0;

	for (unsigned long i = 0; i < nr_pages; i++)
		nr_high += PageHighMem(vmalloc_to_page((const char *)addr + (i << PAGE_SHIFT)));
	monitor_printf(
		"vmalloc: %lu byte%s at %p: %lu page%s, %lu of them high, and a guard page\n", size,
		size > 1 ? "s" : "", addr, nr_pages, nr_pages > 1 ? "s" : "", nr_high);
}

static int run_vmalloc(int argc __unused, char **argv)
{
	const unsigned long max_size = VMALLOC_END - VMALLOC_START - PAGE_SIZE;
	unsigned long size;
	void *addr;

	if (monitor_parse_ulong("SIZE", argv[1], &size))
		return -EINVAL;
	if (!size || size > max_size) {
		monitor_printf("vmalloc: SIZE: %lu is not within 1 to %lu bytes\n", size, max_size);
		return -EINVAL;
	}
	addr = NULL;
	if (size >> PAGE_SHIFT <= totalram_pages)
		addr = __vmalloc_node(size, PAGE_SIZE, GFP_KERNEL | __GFP_HIGHMEM | __GFP_NOWARN,
				      PAGE_KERNEL, 0, run_vmalloc);
	if (!addr) {
		monitor_printf("vmalloc: no frames or no addresses for %lu bytes; nothing "
			       "allocated\n",
			       size);
		return -ENOMEM;
	}
	show_area(addr, size);
	return 0;
}

/* ---- vfree ---- */

/* A large area has the array of its frames in an area of its own, with the same caller. */
static bool is_page_array(const void *addr)
{
	struct vmap_info info;

	for_each_vmap_area (&info) {
		if (info.vm.pages == addr)
			return true;
	}
	return false;
}

/* Is there anything but the first byte of an area that vmalloc took here? Says so. */
static bool refuse_vfree(unsigned long addr)
{
	struct vmap_info info;

	if (!next_vmap_area(addr, &info) || addr < info.start)
		monitor_printf("vfree: %p lies in no area; nothing freed\n", (void *)addr);
	else if (info.unpurged)
		monitor_printf("vfree: %p was freed already; nothing freed\n", (void *)addr);
	else if (addr != info.start)
		monitor_printf("vfree: %p lies inside the area at 0x%08lx (%lu pages, taken "
			       "by %pS); nothing freed\n",
			       (void *)addr, info.start, vmap_info_pages(&info), info.vm.caller);
	else if (info.vm.caller != run_vmalloc)
		monitor_printf("vfree: %p was not taken by vmalloc here, but by %pS; nothing "
			       "freed\n",
			       (void *)addr, info.vm.caller);
	else if (is_page_array((const void *)addr))
		monitor_printf("vfree: %p holds the list of a larger area's frames; nothing "
			       "freed\n",
			       (void *)addr);
	else
		return false;
	return true;
}

static int run_vfree(int argc __unused, char **argv)
{
	unsigned long addr;

	if (monitor_parse_ulong("ADDR", argv[1], &addr) || refuse_vfree(addr))
		return -EINVAL;
	vfree((const void *)addr);
	monitor_printf("vfree: %p: frames freed, addresses taken until the next flush, for "
		       "which %lu pages wait\n",
		       (void *)addr, vmap_lazy_nr);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "kmap", "PFN", "map any frame; a free one is allocated first", 1, 1, run_kmap },
	{ "kunmap", "PFN", "undo kmap; a frame that it took goes back", 1, 1, run_kunmap },
	{ "vmalloc", "SIZE", "memory in a row of addresses", 1, 1, run_vmalloc },
	{ "vfree", "ADDR", "give back what vmalloc took", 1, 1, run_vfree },
};
monitor_group(window_do_group, "do", commands);
