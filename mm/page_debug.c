/*
 * Poisoned and zeroed frames.
 *
 *      free    page_poison=1   filled with 0xaa; who writes to it now is found at the next alloc
 *              init_on_free=1  zeroed, so that nothing of the old owner stays
 *      alloc   init_on_alloc=1 zeroed, so that nobody finds what another left
 *
 * page_alloc.c calls in here. Condenses mm/page_poison.c and what page_alloc.c does for init_on_*.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/errno.h>
#include <mm/highmem.h>
#include <mm/page_debug.h>

bool page_poison, init_on_alloc, init_on_free;
bool page_debug_enabled;

static int parse_switch(const char *option, const char *val, bool *on)
{
	if (strcmp(val, "0") && strcmp(val, "1")) {
		pr_warn("page_alloc: %s=%s: neither 0 nor 1; ignored\n", option, val);
		return 0;
	}
	*on = val[0] == '1';
	page_debug_enabled = page_poison || init_on_free;
	return 0;
}

static int parse_page_poison(char *val)
{
	return parse_switch("page_poison", val, &page_poison);
}
early_param("page_poison=", parse_page_poison);

static int parse_init_on_alloc(char *val)
{
	return parse_switch("init_on_alloc", val, &init_on_alloc);
}
early_param("init_on_alloc=", parse_init_on_alloc);

static int parse_init_on_free(char *val)
{
	return parse_switch("init_on_free", val, &init_on_free);
}
early_param("init_on_free=", parse_init_on_free);

static void fill_page(struct page *page, int byte)
{
	void *vaddr = kmap_atomic(page);

	memset(vaddr, byte, PAGE_SIZE);
	kunmap_atomic(vaddr);
}

/* The first byte that is no poison, as an offset; PAGE_SIZE if all are. */
static size_t first_overwritten(const u8 *bytes)
{
	size_t offset = 0;

	while (offset < PAGE_SIZE && bytes[offset] == PAGE_POISON)
		offset++;
	return offset;
}

static void check_page_poison(struct page *page)
{
	u8 *vaddr = kmap_atomic(page);
	size_t offset = first_overwritten(vaddr);

	if (offset < PAGE_SIZE)
		pr_err("page_poison: frame %#lx was written to while it was free: byte %#zx is "
		       "%#x\n",
		       page_to_pfn(page), offset, vaddr[offset]);
	kunmap_atomic(vaddr);
}

void page_debug_alloc(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; page_poison && i < 1UL << order; i++)
		check_page_poison(&page[i]);
}

void page_debug_free(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++)
		fill_page(&page[i], page_poison ? PAGE_POISON : 0);
}

void clear_highpages(struct page *page, unsigned int order)
{
	for (unsigned long i = 0; i < 1UL << order; i++)
		clear_highpage(&page[i]);
}
