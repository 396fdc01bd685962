/*
 * Poisoned and zeroed frames, with the options switched by hand. The frame that each case has freed
 * comes right back, and goes for good when the options are as they were at boot.
 */
#include <tests/kunit.h>
#include <kernel/printk.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/page_debug.h>

static bool poison_before, on_alloc_before, on_free_before, enabled_before;
static struct page *page;

static void set_options(bool poison, bool on_alloc, bool on_free)
{
	page_poison = poison;
	init_on_alloc = on_alloc;
	init_on_free = on_free;
	page_debug_enabled = poison || on_free;
}

static int take_a_frame(struct kunit *test __unused)
{
	poison_before = page_poison;
	on_alloc_before = init_on_alloc;
	on_free_before = init_on_free;
	enabled_before = page_debug_enabled;
	page = alloc_page(GFP_HIGHUSER);
	return page ? 0 : -1;
}

static void give_it_back(struct kunit *test __unused)
{
	set_options(poison_before, on_alloc_before, on_free_before);
	page_debug_enabled = enabled_before;
	if (page)
		__free_page(page);
}

static void fill(int byte)
{
	void *vaddr = kmap_atomic(page);

	memset(vaddr, byte, PAGE_SIZE);
	kunmap_atomic(vaddr);
}

static void write_byte(size_t offset, u8 byte)
{
	u8 *vaddr = kmap_atomic(page);

	vaddr[offset] = byte;
	kunmap_atomic(vaddr);
}

/* How many bytes of the frame are @byte. */
static size_t count_bytes(u8 byte)
{
	const u8 *bytes = kmap_atomic(page);
	size_t nr = 0;

	for (size_t i = 0; i < PAGE_SIZE; i++)
		nr += bytes[i] == byte;
	kunmap_atomic((void *)bytes);
	return nr;
}

/* Free the frame, look, and take it again. */
static size_t count_bytes_while_free(u8 byte)
{
	size_t nr;

	__free_page(page);
	nr = count_bytes(byte);
	page = alloc_page(GFP_HIGHUSER);
	return nr;
}

static u64 log_end(void)
{
	char text[128];
	u64 seq = 0;

	while (log_read(&seq, text, sizeof(text)))
		;
	return seq;
}

/* Is that the beginning of what was logged since? */
static bool logged_since(u64 seq, const char *beginning)
{
	char text[128];
	size_t length = strlen(beginning);

	return log_read(&seq, text, sizeof(text)) >= length && !strncmp(text, beginning, length);
}

static void without_options_a_frame_is_left_alone(struct kunit *test)
{
	set_options(false, false, false);
	fill(0x55);
	KUNIT_EXPECT_EQ(test, count_bytes_while_free(0x55), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, count_bytes(0x55), PAGE_SIZE);
}

static void init_on_alloc_zeroes_a_new_frame(struct kunit *test)
{
	set_options(false, true, false);
	fill(0x55);
	KUNIT_EXPECT_EQ(test, count_bytes_while_free(0x55), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, count_bytes(0), PAGE_SIZE);
}

static void init_on_free_zeroes_an_old_one(struct kunit *test)
{
	set_options(false, false, true);
	fill(0x55);
	KUNIT_EXPECT_EQ(test, count_bytes_while_free(0), PAGE_SIZE);
}

static void a_poisoned_frame_is_poison_to_the_last_byte(struct kunit *test)
{
	set_options(true, false, false);
	fill(0x55);
	KUNIT_EXPECT_EQ(test, count_bytes_while_free(PAGE_POISON), PAGE_SIZE);
}

static void every_frame_of_a_block_is_poisoned(struct kunit *test)
{
	struct page *const own = page;
	struct page *block = alloc_pages(GFP_HIGHUSER, 2);

	KUNIT_ASSERT_NOT_NULL(test, block);
	set_options(true, false, false);
	page_debug_free(block, 2);
	for (page = block; page < block + 4; page++)
		KUNIT_EXPECT_EQ(test, count_bytes(PAGE_POISON), PAGE_SIZE);
	page = own;
	set_options(poison_before, on_alloc_before, on_free_before);
	__free_pages(block, 2);
}

static void intact_poison_is_not_reported(struct kunit *test)
{
	u64 seq = log_end();

	set_options(true, false, false);
	fill(PAGE_POISON);
	page_debug_alloc(page, 0);
	KUNIT_EXPECT_EQ(test, log_end(), seq);
}

static void a_byte_written_to_a_free_frame_is_reported(struct kunit *test)
{
	static const size_t offsets[] = { 0, 1234, PAGE_SIZE - 1 };

	set_options(true, false, false);
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		u64 seq = log_end();

		fill(PAGE_POISON);
		write_byte(offsets[i], 0x5a);
		page_debug_alloc(page, 0);
		KUNIT_EXPECT_TRUE(test, logged_since(seq, "page_poison: frame "));
	}
}

static void alloc_looks_at_the_poison(struct kunit *test)
{
	u64 seq;

	set_options(true, false, false);
	__free_page(page);
	write_byte(99, 0);
	seq = log_end();
	page = alloc_page(GFP_HIGHUSER);
	KUNIT_EXPECT_TRUE(test, logged_since(seq, "page_poison: frame "));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(without_options_a_frame_is_left_alone),
	KUNIT_CASE(init_on_alloc_zeroes_a_new_frame),
	KUNIT_CASE(init_on_free_zeroes_an_old_one),
	KUNIT_CASE(a_poisoned_frame_is_poison_to_the_last_byte),
	KUNIT_CASE(every_frame_of_a_block_is_poisoned),
	KUNIT_CASE(intact_poison_is_not_reported),
	KUNIT_CASE(a_byte_written_to_a_free_frame_is_reported),
	KUNIT_CASE(alloc_looks_at_the_poison),
	{},
};

static struct kunit_suite suite = {
	.name = "page_debug",
	.init = take_a_frame,
	.exit = give_it_back,
	.test_cases = cases,
};
kunit_test_suite(suite);
