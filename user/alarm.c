/* SIGALRM: it comes in time, again if asked for, and ends a wait. */
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include "check.h"

static volatile int taken;

static void count(int signal)
{
	(void)signal;
	taken++;
}

static double now(void)
{
	struct timespec time;

	CHECK(clock_gettime(CLOCK_MONOTONIC, &time) == 0);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void set(long usec, long interval)
{
	const struct itimerval value = { .it_value = { usec / 1000000, usec % 1000000 },
					 .it_interval = { 0, interval } };

	CHECK(setitimer(ITIMER_REAL, &value, NULL) == 0);
}

static void an_alarm_ends_pause_and_nanosleep(void)
{
	const struct timespec long_time = { .tv_sec = 100 };
	struct timespec left = { 0 };
	const double start = now();

	taken = 0;
	set(100000, 0);
	FAILS(pause(), EINTR);
	CHECK(taken == 1 && now() - start >= 0.1);
	CHECK(alarm(1) == 0);
	FAILS(nanosleep(&long_time, &left), EINTR);
	CHECK(taken == 2 && left.tv_sec >= 90 && left.tv_sec <= 99);
	CHECK(now() - start >= 1.1);
}

static void it_comes_again_if_asked_for(void)
{
	struct itimerval left;

	taken = 0;
	set(50000, 30000);
	while (taken < 4)
		pause();
	CHECK(getitimer(ITIMER_REAL, &left) == 0);
	CHECK(left.it_interval.tv_usec == 30000 && (left.it_value.tv_usec || left.it_value.tv_sec));
	set(0, 0);
	CHECK(getitimer(ITIMER_REAL, &left) == 0);
	CHECK(!left.it_interval.tv_usec && !left.it_value.tv_usec && !left.it_value.tv_sec);
}

static void the_second_takes_the_first_ones_place(void)
{
	CHECK(alarm(100) == 0);
	CHECK(alarm(10) == 100);
	CHECK(alarm(0) == 10);
	CHECK(alarm(0) == 0);
}

static void has_none(void)
{
	CHECK(alarm(0) == 0);
}

static void is_ended(void)
{
	signal(SIGALRM, SIG_DFL);
	alarm(1);
	for (;;)
		pause();
}

static void refusals(void)
{
	const struct itimerval bad[] = {
		{ .it_value = { -1, 0 } },
		{ .it_value = { 0, 1000000 } },
		{ .it_interval = { 0, -1 } },
	};
	struct itimerval value;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		FAILS(setitimer(ITIMER_REAL, &bad[i], NULL), EINVAL);
	FAILS(setitimer(7, &bad[0], NULL), EINVAL);
	FAILS(getitimer(7, &value), EINVAL);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = count };

	CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	an_alarm_ends_pause_and_nanosleep();
	it_comes_again_if_asked_for();
	the_second_takes_the_first_ones_place();
	alarm(100);
	CHECK(exited_with(status_of_child(has_none), 0));
	alarm(0);
	CHECK(killed_by(status_of_child(is_ended), SIGALRM));
	refusals();
	return failures;
}
