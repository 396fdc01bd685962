/*
 * What a process has open: numbers, and the files behind them.
 *
 *      files_struct   open_fds   1 1 1 1 0 0 ...
 *                     fd       [ 0 | 1 | 2 | 3 |       ]
 *                                |   |   |   +--> struct file, f_count 1
 *                                +---+---+------> struct file, f_count 3: the console
 *
 * Every number holds one count of its file, and every call that uses it one more for that long.
 * Condenses fs/{file,file_table,fcntl}.c of Linux.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <fs/fcntl.h>
#include <fs/syscalls.h>

/* F_SETFL changes no more than this. */
#define SETFL_MASK (O_APPEND | O_NONBLOCK)

struct file *get_empty_filp(const struct file_operations *f_op, unsigned int flags)
{
	struct file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	atomic_set(&file->f_count, 1);
	file->f_op = f_op;
	file->f_flags = flags;
	return file;
}

/* The caller holds file_lock. */
static struct file *file_at(const struct files_struct *files, unsigned int fd)
{
	return fd < NR_OPEN_DEFAULT && test_bit(fd, files->open_fds) ? files->fd[fd] : NULL;
}

struct file *fget(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file;

	spin_lock(&files->file_lock);
	file = file_at(files, fd);
	if (file)
		atomic_inc(&file->f_count);
	spin_unlock(&files->file_lock);
	return file;
}

void fput(struct file *file)
{
	if (!atomic_dec_and_test(&file->f_count))
		return;
	if (file->f_op->release)
		file->f_op->release(file);
	kfree(file);
}

static void set_fd(struct files_struct *files, unsigned int fd, struct file *file,
		   bool close_on_exec)
{
	__set_bit(fd, files->open_fds);
	__clear_bit(fd, files->close_on_exec);
	if (close_on_exec)
		__set_bit(fd, files->close_on_exec);
	files->fd[fd] = file;
}

int fd_install_from(struct file *file, unsigned int start, bool close_on_exec)
{
	struct files_struct *files = current->files;
	unsigned long fd;

	spin_lock(&files->file_lock);
	fd = find_next_zero_bit(files->open_fds, NR_OPEN_DEFAULT, start);
	if (fd < min_t(unsigned long, NR_OPEN_DEFAULT, current->rlim[RLIMIT_NOFILE].rlim_cur))
		set_fd(files, (unsigned int)fd, file, close_on_exec);
	else
		fd = (unsigned long)-EMFILE;
	spin_unlock(&files->file_lock);
	return (int)fd;
}

/* --- tables ------------------------------------------------------------------------------------- */

struct files_struct *alloc_files(void)
{
	struct files_struct *files = kmalloc(sizeof(*files), GFP_KERNEL);

	if (!files)
		return NULL;
	atomic_set(&files->count, 1);
	spin_lock_init(&files->file_lock);
	memset(files->open_fds, 0, sizeof(files->open_fds));
	memset(files->close_on_exec, 0, sizeof(files->close_on_exec));
	files->pwd = root_dentry;
	return files;
}

static struct files_struct *dup_files(struct files_struct *old)
{
	struct files_struct *files = alloc_files();
	unsigned long fd;

	if (!files)
		return NULL;
	spin_lock(&old->file_lock);
	for_each_set_bit (fd, old->open_fds, NR_OPEN_DEFAULT) {
		files->fd[fd] = old->fd[fd];
		atomic_inc(&files->fd[fd]->f_count);
	}
	memcpy(files->open_fds, old->open_fds, sizeof(files->open_fds));
	memcpy(files->close_on_exec, old->close_on_exec, sizeof(files->close_on_exec));
	files->pwd = old->pwd;
	spin_unlock(&old->file_lock);
	return files;
}

static void put_files(struct files_struct *files)
{
	unsigned long fd;

	if (!atomic_dec_and_test(&files->count))
		return;
	for_each_set_bit (fd, files->open_fds, NR_OPEN_DEFAULT)
		fput(files->fd[fd]);
	kfree(files);
}

int copy_files(struct task_struct *task, bool clone_files)
{
	struct files_struct *files = current->files;

	if (files && clone_files)
		atomic_inc(&files->count);
	else if (files)
		files = dup_files(files);
	task->files = files;
	return !files && current->files ? -ENOMEM : 0;
}

void exit_files(struct task_struct *task)
{
	struct files_struct *files = task->files;

	task->files = NULL;
	if (files)
		put_files(files);
}

int unshare_files(void)
{
	struct files_struct *files;

	if (atomic_read(&current->files->count) == 1)
		return 0;
	files = dup_files(current->files);
	if (!files)
		return -ENOMEM;
	put_files(current->files);
	current->files = files;
	return 0;
}

void flush_old_files(void)
{
	struct files_struct *files = current->files;
	unsigned long fd;

	for_each_set_bit (fd, files->close_on_exec, NR_OPEN_DEFAULT)
		sys_close((unsigned int)fd);
}

/* --- calls ----------------------------------------------------------------------------------------- */

/* Take a number out of the table: its file, with the count that the number had. */
static struct file *detach_fd(struct files_struct *files, unsigned int fd)
{
	struct file *file = file_at(files, fd);

	if (file) {
		__clear_bit(fd, files->open_fds);
		__clear_bit(fd, files->close_on_exec);
	}
	return file;
}

long sys_close(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file;

	spin_lock(&files->file_lock);
	file = detach_fd(files, fd);
	spin_unlock(&files->file_lock);
	if (!file)
		return -EBADF;
	fput(file);
	return 0;
}

static long dup_from(unsigned int fd, unsigned int start, bool close_on_exec)
{
	struct file *file = fget(fd);
	long new_fd;

	if (!file)
		return -EBADF;
	new_fd = fd_install_from(file, start, close_on_exec);
	if (new_fd < 0)
		fput(file);
	return new_fd;
}

long sys_dup(unsigned int fd)
{
	return dup_from(fd, 0, false);
}

static long dup_to(unsigned int from, unsigned int to, bool close_on_exec)
{
	struct files_struct *files = current->files;
	struct file *file, *old;

	if (to >= NR_OPEN_DEFAULT)
		return -EBADF;
	file = fget(from);
	if (!file)
		return -EBADF;
	spin_lock(&files->file_lock);
	old = detach_fd(files, to);
	set_fd(files, to, file, close_on_exec);
	spin_unlock(&files->file_lock);
	if (old)
		fput(old);
	return (long)to;
}

long sys_dup2(unsigned int from, unsigned int to)
{
	struct file *file;

	if (from != to)
		return dup_to(from, to, false);
	file = fget(from);
	if (!file)
		return -EBADF;
	fput(file);
	return (long)to;
}

long sys_dup3(unsigned int from, unsigned int to, int flags)
{
	if (from == to || (flags & ~O_CLOEXEC))
		return -EINVAL;
	return dup_to(from, to, flags & O_CLOEXEC);
}

static long get_fd_flags(unsigned int fd)
{
	return test_bit(fd, current->files->close_on_exec) ? FD_CLOEXEC : 0;
}

static void set_fd_flags(unsigned int fd, unsigned long flags)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	__clear_bit(fd, files->close_on_exec);
	if (flags & FD_CLOEXEC)
		__set_bit(fd, files->close_on_exec);
	spin_unlock(&files->file_lock);
}

static long do_fcntl(struct file *file, unsigned int fd, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return arg < NR_OPEN_DEFAULT ? dup_from(fd, (unsigned int)arg, cmd != F_DUPFD)
					     : -EINVAL;
	case F_GETFD:
		return get_fd_flags(fd);
	case F_SETFD:
		set_fd_flags(fd, arg);
		return 0;
	case F_GETFL:
		return (long)file->f_flags;
	case F_SETFL:
		file->f_flags = (file->f_flags & ~SETFL_MASK) | ((unsigned int)arg & SETFL_MASK);
		return 0;
	}
	return -EINVAL;
}

long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct file *file = fget(fd);
	long result;

	if (!file)
		return -EBADF;
	result = do_fcntl(file, fd, cmd, arg);
	fput(file);
	return result;
}
