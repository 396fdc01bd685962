/* Calls of i386 that C libraries of today do without: programs of yesterday, and of tomorrow, do not. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include "check.h"

#ifdef __i386__
#define SYS_old_mmap	  90
#define SYS_old_sigaction 67
#define SYS_gettime64	  403
#define OLD_MASK(signal)  (1UL << ((signal)-1))

static volatile int taken;

static void count(int signal)
{
	(void)signal;
	taken++;
}

static void mmap_with_its_arguments_in_memory(void)
{
	const unsigned long args[] = {
		0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1UL, 0
	};
	const long address = syscall(SYS_old_mmap, args);

	CHECK(address != -1 && munmap(at((unsigned long)address), PAGE) == 0);
	FAILS(syscall(SYS_old_mmap, at(1)), EFAULT);
}

static void sigaction_of_32_signals(void)
{
	struct {
		void (*handler)(int);
		unsigned long mask, flags;
		void *restorer;
	} new = { count, OLD_MASK(SIGUSR2), 0, NULL }, old;
	struct sigaction now;

	CHECK(syscall(SYS_old_sigaction, SIGUSR1, &new, NULL) == 0);
	CHECK(sigaction(SIGUSR1, NULL, &now) == 0 && now.sa_handler == count);
	CHECK(sigismember(&now.sa_mask, SIGUSR2) && !sigismember(&now.sa_mask, SIGUSR1));
	CHECK(raise(SIGUSR1) == 0 && taken == 1);
	CHECK(syscall(SYS_old_sigaction, SIGUSR1, NULL, &old) == 0 && old.handler == count);
	CHECK(old.mask == OLD_MASK(SIGUSR2));
	FAILS(syscall(SYS_old_sigaction, SIGKILL, &new, NULL), EINVAL);
	FAILS(syscall(SYS_old_sigaction, SIGUSR1, at(1), NULL), EFAULT);
}

static void a_clock_for_the_years_after_2038(void)
{
	long long time[2] = { -1, -1 };

	CHECK(syscall(SYS_gettime64, CLOCK_MONOTONIC, time) == 0);
	CHECK(time[0] >= 0 && time[1] >= 0 && time[1] < 1000000000);
	FAILS(syscall(SYS_gettime64, CLOCK_MONOTONIC, at(1)), EFAULT);
}
#endif

int main(int argc, char **argv)
{
#ifdef __i386__
	mmap_with_its_arguments_in_memory();
	sigaction_of_32_signals();
	a_clock_for_the_years_after_2038();
#endif
	return failures;
}
