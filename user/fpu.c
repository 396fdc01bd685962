/*
 * The registers of the FPU and of SSE belong to a task: two processes that hold different numbers in
 * all of them, and are preempted all the time, find them as they left them. The rounding mode is
 * such a register too, and a signal's handler starts and ends without a trace in them.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <time.h>
#include "check.h"

#define SPINS	     2000000
#define HWCAP_SSE    (1UL << 25)
#define MILLISECONDS 400

struct x87 {
	double st[8];
};
struct sse {
	uint32_t xmm[8][4];
};

/* All eight loaded, time goes by, all eight stored: st0 is the one loaded last. */
static void __attribute__((noinline)) hold_x87(struct x87 *out, const struct x87 *in)
{
	long spins = SPINS;

	__asm__ volatile("fldl 56(%2); fldl 48(%2); fldl 40(%2); fldl 32(%2)\n\t"
			 "fldl 24(%2); fldl 16(%2); fldl 8(%2); fldl (%2)\n"
			 "1: dec %0; jnz 1b\n\t"
			 "fstpl (%1); fstpl 8(%1); fstpl 16(%1); fstpl 24(%1)\n\t"
			 "fstpl 32(%1); fstpl 40(%1); fstpl 48(%1); fstpl 56(%1)"
			 : "+r"(spins)
			 : "r"(out), "r"(in)
			 : "memory");
}

static void __attribute__((noinline)) hold_sse(struct sse *out, const struct sse *in)
{
	long spins = SPINS;

	__asm__ volatile("movups (%2), %%xmm0; movups 16(%2), %%xmm1\n\t"
			 "movups 32(%2), %%xmm2; movups 48(%2), %%xmm3\n\t"
			 "movups 64(%2), %%xmm4; movups 80(%2), %%xmm5\n\t"
			 "movups 96(%2), %%xmm6; movups 112(%2), %%xmm7\n"
			 "1: dec %0; jnz 1b\n\t"
			 "movups %%xmm0, (%1); movups %%xmm1, 16(%1)\n\t"
			 "movups %%xmm2, 32(%1); movups %%xmm3, 48(%1)\n\t"
			 "movups %%xmm4, 64(%1); movups %%xmm5, 80(%1)\n\t"
			 "movups %%xmm6, 96(%1); movups %%xmm7, 112(%1)"
			 : "+r"(spins)
			 : "r"(out), "r"(in)
#ifdef __SSE__
			 : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
			   "xmm7");
#else
			 : "memory");
#endif
}

static void x87_holds(int own)
{
	struct x87 in, out;

	for (int i = 0; i < 8; i++)
		in.st[i] = own * 1000.5 + i;
	hold_x87(&out, &in);
	CHECK(!memcmp(&in, &out, sizeof(in)));
}

static void sse_holds(int own)
{
	struct sse in, out;

	for (uint32_t i = 0; i < 32; i++)
		in.xmm[i / 4][i % 4] = (uint32_t)own << 16 | i;
	hold_sse(&out, &in);
	CHECK(!memcmp(&in, &out, sizeof(in)));
}

static unsigned short control_word(void)
{
	unsigned short word;

	__asm__ volatile("fnstcw %0" : "=m"(word));
	return word;
}

static void set_control_word(unsigned short word)
{
	__asm__ volatile("fldcw %0" ::"m"(word));
}

static long milliseconds(void)
{
	struct timespec now;

	CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (long)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

/* Long enough that each is preempted in the middle of many rounds. @other gets a signal in each. */
static void hold(int own, pid_t other)
{
	const long end = milliseconds() + MILLISECONDS;

	do {
		if (other)
			CHECK(kill(other, SIGUSR1) == 0);
		x87_holds(own);
		if (getauxval(AT_HWCAP) & HWCAP_SSE)
			sse_holds(own);
	} while (milliseconds() < end);
}

#define DEFAULT_WORD  0x037F
#define ROUND_UP_WORD 0x0B7F
#define TRUNCATE_WORD 0x0F7F

static volatile int handled;

/* A handler starts with an FPU as good as new. */
static void uses_the_fpu(int signal)
{
	volatile double number = signal;

	CHECK(control_word() == DEFAULT_WORD);
	set_control_word(TRUNCATE_WORD);
	for (int i = 0; i < 100; i++)
		number = number * 1.5 + 1;
	handled++;
}

static void child(void)
{
	CHECK(control_word() == ROUND_UP_WORD);
	set_control_word(TRUNCATE_WORD);
	hold(2, getppid());
	CHECK(control_word() == TRUNCATE_WORD);
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	CHECK(control_word() == DEFAULT_WORD);
	signal(SIGUSR1, uses_the_fpu);
	set_control_word(ROUND_UP_WORD);
	pid = fork();
	if (!pid) {
		child();
		_exit(failures);
	}
	hold(1, 0);
	CHECK(waitpid(pid, &status, 0) == pid && exited_with(status, 0));
	CHECK(handled > 0 && control_word() == ROUND_UP_WORD);
	return failures;
}
