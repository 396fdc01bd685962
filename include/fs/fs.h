/*
 * Files: what a name leads to, and what a program has open.
 *
 *      "/bin/sh" --path_lookup()--> struct dentry --> struct inode     the tree: fs/namei.c
 *                                                        ^
 *      task->files --> fd 3 --> struct file -------------+             open: fs/file_table.c
 *                               f_pos, f_op
 *
 * The tree is that of the ramdisk and never changes after boot, so it needs no lock; a page cache
 * with file mappings will stand between it and its readers. Condenses include/linux/fs.h.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include <lib/bitmap.h>
#include <lib/list.h>
#include <kernel/sched.h>
#include <asm/page.h>
#include <fs/stat.h>

typedef s64 loff_t;

#define PATH_MAX	4096 /* bytes of a path, its NUL included */
#define NAME_MAX	255
#define MAX_SYMLINKS	40 /* followed in one lookup */
#define NR_OPEN_DEFAULT 256

#define O_ACCMODE	00000003
#define O_RDONLY	00000000
#define O_WRONLY	00000001
#define O_RDWR		00000002
#define O_CREAT		00000100
#define O_EXCL		00000200
#define O_TRUNC		00001000
#define O_APPEND	00002000
#define O_NONBLOCK	00004000
#define O_DIRECTORY	00200000
#define O_NOFOLLOW	00400000
#define O_CLOEXEC	02000000

struct file;

/* A 0 in place of a function: that cannot be done with such a file. */
struct file_operations {
	/* As the system calls: bytes done, 0 at the end, or an error; @pos moves along. May sleep. */
	ssize_t (*read)(struct file *file, char __user *buf, size_t count, loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buf, size_t count, loff_t *pos);
	long (*ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	/* read() into the kernel's memory: what exec needs. */
	ssize_t (*kernel_read)(struct file *file, void *buf, size_t count, loff_t pos);
	/* The last user is gone. */
	void (*release)(struct file *file);
};

/* What a name stands for; several names may share one (hard links). */
struct inode {
	u64 i_ino;
	u32 i_mode; /* S_IF type and permissions */
	u32 i_nlink, i_uid, i_gid;
	u32 i_rdev;  /* of a device: MKDEV(major, minor) */
	u32 i_mtime; /* seconds since 1970 */
	u64 i_size;
	const struct file_operations *i_fop;
	phys_addr_t i_data; /* where the ramdisk holds its contents: i_size bytes in a row */
	struct list_head i_list;
};

/* A name in a directory. The root is its own parent. */
struct dentry {
	const char *d_name;
	struct inode *d_inode;
	struct dentry *d_parent;
	struct list_head d_subdirs, d_child;
};

struct file {
	atomic_t f_count;
	unsigned int f_flags; /* O_ */
	loff_t f_pos;
	const struct file_operations *f_op;
	struct inode *f_inode;	 /* NULL: a pipe */
	struct dentry *f_dentry; /* NULL: a pipe */
	void *private_data;
};

/* What a process has open, and where it stands. Shared with CLONE_FILES. */
struct files_struct {
	atomic_t count;
	spinlock_t file_lock; /* guards all below */
	DECLARE_BITMAP(open_fds, NR_OPEN_DEFAULT);
	DECLARE_BITMAP(close_on_exec, NR_OPEN_DEFAULT);
	struct file *fd[NR_OPEN_DEFAULT]; /* valid where open_fds has a bit */
	struct dentry *pwd;		  /* the working directory */
};

extern struct dentry *root_dentry;

/* --- fs/file_table.c ------------------------------------------------------------------------- */

/* A file with one user and nothing in it but @f_op and @flags; or NULL. May sleep. */
struct file *get_empty_filp(const struct file_operations *f_op, unsigned int flags);

/* The file behind a number of the current process, with a user more; NULL: it is not open. */
struct file *fget(unsigned int fd);

/* A user less; the last one's call closes it. May sleep. */
void fput(struct file *file);

/* The lowest free number from @start on, for @file, which becomes the table's. Or -EMFILE. */
int fd_install_from(struct file *file, unsigned int start, bool close_on_exec);

/* An own table with nothing open, or NULL. */
struct files_struct *alloc_files(void);

/**
 * copy_files - give a new task what its maker has open
 * @clone_files: the same table, not a copy
 *
 * Returns 0 or -ENOMEM. A maker without files gives none.
 */
int copy_files(struct task_struct *task, bool clone_files);

/* The calling task, or one that never ran, has nothing open any more. May sleep. */
void exit_files(struct task_struct *task);

/* exec: close what shall not be inherited, after the table is made the caller's own. 0, -ENOMEM. */
int unshare_files(void);
void flush_old_files(void);

/* --- fs/namei.c ------------------------------------------------------------------------------ */

/**
 * path_lookup - follow a path
 * @from: where a relative one begins
 * @path: in the kernel's memory
 * @follow: should the last part be a symbolic link, follow it too
 * @found: out
 *
 * Returns 0, -ENOENT, -ENOTDIR, -ELOOP, -ENAMETOOLONG.
 */
int path_lookup(struct dentry *from, const char *path, bool follow, struct dentry **found);

/* Where a call with @dfd and a path begins; *@from out. 0, -EBADF, -ENOTDIR. */
int path_start(int dfd, struct dentry **from);

/* The whole path of a name, at the end of @buf. Returns its start, or NULL where @buf is too small. */
char *d_path(const struct dentry *dentry, char *buf, size_t size);

/* A copy of a path that ring 3 gave us; putname() it. Or ERR_PTR(-EFAULT, -ENAMETOOLONG, ...). */
char *getname(const char __user *path);
void putname(char *name);

/* All of it in one: the name that ring 3's @path leads to. Returns 0 or an error. May sleep. */
int user_path_at(int dfd, const char __user *path, bool follow, struct dentry **found);

/* --- fs/open.c -------------------------------------------------------------------------------- */

/* Open a name that was found. Or ERR_PTR(-EISDIR, -EROFS, -ENXIO, -ENOMEM). */
struct file *dentry_open(struct dentry *dentry, unsigned int flags);

/* Open a path for reading, as exec does: a regular file that somebody may execute. Or ERR_PTR(). */
struct file *open_exec(const char *path);

/* Bytes read at @pos into the kernel's memory, or an error. */
ssize_t kernel_read(struct file *file, loff_t pos, void *buf, size_t count);

/* 0, 1 and 2 of a process that the kernel starts itself lead to the console. 0 or -ENOMEM. */
int open_console(struct files_struct *files);

/* --- fs/ramdisk.c ------------------------------------------------------------------------------- */

/* The initial ramdisk in physical memory, as the boot loader left it; 0, 0: none. Set by arch/. */
extern phys_addr_t initrd_start, initrd_end;

/* Make the tree of it. An archive that is broken leaves what could be read up to there, and says so. */
void ramdisk_init(void);

/* The root: /dev with the devices that are registered, and the ramdisk's files. May sleep. */
void fs_init(void);

/* How many files there are: for messages. */
unsigned int ramdisk_files(void);

extern const struct file_operations ramdisk_fops;

/* --- fs/char_dev.c ------------------------------------------------------------------------------ */

#define MKDEV(major, minor) ((major) << 8 | (minor))

/* A character device's functions, under its number; @path: where its node is. Before fs_init(). */
void register_chrdev(u32 rdev, const char *path, const struct file_operations *f_op);

/* Register those that need no driver. */
void chrdev_init(void);

/* Those of a number, or NULL. */
const struct file_operations *chrdev_fops(u32 rdev);

#endif
