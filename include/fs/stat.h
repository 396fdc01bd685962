/* What a file is: the bits of its mode, and what stat() tells. Condenses include/linux/stat.h. */
#ifndef FS_STAT_H
#define FS_STAT_H

#include <lib/types.h>

#define S_IFMT	   00170000
#define S_IFSOCK   0140000
#define S_IFLNK	   0120000
#define S_IFREG	   0100000
#define S_IFBLK	   0060000
#define S_IFDIR	   0040000
#define S_IFCHR	   0020000
#define S_IFIFO	   0010000
#define S_IXUGO	   00111

#define S_ISLNK(m) (((m)&S_IFMT) == S_IFLNK)
#define S_ISREG(m) (((m)&S_IFMT) == S_IFREG)
#define S_ISDIR(m) (((m)&S_IFMT) == S_IFDIR)
#define S_ISCHR(m) (((m)&S_IFMT) == S_IFCHR)

/* What all forms of stat() are made of. */
struct kstat {
	u64 ino;
	u32 mode, nlink, uid, gid, rdev, mtime;
	u64 size;
};

#endif
