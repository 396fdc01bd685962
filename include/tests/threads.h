/*
 * For suites about threads. A thread that a case starts may use KUNIT_EXPECT_..., never
 * KUNIT_ASSERT_...: that would leave the case by the wrong stack.
 */
#ifndef TESTS_THREADS_H
#define TESTS_THREADS_H

#include <lib/string.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <process/fork.h>
#include <process/kthread.h>

/* Ticks that anything which must happen at all may take, however slow the machine. */
#define TEST_PATIENCE (10 * HZ)

/* Sleeps a tick at a time until @condition holds; false if it never did. */
#define wait_until(condition)                                         \
	({                                                            \
		const unsigned long __end = jiffies + TEST_PATIENCE;  \
                                                                      \
		while (!(condition) && time_before(jiffies, __end)) { \
			set_current_state(TASK_UNINTERRUPTIBLE);      \
			schedule_timeout(1);                          \
		}                                                     \
		(condition);                                          \
	})

/* The same without giving way: only preemption lets others run meanwhile. */
#define spin_until(condition)                                        \
	({                                                           \
		const unsigned long __end = jiffies + TEST_PATIENCE; \
                                                                     \
		while (!(condition) && time_before(jiffies, __end))  \
			cpu_relax();                                 \
		(condition);                                         \
	})

/* Where the log ends now. */
static inline u64 log_mark(void)
{
	char chunk[128];
	u64 seq = 0;

	while (log_read(&seq, chunk, sizeof(chunk)))
		;
	return seq;
}

/* Was @text logged since log_mark() gave @mark, in the first kilobyte after it? */
static inline bool logged_since(u64 mark, const char *text)
{
	static char log[1024];

	log[log_read(&mark, log, sizeof(log) - 1)] = '\0';
	return strstr(log, text);
}

#endif
