/*
 * The newc form of a cpio archive: what lies between two files of it.
 *
 *      header (110 bytes of hexadecimal)  name, NUL  [0 to 3]  contents  [0 to 3]  header  ...
 *                                                    ^ up to a multiple of 4       ^
 *
 * The last one's name is TRAILER!!!.
 */
#ifndef FS_CPIO_H
#define FS_CPIO_H

#include <lib/types.h>

#define CPIO_HEADER_SIZE 110
#define CPIO_TRAILER	 "TRAILER!!!"

/* The fields of a header that mean something to us. */
struct cpio_header {
	u32 ino, mode, uid, gid, nlink, mtime;
	u32 filesize, namesize; /* bytes; the name's NUL counts */
	u32 rdevmajor, rdevminor;
};

/**
 * cpio_parse_header - read a header
 * @text: its CPIO_HEADER_SIZE bytes
 * @header: out
 *
 * Returns NULL, or what is wrong with it, in words.
 */
const char *cpio_parse_header(const char *text, struct cpio_header *header);

static inline u64 cpio_align(u64 offset)
{
	return (offset + 3) & ~3ULL;
}

#endif
