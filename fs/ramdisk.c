/*
 * The root: a cpio archive that the boot loader left in memory as a module.
 *
 *      module    [ header | name | contents ][ header | name | contents ] ... [ TRAILER!!! ]
 *                             |        ^
 *      tree      "bin" --> "sh" --> inode: i_data, i_size       contents stay where they are
 *
 * Read-only: names become a tree at boot, and contents are read out of the module's frames, through
 * kmap() since they may lie in high memory. Condenses init/initramfs.c and fs/ramfs of Linux; like the
 * one it unpacks names, unlike it it copies no contents. Calls mm/, namei.c and cpio.c.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <mm/highmem.h>
#include <mm/slab.h>
#include <mm/uaccess.h>
#include <fs/fs.h>
#include "cpio.h"
#include "tree.h"

phys_addr_t initrd_start, initrd_end;

static unsigned int nr_files;

unsigned int ramdisk_files(void)
{
	return nr_files;
}

/* --- contents ------------------------------------------------------------------------------------ */

/* A frame's worth of physical memory, or less: where it begins, and how much of @count it holds. */
struct piece {
	struct page *page;
	size_t offset, size;
};

static struct piece piece_at(phys_addr_t pa, size_t count)
{
	const size_t offset = (size_t)(pa & (PAGE_SIZE - 1));

	return (struct piece){
		.page = pfn_to_page(PFN_DOWN(pa)),
		.offset = offset,
		.size = min_t(size_t, count, PAGE_SIZE - offset),
	};
}

/* How many of @count bytes there are from @pos on. */
static size_t bytes_at(const struct inode *inode, loff_t pos, size_t count)
{
	if (pos < 0 || (u64)pos >= inode->i_size)
		return 0;
	return (size_t)min((u64)count, inode->i_size - (u64)pos);
}

static void copy_from_phys(void *to, phys_addr_t pa, size_t count)
{
	for (size_t done = 0; done < count;) {
		struct piece piece = piece_at(pa + done, count - done);

		memcpy_from_page((char *)to + done, piece.page, piece.offset, piece.size);
		done += piece.size;
	}
}

/* What could not be written for want of a page of the program's ends it. */
static size_t copy_piece_to_user(char __user *to, const struct piece *piece)
{
	const char *vaddr = kmap(piece->page);
	const size_t left = copy_to_user(to, vaddr + piece->offset, piece->size);

	kunmap(piece->page);
	return piece->size - left;
}

static ssize_t ramdisk_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	const struct inode *inode = file->f_inode;
	size_t done = 0, copied;

	count = bytes_at(inode, *pos, count);
	while (done < count) {
		struct piece piece = piece_at(inode->i_data + (u64)*pos, count - done);

		copied = copy_piece_to_user(buf + done, &piece);
		done += copied;
		*pos += (loff_t)copied;
		if (copied < piece.size)
			return done ? (ssize_t)done : -EFAULT;
	}
	return (ssize_t)done;
}

static ssize_t ramdisk_kernel_read(struct file *file, void *buf, size_t count, loff_t pos)
{
	const struct inode *inode = file->f_inode;

	count = bytes_at(inode, pos, count);
	copy_from_phys(buf, inode->i_data + (u64)pos, count);
	return (ssize_t)count;
}

const struct file_operations ramdisk_fops = {
	.read = ramdisk_read,
	.kernel_read = ramdisk_kernel_read,
};

/* --- the archive ------------------------------------------------------------------------------ */

/* One file of the archive; offsets count from initrd_start. */
struct member {
	struct cpio_header header;
	u64 data, next;
	char *name;
};

static u64 archive_size(void)
{
	return initrd_end - initrd_start;
}

/* Returns NULL with @member filled in, or what is wrong. The name is kmalloc'ed. */
static const char *read_member(u64 offset, struct member *member)
{
	char text[CPIO_HEADER_SIZE];
	const char *error;

	if (offset + CPIO_HEADER_SIZE > archive_size())
		return "the archive ends before its trailer";
	copy_from_phys(text, initrd_start + offset, sizeof(text));
	error = cpio_parse_header(text, &member->header);
	if (error)
		return error;
	member->data = cpio_align(offset + CPIO_HEADER_SIZE + member->header.namesize);
	member->next = cpio_align(member->data + member->header.filesize);
	if (member->data + member->header.filesize > archive_size())
		return "the archive ends within a file";
	member->name = kmalloc(member->header.namesize, GFP_KERNEL);
	if (!member->name)
		return "no memory for a name";
	copy_from_phys(member->name, initrd_start + offset + CPIO_HEADER_SIZE,
		       member->header.namesize);
	member->name[member->header.namesize - 1] = '\0';
	return NULL;
}

/* Hard links have the same number; the contents come with one of them, mostly the last. */
static void fill_inode(struct inode *inode, const struct member *member)
{
	const struct cpio_header *header = &member->header;

	inode->i_mode = header->mode;
	inode->i_nlink = max(header->nlink, 1U);
	inode->i_uid = header->uid;
	inode->i_gid = header->gid;
	inode->i_mtime = header->mtime;
	inode->i_rdev = MKDEV(header->rdevmajor, header->rdevminor);
	if (header->filesize) {
		inode->i_size = header->filesize;
		inode->i_data = initrd_start + member->data;
	}
	inode->i_fop = S_ISCHR(header->mode) ? chrdev_fops(inode->i_rdev) : &ramdisk_fops;
}

static const char *add_member(const struct member *member)
{
	const struct cpio_header *header = &member->header;
	struct dentry *dentry;

	dentry = tree_add(member->name,
			  header->nlink > 1 && !S_ISDIR(header->mode) ? header->ino : 0);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry) == -ENOMEM ? "no memory for a file"
						  : "a file's folder is a file";
	fill_inode(dentry->d_inode, member);
	nr_files += !S_ISDIR(header->mode);
	return NULL;
}

/* Returns NULL when the trailer was met, or why not. */
static const char *read_archive(u64 *offset)
{
	const char *error = NULL;
	bool end = false;

	while (!end && !error) {
		struct member member;

		error = read_member(*offset, &member);
		if (error)
			break;
		end = !strcmp(member.name, CPIO_TRAILER);
		if (!end)
			error = add_member(&member);
		kfree(member.name);
		*offset = member.next;
	}
	return error;
}

void ramdisk_init(void)
{
	const char *error;
	u64 offset = 0;

	nr_files = 0;
	if (initrd_start == initrd_end)
		return;
	error = read_archive(&offset);
	if (error)
		pr_err("ramdisk: at byte %llu of %llu: %s; the %u files before it are there\n",
		       offset, archive_size(), error, nr_files);
	else
		pr_info("ramdisk: %u files, %llu kB at %#llx\n", nr_files, archive_size() / SZ_1K,
			(u64)initrd_start);
}

void fs_init(void)
{
	if (tree_init())
		panic("fs: no memory for the root");
	chrdev_make_nodes();
	ramdisk_init();
}
