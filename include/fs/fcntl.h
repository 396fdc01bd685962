/* Numbers of the calls on open files: Linux's on both architectures. Condenses include/linux/fcntl.h. */
#ifndef FS_FCNTL_H
#define FS_FCNTL_H

#define AT_FDCWD	    (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_SYMLINK_FOLLOW   0x400
#define AT_EMPTY_PATH	    0x1000

#define F_DUPFD		    0
#define F_GETFD		    1
#define F_SETFD		    2
#define F_GETFL		    3
#define F_SETFL		    4
#define F_DUPFD_CLOEXEC	    1030
#define FD_CLOEXEC	    1

#define SEEK_SET	    0
#define SEEK_CUR	    1
#define SEEK_END	    2

#define W_OK		    2

#endif
