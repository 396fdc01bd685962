/* What stat64() fills in on i386. */
#ifndef ASM_STAT_H
#define ASM_STAT_H

#include <lib/types.h>

struct kstat;

struct user_stat {
	u64 st_dev;
	u32 pad0, old_ino;
	u32 st_mode, st_nlink, st_uid, st_gid;
	u64 st_rdev;
	u32 pad1;
	s64 st_size;
	u32 st_blksize;
	u64 st_blocks;
	u32 st_atime, st_atime_nsec, st_mtime, st_mtime_nsec, st_ctime, st_ctime_nsec;
	u64 st_ino;
} __attribute__((packed, aligned(4)));
_Static_assert(sizeof(struct user_stat) == 96, "struct stat64: as programs have it");

/* @to is zeroed. */
void fill_user_stat(struct user_stat *to, const struct kstat *stat);

#endif
