/* How the tree of names grows at boot: for ramdisk.c and char_dev.c. The tree itself: <fs/fs.h>. */
#ifndef FS_TREE_H
#define FS_TREE_H

#include <fs/fs.h>

/* The root, empty. 0 or -ENOMEM. */
int tree_init(void);

/**
 * tree_add - put a name into the tree
 * @path: from the root; folders that are missing are made, one that is there is returned
 * @ino: not 0: share the inode that has this number, if one has; 0: a number of its own
 *
 * Returns the dentry, its inode zeroed but for number and links where it is new; or
 * ERR_PTR(-ENOMEM, -ENOTDIR).
 */
struct dentry *tree_add(const char *path, u64 ino);

/* namei.c: the name of @length bytes in a folder, or NULL. */
struct dentry *d_lookup(struct dentry *folder, const char *name, size_t length);

/* The next part of a path and its length; NULL: only slashes are left. */
const char *next_name(const char *path, size_t *length);

/* char_dev.c: a node for every device that is registered. */
void chrdev_make_nodes(void);

#endif
