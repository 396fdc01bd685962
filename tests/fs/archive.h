/* A newc archive made in memory, and a root made of it, for the suites of fs/. */
#ifndef TESTS_FS_ARCHIVE_H
#define TESTS_FS_ARCHIVE_H

#include <fs/fs.h>
#include <tests/kunit.h>

#define ARCHIVE_ORDER 2 /* 16 KB */

struct archive {
	struct page *page;
	char *start;
	size_t size;
	u32 last_ino;
};

/* Empty; freed by archive_free(). */
void archive_alloc(struct kunit *test, struct archive *archive);
void archive_free(struct archive *archive);

/* @size bytes of @data under a name. @ino: 0 for one of its own; else with @nlink links. */
void archive_add(struct archive *archive, const char *name, u32 mode, const void *data,
		 size_t size);
void archive_add_link(struct archive *archive, const char *name, u32 ino, u32 nlink,
		      const void *data, size_t size);
void archive_end(struct archive *archive);

/* The root that was, while another one is in its place. */
struct saved_root {
	struct dentry *root;
	phys_addr_t start, end;
};

/* fs_init() with the first @size bytes of the archive for a ramdisk; and back, all of it freed. */
struct saved_root mount_archive(const struct archive *archive, size_t size);
void unmount_archive(const struct saved_root *saved);

/* The name at a path from the root, or NULL. */
struct dentry *find_path(const char *path);

#endif
