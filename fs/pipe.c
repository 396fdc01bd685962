/*
 * Pipes: bytes from one process to another, through a ring of frames.
 *
 *      pages   [ 0 ][ 1 ] ... [ 15 ][ 0 ] ...      a frame is made when the ring first reaches it
 *                tail ---->  head
 *                reader      writer                both count bytes since the beginning
 *
 * A reader sleeps while it is empty, a writer while it is full; when the other side is closed the
 * one gets 0 and the other SIGPIPE. Frames come from high memory first and are reached by kmap().
 * Condenses fs/pipe.c of Linux.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <kernel/mutex.h>
#include <kernel/signal.h>
#include <mm/gfp.h>
#include <mm/highmem.h>
#include <mm/slab.h>
#include <mm/uaccess.h>
#include <fs/syscalls.h>

#define PIPE_BUFFERS 16
#define PIPE_SIZE    (PIPE_BUFFERS * PAGE_SIZE)
#define PIPE_BUF     4096 /* written in one piece, or not at all */

struct pipe {
	struct mutex mutex; /* guards all below */
	wait_queue_head_t wait;
	unsigned long head, tail;
	unsigned int readers, writers; /* open ends: each 0 or 1 */
	struct page *pages[PIPE_BUFFERS];
};

static size_t pipe_used(const struct pipe *pipe)
{
	return pipe->head - pipe->tail;
}

static size_t pipe_room(const struct pipe *pipe)
{
	return PIPE_SIZE - pipe_used(pipe);
}

/* The frame of a place in the ring, made if it is missing; NULL: no memory. */
static struct page *pipe_page(struct pipe *pipe, unsigned long at)
{
	struct page **page = &pipe->pages[at / PAGE_SIZE % PIPE_BUFFERS];

	if (!*page)
		*page = alloc_page(GFP_HIGHUSER);
	return *page;
}

/* Up to @count bytes, not beyond the frame, between ring and program. Returns how many were copied. */
static size_t copy_chunk(struct page *page, unsigned long at, char __user *buf, size_t count,
			 bool to_user)
{
	char *vaddr = (char *)kmap(page) + at % PAGE_SIZE;
	size_t left;

	count = min_t(size_t, count, PAGE_SIZE - at % PAGE_SIZE);
	left = to_user ? copy_to_user(buf, vaddr, count) : copy_from_user(vaddr, buf, count);
	kunmap(page);
	return count - left;
}

/* What is there, at most @count. */
static ssize_t take_bytes(struct pipe *pipe, char __user *buf, size_t count)
{
	size_t done = 0, copied;

	count = min_t(size_t, count, pipe_used(pipe));
	while (done < count) {
		copied = copy_chunk(pipe_page(pipe, pipe->tail), pipe->tail, buf + done,
				    count - done, true);
		if (!copied)
			return done ? (ssize_t)done : -EFAULT;
		pipe->tail += copied;
		done += copied;
	}
	return (ssize_t)done;
}

/* As much as there is room for. */
static ssize_t put_bytes(struct pipe *pipe, const char __user *buf, size_t count)
{
	size_t done = 0, copied;
	struct page *page;

	count = min_t(size_t, count, pipe_room(pipe));
	while (done < count) {
		page = pipe_page(pipe, pipe->head);
		if (!page)
			return done ? (ssize_t)done : -ENOMEM;
		copied = copy_chunk(page, pipe->head, (char __user *)buf + done, count - done,
				    false);
		if (!copied)
			return done ? (ssize_t)done : -EFAULT;
		pipe->head += copied;
		done += copied;
	}
	return (ssize_t)done;
}

static bool can_read(const struct pipe *pipe)
{
	return pipe_used(pipe) || !pipe->writers;
}

/* A small write waits until it fits as a whole. */
static bool can_write(const struct pipe *pipe, size_t count)
{
	return pipe_room(pipe) >= (count <= PIPE_BUF ? count : 1) || !pipe->readers;
}

static ssize_t pipe_read(struct file *file, char __user *buf, size_t count, loff_t *pos __unused)
{
	struct pipe *pipe = file->private_data;
	ssize_t result = 0;

	if (!count)
		return 0;
	mutex_lock(&pipe->mutex);
	while (!result && !can_read(pipe)) {
		mutex_unlock(&pipe->mutex);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		result = wait_event_interruptible(pipe->wait, can_read(pipe));
		mutex_lock(&pipe->mutex);
	}
	if (!result)
		result = take_bytes(pipe, buf, count);
	mutex_unlock(&pipe->mutex);
	wake_up_all(&pipe->wait);
	return result;
}

/* Until there is room, or nobody reads. Called and left with the mutex held; 0 or an error. */
static ssize_t wait_for_room(struct file *file, struct pipe *pipe, size_t count)
{
	ssize_t result = 0;

	while (!result && !can_write(pipe, count)) {
		mutex_unlock(&pipe->mutex);
		result = file->f_flags & O_NONBLOCK
				 ? -EAGAIN
				 : wait_event_interruptible(pipe->wait, can_write(pipe, count));
		mutex_lock(&pipe->mutex);
	}
	if (!result && !pipe->readers) {
		send_sig(SIGPIPE, current);
		result = -EPIPE;
	}
	return result;
}

static ssize_t pipe_write(struct file *file, const char __user *buf, size_t count,
			  loff_t *pos __unused)
{
	struct pipe *pipe = file->private_data;
	ssize_t result = 0;
	size_t done = 0;

	mutex_lock(&pipe->mutex);
	while (done < count) {
		result = wait_for_room(file, pipe, count - done);
		if (!result)
			result = put_bytes(pipe, buf + done, count - done);
		if (result < 0)
			break;
		done += (size_t)result;
		wake_up_all(&pipe->wait);
	}
	mutex_unlock(&pipe->mutex);
	return done ? (ssize_t)done : result;
}

static void free_pipe(struct pipe *pipe)
{
	for (int i = 0; i < PIPE_BUFFERS; i++)
		if (pipe->pages[i])
			__free_page(pipe->pages[i]);
	kfree(pipe);
}

static void pipe_release(struct file *file)
{
	struct pipe *pipe = file->private_data;
	bool last;

	mutex_lock(&pipe->mutex);
	if ((file->f_flags & O_ACCMODE) == O_RDONLY)
		pipe->readers--;
	else
		pipe->writers--;
	last = !pipe->readers && !pipe->writers;
	mutex_unlock(&pipe->mutex);
	if (last)
		free_pipe(pipe);
	else
		wake_up_all(&pipe->wait);
}

static const struct file_operations pipe_fops = {
	.read = pipe_read,
	.write = pipe_write,
	.release = pipe_release,
};

/* --- making one ---------------------------------------------------------------------------------- */

static struct pipe *alloc_pipe(void)
{
	struct pipe *pipe = kzalloc(sizeof(*pipe), GFP_KERNEL);

	if (!pipe)
		return NULL;
	mutex_init(&pipe->mutex);
	init_waitqueue_head(&pipe->wait);
	return pipe;
}

/* One end: a file that is on no table yet. */
static struct file *alloc_end(struct pipe *pipe, unsigned int flags, unsigned int *users)
{
	struct file *file = get_empty_filp(&pipe_fops, flags);

	if (file) {
		file->private_data = pipe;
		++*users;
	}
	return file;
}

/* Both; the pipe is theirs then, and goes when they are closed. 0 or -ENFILE. */
static int alloc_ends(struct file **ends, unsigned int flags)
{
	struct pipe *pipe = alloc_pipe();

	if (!pipe)
		return -ENFILE;
	ends[0] = alloc_end(pipe, O_RDONLY | flags, &pipe->readers);
	ends[1] = ends[0] ? alloc_end(pipe, O_WRONLY | flags, &pipe->writers) : NULL;
	if (ends[1])
		return 0;
	if (ends[0])
		fput(ends[0]);
	else
		free_pipe(pipe);
	return -ENFILE;
}

/* Numbers for both, or -EMFILE for neither. */
static int install_ends(struct file **ends, bool close_on_exec, int *fds)
{
	fds[0] = fd_install_from(ends[0], 0, close_on_exec);
	if (fds[0] < 0) {
		fput(ends[0]);
		fput(ends[1]);
		return fds[0];
	}
	fds[1] = fd_install_from(ends[1], 0, close_on_exec);
	if (fds[1] >= 0)
		return 0;
	sys_close((unsigned int)fds[0]);
	fput(ends[1]);
	return fds[1];
}

long sys_pipe2(int __user *user_fds, int flags)
{
	struct file *ends[2];
	int fds[2], err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	err = alloc_ends(ends, (unsigned int)flags & O_NONBLOCK);
	if (!err)
		err = install_ends(ends, flags & O_CLOEXEC, fds);
	if (err || !copy_to_user(user_fds, fds, sizeof(fds)))
		return err;
	sys_close((unsigned int)fds[0]);
	sys_close((unsigned int)fds[1]);
	return -EFAULT;
}

long sys_pipe(int __user *fds)
{
	return sys_pipe2(fds, 0);
}
