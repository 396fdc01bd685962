/* Pipes: what goes in comes out in order; who finds one full or empty waits; who is alone is told. */
#include <fcntl.h>
#include <signal.h>
#include "check.h"

#define TOTAL (1 << 20)

static int fds[2];

static unsigned char byte_at(int position)
{
	return (unsigned char)(position * 7 + (position >> 8));
}

static void write_all(void)
{
	unsigned char buffer[3001];
	int done = 0;

	close(fds[0]);
	while (done < TOTAL) {
		const int size = TOTAL - done < 3001 ? TOTAL - done : 3001;

		for (int i = 0; i < size; i++)
			buffer[i] = byte_at(done + i);
		CHECK(write(fds[1], buffer, (size_t)size) == size);
		done += size;
	}
}

static int read_all(void)
{
	unsigned char buffer[5000];
	ssize_t size;
	int done = 0;

	while ((size = read(fds[0], buffer, sizeof(buffer))) > 0)
		for (ssize_t i = 0; i < size; i++)
			CHECK(buffer[i] == byte_at(done++));
	CHECK(size == 0);
	return done;
}

static void a_megabyte_goes_through(void)
{
	int status;
	pid_t pid;

	CHECK(pipe(fds) == 0);
	pid = fork();
	if (!pid) {
		write_all();
		_exit(failures);
	}
	close(fds[1]);
	CHECK(read_all() == TOTAL);
	CHECK(waitpid(pid, &status, 0) == pid && exited_with(status, 0));
	close(fds[0]);
}

static void write_to_nobody(void)
{
	CHECK(pipe(fds) == 0);
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	FAILS(write(fds[1], "x", 1), EPIPE);
	signal(SIGPIPE, SIG_DFL);
	CHECK(write(fds[1], "x", 1) == 1);
}

static void ends_have_one_direction(void)
{
	char byte;

	CHECK(pipe(fds) == 0);
	FAILS(read(fds[1], &byte, 1), EBADF);
	FAILS(write(fds[0], "x", 1), EBADF);
	FAILS(lseek(fds[0], 0, SEEK_SET), ESPIPE);
	close(fds[0]);
	FAILS(read(fds[0], &byte, 1), EBADF);
	FAILS(close(fds[0]), EBADF);
	close(fds[1]);
}

static void a_copy_of_a_number_is_the_same_pipe(void)
{
	char bytes[3] = "";
	int copy;

	CHECK(pipe(fds) == 0);
	copy = dup(fds[1]);
	CHECK(copy > fds[1] && write(copy, "a", 1) == 1 && write(fds[1], "b", 1) == 1);
	close(fds[1]);
	CHECK(dup2(copy, 20) == 20 && write(20, "c", 1) == 1);
	close(copy);
	CHECK(read(fds[0], bytes, 3) == 3 && !memcmp(bytes, "abc", 3));
	close(20);
	CHECK(read(fds[0], bytes, 3) == 0);
	close(fds[0]);
}

int main(int argc, char **argv)
{
	a_megabyte_goes_through();
	CHECK(killed_by(status_of_child(write_to_nobody), SIGPIPE));
	ends_have_one_direction();
	a_copy_of_a_number_is_the_same_pipe();
	return failures;
}
