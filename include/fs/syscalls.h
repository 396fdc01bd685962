/*
 * System calls on files: rows of sys_call_table lead here, as in <kernel/syscalls.h>.
 */
#ifndef FS_SYSCALLS_H
#define FS_SYSCALLS_H

#include <fs/fs.h>

struct iovec;
struct user_stat;
struct statx;

/* fs/open.c */
long sys_open(const char __user *path, int flags, unsigned int mode);
long sys_openat(int dfd, const char __user *path, int flags, unsigned int mode);
long sys_close(unsigned int fd);
long sys_access(const char __user *path, int mode);
long sys_faccessat(int dfd, const char __user *path, int mode);
long sys_chdir(const char __user *path);
long sys_fchdir(unsigned int fd);
long sys_getcwd(char __user *buf, unsigned long size);
long sys_readlink(const char __user *path, char __user *buf, int size);
long sys_readlinkat(int dfd, const char __user *path, char __user *buf, int size);
long sys_umask(unsigned int mask);

/* fs/read_write.c */
long sys_read(unsigned int fd, char __user *buf, size_t count);
long sys_write(unsigned int fd, const char __user *buf, size_t count);
long sys_readv(unsigned int fd, const struct iovec __user *vec, unsigned long nr);
long sys_writev(unsigned int fd, const struct iovec __user *vec, unsigned long nr);
long sys_lseek(unsigned int fd, long offset, unsigned int whence);
long sys_llseek(unsigned int fd, unsigned long high, unsigned long low, loff_t __user *result,
		unsigned int whence);
/* i386 passes the offset as two words; on x86_64 the second is not there. */
long sys_pread64(unsigned int fd, char __user *buf, size_t count, unsigned long low,
		 unsigned long high);
long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg);

/* fs/file_table.c */
long sys_dup(unsigned int fd);
long sys_dup2(unsigned int from, unsigned int to);
long sys_dup3(unsigned int from, unsigned int to, int flags);
long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg);

/* fs/stat.c: of one form on i386 (stat64), of one on x86_64 (stat), and one of both */
long sys_newstat(const char __user *path, struct user_stat __user *st);
long sys_newlstat(const char __user *path, struct user_stat __user *st);
long sys_newfstat(unsigned int fd, struct user_stat __user *st);
long sys_newfstatat(int dfd, const char __user *path, struct user_stat __user *st, int flags);
long sys_statx(int dfd, const char __user *path, unsigned int flags, unsigned int mask,
	       struct statx __user *stx);

/* fs/readdir.c */
long sys_getdents64(unsigned int fd, void __user *buf, unsigned int size);

/* fs/pipe.c */
long sys_pipe(int __user *fds);
long sys_pipe2(int __user *fds, int flags);

#endif
