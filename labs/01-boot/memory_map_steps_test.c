/*
 * The steps of lab 01's grader, typed at a prompt in front of setup_memory_map() (`before_map` on the
 * command line): a map of the host's own making, entry by entry, and then one function on it.
 *
 *      k896> map_clear
 *      k896> map_add 0x1000 0x3000 1
 *      k896> map_sanitize                  the whole map is noted, as it is then
 *
 * What it should have become is for checks.py to say.
 */
#include <kernel/init.h>
#include <lib/kstrtox.h>
#include <lib/string.h>
#include <asm/e820.h>
#include <monitor/monitor.h>
#include "early_prompt.h"
#include "facts.h"

/* What lies behind a full map is not to be written. */
static struct {
	struct e820map map;
	u32 guard[16];
} made;

#define GUARD 0x5AFE5AFE

static u64 wide(const char *text)
{
	u64 value;

	return kstrtoull(text, 0, &value) ? 0 : value;
}

static void fact_map(void)
{
	u32 guards = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(made.guard); i++)
		guards += made.guard[i] == GUARD;
	fact("guards", guards);
	fact("nr_map", made.map.nr_map);
	for (unsigned int i = 0; i < made.map.nr_map && i < E820MAX; i++) {
		fact("addr", made.map.map[i].addr);
		fact("size", made.map.map[i].size);
		fact("type", made.map.map[i].type);
	}
}

static int map_clear(int argc __unused, char **argv __unused)
{
	memset(&made.map, 0, sizeof(made.map));
	for (unsigned int i = 0; i < ARRAY_SIZE(made.guard); i++)
		made.guard[i] = GUARD;
	return 0;
}

/* Not by e820_add_region(): only its own criterion is about that. */
static int map_put(int argc __unused, char **argv)
{
	made.map.map[made.map.nr_map++] =
		(struct e820entry){ wide(argv[1]), wide(argv[2]), (u32)wide(argv[3]) };
	return 0;
}

static int map_add(int argc __unused, char **argv)
{
	e820_add_region(&made.map, wide(argv[1]), wide(argv[2]), (u32)wide(argv[3]));
	return 0;
}

static int map_show(int argc __unused, char **argv __unused)
{
	fact_map();
	return 0;
}

static int map_sanitize(int argc __unused, char **argv __unused)
{
	sanitize_e820_map(&made.map);
	fact_map();
	return 0;
}

static int map_limit(int argc __unused, char **argv)
{
	fact("lost", e820_limit_ram(&made.map, wide(argv[1])));
	fact_map();
	return 0;
}

static int map_frames(int argc __unused, char **argv)
{
	fact("frames",
	     e820_ram_pages(&made.map, (unsigned long)wide(argv[1]), (unsigned long)wide(argv[2])));
	return 0;
}

static int stop_before_map(char *val __unused)
{
	early_prompt();
}
early_param("before_map", stop_before_map);

static const struct monitor_command commands[] = {
	{ "map_add", "ADDR SIZE TYPE", "e820_add_region", 3, 3, map_add },
	{ "map_clear", "", "an empty map", 0, 0, map_clear },
	{ "map_frames", "FROM TO", "e820_ram_pages", 2, 2, map_frames },
	{ "map_limit", "LIMIT", "e820_limit_ram", 1, 1, map_limit },
	{ "map_put", "ADDR SIZE TYPE", "an entry, without asking anybody", 3, 3, map_put },
	{ "map_sanitize", "", "sanitize_e820_map", 0, 0, map_sanitize },
	{ "map_show", "", "note it as it is", 0, 0, map_show },
};
monitor_group(memory_map_steps, "grade", commands);
