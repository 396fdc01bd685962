/*
 * Lookups in the symbol table of section .ksyms, which tools/kallsyms.awk wrote:
 *
 *      kallsyms_table   [offset from _text | where in names] ...   sorted by address
 *      kallsyms_names   "" "start_kernel\0" "printk\0" ...          "": no function, a gap
 *
 * Each symbol ends where the next row begins; the last row is the gap behind the text.
 * Condenses kernel/kallsyms.c of Linux 2.6. Left out: compression, data symbols, modules.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <kernel/kallsyms.h>

struct ksym {
	u32 offset;
	u32 name;
};

extern const char _text[];

/* The kernel's first link, from which the table is made, has one without rows. */
extern const u32 kallsyms_count;
extern const struct ksym kallsyms_table[];
extern const char kallsyms_names[];

/* The last row at or below @offset, or the first one. */
static const struct ksym *find_row(unsigned long offset)
{
	u32 low = 0, high = kallsyms_count;

	while (high - low > 1) {
		const u32 middle = low + (high - low) / 2;

		if (kallsyms_table[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return &kallsyms_table[low];
}

const char *kallsyms_lookup(unsigned long addr, unsigned long *size, unsigned long *offset)
{
	const unsigned long from_text = addr - (unsigned long)_text;
	const struct ksym *row;

	if (!kallsyms_count || addr < (unsigned long)_text)
		return NULL;
	row = find_row(from_text);
	if (!kallsyms_names[row->name] || from_text < row->offset)
		return NULL;
	*size = row[1].offset - row->offset;
	*offset = from_text - row->offset;
	return kallsyms_names + row->name;
}

unsigned long kallsyms_lookup_name(const char *name)
{
	u32 i;

	for (i = 0; i < kallsyms_count; i++)
		if (!strcmp(kallsyms_names + kallsyms_table[i].name, name))
			return (unsigned long)_text + kallsyms_table[i].offset;
	return 0;
}

/* @addr with the name of the function that the byte at @addr - @back lies in. */
static int format_symbol(char *buf, size_t buf_size, unsigned long addr, unsigned long back)
{
	unsigned long size, offset;
	const char *name = kallsyms_lookup(addr - back, &size, &offset);

	if (!name)
		return 0;
	return scnprintf(buf, buf_size, "%s+0x%lx/0x%lx", name, offset + back, size);
}

int sprint_symbol(char *buf, size_t size, unsigned long addr)
{
	return format_symbol(buf, size, addr, 0);
}

int sprint_backtrace(char *buf, size_t size, unsigned long addr)
{
	return format_symbol(buf, size, addr, 1);
}

void kallsyms_init(void)
{
	vsprintf_symbol = sprint_symbol;
}
