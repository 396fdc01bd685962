/* Archives for tests: see archive.h. */
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/slab.h>
#include "archive.h"

void archive_alloc(struct kunit *test, struct archive *archive)
{
	*archive = (struct archive){ .page = alloc_pages(GFP_KERNEL, ARCHIVE_ORDER) };
	KUNIT_ASSERT_NOT_NULL(test, archive->page);
	archive->start = lowmem_page_address(archive->page);
}

void archive_free(struct archive *archive)
{
	__free_pages(archive->page, ARCHIVE_ORDER);
}

static void put_bytes(struct archive *archive, const void *bytes, size_t size)
{
	memcpy(archive->start + archive->size, bytes, size);
	archive->size += size;
	while (archive->size % 4)
		archive->start[archive->size++] = '\0';
}

static void put_member(struct archive *archive, const char *name, u32 ino, u32 mode, u32 nlink,
		       const void *data, size_t size)
{
	char header[111];

	snprintf(header, sizeof(header),
		 "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", ino, mode, 0, 0,
		 nlink, 1577836800, (u32)size, 0, 0, 0, 0, (u32)strlen(name) + 1, 0);
	memcpy(archive->start + archive->size, header, 110);
	archive->size += 110;
	put_bytes(archive, name, strlen(name) + 1);
	put_bytes(archive, data, size);
}

void archive_add(struct archive *archive, const char *name, u32 mode, const void *data, size_t size)
{
	put_member(archive, name, ++archive->last_ino, mode, 1, data, size);
}

void archive_add_link(struct archive *archive, const char *name, u32 ino, u32 nlink,
		      const void *data, size_t size)
{
	put_member(archive, name, ino, S_IFREG | 0755, nlink, data, size);
}

void archive_end(struct archive *archive)
{
	put_member(archive, "TRAILER!!!", 0, 0, 1, "", 0);
}

struct saved_root mount_archive(const struct archive *archive, size_t size)
{
	const struct saved_root saved = { root_dentry, initrd_start, initrd_end };

	initrd_start = page_to_phys(archive->page);
	initrd_end = initrd_start + size;
	fs_init();
	return saved;
}

static void free_dentry(struct dentry *dentry)
{
	struct dentry *child, *next;

	list_for_each_entry_safe (child, next, &dentry->d_subdirs, d_child)
		free_dentry(child);
	if (!--dentry->d_inode->i_nlink) {
		list_del(&dentry->d_inode->i_list);
		kfree(dentry->d_inode);
	}
	kfree(dentry);
}

void unmount_archive(const struct saved_root *saved)
{
	free_dentry(root_dentry);
	root_dentry = saved->root;
	initrd_start = saved->start;
	initrd_end = saved->end;
}

struct dentry *find_path(const char *path)
{
	struct dentry *dentry;

	return path_lookup(root_dentry, path, true, &dentry) ? NULL : dentry;
}
