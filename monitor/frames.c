/*
 * Frames by hand: take a block, look at what became of the free lists, give it back.
 *
 *      k896> alloc pages 4
 *      handle 1: frames 0x1c40-0x1c4f, zone Normal, address 0xc1c40000, order 4
 *      blocks     0    1    2    3    4    5    6    7    8    9   10 at hand
 *      DMA        3    3    4    2    2    2    2    0    0    1    3       0
 *      Normal     1    1    1    1    0    0    2    1    2    2    2      12
 *        after    1    1    1    1    1    1    1    1    2    2    2      12
 *        change                       +1   +1   -1
 *
 * There a block of order 6 was split. What alloc takes is the user's until free gives it back: a
 * table of handles remembers it.
 */
#include <kernel/percpu.h>
#include <lib/ctype.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/slab.h>
#include <monitor/monitor.h>
#include "frames.h"

/* ---- the picture of the free lists ---- */

void take_picture(struct free_picture *picture)
{
	const struct zone *zone;

	for_each_zone (zone) {
		for (unsigned int order = 0; order < MAX_ORDER; order++)
			picture->zones[zone_idx(zone)].nr_free[order] =
				zone->free_area[order].nr_free;
		picture->zones[zone_idx(zone)].at_hand = this_cpu_ptr(zone->pageset)->count;
	}
}

static void show_row(const char *title, const struct free_picture *picture, enum zone_type zone)
{
	monitor_printf("%-8s", title);
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		monitor_printf(" %4lu", picture->zones[zone].nr_free[order]);
	monitor_printf(" %7ld\n", picture->zones[zone].at_hand);
}

static void show_difference(long difference, int width)
{
	if (difference)
		monitor_printf(" %+*ld", width, difference);
	else
		monitor_printf(" %*s", width, "");
}

static void show_change(const struct free_picture *before, const struct free_picture *after,
			enum zone_type zone)
{
	monitor_printf("%-8s", "  change");
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		show_difference(
			after->zones[zone].nr_free[order] - before->zones[zone].nr_free[order], 4);
	show_difference(after->zones[zone].at_hand - before->zones[zone].at_hand, 7);
	monitor_printf("\n");
}

/* Before, after and the change of each zone; one row where nothing changed. */
static void show_pictures(const struct free_picture *before, const struct free_picture *after)
{
	const struct zone *zone;

	monitor_printf("blocks  ");
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		monitor_printf(" %4u", order);
	monitor_printf(" at hand\n");
	for_each_zone (zone) {
		enum zone_type nr = zone_idx(zone);

		if (!populated_zone(zone))
			continue;
		show_row(zone->name, before, nr);
		if (!memcmp(&before->zones[nr], &after->zones[nr], sizeof(before->zones[nr])))
			continue;
		show_row("  after", after, nr);
		show_change(before, after, nr);
	}
}

/* ---- GFP flags by name ---- */

static const struct gfp_name {
	const char *name;
	gfp_t gfp;
} gfp_names[] = {
	{ "GFP_KERNEL", GFP_KERNEL },
	{ "GFP_ATOMIC", GFP_ATOMIC },
	{ "GFP_USER", GFP_USER },
	{ "GFP_HIGHUSER", GFP_HIGHUSER },
	{ "GFP_DMA", GFP_DMA },
	{ "GFP_DMA32", GFP_DMA32 },
	{ "GFP_NOIO", GFP_NOIO },
	{ "GFP_NOFS", GFP_NOFS },
	{ "__GFP_HIGHMEM", __GFP_HIGHMEM },
	{ "__GFP_DMA", __GFP_DMA },
	{ "__GFP_DMA32", __GFP_DMA32 },
	{ "__GFP_WAIT", __GFP_WAIT },
	{ "__GFP_HIGH", __GFP_HIGH },
	{ "__GFP_IO", __GFP_IO },
	{ "__GFP_FS", __GFP_FS },
	{ "__GFP_NOWARN", __GFP_NOWARN },
	{ "__GFP_NORETRY", __GFP_NORETRY },
	{ "__GFP_COMP", __GFP_COMP },
	{ "__GFP_ZERO", __GFP_ZERO },
};

static bool same_word(const char *a, const char *b)
{
	while (*a && tolower(*a) == tolower(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

static const struct gfp_name *find_gfp(const char *word)
{
	for (const struct gfp_name *row = gfp_names; row < gfp_names + ARRAY_SIZE(gfp_names);
	     row++) {
		if (same_word(word, row->name) || same_word(word, strstr(row->name, "GFP_") + 4))
			return row;
	}
	return NULL;
}

static void refuse_gfp(const char *word)
{
	monitor_printf("alloc: GFP: '%s' is none of", word);
	for (size_t i = 0; i < ARRAY_SIZE(gfp_names); i++)
		monitor_printf(" %s", gfp_names[i].name);
	monitor_printf("\n");
}

int parse_gfp(char *words, gfp_t *gfp)
{
	char *word;

	*gfp = 0;
	while ((word = strsep(&words, "|"))) {
		const struct gfp_name *row = find_gfp(word);

		if (!row) {
			refuse_gfp(word);
			return -EINVAL;
		}
		*gfp |= row->gfp;
	}
	return 0;
}

/* ---- handles ---- */

static struct handle handles[NR_HANDLES];

#define for_each_handle(handle) for (handle = handles; handle < handles + NR_HANDLES; handle++)

struct handle *handle_of(unsigned long number)
{
	return number >= 1 && number <= NR_HANDLES ? &handles[number - 1] : NULL;
}

/* NULL, after a one-line error, when all are taken. */
static struct handle *unused_handle(void)
{
	struct handle *handle;

	for_each_handle(handle)
	{
		if (!handle->page)
			return handle;
	}
	monitor_printf("alloc: all %d handles are taken; free one first\n", NR_HANDLES);
	return NULL;
}

static void show_frames(const struct handle *handle)
{
	unsigned long pfn = page_to_pfn(handle->page);

	if (handle->order)
		monitor_printf("frames %#lx-%#lx, zone %s, ", pfn, pfn + (1UL << handle->order) - 1,
			       page_zone(handle->page)->name);
	else
		monitor_printf("frame %#lx, zone %s, ", pfn, page_zone(handle->page)->name);
	if (PageHighMem(handle->page))
		monitor_printf("no address: high memory, ");
	else
		monitor_printf("address %p, ", lowmem_page_address(handle->page));
	monitor_printf("order %u\n", handle->order);
}

static void show_handle(const struct handle *handle)
{
	monitor_printf("handle %d: ", (int)(handle - handles) + 1);
	if (handle->object)
		monitor_printf("%zu byte%s, room for %zu, address %p, frame %#lx, zone %s\n",
			       handle->size, handle->size > 1 ? "s" : "", ksize(handle->object),
			       handle->object, page_to_pfn(handle->page),
			       page_zone(handle->page)->name);
	else
		show_frames(handle);
}

static void list_handles(void)
{
	const struct handle *handle;
	int nr = 0;

	for_each_handle(handle)
	{
		if (!handle->page)
			continue;
		show_handle(handle);
		nr++;
	}
	if (!nr)
		monitor_printf("no handles: nothing is allocated by hand\n");
}

/* ---- alloc ---- */

static int alloc_frames(struct handle *handle, int argc, char **argv)
{
	const char *gfp_text = argc > 1 ? argv[1] : "GFP_KERNEL";
	gfp_t gfp = GFP_KERNEL;
	unsigned long order;

	if (monitor_parse_ulong("ORDER", argv[0], &order))
		return -EINVAL;
	if (order >= MAX_ORDER) {
		monitor_printf("alloc: ORDER: %lu is above the largest, %d\n", order,
			       MAX_ORDER - 1);
		return -EINVAL;
	}
	if (argc > 1 && parse_gfp(argv[1], &gfp))
		return -EINVAL;
	handle->page = alloc_pages(gfp | __GFP_NOWARN, order);
	if (!handle->page) {
		monitor_printf("alloc: no block of order %lu is free for %s; nothing allocated\n",
			       order, gfp_text);
		return -ENOMEM;
	}
	handle->order = order;
	handle->object = NULL;
	return 0;
}

static int alloc_object(struct handle *handle, int argc __unused, char **argv)
{
	unsigned long size;

	if (monitor_parse_ulong("SIZE", argv[0], &size))
		return -EINVAL;
	if (!size || size > KMALLOC_MAX_SIZE) {
		monitor_printf("alloc: SIZE: %lu is not within 1 to %lu bytes\n", size,
			       KMALLOC_MAX_SIZE);
		return -EINVAL;
	}
	handle->object = kmalloc(size, GFP_KERNEL | __GFP_NOWARN);
	if (!handle->object) {
		monitor_printf("alloc: no room for %lu bytes; nothing allocated\n", size);
		return -ENOMEM;
	}
	handle->page = virt_to_page(handle->object);
	handle->size = size;
	return 0;
}

/* What alloc can take. Each fills in a handle; or returns why not, after a one-line error. */
static const struct {
	const char *name;
	const char *args;
	int max_args;
	int (*alloc)(struct handle *handle, int argc, char **argv);
} kinds[] = {
	{ "pages", "ORDER [GFP]", 2, alloc_frames },
	{ "kmalloc", "SIZE", 1, alloc_object },
};

static int find_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(name, kinds[i].name))
			return i;
	}
	monitor_printf("alloc: '%s' is neither pages nor kmalloc\n", name);
	return -EINVAL;
}

static int alloc_and_show(int kind, int argc, char **argv)
{
	struct handle *handle = unused_handle();
	struct free_picture before, after;
	int err;

	if (!handle)
		return -ENOMEM;
	take_picture(&before);
	err = kinds[kind].alloc(handle, argc, argv);
	if (err)
		return err;
	take_picture(&after);
	handle->used = true;
	show_handle(handle);
	show_pictures(&before, &after);
	return 0;
}

static int run_alloc(int argc, char **argv)
{
	int kind;

	if (argc == 1) {
		list_handles();
		return 0;
	}
	kind = find_kind(argv[1]);
	if (kind < 0)
		return kind;
	if (argc < 3 || argc - 2 > kinds[kind].max_args) {
		monitor_printf("alloc: too %s arguments; usage: alloc %s %s\n",
			       argc < 3 ? "few" : "many", kinds[kind].name, kinds[kind].args);
		return -EINVAL;
	}
	return alloc_and_show(kind, argc - 2, argv + 2);
}

/* ---- free ---- */

static void give_back(struct handle *handle)
{
	if (handle->object)
		kfree(handle->object);
	else
		__free_pages(handle->page, handle->order);
	handle->page = NULL;
}

static int run_free(int argc __unused, char **argv)
{
	struct free_picture before, after;
	struct handle *handle;
	unsigned long number;

	if (monitor_parse_ulong("HANDLE", argv[1], &number))
		return -EINVAL;
	handle = handle_of(number);
	if (!handle || !handle->page) {
		monitor_printf("free: HANDLE: %lu %s\n", number,
			       handle && handle->used ? "was freed already; nothing freed"
						      : "is no handle; alloc lists them");
		return -EINVAL;
	}
	take_picture(&before);
	give_back(handle);
	take_picture(&after);
	show_pictures(&before, &after);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "alloc", "[pages ORDER [GFP] | kmalloc SIZE]",
	  "take memory and see the free lists change; alone: list the handles", 0, 3, run_alloc },
	{ "free", "HANDLE", "give back what alloc took", 1, 1, run_free },
};
monitor_group(frames_group, "do", commands);
