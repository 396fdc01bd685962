/*
 * json: is what comes out JSON, and are its numbers those of the structures?
 *
 * Its text is caught in a buffer. A small parser goes through it and says whether it is
 * well formed; a number is found by its name, and held against the structure it was read from.
 */
#include <lib/ctype.h>
#include <lib/errno.h>
#include <lib/kstrtox.h>
#include <lib/printf.h>
#include <mm/highmem.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <mm/window.h>
#include <monitor/monitor.h>
#include <tests/kunit.h>
#include "../../monitor/json.h"

#define ROOM  (256 * SZ_1K)
#define DEPTH 8

/* ---- catching ---- */

static char *caught;
static size_t length;

static void catch (const char *text, size_t size)
{
	if (length + size < ROOM)
		memcpy(caught + length, text, size);
	length += size;
}

static int make_room(struct kunit *test __unused)
{
	caught = vmalloc(ROOM);
	return caught ? 0 : -ENOMEM;
}

static void give_back(struct kunit *test __unused)
{
	vfree(caught);
}

static void run(struct kunit *test, const char *text)
{
	void (*before)(const char *, size_t) = json_write;
	char line[32];

	strscpy(line, text, sizeof(line));
	length = 0;
	json_write = catch;
	KUNIT_EXPECT_EQ(test, monitor_run_line(line), 0);
	json_write = before;
	KUNIT_ASSERT_LT(test, length, ROOM);
	caught[length] = '\0';
}

/* ---- JSON's grammar, as far as json writes it ---- */

static const char *skip_value(const char *s, unsigned int depth);

static const char *skip_blanks(const char *s)
{
	while (s && isspace(*s))
		s++;
	return s;
}

/* Behind @c, if it stands there; else NULL. */
static const char *skip_char(const char *s, char c)
{
	s = skip_blanks(s);
	return s && *s == c ? s + 1 : NULL;
}

static const char *skip_escape(const char *s)
{
	if (*s == '"' || *s == '\\')
		return s + 1;
	if (*s++ != 'u')
		return NULL;
	for (unsigned int i = 0; i < 4; i++, s++) {
		if (!isxdigit(*s))
			return NULL;
	}
	return s;
}

static const char *skip_string(const char *s)
{
	s = skip_char(s, '"');
	while (s && *s != '"') {
		if (!isprint(*s))
			return NULL;
		s = *s == '\\' ? skip_escape(s + 1) : s + 1;
	}
	return s ? s + 1 : NULL;
}

static const char *skip_number_or_null(const char *s)
{
	const char *start = s;

	if (!strncmp(s, "null", 4))
		return s + 4;
	while (isdigit(*s))
		s++;
	return s > start ? s : NULL;
}

static const char *skip_members(const char *s, char end, unsigned int depth)
{
	if (skip_char(s, end))
		return skip_char(s, end);
	while (s) {
		if (end == '}')
			s = skip_char(skip_string(s), ':');
		s = skip_value(s, depth + 1);
		if (skip_char(s, end))
			return skip_char(s, end);
		s = skip_char(s, ',');
	}
	return NULL;
}

/* Behind the value at @s, or NULL if none is there. */
static const char *skip_value(const char *s, unsigned int depth)
{
	s = skip_blanks(s);
	if (!s || depth == DEPTH)
		return NULL;
	switch (*s) {
	case '{':
		return skip_members(s + 1, '}', depth);
	case '[':
		return skip_members(s + 1, ']', depth);
	case '"':
		return skip_string(s);
	}
	return skip_number_or_null(s);
}

static bool is_json(const char *s)
{
	s = skip_blanks(skip_value(s, 0));
	return s && !*s;
}

/* ---- numbers in it ---- */

/* The number behind @name, the first one from @from on; ~0UL: none. */
static unsigned long number_after(const char *from, const char *name)
{
	char quoted[40];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", name);
	at = from ? strstr(from, quoted) : NULL;
	return at ? (unsigned long)simple_strtoull(at + strlen(quoted), NULL, 0) : ~0UL;
}

/* Where an object of that name begins. */
static const char *object_named(const char *name)
{
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "{\"name\":\"%s\"", name);
	return strstr(caught, quoted);
}

static unsigned long column(const char *row, unsigned int number)
{
	while (number--)
		row = strchr(row, ',') + 1;
	return (unsigned long)simple_strtoull(row, NULL, 10);
}

/* Frames in the rows of `json frames` that are of a kind. */
static unsigned long frames_of(const char *kind)
{
	const char *row = strchr(caught, '[');
	unsigned long sum = 0;
	char quoted[24];

	snprintf(quoted, sizeof(quoted), "\"%s\"", kind);
	while ((row = strchr(row + 1, '['))) {
		const char *word = strchr(row, '"');

		if (!strncmp(word, quoted, strlen(quoted)))
			sum += column(row + 1, 1);
	}
	return sum;
}

/* ---- tests ---- */

static void all_of_it_is_json(struct kunit *test)
{
	run(test, "json");
	KUNIT_EXPECT_TRUE(test, is_json(caught));
}

static void each_part_is_json_by_itself(struct kunit *test)
{
	static const char *const lines[] = { "json layout",   "json tables", "json iomem",
					     "json zones",    "json frames", "json slabs",
					     "json pkmap",    "json fixmap", "json vmalloc",
					     "json processes" };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		run(test, lines[i]);
		KUNIT_EXPECT_TRUE(test, is_json(caught));
		KUNIT_EXPECT_PTR_EQ(test, strstr(caught, lines[i] + 5), caught + 2);
	}
}

static void what_is_none_of_the_parts_is_refused(struct kunit *test)
{
	char line[] = "json zoned";

	KUNIT_EXPECT_EQ(test, monitor_run_line(line), -EINVAL);
}

static void strings_are_escaped(struct kunit *test)
{
	void (*before)(const char *, size_t) = json_write;

	length = 0;
	json_write = catch;
	json_open(NULL, '{');
	json_string("a\"b", "c\\d\n\x7f");
	json_close('}');
	json_write = before;
	caught[length] = '\0';
	KUNIT_EXPECT_TRUE(test, strstr(caught, "{\"a\\\"b\":\"c\\\\d\\u000a\\u007f\"}"));
}

static void zones_are_told_as_they_are(struct kunit *test)
{
	const struct zone *zone;

	run(test, "json zones");
	for_each_zone (zone) {
		const char *object = object_named(zone->name);

		if (!populated_zone(zone)) {
			KUNIT_EXPECT_FALSE(test, object);
			continue;
		}
		KUNIT_ASSERT_TRUE(test, object);
		KUNIT_EXPECT_EQ(test, number_after(object, "start_pfn"), zone->zone_start_pfn);
		KUNIT_EXPECT_EQ(test, number_after(object, "managed"), zone->managed_pages);
		KUNIT_EXPECT_EQ(test, number_after(object, "free"), zone->free_pages);
		object = strstr(object, "\"blocks\":[");
		for (unsigned int order = 0; order < MAX_ORDER; order++)
			KUNIT_EXPECT_EQ(test, column(object + 10, order),
					zone->free_area[order].nr_free);
	}
}

static void every_frame_is_told_once_and_the_free_ones_add_up(struct kunit *test)
{
	unsigned long nr_valid = 0, at_hand = 0, free = 0, told = 0;
	static const char *const kinds[] = {
		"reserved", "free", "at hand", "slab", "user", "kernel"
	};
	const struct zone *zone;
	unsigned long pfn = 0;

	run(test, "json frames");
	for_each_valid_pfn (pfn, max_mapnr)
		nr_valid++;
	for_each_zone (zone) {
		free += zone->free_pages;
		at_hand += (unsigned long)zone->pageset[0].count;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		told += frames_of(kinds[i]);
	KUNIT_EXPECT_EQ(test, told, nr_valid);
	KUNIT_EXPECT_EQ(test, frames_of("free"), free);
	KUNIT_EXPECT_EQ(test, frames_of("at hand"), at_hand);
}

static void caches_are_told_as_they_are(struct kunit *test)
{
	const struct kmem_cache *s;

	run(test, "json slabs");
	for_each_kmem_cache (s) {
		const char *object = object_named(s->name);

		KUNIT_ASSERT_TRUE(test, object);
		KUNIT_EXPECT_EQ(test, number_after(object, "size"), s->size);
		KUNIT_EXPECT_EQ(test, number_after(object, "slabs"), s->node.nr_slabs);
		KUNIT_EXPECT_EQ(test, number_after(object, "objects"), s->node.total_objects);
	}
}

/* Pages of 4 KB and large ones in the rows of `json tables`, as they are in the tables themselves. */
static void tables_are_told_entry_by_entry(struct kunit *test)
{
	unsigned long present = 0, told = 0, vaddr = 0;
	struct page_walk walk;
	const char *row;

	run(test, "json tables");
	do {
		present += page_walk(swapper_pg_dir, vaddr, &walk) && walk.size == PAGE_SIZE;
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr);
	for (row = caught; (row = strstr(row, "[\"pte\",")); row++)
		told += column(row, 2);
	KUNIT_EXPECT_EQ(test, told, present);
	KUNIT_EXPECT_EQ(test, (unsigned long)simple_strtoull(strstr(caught, "0x"), NULL, 16),
			__pa(swapper_pg_dir));
}

static void a_slot_of_kmap_is_told_with_its_users(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN);
	char row[48];

	KUNIT_ASSERT_TRUE(test, page);
	if (!PageHighMem(page)) {
		__free_page(page);
		kunit_skip(test, "no high memory");
	}
	snprintf(row, sizeof(row), "[%lu,2,\"%#lx\"]", PKMAP_NR((unsigned long)kmap(page)),
		 page_to_pfn(page));
	run(test, "json pkmap");
	kunmap(page);
	__free_page(page);
	KUNIT_EXPECT_TRUE(test, strstr(caught, row));
}

static void an_area_of_vmalloc_is_told_with_its_pages(struct kunit *test)
{
	void *area = vmalloc(3 * PAGE_SIZE);
	char row[64];

	KUNIT_ASSERT_TRUE(test, area);
	snprintf(row, sizeof(row), "{\"start\":\"%#lx\",\"end\":\"%#lx\",\"pages\":3,",
		 (unsigned long)area, (unsigned long)area + 4 * PAGE_SIZE);
	run(test, "json vmalloc");
	vfree(area);
	KUNIT_EXPECT_TRUE(test, strstr(caught, row));
}

static void the_layout_is_told_row_by_row(struct kunit *test)
{
	const struct layout_region *region;

	run(test, "json layout");
	for_each_layout_region (region) {
		char row[96];

		snprintf(row, sizeof(row), "{\"name\":\"%s\",\"start\":\"0x%lx\",\"end\":\"0x%lx\"",
			 region->name, region->start, region->end);
		KUNIT_EXPECT_TRUE(test, strstr(caught, row));
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(all_of_it_is_json),
	KUNIT_CASE(each_part_is_json_by_itself),
	KUNIT_CASE(what_is_none_of_the_parts_is_refused),
	KUNIT_CASE(strings_are_escaped),
	KUNIT_CASE(zones_are_told_as_they_are),
	KUNIT_CASE(every_frame_is_told_once_and_the_free_ones_add_up),
	KUNIT_CASE(caches_are_told_as_they_are),
	KUNIT_CASE(tables_are_told_entry_by_entry),
	KUNIT_CASE(a_slot_of_kmap_is_told_with_its_users),
	KUNIT_CASE(an_area_of_vmalloc_is_told_with_its_pages),
	KUNIT_CASE(the_layout_is_told_row_by_row),
	{},
};
static struct kunit_suite suite = {
	.name = "json", .init = make_room, .exit = give_back, .test_cases = cases
};
kunit_test_suite(suite);
