/* lib/string.c: every size and alignment around a word, and the ends of strings. */
#include <tests/kunit.h>
#include <lib/errno.h>

#define ROOM	64
#define GUARD	'#'
#define LONGEST 40

/* Bytes 1, 2, 3 ...: no two alike, none 0. */
static void fill_with_counters(u8 *mem)
{
	for (int i = 0; i < ROOM; i++)
		mem[i] = (u8)(i + 1);
}

static void memcpy_copies_every_size_at_every_alignment_and_no_byte_more(struct kunit *test)
{
	u8 src[ROOM], dst[ROOM];

	fill_with_counters(src);
	for (size_t at = 1; at < 9; at++) {
		for (size_t size = 0; size < LONGEST; size++) {
			memset(dst, GUARD, ROOM);
			KUNIT_ASSERT_PTR_EQ(test, memcpy(dst + at, src + 3, size), dst + at);
			KUNIT_ASSERT_EQ(test, memcmp(dst + at, src + 3, size), 0);
			KUNIT_ASSERT_EQ(test, dst[at - 1], GUARD);
			KUNIT_ASSERT_EQ(test, dst[at + size], GUARD);
		}
	}
}

static void memset_fills_every_size_at_every_alignment_and_no_byte_more(struct kunit *test)
{
	u8 mem[ROOM];

	for (size_t at = 1; at < 9; at++) {
		for (size_t size = 0; size < LONGEST; size++) {
			fill_with_counters(mem);
			KUNIT_ASSERT_PTR_EQ(test, memset(mem + at, 0x1ff, size), mem + at);
			for (size_t i = at; i < at + size; i++)
				KUNIT_ASSERT_EQ(test, mem[i], 0xff);
			KUNIT_ASSERT_EQ(test, mem[at - 1], at);
			KUNIT_ASSERT_EQ(test, mem[at + size], at + size + 1);
		}
	}
}

static void check_overlapping_move(struct kunit *test, size_t to, size_t from, size_t size)
{
	u8 mem[ROOM];

	fill_with_counters(mem);
	KUNIT_ASSERT_PTR_EQ(test, memmove(mem + to, mem + from, size), mem + to);
	for (size_t i = 0; i < ROOM; i++) {
		bool moved = i >= to && i < to + size;

		KUNIT_ASSERT_EQ(test, mem[i], moved ? i - to + from + 1 : i + 1);
	}
}

static void memmove_keeps_overlapping_bytes_whole_in_both_directions(struct kunit *test)
{
	for (size_t distance = 0; distance < 10; distance++) {
		for (size_t size = 0; size < LONGEST; size++) {
			check_overlapping_move(test, 5, 5 + distance, size);
			check_overlapping_move(test, 5 + distance, 5, size);
		}
	}
}

static void memcmp_orders_by_the_first_difference_as_unsigned_bytes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, memcmp("same", "same", 4), 0);
	KUNIT_EXPECT_EQ(test, memcmp("a", "b", 0), 0);
	KUNIT_EXPECT_LT(test, memcmp("ab1", "ab2", 3), 0);
	KUNIT_EXPECT_GT(test, memcmp("\x80", "\x7f", 1), 0);
	KUNIT_EXPECT_GT(test, memcmp("a\0z", "a\0y", 3), 0);
}

static void memchr_finds_the_first_and_stops_at_the_size(struct kunit *test)
{
	static const char mem[] = "ab\0bc";

	KUNIT_EXPECT_PTR_EQ(test, memchr(mem, 'b', 5), mem + 1);
	KUNIT_EXPECT_PTR_EQ(test, memchr(mem, 0, 5), mem + 2);
	KUNIT_EXPECT_PTR_EQ(test, memchr(mem, 'c', 5), mem + 4);
	KUNIT_EXPECT_NULL(test, memchr(mem, 'c', 4));
	KUNIT_EXPECT_NULL(test, memchr(mem, 'a', 0));
}

static void strnlen_reads_no_further_than_it_may(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, strlen(""), 0);
	KUNIT_EXPECT_EQ(test, strlen("lowmem"), 6);
	KUNIT_EXPECT_EQ(test, strnlen("lowmem", 0), 0);
	KUNIT_EXPECT_EQ(test, strnlen("lowmem", 3), 3);
	KUNIT_EXPECT_EQ(test, strnlen("lowmem", 6), 6);
	KUNIT_EXPECT_EQ(test, strnlen("lowmem", 99), 6);
}

static void strcmp_puts_a_prefix_before_the_longer_string(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, strcmp("mem", "mem"), 0);
	KUNIT_EXPECT_LT(test, strcmp("mem", "mem="), 0);
	KUNIT_EXPECT_GT(test, strcmp("mem=", "mem"), 0);
	KUNIT_EXPECT_GT(test, strcmp("\xff", "a"), 0);
}

static void strncmp_looks_at_no_more_than_it_is_told(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, strncmp("mem=64M", "mem=2G", 4), 0);
	KUNIT_EXPECT_GT(test, strncmp("mem=64M", "mem=2G", 5), 0);
	KUNIT_EXPECT_EQ(test, strncmp("a", "b", 0), 0);
	KUNIT_EXPECT_EQ(test, strncmp("a\0x", "a\0y", 3), 0);
}

static void strchr_finds_the_first_and_strrchr_the_last(struct kunit *test)
{
	static const char path[] = "/dev/hda";

	KUNIT_EXPECT_PTR_EQ(test, strchr(path, '/'), path);
	KUNIT_EXPECT_PTR_EQ(test, strchr(path, 'a'), path + 7);
	KUNIT_EXPECT_PTR_EQ(test, strchr(path, '\0'), path + 8);
	KUNIT_EXPECT_NULL(test, strchr(path, 'x'));
	KUNIT_EXPECT_PTR_EQ(test, strrchr(path, '/'), path + 4);
	KUNIT_EXPECT_PTR_EQ(test, strrchr(path, '\0'), path + 8);
	KUNIT_EXPECT_NULL(test, strrchr(path, 'x'));
	KUNIT_EXPECT_NULL(test, strrchr("", 'x'));
}

static void strstr_finds_the_first_occurrence_even_behind_a_false_start(struct kunit *test)
{
	static const char text[] = "aab aaab";

	KUNIT_EXPECT_PTR_EQ(test, strstr(text, "aaab"), text + 4);
	KUNIT_EXPECT_PTR_EQ(test, strstr(text, "ab"), text + 1);
	KUNIT_EXPECT_PTR_EQ(test, strstr(text, ""), text);
	KUNIT_EXPECT_NULL(test, strstr(text, "aaaab"));
	KUNIT_EXPECT_NULL(test, strstr("", "a"));
}

static void strscpy_always_ends_the_string_and_reports_a_cut(struct kunit *test)
{
	char buf[5] = "####";

	KUNIT_EXPECT_EQ(test, strscpy(buf, "four", sizeof(buf)), 4);
	KUNIT_EXPECT_STREQ(test, buf, "four");
	KUNIT_EXPECT_EQ(test, strscpy(buf, "fives", sizeof(buf)), -E2BIG);
	KUNIT_EXPECT_STREQ(test, buf, "five");
	KUNIT_EXPECT_EQ(test, strscpy(buf, "x", 1), -E2BIG);
	KUNIT_EXPECT_STREQ(test, buf, "");
	buf[0] = GUARD;
	KUNIT_EXPECT_EQ(test, strscpy(buf, "", 0), -E2BIG);
	KUNIT_EXPECT_EQ(test, buf[0], GUARD);
}

static void strsep_cuts_words_and_keeps_empty_ones(struct kunit *test)
{
	char text[] = "mem=64M, nopse";
	char *rest = text;

	KUNIT_EXPECT_STREQ(test, strsep(&rest, ", "), "mem=64M");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ", "), "");
	KUNIT_EXPECT_STREQ(test, strsep(&rest, ", "), "nopse");
	KUNIT_EXPECT_NULL(test, rest);
	KUNIT_EXPECT_NULL(test, strsep(&rest, ", "));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(memcpy_copies_every_size_at_every_alignment_and_no_byte_more),
	KUNIT_CASE(memset_fills_every_size_at_every_alignment_and_no_byte_more),
	KUNIT_CASE(memmove_keeps_overlapping_bytes_whole_in_both_directions),
	KUNIT_CASE(memcmp_orders_by_the_first_difference_as_unsigned_bytes),
	KUNIT_CASE(memchr_finds_the_first_and_stops_at_the_size),
	KUNIT_CASE(strnlen_reads_no_further_than_it_may),
	KUNIT_CASE(strcmp_puts_a_prefix_before_the_longer_string),
	KUNIT_CASE(strncmp_looks_at_no_more_than_it_is_told),
	KUNIT_CASE(strchr_finds_the_first_and_strrchr_the_last),
	KUNIT_CASE(strstr_finds_the_first_occurrence_even_behind_a_false_start),
	KUNIT_CASE(strscpy_always_ends_the_string_and_reports_a_cut),
	KUNIT_CASE(strsep_cuts_words_and_keeps_empty_ones),
	{},
};
static struct kunit_suite suite = { .name = "string", .test_cases = cases };
kunit_test_suite(suite);
