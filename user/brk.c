/*
 * brk(), the oldest way to more memory: one line between what is the program's and what is not.
 *
 *      | program | heap ....... |                     | mappings, stack
 *                ^start         ^brk(0)   may move up to the next mapping, and down to start
 *
 * The C library's malloc() uses it, too, and so is not called while we do.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include "touch.h"

#define SIZE (4UL << 20)

static char *heap;

static char *set_brk(char *address)
{
	return (char *)syscall(SYS_brk, address);
}

static bool is_zero(const char *from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (from[i])
			return false;
	return true;
}

static void it_grows_by_zeroed_pages(void)
{
	CHECK(set_brk(heap + 1) == heap + 1);
	CHECK(is_zero(heap, PAGE));
	CHECK(touch_write(heap + PAGE) == SEGV_MAPERR);
	CHECK(set_brk(heap + SIZE) == heap + SIZE);
	CHECK(is_zero(heap, SIZE));
	memset(heap, 0x5A, SIZE);
}

static void it_shrinks_and_what_comes_back_is_zeroed_again(void)
{
	CHECK(set_brk(heap + PAGE + 1) == heap + PAGE + 1);
	CHECK(heap[2 * PAGE - 1] == 0x5A);
	CHECK(touch_read(heap + 2 * PAGE) == SEGV_MAPERR);
	CHECK(set_brk(heap + SIZE) == heap + SIZE);
	CHECK(heap[2 * PAGE - 1] == 0x5A && is_zero(heap + 2 * PAGE, SIZE - 2 * PAGE));
}

/* A refusal is told by the line staying where it is. */
static void it_stays_where_it_cannot_go(void)
{
	char *end = heap + SIZE, *wall;

	CHECK(set_brk((char *)PAGE) == end);
	CHECK(set_brk((char *)-PAGE) == end);
	wall = mmap(end + 16 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		    0);
	CHECK(wall == end + 16 * PAGE);
	CHECK(set_brk(wall + PAGE) == end);
	CHECK(set_brk(wall + 1) == end);
	CHECK(touch_read(end) == SEGV_MAPERR && touch_read(wall) == 0);
	CHECK(munmap(wall, PAGE) == 0);
	CHECK(set_brk(wall + 1) == wall + 1);
	CHECK(set_brk(end) == end);
}

static void it_keeps_to_RLIMIT_DATA(void)
{
	struct rlimit limit, old;

	CHECK(getrlimit(RLIMIT_DATA, &old) == 0);
	limit = old;
	limit.rlim_cur = PAGE;
	CHECK(setrlimit(RLIMIT_DATA, &limit) == 0);
	CHECK(set_brk(heap + SIZE + PAGE) == heap + SIZE);
	CHECK(setrlimit(RLIMIT_DATA, &old) == 0);
	CHECK(set_brk(heap + SIZE + PAGE) == heap + SIZE + PAGE);
}

static void a_child_has_its_own(void)
{
	CHECK(heap[0] == 0x5A);
	heap[0] = 1;
	CHECK(set_brk(heap) == heap);
}

int main(int argc, char **argv)
{
	char *before = set_brk(NULL);

	heap = (char *)(((unsigned long)before + PAGE - 1) & -PAGE);
	it_grows_by_zeroed_pages();
	it_shrinks_and_what_comes_back_is_zeroed_again();
	it_stays_where_it_cannot_go();
	it_keeps_to_RLIMIT_DATA();
	CHECK(exited_with(status_of_child(a_child_has_its_own), 0));
	CHECK(heap[0] == 0x5A);
	CHECK(set_brk(before) == before);
	return failures;
}
