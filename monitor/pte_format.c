/*
 * Entries in letters.
 *
 *      0x8000000000123163  ->  rights rw-   traits G---   bits P RW A D GLB NX
 *
 * Called by walk and ptdump. Letters and names are those that Linux's dump_pagetables.c and the
 * manuals use.
 */
#include <kernel/panic.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include "pte_format.h"

static const struct {
	pteval_t bit;
	char letter;
} traits[] = {
	{ _PAGE_GLOBAL, 'G' },
	{ _PAGE_USER, 'U' },
	{ _PAGE_PCD, 'C' },
	{ _PAGE_PWT, 'W' },
};

static const struct {
	pteval_t bit;
	const char *name;
} bits[] = {
	{ _PAGE_PRESENT, "P" }, { _PAGE_RW, "RW" },   { _PAGE_USER, "USR" },
	{ _PAGE_PWT, "PWT" },	{ _PAGE_PCD, "PCD" }, { _PAGE_ACCESSED, "A" },
	{ _PAGE_DIRTY, "D" },	{ _PAGE_PSE, "PSE" }, { _PAGE_GLOBAL, "GLB" },
	{ _PAGE_NX, "NX" },
};

const char *format_rights(char *buf, pteval_t flags)
{
	snprintf(buf, RIGHTS_SIZE, "r%c%c", flags & _PAGE_RW ? 'w' : '-',
		 flags & _PAGE_NX ? '-' : 'x');
	return buf;
}

const char *format_traits(char *buf, pteval_t flags)
{
	size_t i;

	BUILD_BUG_ON(ARRAY_SIZE(traits) + 1 != TRAITS_SIZE);
	for (i = 0; i < ARRAY_SIZE(traits); i++)
		buf[i] = flags & traits[i].bit ? traits[i].letter : '-';
	buf[i] = '\0';
	return buf;
}

const char *format_bits(char *buf, pteval_t entry)
{
	int length = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (entry & bits[i].bit)
			length += scnprintf(buf + length, BITS_SIZE - length, "%s%s",
					    length ? " " : "", bits[i].name);
	return buf;
}

char scale_size(u64 *size)
{
	static const char units[] = "KMG";
	size_t unit = 0;

	*size /= SZ_1K;
	while (units[unit + 1] && *size && *size % SZ_1K == 0) {
		*size /= SZ_1K;
		unit++;
	}
	return units[unit];
}
