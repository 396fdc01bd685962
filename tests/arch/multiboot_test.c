/*
 * Boot information made by hand, good and lying, as both Multiboot protocols lay it out.
 *
 *      block   [ ... start | info | tag | tag | ... ]     in the image, so __pa() says where
 *
 * Each case builds a block, parses it, and looks at struct boot_params; `warned` says whether the
 * parser said a word about it.
 */
#include <kernel/printk.h>
#include <tests/kunit.h>
#include <asm/multiboot.h>
#include <asm/setup.h>

/* The structure gets the first pages; strings and arrays that version 1 points to, the last two. */
static char block[6 * PAGE_SIZE] __aligned(PAGE_SIZE);
#define STRINGS (block + 4 * PAGE_SIZE)

static char *start, *put; /* where the structure begins; where the next tag goes */
static struct boot_params params;
static bool warned;

static void begin_at(size_t offset)
{
	start = block + offset;
	put = start + sizeof(struct multiboot2_info);
}

static int reset(struct kunit *test __unused)
{
	memset(block, 0xAA, sizeof(block));
	begin_at(0);
	return 0;
}

/* Parses, keeping the consoles quiet, and notes whether that logged something. */
static void parse(u32 magic)
{
	static u64 seq;
	static char log[256];
	const int level = console_loglevel;

	while (log_read(&seq, log, sizeof(log)))
		;
	console_loglevel = 1;
	multiboot_parse(magic, (u32)__pa(start), &params);
	console_loglevel = level;
	log[log_read(&seq, log, sizeof(log) - 1)] = '\0';
	warned = strstr(log, "boot: ") || strstr(log, "e820: ");
}

/* --- Version 2 --- */

/* A tag whose header claims @claimed bytes; @size of @body really follow it. */
static void put_lying_tag(u32 type, u32 claimed, const void *body, size_t size)
{
	const struct multiboot2_tag tag = { type, claimed };

	memcpy(put, &tag, sizeof(tag));
	if (size)
		memcpy(put + sizeof(tag), body, size);
	put += ALIGN(sizeof(tag) + size, 8);
}

static void put_tag(u32 type, const void *body, size_t size)
{
	put_lying_tag(type, (u32)(sizeof(struct multiboot2_tag) + size), body, size);
}

static void put_cmdline(const char *text)
{
	put_tag(MULTIBOOT2_TAG_CMDLINE, text, strlen(text) + 1);
}

static void put_module(u32 from, u32 to, const char *name)
{
	char body[2 * sizeof(u32) + 64];

	memcpy(body, &from, sizeof(from));
	memcpy(body + sizeof(from), &to, sizeof(to));
	strscpy(body + 2 * sizeof(u32), name, 64);
	put_tag(MULTIBOOT2_TAG_MODULE, body, 2 * sizeof(u32) + strlen(name) + 1);
}

/* A memory map of two entries: RAM below 640 KB, and 1 MB at 1 MB of @type. */
static void put_mmap(u32 entry_size, u32 type)
{
	const struct multiboot2_mmap_entry entries[] = { { 0, 0xA0000, E820_RAM, 0 },
							 { SZ_1M, SZ_1M, type, 0 } };
	char body[2 * sizeof(u32) + sizeof(entries)] = { 0 };

	memcpy(body, &entry_size, sizeof(entry_size));
	memcpy(body + 2 * sizeof(u32), entries, sizeof(entries));
	put_tag(MULTIBOOT2_TAG_MMAP, body, sizeof(body));
}

static void parse2_of(u32 total_size)
{
	const struct multiboot2_info info = { .total_size = total_size };

	memcpy(start, &info, sizeof(info));
	parse(MULTIBOOT2_BOOTLOADER_MAGIC);
}

/* Parses what was put, ended as it should be. */
static void parse2(void)
{
	put_tag(MULTIBOOT2_TAG_END, NULL, 0);
	parse2_of((u32)(put - start));
}

static void version_2_tags_are_all_read(struct kunit *test)
{
	const u32 meminfo[] = { 639, 64512 };

	put_cmdline("highmem=32M");
	put_tag(MULTIBOOT2_TAG_BASIC_MEMINFO, meminfo, sizeof(meminfo));
	put_module(0x200000, 0x203000, "disk");
	put_mmap(sizeof(struct multiboot2_mmap_entry), E820_RAM);
	parse2();
	KUNIT_EXPECT_FALSE(test, warned);
	KUNIT_EXPECT_STREQ(test, params.cmdline, "highmem=32M");
	KUNIT_EXPECT_EQ(test, params.mem_lower, 639);
	KUNIT_EXPECT_EQ(test, params.mem_upper, 64512);
	KUNIT_ASSERT_EQ(test, params.nr_modules, 1);
	KUNIT_EXPECT_EQ(test, params.modules[0].start, 0x200000);
	KUNIT_EXPECT_EQ(test, params.modules[0].end, 0x203000);
	KUNIT_EXPECT_STREQ(test, params.modules[0].name, "disk");
	KUNIT_ASSERT_EQ(test, params.e820.nr_map, 2);
	KUNIT_EXPECT_EQ(test, params.e820.map[1].addr, SZ_1M);
	KUNIT_EXPECT_EQ(test, params.e820.map[1].type, E820_RAM);
}

static void the_whole_structure_is_noted_as_taken(struct kunit *test)
{
	begin_at(0x123 * 8);
	put_cmdline("monitor");
	parse2();
	KUNIT_EXPECT_EQ(test, params.info_start, __pa(start));
	KUNIT_EXPECT_EQ(test, params.info_end, __pa(put));
}

static void nothing_is_left_from_an_earlier_parse(struct kunit *test)
{
	put_cmdline("monitor");
	put_module(0x200000, 0x203000, "disk");
	put_mmap(sizeof(struct multiboot2_mmap_entry), E820_RAM);
	parse2();
	begin_at(0);
	parse2();
	KUNIT_EXPECT_STREQ(test, params.cmdline, "");
	KUNIT_EXPECT_EQ(test, params.nr_modules, 0);
	KUNIT_EXPECT_EQ(test, params.e820.nr_map, 0);
}

static void tags_may_cross_a_page_boundary_at_any_byte(struct kunit *test)
{
	for (size_t before = 1; before < 120; before++) {
		begin_at(PAGE_SIZE - before);
		put_cmdline("crossing=page");
		put_module(0x200000, 0x203000, "module");
		put_mmap(sizeof(struct multiboot2_mmap_entry), E820_ACPI);
		parse2();
		KUNIT_ASSERT_FALSE(test, warned);
		KUNIT_ASSERT_TRUE(test, !strcmp(params.cmdline, "crossing=page"));
		KUNIT_ASSERT_TRUE(test, !strcmp(params.modules[0].name, "module"));
		KUNIT_ASSERT_EQ(test, params.e820.nr_map, 2);
		KUNIT_ASSERT_EQ(test, params.e820.map[1].type, E820_ACPI);
	}
}

static void tags_of_unknown_type_are_passed_over(struct kunit *test)
{
	put_tag(21, "somebody else's", 16);
	put_cmdline("monitor");
	parse2();
	KUNIT_EXPECT_FALSE(test, warned);
	KUNIT_EXPECT_STREQ(test, params.cmdline, "monitor");
}

static void a_total_size_that_cannot_be_is_not_believed(struct kunit *test)
{
	static const u32 sizes[] = { 0, 7, 64 * SZ_1M, 0xFFFFFFFF };

	put_cmdline("monitor");
	put_tag(MULTIBOOT2_TAG_END, NULL, 0);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		parse2_of(sizes[i]);
		KUNIT_EXPECT_TRUE(test, warned);
		KUNIT_EXPECT_STREQ(test, params.cmdline, "");
		KUNIT_EXPECT_EQ(test, params.info_end, __pa(start));
	}
}

static void a_missing_end_tag_is_said_and_what_came_before_counts(struct kunit *test)
{
	put_cmdline("monitor");
	parse2_of((u32)(put - start));
	KUNIT_EXPECT_TRUE(test, warned);
	KUNIT_EXPECT_STREQ(test, params.cmdline, "monitor");
}

static void a_structure_of_its_header_only_has_no_tags(struct kunit *test)
{
	parse2_of(sizeof(struct multiboot2_info));
	KUNIT_EXPECT_TRUE(test, warned);
	KUNIT_EXPECT_EQ(test, params.e820.nr_map, 0);
}

static void a_structure_cut_short_within_a_tag_ends_there(struct kunit *test)
{
	put_mmap(sizeof(struct multiboot2_mmap_entry), E820_RAM);
	put_cmdline("monitor");
	parse2_of((u32)(put - start) - 8);
	KUNIT_EXPECT_TRUE(test, warned);
	KUNIT_EXPECT_EQ(test, params.e820.nr_map, 2);
	KUNIT_EXPECT_STREQ(test, params.cmdline, "");
}

static void a_tag_that_lies_about_its_size_ends_the_list(struct kunit *test)
{
	static const u32 sizes[] = { 0, 1, 7, 4096, 0xFFFFFFF8, 0xFFFFFFFF };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin_at(0);
		put_cmdline("before");
		put_lying_tag(21, sizes[i], "x", 2);
		put_module(0x200000, 0x203000, "behind");
		parse2();
		KUNIT_EXPECT_TRUE(test, warned);
		KUNIT_EXPECT_STREQ(test, params.cmdline, "before");
		KUNIT_EXPECT_EQ(test, params.nr_modules, 0);
	}
}

static void tags_too_small_for_their_type_are_left_out(struct kunit *test)
{
	static const u32 types[] = { MULTIBOOT2_TAG_CMDLINE, MULTIBOOT2_TAG_MODULE,
				     MULTIBOOT2_TAG_BASIC_MEMINFO, MULTIBOOT2_TAG_MMAP };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		begin_at(0);
		put_tag(types[i], NULL, 0);
		put_tag(MULTIBOOT2_TAG_MODULE, "\0\0\x20\0\0\x10\x20\0.", 10);
		parse2();
		KUNIT_EXPECT_TRUE(test, warned);
		KUNIT_EXPECT_STREQ(test, params.cmdline, "");
		KUNIT_EXPECT_EQ(test, params.mem_upper, 0);
		KUNIT_EXPECT_EQ(test, params.e820.nr_map, 0);
		KUNIT_EXPECT_EQ(test, params.nr_modules, 1); /* the good one behind */
	}
}

static void map_entries_of_an_impossible_size_are_refused(struct kunit *test)
{
	static const u32 sizes[] = { 0, 1, sizeof(struct multiboot2_mmap_entry) - 1 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin_at(0);
		put_mmap(sizes[i], E820_RAM);
		parse2();
		KUNIT_EXPECT_TRUE(test, warned);
		KUNIT_EXPECT_EQ(test, params.e820.nr_map, 0);
	}
}

static void larger_map_entries_of_a_later_loader_are_stepped_over_whole(struct kunit *test)
{
	const struct {
		u32 entry_size, version;
		struct {
			u64 addr, len;
			u32 type, zero;
			u64 more;
		} entries[2];
	} body = { 32,
		   1,
		   { { SZ_1M, 4096, E820_RAM, 0, ~0ULL }, { 0, 4096, E820_NVS, 0, ~0ULL } } };

	put_tag(MULTIBOOT2_TAG_MMAP, &body, sizeof(body));
	parse2();
	KUNIT_ASSERT_EQ(test, params.e820.nr_map, 2);
	KUNIT_EXPECT_EQ(test, params.e820.map[1].addr, 0);
	KUNIT_EXPECT_EQ(test, params.e820.map[1].type, E820_NVS);
}

static void a_map_entry_that_is_cut_short_is_left_out(struct kunit *test)
{
	put_mmap(sizeof(struct multiboot2_mmap_entry), E820_RAM);
	((struct multiboot2_tag *)(start + sizeof(struct multiboot2_info)))->size -= 4;
	parse2();
	KUNIT_EXPECT_EQ(test, params.e820.nr_map, 1);
}

static void a_module_that_ends_before_it_begins_is_left_out(struct kunit *test)
{
	put_module(0x300000, 0x2FF000, "backwards");
	put_module(0x300000, 0x300000, "empty");
	put_module(0x300000, 0x300001, "one byte");
	parse2();
	KUNIT_EXPECT_TRUE(test, warned);
	KUNIT_ASSERT_EQ(test, params.nr_modules, 1);
	KUNIT_EXPECT_STREQ(test, params.modules[0].name, "one byte");
}

static void modules_beyond_the_limit_are_left_out(struct kunit *test)
{
	for (u32 i = 0; i < MAX_BOOT_MODULES; i++)
		put_module(SZ_1M * (i + 2), SZ_1M * (i + 2) + 1, "module");
	parse2();
	KUNIT_EXPECT_FALSE(test, warned);
	put -= sizeof(struct multiboot2_tag);
	put_module(0x40000000, 0x40001000, "one too many");
	parse2();
	KUNIT_EXPECT_TRUE(test, warned);
	KUNIT_EXPECT_EQ(test, params.nr_modules, MAX_BOOT_MODULES);
	KUNIT_EXPECT_EQ(test, params.modules[MAX_BOOT_MODULES - 1].start,
			SZ_1M * (MAX_BOOT_MODULES + 1));
}

static void a_module_without_a_name_has_an_empty_one(struct kunit *test)
{
	const u32 body[] = { 0x200000, 0x201000 };

	put_tag(MULTIBOOT2_TAG_MODULE, body, sizeof(body));
	parse2();
	KUNIT_ASSERT_EQ(test, params.nr_modules, 1);
	KUNIT_EXPECT_STREQ(test, params.modules[0].name, "");
}

/* A command line of @length characters, kept in the block behind what version 2 uses. */
static char *long_line(size_t length)
{
	memset(STRINGS, 'x', length);
	STRINGS[length] = '\0';
	return STRINGS;
}

static void a_command_line_of_300_characters_is_kept_whole(struct kunit *test)
{
	put_cmdline(long_line(300));
	parse2();
	KUNIT_EXPECT_FALSE(test, warned);
	KUNIT_EXPECT_EQ(test, strlen(params.cmdline), 300);
}

static void the_longest_command_line_fits_exactly(struct kunit *test)
{
	put_cmdline(long_line(COMMAND_LINE_SIZE - 1));
	parse2();
	KUNIT_EXPECT_FALSE(test, warned);
	KUNIT_EXPECT_EQ(test, strlen(params.cmdline), COMMAND_LINE_SIZE - 1);
}

static void a_command_line_of_5000_characters_is_cut_and_that_is_said(struct kunit *test)
{
	put_cmdline(long_line(5000));
	parse2();
	KUNIT_EXPECT_TRUE(test, warned);
	KUNIT_EXPECT_EQ(test, strlen(params.cmdline), COMMAND_LINE_SIZE - 1);
}

static void a_command_line_without_a_nul_ends_with_its_tag(struct kunit *test)
{
	put_tag(MULTIBOOT2_TAG_CMDLINE, "monitor", 7);
	parse2();
	KUNIT_EXPECT_STREQ(test, params.cmdline, "monitor");
}

static void of_two_command_lines_the_last_counts_alone(struct kunit *test)
{
	put_cmdline("first and longer");
	put_tag(MULTIBOOT2_TAG_CMDLINE, "last", 4);
	parse2();
	KUNIT_EXPECT_STREQ(test, params.cmdline, "last");
}

static void grub_passes_options_only_so_a_dotted_word_stays(struct kunit *test)
{
	put_cmdline("a.out monitor");
	parse2();
	KUNIT_EXPECT_STREQ(test, params.cmdline, "a.out monitor");
}

/* --- Version 1 --- */

static void parse1(struct multiboot1_info info)
{
	memcpy(start, &info, sizeof(info));
	parse(MULTIBOOT1_BOOTLOADER_MAGIC);
}

static void parse1_cmdline(const char *text)
{
	memmove(STRINGS, text, strlen(text) + 1);
	parse1((struct multiboot1_info){ .flags = MULTIBOOT1_CMDLINE, .cmdline = __pa(STRINGS) });
}

/* What is left of the command line, blanks in front taken off. */
static const char *options(void)
{
	const char *first = params.cmdline;

	while (*first == ' ')
		first++;
	return first;
}

static void version_1_fields_count_only_with_their_flag(struct kunit *test)
{
	struct multiboot1_info info = { .mem_lower = 639,
					.mem_upper = 64512,
					.mods_count = 1,
					.cmdline = __pa(STRINGS),
					.mods_addr = __pa(STRINGS),
					.mmap_length = 24,
					.mmap_addr = __pa(STRINGS) };

	parse1(info);
	KUNIT_EXPECT_EQ(test, params.mem_upper, 0);
	KUNIT_EXPECT_STREQ(test, params.cmdline, "");
	KUNIT_EXPECT_EQ(test, params.nr_modules, 0);
	KUNIT_EXPECT_EQ(test, params.e820.nr_map, 0);
	info.flags = MULTIBOOT1_MEMORY;
	parse1(info);
	KUNIT_EXPECT_EQ(test, params.mem_lower, 639);
	KUNIT_EXPECT_EQ(test, params.mem_upper, 64512);
}

static void version_1_structure_may_lie_across_a_page_boundary(struct kunit *test)
{
	for (size_t before = 1; before < sizeof(struct multiboot1_info); before++) {
		begin_at(PAGE_SIZE - before);
		parse1((struct multiboot1_info){ .flags = MULTIBOOT1_MEMORY, .mem_upper = 64512 });
		KUNIT_ASSERT_EQ(test, params.mem_upper, 64512);
	}
}

static void the_kernel_path_that_qemu_adds_is_dropped(struct kunit *test)
{
	parse1_cmdline("build/i386/kernel.elf highmem=32M kunit=all");
	KUNIT_EXPECT_STREQ(test, options(), "highmem=32M kunit=all");
	parse1_cmdline("build/i386/kernel.elf ");
	KUNIT_EXPECT_STREQ(test, options(), "");
	parse1_cmdline("kernel.elf");
	KUNIT_EXPECT_STREQ(test, options(), "");
}

static void a_first_word_that_is_an_option_stays(struct kunit *test)
{
	parse1_cmdline("init=/bin/a.out monitor");
	KUNIT_EXPECT_STREQ(test, options(), "init=/bin/a.out monitor");
	parse1_cmdline("monitor init=/bin/a.out");
	KUNIT_EXPECT_STREQ(test, options(), "monitor init=/bin/a.out");
}

static void version_1_command_line_is_cut_too(struct kunit *test)
{
	parse1_cmdline(long_line(300));
	KUNIT_EXPECT_FALSE(test, warned);
	KUNIT_EXPECT_EQ(test, strlen(params.cmdline), 300);
	parse1_cmdline(long_line(5000));
	KUNIT_EXPECT_TRUE(test, warned);
	KUNIT_EXPECT_EQ(test, strlen(params.cmdline), COMMAND_LINE_SIZE - 1);
}

/* Puts two map entries that claim @size1 and @size2, and parses @length bytes of them. */
static void parse1_mmap(u32 size1, u32 size2, u32 length)
{
	const struct multiboot1_mmap_entry entries[] = { { size1, 0, 0xA0000, E820_RAM },
							 { size2, SZ_1M, SZ_1M, E820_RESERVED } };

	memcpy(STRINGS, entries, sizeof(entries));
	parse1((struct multiboot1_info){
		.flags = MULTIBOOT1_MMAP, .mmap_addr = __pa(STRINGS), .mmap_length = length });
}

static void version_1_map_entries_are_all_read(struct kunit *test)
{
	parse1_mmap(20, 20, 48);
	KUNIT_EXPECT_FALSE(test, warned);
	KUNIT_ASSERT_EQ(test, params.e820.nr_map, 2);
	KUNIT_EXPECT_EQ(test, params.e820.map[0].size, 0xA0000);
	KUNIT_EXPECT_EQ(test, params.e820.map[1].addr, SZ_1M);
	KUNIT_EXPECT_EQ(test, params.e820.map[1].type, E820_RESERVED);
}

static void a_version_1_map_entry_that_lies_about_its_size_ends_the_map(struct kunit *test)
{
	static const u32 sizes[] = { 0, 16, 19, 4096, 0xFFFFFFFC, 0xFFFFFFFF };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		parse1_mmap(20, sizes[i], 48);
		KUNIT_EXPECT_TRUE(test, warned);
		KUNIT_EXPECT_EQ(test, params.e820.nr_map, 1);
	}
}

static void a_version_1_map_ends_with_its_length(struct kunit *test)
{
	parse1_mmap(20, 20, 47);
	KUNIT_EXPECT_EQ(test, params.e820.nr_map, 1);
	parse1_mmap(20, 20, 0);
	KUNIT_EXPECT_EQ(test, params.e820.nr_map, 0);
}

static void parse1_modules(u32 count)
{
	struct multiboot1_mod *mods = (struct multiboot1_mod *)STRINGS;

	for (u32 i = 0; i <= MAX_BOOT_MODULES; i++)
		mods[i] = (struct multiboot1_mod){ SZ_1M * (i + 2), SZ_1M * (i + 2) + 4096, 0, 0 };
	mods[0].cmdline = __pa("disk image");
	parse1((struct multiboot1_info){
		.flags = MULTIBOOT1_MODS, .mods_addr = __pa(mods), .mods_count = count });
}

static void version_1_modules_are_read_with_their_names(struct kunit *test)
{
	parse1_modules(2);
	KUNIT_EXPECT_FALSE(test, warned);
	KUNIT_ASSERT_EQ(test, params.nr_modules, 2);
	KUNIT_EXPECT_STREQ(test, params.modules[0].name, "disk image");
	KUNIT_EXPECT_EQ(test, params.modules[1].start, 3 * SZ_1M);
	KUNIT_EXPECT_STREQ(test, params.modules[1].name, "");
}

static void a_version_1_module_count_out_of_all_reason_is_not_believed(struct kunit *test)
{
	parse1_modules(0xFFFFFFFF);
	KUNIT_EXPECT_TRUE(test, warned);
	KUNIT_EXPECT_EQ(test, params.nr_modules, MAX_BOOT_MODULES);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(version_2_tags_are_all_read),
	KUNIT_CASE(the_whole_structure_is_noted_as_taken),
	KUNIT_CASE(nothing_is_left_from_an_earlier_parse),
	KUNIT_CASE(tags_may_cross_a_page_boundary_at_any_byte),
	KUNIT_CASE(tags_of_unknown_type_are_passed_over),
	KUNIT_CASE(a_total_size_that_cannot_be_is_not_believed),
	KUNIT_CASE(a_missing_end_tag_is_said_and_what_came_before_counts),
	KUNIT_CASE(a_structure_of_its_header_only_has_no_tags),
	KUNIT_CASE(a_structure_cut_short_within_a_tag_ends_there),
	KUNIT_CASE(a_tag_that_lies_about_its_size_ends_the_list),
	KUNIT_CASE(tags_too_small_for_their_type_are_left_out),
	KUNIT_CASE(map_entries_of_an_impossible_size_are_refused),
	KUNIT_CASE(larger_map_entries_of_a_later_loader_are_stepped_over_whole),
	KUNIT_CASE(a_map_entry_that_is_cut_short_is_left_out),
	KUNIT_CASE(a_module_that_ends_before_it_begins_is_left_out),
	KUNIT_CASE(modules_beyond_the_limit_are_left_out),
	KUNIT_CASE(a_module_without_a_name_has_an_empty_one),
	KUNIT_CASE(a_command_line_of_300_characters_is_kept_whole),
	KUNIT_CASE(the_longest_command_line_fits_exactly),
	KUNIT_CASE(a_command_line_of_5000_characters_is_cut_and_that_is_said),
	KUNIT_CASE(a_command_line_without_a_nul_ends_with_its_tag),
	KUNIT_CASE(of_two_command_lines_the_last_counts_alone),
	KUNIT_CASE(grub_passes_options_only_so_a_dotted_word_stays),
	KUNIT_CASE(version_1_fields_count_only_with_their_flag),
	KUNIT_CASE(version_1_structure_may_lie_across_a_page_boundary),
	KUNIT_CASE(the_kernel_path_that_qemu_adds_is_dropped),
	KUNIT_CASE(a_first_word_that_is_an_option_stays),
	KUNIT_CASE(version_1_command_line_is_cut_too),
	KUNIT_CASE(version_1_map_entries_are_all_read),
	KUNIT_CASE(a_version_1_map_entry_that_lies_about_its_size_ends_the_map),
	KUNIT_CASE(a_version_1_map_ends_with_its_length),
	KUNIT_CASE(version_1_modules_are_read_with_their_names),
	KUNIT_CASE(a_version_1_module_count_out_of_all_reason_is_not_believed),
	{},
};

static struct kunit_suite suite = { .name = "multiboot", .init = reset, .test_cases = cases };
kunit_test_suite(suite);
