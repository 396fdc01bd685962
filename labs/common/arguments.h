/* What a step's command was given: the monitor's words, as numbers and frames. */
#ifndef LABS_ARGUMENTS_H
#define LABS_ARGUMENTS_H

#include <mm/mm.h>
#include <mm/take_page.h>
#include <monitor/monitor.h>

static inline unsigned long number(const char *text)
{
	unsigned long value = 0;

	monitor_parse_ulong("NUMBER", text, &value);
	return value;
}

/* A frame by its number, taken from the buddy allocator if it is free. */
static inline struct page *frame(const char *text)
{
	struct page *page = pfn_to_page(number(text));

	take_page_off_buddy(page);
	return page;
}

#endif
