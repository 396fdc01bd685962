/*
 * mmap(), munmap(), mprotect(), mremap(), madvise() and mlock(): what they do to the memory, and what
 * they say to arguments that make no sense.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include "touch.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define RW	  (PROT_READ | PROT_WRITE)
#define ANON	  (MAP_PRIVATE | MAP_ANONYMOUS)
#define LAST_PAGE ((void *)-PAGE)

/* @nr pages in a row that nothing else is next to: page i is full of i + 1. */
static char *numbered_pages(size_t nr)
{
	char *start = mmap(NULL, (nr + 2) * PAGE, PROT_NONE, ANON, -1, 0), *first = start + PAGE;

	CHECK(start != MAP_FAILED);
	CHECK(munmap(start, PAGE) == 0 && munmap(first + nr * PAGE, PAGE) == 0);
	CHECK(mprotect(first, nr * PAGE, RW) == 0);
	for (size_t i = 0; i < nr; i++)
		memset(first + i * PAGE, (int)i + 1, PAGE);
	return first;
}

static bool is_full_of(const char *page, char byte)
{
	for (size_t i = 0; i < PAGE; i++)
		if (page[i] != byte)
			return false;
	return true;
}

static void mmap_refuses(void)
{
	FAILS(mmap(NULL, 0, RW, ANON, -1, 0), EINVAL);
	FAILS(mmap((void *)1, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	FAILS(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	FAILS(mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0), EBADF);
	FAILS(mmap(NULL, (size_t)-PAGE, RW, ANON, -1, 0), ENOMEM);
	FAILS(mmap(NULL, (size_t)-1, RW, ANON, -1, 0), ENOMEM);
	FAILS(mmap(LAST_PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
}

static void mmap_places(void)
{
	char *pages = numbered_pages(3);

	CHECK(munmap(pages + PAGE, PAGE) == 0);
	CHECK(touch_read(pages + PAGE) == SEGV_MAPERR);
	CHECK(is_full_of(pages, 1) && is_full_of(pages + 2 * PAGE, 3));
	CHECK(mmap(pages + PAGE, PAGE, RW, ANON, -1, 0) == pages + PAGE);
	CHECK(is_full_of(pages + PAGE, 0));
	FAILS(mmap(pages, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	CHECK(is_full_of(pages, 1));
	CHECK(mmap(pages, PAGE, RW, ANON | MAP_FIXED, -1, 0) == pages);
	CHECK(is_full_of(pages, 0) && is_full_of(pages + 2 * PAGE, 3));
	CHECK(munmap(pages, 3 * PAGE) == 0);
}

static void munmap_(void)
{
	char *pages = numbered_pages(2);

	FAILS(munmap(pages + 1, PAGE), EINVAL);
	FAILS(munmap(pages, 0), EINVAL);
	FAILS(munmap(LAST_PAGE, 2 * PAGE), EINVAL);
	CHECK(munmap(pages - PAGE, PAGE) == 0);
	CHECK(munmap(pages - PAGE, 4 * PAGE) == 0);
	CHECK(touch_read(pages) == SEGV_MAPERR && touch_read(pages + PAGE) == SEGV_MAPERR);
}

static void mprotect_(void)
{
	char *pages = numbered_pages(4);

	CHECK(mprotect(pages + PAGE, 2 * PAGE, PROT_READ) == 0);
	CHECK(touch_write(pages + PAGE) == SEGV_ACCERR &&
	      touch_write(pages + 3 * PAGE - 1) == SEGV_ACCERR);
	CHECK(touch_write(pages) == 0 && touch_write(pages + 3 * PAGE) == 0);
	CHECK(mprotect(pages + PAGE, PAGE, PROT_NONE) == 0);
	CHECK(touch_read(pages + PAGE) == SEGV_ACCERR);
	CHECK(mprotect(pages, 4 * PAGE, RW) == 0);
	CHECK(is_full_of(pages + PAGE, 2) && is_full_of(pages + 2 * PAGE, 3));
	CHECK(touch_write(pages + PAGE) == 0);
	CHECK(mprotect(pages, 0, PROT_READ) == 0 && touch_write(pages) == 0);
	/* musl would round the address down itself. */
	FAILS(syscall(SYS_mprotect, pages + 1, PAGE, PROT_READ), EINVAL);
	FAILS(mprotect(pages, PAGE, 0x10), EINVAL);
	FAILS(mprotect(pages, 5 * PAGE, PROT_READ), ENOMEM);
	CHECK(touch_write(pages + 3 * PAGE) == SEGV_ACCERR);
	CHECK(munmap(pages, 4 * PAGE) == 0);
}

static void mremap_refuses(char *pages)
{
	FAILS(mremap(pages + 1, PAGE, PAGE, 0), EINVAL);
	FAILS(mremap(pages, PAGE, 0, 0), EINVAL);
	FAILS(mremap(pages, PAGE, PAGE, 0x100), EINVAL);
	FAILS(mremap(pages, PAGE, PAGE, MREMAP_FIXED, pages + PAGE), EINVAL);
	FAILS(mremap(pages, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, pages + PAGE),
	      EINVAL);
	FAILS(mremap(pages - PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
	FAILS(mremap(pages, PAGE, 2 * PAGE, 0), ENOMEM);
}

static void mremap_(void)
{
	char *pages = numbered_pages(3), *moved, *target = numbered_pages(2);

	mremap_refuses(pages);
	CHECK(mremap(pages, 3 * PAGE, 2 * PAGE, 0) == pages);
	CHECK(touch_read(pages + 2 * PAGE) == SEGV_MAPERR);
	CHECK(mremap(pages, 2 * PAGE, 3 * PAGE, 0) == pages);
	CHECK(is_full_of(pages + PAGE, 2) && is_full_of(pages + 2 * PAGE, 0));
	moved = mremap(pages, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	CHECK(moved != MAP_FAILED && moved != pages);
	CHECK(is_full_of(moved, 1) && is_full_of(moved + PAGE, 0));
	CHECK(touch_read(pages) == SEGV_MAPERR && is_full_of(pages + PAGE, 2));
	CHECK(mremap(pages + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target) ==
	      target);
	CHECK(is_full_of(target, 2) && is_full_of(target + PAGE, 0));
	CHECK(munmap(pages, 3 * PAGE) == 0 && munmap(moved, 2 * PAGE) == 0);
	CHECK(munmap(target, 2 * PAGE) == 0);
}

static void madvise_(void)
{
	char *pages = numbered_pages(3);

	CHECK(madvise(pages + PAGE, PAGE, MADV_DONTNEED) == 0);
	CHECK(is_full_of(pages, 1) && is_full_of(pages + PAGE, 0) &&
	      is_full_of(pages + 2 * PAGE, 3));
	CHECK(madvise(pages, 3 * PAGE, MADV_WILLNEED) == 0 &&
	      madvise(pages, PAGE, MADV_RANDOM) == 0);
	CHECK(is_full_of(pages, 1));
	CHECK(madvise(pages, 0, MADV_DONTNEED) == 0 && is_full_of(pages, 1));
	FAILS(madvise(pages + 1, PAGE, MADV_DONTNEED), EINVAL);
	FAILS(madvise(pages, PAGE, 4711), EINVAL);
	FAILS(madvise(pages, 4 * PAGE, MADV_DONTNEED), ENOMEM);
	CHECK(is_full_of(pages + 2 * PAGE, 0));
	CHECK(munmap(pages, 3 * PAGE) == 0);
}

static void mlock_(void)
{
	char *pages = numbered_pages(2);

	CHECK(mlock(pages, PAGE) == 0 && is_full_of(pages, 1));
	FAILS(mlock(pages, 3 * PAGE), ENOMEM);
	CHECK(munlock(pages, 2 * PAGE) == 0);
	FAILS(munlock(pages + PAGE, 2 * PAGE), ENOMEM);
	CHECK(munmap(pages, 2 * PAGE) == 0);
}

static char *shared, *private;

static void write_both(void)
{
	CHECK(is_full_of(shared, 1) && is_full_of(private, 1));
	memset(shared, 2, 2 * PAGE);
	memset(private, 2, PAGE);
}

/* The second page of the shared ones is first touched by the child. */
static void shared_memory_is_shared_across_fork(void)
{
	shared = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	private = numbered_pages(1);
	CHECK(shared != MAP_FAILED);
	memset(shared, 1, PAGE);
	CHECK(exited_with(status_of_child(write_both), 0));
	CHECK(is_full_of(shared, 2) && is_full_of(shared + PAGE, 2) && is_full_of(private, 1));
	CHECK(munmap(shared, 2 * PAGE) == 0 && munmap(private, PAGE) == 0);
}

static void mmap_of_a_file_that_is_not_open(void)
{
	FAILS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 200, 0), EBADF);
	FAILS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
}

int main(int argc, char **argv)
{
	mmap_of_a_file_that_is_not_open();
	mmap_refuses();
	mmap_places();
	munmap_();
	mprotect_();
	mremap_();
	madvise_();
	mlock_();
	shared_memory_is_shared_across_fork();
	return failures;
}
