/*
 * The stack grows page by page as it is touched, down to its limit (RLIMIT_STACK, 8 MB), and one step
 * further is SIGSEGV: caught on another stack, since there is no more room on this one.
 */
#include <sys/auxv.h>
#include <sys/resource.h>
#include "touch.h"

#define LIMIT (8UL << 20)

static char own_stack[65536];
static char *volatile lowest;

/* Deeper by a little less than a page each time; each frame keeps its own number. */
static int __attribute__((noinline)) descend(int depth)
{
	volatile int frame[1000];

	frame[0] = depth;
	lowest = (char *)frame;
	if (lowest)
		descend(depth + 1);
	return frame[0];
}

/* As deep as @left says, and back: all that was written is still there. */
static int __attribute__((noinline)) there_and_back(int left)
{
	volatile int frame[1000];

	for (size_t i = 0; i < ARRAY_SIZE(frame); i++)
		frame[i] = left;
	if (left)
		CHECK(there_and_back(left - 1) == left - 1);
	for (size_t i = 0; i < ARRAY_SIZE(frame); i++)
		CHECK(frame[i] == left);
	return frame[0];
}

int main(int argc, char **argv)
{
	/* The topmost thing on the stack is the program's name. */
	char *top = (char *)getauxval(AT_EXECFN);
	const stack_t stack = { .ss_sp = own_stack, .ss_size = sizeof(own_stack) };
	struct rlimit limit;

	CHECK(getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur >= LIMIT);
	limit.rlim_cur = LIMIT;
	CHECK(setrlimit(RLIMIT_STACK, &limit) == 0);
	CHECK(there_and_back(1900) == 1900);
	CHECK(sigaltstack(&stack, NULL) == 0);
	catch_segv(leave_touch, SA_ONSTACK);
	if (!sigsetjmp(touch_failed, 1))
		descend(0);
	printf("the stack grew to %lu KB\n", (unsigned long)(top - lowest) >> 10);
	CHECK((unsigned long)(top - lowest) <= LIMIT);
	CHECK((unsigned long)(top - lowest) > LIMIT - 4 * PAGE);
	return failures;
}
