/*
 * System calls with numbers that are none (ENOSYS), and with pointers that lead nowhere, into pages
 * that forbid it, or into the kernel (EFAULT): each argument of each call that is a pointer.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "check.h"

#ifndef SYS_clock_gettime /* musl calls the one of 32-bit times so */
#define SYS_clock_gettime SYS_clock_gettime32
#endif

/* Stands for the bad pointer in a row's arguments. */
#define BAD 0x0BADBAD0L

enum direction { READS = 1, WRITES = 2 };

static const struct row {
	const char *name;
	long number;
	enum direction direction; /* what the kernel does there */
	long args[5];
} rows[] = {
	{ "write", SYS_write, READS, { 10, BAD, 16 } },
	{ "read", SYS_read, WRITES, { 11, BAD, 16 } },
	{ "writev, vector", SYS_writev, READS, { 10, BAD, 1 } },
	{ "readv, vector", SYS_readv, READS, { 11, BAD, 1 } },
	{ "open", SYS_open, READS, { BAD, O_RDONLY } },
	{ "openat", SYS_openat, READS, { AT_FDCWD, BAD, O_RDONLY } },
	{ "readlink, path", SYS_readlink, READS, { BAD, 0, 16 } },
	{ "execve, path", SYS_execve, READS, { BAD, 0, 0 } },
	{ "pipe", SYS_pipe, WRITES, { BAD } },
	{ "uname", SYS_uname, WRITES, { BAD } },
	{ "getcwd", SYS_getcwd, WRITES, { BAD, 100 } },
	{ "getrandom", SYS_getrandom, WRITES, { BAD, 16, 0 } },
	{ "rt_sigaction, new", SYS_rt_sigaction, READS, { SIGUSR1, BAD, 0, 8 } },
	{ "rt_sigaction, old", SYS_rt_sigaction, WRITES, { SIGUSR1, 0, BAD, 8 } },
	{ "rt_sigprocmask, new", SYS_rt_sigprocmask, READS, { SIG_BLOCK, BAD, 0, 8 } },
	{ "rt_sigprocmask, old", SYS_rt_sigprocmask, WRITES, { SIG_BLOCK, 0, BAD, 8 } },
	{ "sigaltstack, new", SYS_sigaltstack, READS, { BAD, 0 } },
	{ "sigaltstack, old", SYS_sigaltstack, WRITES, { 0, BAD } },
	{ "prlimit64, new", SYS_prlimit64, READS, { 0, RLIMIT_STACK, BAD, 0 } },
	{ "prlimit64, old", SYS_prlimit64, WRITES, { 0, RLIMIT_STACK, 0, BAD } },
	{ "nanosleep", SYS_nanosleep, READS, { BAD, 0 } },
	{ "clock_gettime", SYS_clock_gettime, WRITES, { 0, BAD } },
#ifdef __i386__
	{ "fstat64", SYS_fstat64, WRITES, { 11, BAD } },
	{ "stat64, path", SYS_stat64, READS, { BAD, 0 } },
	{ "_llseek", SYS__llseek, WRITES, { 12, 0, 0, BAD, SEEK_SET } },
	{ "set_thread_area", SYS_set_thread_area, READS, { BAD } },
#else
	{ "fstat", SYS_fstat, WRITES, { 11, BAD } },
	{ "stat, path", SYS_stat, READS, { BAD, 0 } },
#endif
};

static char *unmapped, *forbidden, *read_only, *straddling;

/* Pages around a border: the last bytes before what may not be touched. */
static void make_places(void)
{
	char *pages =
		mmap(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(pages != MAP_FAILED);
	memset(pages, 'x', 5 * PAGE);
	read_only = pages;
	straddling = pages + 2 * PAGE - 2;
	forbidden = pages + 2 * PAGE;
	unmapped = pages + 4 * PAGE;
	CHECK(mprotect(read_only, PAGE, PROT_READ) == 0);
	CHECK(mprotect(forbidden, PAGE, PROT_NONE) == 0);
	CHECK(munmap(unmapped, PAGE) == 0);
}

static long call_with(const struct row *row, char *pointer)
{
	long args[5];

	for (int i = 0; i < 5; i++)
		args[i] = row->args[i] == BAD ? (long)pointer : row->args[i];
	errno = 0;
	return syscall(row->number, args[0], args[1], args[2], args[3], args[4]);
}

static void demand_efault(const struct row *row, const char *place, char *pointer)
{
	long result;

	straddling[0] = straddling[1] = 'x';
	result = call_with(row, pointer);
	if (pointer == straddling && result == 2) /* what came before the border may be done */
		return;
	if (result != -1 || errno != EFAULT) {
		fprintf(stderr, "badsys: %s with a pointer %s (%p): %ld, errno %d\n", row->name,
			place, pointer, result, errno);
		failures = 1;
	}
}

static void try_row(const struct row *row)
{
#ifdef __i386__
	char *kernel = (char *)0xC0100000UL, *direct = (char *)0xC0000000UL;
#else
	char *kernel = (char *)0xFFFFFFFF80100000UL, *direct = (char *)0xFFFF888000000000UL;

	demand_efault(row, "that is no address", (char *)0x8000000000000000UL);
	demand_efault(row, "behind the last of a process", (char *)0x7FFFFFFFFFFFUL);
#endif
	/* 0 often means "not wanted". */
	demand_efault(row, "in page 0", (char *)8);
	demand_efault(row, "that is not mapped", unmapped);
	demand_efault(row, "in a PROT_NONE page", forbidden);
	demand_efault(row, "two bytes before a PROT_NONE page", straddling);
	demand_efault(row, "in the kernel", kernel);
	demand_efault(row, "in lowmem", direct);
	demand_efault(row, "at the very end", (char *)-1L);
	demand_efault(row, "in the last page", (char *)-64L);
	if (row->direction == WRITES)
		demand_efault(row, "in a read-only page", read_only);
}

/* 10 a pipe to write to, 11 one with something to read, 12 a file; the output goes into neither. */
static void open_files(const char *self)
{
	int fds[2];

	CHECK(pipe(fds) == 0);
	CHECK(dup2(fds[1], 10) == 10 && dup2(fds[0], 11) == 11);
	CHECK(write(10, "something to read", 17) == 17);
	CHECK(dup2(open(self, O_RDONLY), 12) == 12);
}

static void vectors_with_bad_bases(void)
{
	struct iovec vec[2] = { { read_only, 2 }, { forbidden, 2 } };
	char bytes[4];

	FAILS(writev(10, vec + 1, 1), EFAULT);
	CHECK(writev(10, vec, 1) == 2);
	FAILS(readv(11, vec, 1), EFAULT);
	FAILS(writev(10, vec, (int)(long)at(-1)), EINVAL);
	vec[0].iov_len = (size_t)-1;
	FAILS(writev(10, vec, 2), EINVAL);
	CHECK(read(11, bytes, 1) == 1);
}

/* A name that is good up to the last byte of its page, but does not end there. */
static void a_path_without_an_end(void)
{
	straddling[0] = straddling[1] = 'x';
	FAILS(open(straddling, O_RDONLY), EFAULT);
	straddling[1] = 0;
	FAILS(open(straddling, O_RDONLY), ENOENT);
}

static void numbers_that_are_none(void)
{
	static const long none[] = { 100000, 0x7FFFFFFF, -1, -4096, 0x40000000, 4711 };

	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		FAILS(syscall(none[i], -1, -1, -1, -1, -1, -1), ENOSYS);
}

int main(int argc, char **argv)
{
	numbers_that_are_none();
	make_places();
	open_files("/");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		try_row(&rows[i]);
	vectors_with_bad_bases();
	a_path_without_an_end();
	return failures;
}
