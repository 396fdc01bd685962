/* What stat() fills in on x86_64. */
#ifndef ASM_STAT_H
#define ASM_STAT_H

#include <lib/types.h>

struct kstat;

struct user_stat {
	u64 st_dev, st_ino, st_nlink;
	u32 st_mode, st_uid, st_gid, pad0;
	u64 st_rdev;
	s64 st_size, st_blksize, st_blocks;
	u64 st_atime, st_atime_nsec, st_mtime, st_mtime_nsec, st_ctime, st_ctime_nsec;
	s64 reserved[3];
};
_Static_assert(sizeof(struct user_stat) == 144, "struct stat: as programs have it");

/* @to is zeroed. */
void fill_user_stat(struct user_stat *to, const struct kstat *stat);

#endif
