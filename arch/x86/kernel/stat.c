/*
 * The structure of stat(): its fields have the same names on i386 and x86_64, in another order. Called
 * by fs/stat.c. Condenses cp_new_stat() of fs/stat.c, and sys_i386's.
 */
#include <lib/kernel.h>
#include <fs/stat.h>
#include <asm/page.h>
#include <asm/stat.h>

void fill_user_stat(struct user_stat *to, const struct kstat *stat)
{
	to->st_ino = stat->ino;
	to->st_mode = stat->mode;
	to->st_nlink = stat->nlink;
	to->st_uid = stat->uid;
	to->st_gid = stat->gid;
	to->st_rdev = stat->rdev;
	to->st_size = (s64)stat->size;
	to->st_blksize = PAGE_SIZE;
	to->st_blocks = DIV_ROUND_UP(stat->size, 512);
	to->st_atime = to->st_mtime = to->st_ctime = stat->mtime;
}
