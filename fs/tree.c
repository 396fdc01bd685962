/*
 * The tree of names, as it grows at boot: see the figure in <fs/fs.h>.
 *
 *      tree_add("bin/sh")      "/" --+-- "bin" --+-- "sh" --> inode
 *                                    +-- "dev"   +-- "ls" ------^      a hard link
 *
 * ramdisk.c and char_dev.c add to it; from then on it is only looked up, by namei.c. Condenses what
 * fs/dcache.c and fs/inode.c of Linux are for. Left out: everything that a name could lose.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "tree.h"

/* Numbers of archives start low; ours must not meet them. */
#define FIRST_OWN_INO 0x10000000U

static LIST_HEAD(inode_list);
static u64 last_ino = FIRST_OWN_INO;

struct dentry *root_dentry;

static struct inode *find_inode(u64 ino)
{
	struct inode *inode;

	list_for_each_entry (inode, &inode_list, i_list)
		if (inode->i_ino == ino)
			return inode;
	return NULL;
}

/* @ino: 0 for one of our own. */
static struct inode *get_inode(u64 ino)
{
	struct inode *inode = ino ? find_inode(ino) : NULL;

	if (inode) {
		inode->i_nlink++;
		return inode;
	}
	inode = kzalloc(sizeof(*inode), GFP_KERNEL);
	if (!inode)
		return NULL;
	inode->i_ino = ino ? ino : last_ino++;
	inode->i_nlink = 1;
	list_add_tail(&inode->i_list, &inode_list);
	return inode;
}

/* A name that is new in its folder; @parent NULL: the root. */
static struct dentry *d_alloc(struct dentry *parent, const char *name, size_t length, u64 ino)
{
	struct dentry *dentry = kzalloc(sizeof(*dentry) + length + 1, GFP_KERNEL);
	char *own_name = (char *)(dentry + 1);

	if (!dentry)
		return NULL;
	dentry->d_inode = get_inode(ino);
	if (!dentry->d_inode) {
		kfree(dentry);
		return NULL;
	}
	memcpy(own_name, name, length);
	dentry->d_name = own_name;
	INIT_LIST_HEAD(&dentry->d_subdirs);
	dentry->d_parent = parent ? parent : dentry;
	if (parent)
		list_add_tail(&dentry->d_child, &parent->d_subdirs);
	return dentry;
}

static void make_folder(struct inode *inode)
{
	inode->i_mode = S_IFDIR | 0755;
	inode->i_fop = &ramdisk_fops;
}

/* The name of @length bytes in @folder, made if it is missing. */
static struct dentry *add_name(struct dentry *folder, const char *name, size_t length, u64 ino)
{
	struct dentry *dentry;

	if (length == 1 && *name == '.')
		return folder;
	dentry = d_lookup(folder, name, length);
	if (!S_ISDIR(folder->d_inode->i_mode))
		return ERR_PTR(-ENOTDIR);
	if (!dentry)
		dentry = d_alloc(folder, name, length, ino);
	return dentry ? dentry : ERR_PTR(-ENOMEM);
}

struct dentry *tree_add(const char *path, u64 ino)
{
	struct dentry *dentry = root_dentry;
	size_t length;

	for (; (path = next_name(path, &length)); path += length) {
		const bool last = !next_name(path + length, &(size_t){ 0 });

		dentry = add_name(dentry, path, length, last ? ino : 0);
		if (IS_ERR(dentry))
			break;
		if (!last && !dentry->d_inode->i_mode)
			make_folder(dentry->d_inode);
	}
	return dentry;
}

int tree_init(void)
{
	root_dentry = d_alloc(NULL, "/", 1, 0);
	if (!root_dentry)
		return -ENOMEM;
	make_folder(root_dentry->d_inode);
	return 0;
}
