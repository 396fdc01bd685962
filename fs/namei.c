/*
 * From a path to a file.
 *
 *      "/bin/../etc/motd"     one name at a time:  bin  ..  etc  motd
 *                             a symbolic link on the way: its text first, then what is left
 *
 * Called by every call that takes a path. Condenses fs/namei.c of Linux: without mounts, permissions
 * (every program is root) and changes.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <mm/uaccess.h>
#include <fs/fcntl.h>
#include <fs/fs.h>
#include "tree.h"

/* The next part of a path and its length; NULL: only slashes are left. */
const char *next_name(const char *path, size_t *length)
{
	while (*path == '/')
		path++;
	for (*length = 0; path[*length] && path[*length] != '/';)
		++*length;
	return *length ? path : NULL;
}

struct dentry *d_lookup(struct dentry *folder, const char *name, size_t length)
{
	struct dentry *dentry;

	list_for_each_entry (dentry, &folder->d_subdirs, d_child)
		if (!strncmp(dentry->d_name, name, length) && !dentry->d_name[length])
			return dentry;
	return NULL;
}

/* A lookup on its way; what is left of the path lies at @rest within @buf. */
struct walk {
	struct dentry *at;
	int links; /* followed so far */
	char *rest;
	char buf[PATH_MAX];
};

static struct dentry *step(struct dentry *folder, const char *name, size_t length)
{
	if (length == 1 && name[0] == '.')
		return folder;
	if (length == 2 && name[0] == '.' && name[1] == '.')
		return folder->d_parent;
	return d_lookup(folder, name, length);
}

/* What is left becomes the link's text with what follows it. */
static int follow_link(struct walk *walk, const struct inode *link, const char *after)
{
	const size_t left = strlen(after), text = (size_t)link->i_size;
	struct file file = { .f_inode = (struct inode *)link };

	if (++walk->links > MAX_SYMLINKS)
		return -ELOOP;
	if (!text || text + left >= sizeof(walk->buf))
		return text ? -ENAMETOOLONG : -ENOENT;
	memmove(walk->buf + sizeof(walk->buf) - left - 1, after, left + 1);
	walk->rest = walk->buf + sizeof(walk->buf) - left - 1 - text;
	ramdisk_fops.kernel_read(&file, walk->rest, text, 0);
	if (*walk->rest == '/')
		walk->at = root_dentry;
	return 0;
}

/* One part of the path. Returns 0 with walk->rest behind it. */
static int walk_name(struct walk *walk, const char *name, size_t length, bool follow_last)
{
	const char *after = name + length;
	const bool last = !next_name(after, &(size_t){ 0 });
	struct dentry *next;

	if (!S_ISDIR(walk->at->d_inode->i_mode))
		return -ENOTDIR;
	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	next = step(walk->at, name, length);
	if (!next)
		return -ENOENT;
	if (S_ISLNK(next->d_inode->i_mode) && (!last || follow_last || *after))
		return follow_link(walk, next->d_inode, after);
	walk->at = next;
	walk->rest = (char *)after;
	return 0;
}

static int walk_path(struct walk *walk, bool follow)
{
	const char *name;
	size_t length;
	int err = 0;

	while (!err && (name = next_name(walk->rest, &length)))
		err = walk_name(walk, name, length, follow);
	if (!err && *walk->rest && !S_ISDIR(walk->at->d_inode->i_mode))
		return -ENOTDIR; /* a slash behind a file's name */
	return err;
}

int path_lookup(struct dentry *from, const char *path, bool follow, struct dentry **found)
{
	struct walk *walk;
	int err;

	if (!*path)
		return -ENOENT;
	walk = kmalloc(sizeof(*walk), GFP_KERNEL);
	if (!walk)
		return -ENOMEM;
	walk->at = *path == '/' ? root_dentry : from;
	walk->links = 0;
	walk->rest = walk->buf;
	err = strscpy(walk->buf, path, sizeof(walk->buf)) < 0 ? -ENAMETOOLONG
							      : walk_path(walk, follow);
	*found = walk->at;
	kfree(walk);
	return err;
}

int path_start(int dfd, struct dentry **from)
{
	struct file *file;

	*from = current->files->pwd;
	if (dfd == AT_FDCWD)
		return 0;
	file = fget((unsigned int)dfd);
	if (!file)
		return -EBADF;
	*from = file->f_dentry; /* names stay for ever */
	fput(file);
	return *from ? 0 : -ENOTDIR;
}

char *d_path(const struct dentry *dentry, char *buf, size_t size)
{
	char *start = buf + size - 1;

	*start = '\0';
	if (dentry == root_dentry)
		*--start = '/';
	for (; dentry != root_dentry; dentry = dentry->d_parent) {
		const size_t length = strlen(dentry->d_name);

		if ((size_t)(start - buf) < length + 1)
			return NULL;
		start -= length;
		memcpy(start, dentry->d_name, length);
		*--start = '/';
	}
	return start;
}

char *getname(const char __user *path)
{
	char *name = kmalloc(PATH_MAX, GFP_KERNEL);
	long length;

	if (!name)
		return ERR_PTR(-ENOMEM);
	length = strncpy_from_user(name, path, PATH_MAX);
	if (length >= 0 && length < PATH_MAX)
		return name;
	kfree(name);
	return ERR_PTR(length < 0 ? length : -ENAMETOOLONG);
}

void putname(char *name)
{
	kfree(name);
}

int user_path_at(int dfd, const char __user *path, bool follow, struct dentry **found)
{
	struct dentry *from;
	char *name = getname(path);
	int err;

	if (IS_ERR(name))
		return (int)PTR_ERR(name);
	err = path_start(*name == '/' ? AT_FDCWD : dfd, &from);
	if (!err)
		err = path_lookup(from, name, follow, found);
	putname(name);
	return err;
}
