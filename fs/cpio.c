/*
 * Reading the headers of a newc archive: 13 numbers of 8 hexadecimal digits behind a magic.
 * ramdisk.c calls this and walks the archive. Condenses the parser of init/initramfs.c.
 */
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <fs/fs.h>
#include "cpio.h"

#define CPIO_MAGIC     "070701"
#define CPIO_MAGIC_CRC "070702" /* the same with check sums, which we do not look at */
#define MAGIC_SIZE     6
#define FIELD_DIGITS   8

/* In their order in the header; -1: of no use here. */
static const int field_offsets[] = {
	offsetof(struct cpio_header, ino),
	offsetof(struct cpio_header, mode),
	offsetof(struct cpio_header, uid),
	offsetof(struct cpio_header, gid),
	offsetof(struct cpio_header, nlink),
	offsetof(struct cpio_header, mtime),
	offsetof(struct cpio_header, filesize),
	-1, /* major */
	-1, /* and minor number of the disk it came from */
	offsetof(struct cpio_header, rdevmajor),
	offsetof(struct cpio_header, rdevminor),
	offsetof(struct cpio_header, namesize),
};

static bool parse_field(const char *digits, u32 *value)
{
	*value = 0;
	for (int i = 0; i < FIELD_DIGITS; i++) {
		const char c = (char)tolower(digits[i]);

		if (!isxdigit(c))
			return false;
		*value = *value << 4 | (u32)(isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	return true;
}

const char *cpio_parse_header(const char *text, struct cpio_header *header)
{
	u32 value;

	if (memcmp(text, CPIO_MAGIC, MAGIC_SIZE) && memcmp(text, CPIO_MAGIC_CRC, MAGIC_SIZE))
		return "no header of a newc archive is there";
	for (size_t i = 0; i < ARRAY_SIZE(field_offsets); i++) {
		if (!parse_field(text + MAGIC_SIZE + i * FIELD_DIGITS, &value))
			return "a number of the header has other than hexadecimal digits";
		if (field_offsets[i] >= 0)
			*(u32 *)((char *)header + field_offsets[i]) = value;
	}
	if (!header->namesize || header->namesize > PATH_MAX)
		return "the header gives its file a name of an impossible length";
	return NULL;
}
