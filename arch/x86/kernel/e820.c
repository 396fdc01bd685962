/*
 * The memory map: from what the loader said to what is true.
 *
 *      as told     [ RAM ------------ ]            [ RAM --- ]
 *                        [ reserved -------- ]
 *                              [ RAM ---------------- ]
 *      sanitized   [ RAM ][ reserved ------- ][ RAM ------- ]
 *
 * setup_arch() alone calls it, once; it touches nothing but the map. Condenses
 * arch/x86/kernel/e820.c.
 */
#include <kernel/printk.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <asm/e820.h>

struct e820map e820;

/* In bss and not on the stack, which has 8 KB; boot has only one thread. */
static struct {
	u64 edges[2 * E820MAX];
	struct e820map result;
} scratch;

static const char *const type_names[] = {
	[E820_RAM] = "System RAM",	     [E820_RESERVED] = "Reserved",
	[E820_ACPI] = "ACPI Tables",	     [E820_NVS] = "ACPI Non-volatile Storage",
	[E820_UNUSABLE] = "Unusable memory",
};

const char *e820_type_name(u32 type)
{
	bool known = type < ARRAY_SIZE(type_names) && type_names[type];

	return known ? type_names[type] : type_names[E820_RESERVED];
}

/* Lab 01 */
void e820_add_region(struct e820map *map, u64 addr, u64 size, u32 type)
{
	if (!size) {
		pr_warn("e820: entry at %#llx has size 0; ignored\n", addr);
		return;
	}
	if (!type)
		type = E820_RESERVED;
	if (addr + size - 1 < addr) {
		pr_warn("e820: entry at %#llx wraps round (size %#llx); cut at the top\n", addr,
			size);
		size = -addr;
	}
	if (map->nr_map == E820MAX) {
		pr_warn("e820: more than %d entries; the one at %#llx is ignored\n", E820MAX, addr);
		return;
	}
	map->map[map->nr_map++] = (struct e820entry){ addr, size, type };
}

/* Lowest first; the same address may be there more than once. */
static void sort_edges(u64 *edges, unsigned int nr)
{
	for (unsigned int i = 1; i < nr; i++) {
		u64 edge = edges[i];
		unsigned int hole = i;

		for (; hole > 0 && edges[hole - 1] > edge; hole--)
			edges[hole] = edges[hole - 1];
		edges[hole] = edge;
	}
}

/* Lab 01 */
/* Where the type may change: the ends of all entries. One that ends at 2^64 has no end in a u64. */
static unsigned int collect_edges(const struct e820map *map, u64 *edges)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < map->nr_map; i++) {
		edges[nr++] = map->map[i].addr;
		if (map->map[i].addr + map->map[i].size)
			edges[nr++] = map->map[i].addr + map->map[i].size;
	}
	return nr;
}

/* Lab 01 */
/* The highest type that any entry gives an address, 0 where none covers it. */
static u32 strongest_type(const struct e820map *map, u64 addr)
{
	u32 type = 0;

	for (unsigned int i = 0; i < map->nr_map; i++) {
		const struct e820entry *entry = &map->map[i];

		if (addr >= entry->addr && addr - entry->addr < entry->size)
			type = max(type, entry->type);
	}
	return type;
}

/* Lab 01 */
/* A map grows upwards by a piece; it is one entry with the last if they touch and are alike. */
static void append_piece(struct e820map *map, u64 addr, u64 size, u32 type)
{
	struct e820entry *tail = map->nr_map ? &map->map[map->nr_map - 1] : NULL;

	if (tail && tail->type == type && tail->addr + tail->size == addr)
		tail->size += size;
	else
		e820_add_region(map, addr, size, type);
}

/* Lab 01 */
void sanitize_e820_map(struct e820map *map)
{
	unsigned int nr = collect_edges(map, scratch.edges);

	sort_edges(scratch.edges, nr);
	scratch.result.nr_map = 0;
	for (unsigned int i = 0; i < nr; i++) {
		u64 addr = scratch.edges[i];
		u64 next = i + 1 < nr ? scratch.edges[i + 1] : 0; /* 0: 2^64, for -addr wraps */
		u32 type = strongest_type(map, addr);

		if (type && next != addr)
			append_piece(&scratch.result, addr, next - addr, type);
	}
	*map = scratch.result;
}

/* Lab 01 */
u64 e820_limit_ram(struct e820map *map, u64 limit)
{
	u64 lost = 0;
	unsigned int kept = 0;

	for (unsigned int i = 0; i < map->nr_map; i++) {
		struct e820entry entry = map->map[i];
		u64 room = limit - min(limit, entry.addr);

		if (entry.type == E820_RAM && entry.size > room) {
			lost += entry.size - room;
			entry.size = room;
		}
		if (entry.size)
			map->map[kept++] = entry;
	}
	map->nr_map = kept;
	return lost;
}

/* The frames that lie in an entry completely; none where it is smaller than a frame. */
static void whole_frames(const struct e820entry *entry, unsigned long *start, unsigned long *end)
{
	*start = PFN_UP(entry->addr);
	*end = max(PFN_DOWN(entry->addr + entry->size), *start);
}

unsigned long e820_end_pfn(const struct e820map *map)
{
	unsigned long last = 0;

	for (unsigned int i = 0; i < map->nr_map; i++) {
		unsigned long start, end;

		whole_frames(&map->map[i], &start, &end);
		if (map->map[i].type == E820_RAM && end > start)
			last = max(last, end);
	}
	return last;
}

/* Lab 01 */
unsigned long e820_ram_pages(const struct e820map *map, unsigned long start_pfn,
			     unsigned long end_pfn)
{
	unsigned long pages = 0;

	for (unsigned int i = 0; i < map->nr_map; i++) {
		unsigned long start, end;

		whole_frames(&map->map[i], &start, &end);
		start = max(start, start_pfn);
		end = min(end, end_pfn);
		if (map->map[i].type == E820_RAM && end > start)
			pages += end - start;
	}
	return pages;
}
