/* Mutexes: one at a time, in order, and misuse told. */
#include <kernel/mutex.h>
#include <tests/kunit.h>
#include <tests/threads.h>

#define NR_THREADS 4
#define NR_ROUNDS  50

static DEFINE_MUTEX(lock);
static volatile unsigned int inside, worst, rounds, nr_ended;
static char order[8];
static volatile unsigned int order_length;

static int reset(struct kunit *test __unused)
{
	mutex_init(&lock);
	inside = worst = rounds = nr_ended = order_length = 0;
	memset(order, 0, sizeof(order));
	return 0;
}

static int go_in_and_out(void *unused __unused)
{
	for (int i = 0; i < NR_ROUNDS; i++) {
		mutex_lock(&lock);
		inside++;
		worst = max(worst, inside);
		yield(); /* into the arms of the others */
		inside--;
		rounds++;
		mutex_unlock(&lock);
	}
	nr_ended++;
	return 0;
}

static void one_thread_at_a_time_has_the_mutex(struct kunit *test)
{
	for (int i = 0; i < NR_THREADS; i++)
		KUNIT_ASSERT_TRUE(test, kernel_thread(go_in_and_out, NULL, 0) > 0);
	KUNIT_ASSERT_TRUE(test, wait_until(nr_ended == NR_THREADS));
	KUNIT_EXPECT_EQ(test, worst, 1U);
	KUNIT_EXPECT_EQ(test, rounds, NR_THREADS * NR_ROUNDS);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&lock));
}

static int lock_and_note(void *letter)
{
	mutex_lock(&lock);
	order[order_length++] = *(const char *)letter;
	mutex_unlock(&lock);
	return 0;
}

static void waiters_get_it_in_the_order_in_which_they_asked(struct kunit *test)
{
	static const char letters[] = "abcd";

	mutex_lock(&lock);
	for (int i = 0; i < NR_THREADS; i++) {
		KUNIT_EXPECT_GT(test, kernel_thread(lock_and_note, (void *)&letters[i], 0), 0);
		while (nr_running() > 1) /* until it waits */
			yield();
	}
	KUNIT_EXPECT_EQ(test, order_length, 0U);
	mutex_unlock(&lock);
	KUNIT_ASSERT_TRUE(test, wait_until(order_length == NR_THREADS));
	KUNIT_EXPECT_STREQ(test, order, letters);
}

static void unlocking_hands_it_to_the_waiter_at_once(struct kunit *test)
{
	mutex_lock(&lock);
	KUNIT_EXPECT_GT(test, kernel_thread(lock_and_note, "x", 0), 0);
	while (nr_running() > 1)
		yield();
	preempt_disable();
	mutex_unlock(&lock);
	KUNIT_EXPECT_FALSE(test, mutex_trylock(&lock)); /* before it has run at all */
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, wait_until(order_length == 1 && !mutex_is_locked(&lock)));
}

static void trylock_takes_what_is_free_and_never_waits(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, mutex_trylock(&lock));
	KUNIT_EXPECT_PTR_EQ(test, lock.owner, current);
	KUNIT_EXPECT_FALSE(test, mutex_trylock(&lock));
	mutex_unlock(&lock);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&lock));
}

static void locking_twice_is_reported_and_does_not_hang(struct kunit *test)
{
	const u64 mark = log_mark();

	mutex_lock(&lock);
	mutex_lock(&lock);
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "is locked already by the caller"));
	mutex_unlock(&lock);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&lock));
}

static void unlocking_what_is_free_is_reported(struct kunit *test)
{
	const u64 mark = log_mark();

	mutex_unlock(&lock);
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "is not locked; nothing unlocked"));
}

static int unlock_of_another(void *unused __unused)
{
	mutex_unlock(&lock);
	nr_ended++;
	return 0;
}

static void only_the_owner_unlocks(struct kunit *test)
{
	const u64 mark = log_mark();

	mutex_lock(&lock);
	KUNIT_EXPECT_GT(test, kernel_thread(unlock_of_another, NULL, 0), 0);
	KUNIT_EXPECT_TRUE(test, wait_until(nr_ended == 1));
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "is not the caller's, but locked by init"));
	KUNIT_EXPECT_PTR_EQ(test, lock.owner, current);
	mutex_unlock(&lock);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(one_thread_at_a_time_has_the_mutex),
	KUNIT_CASE(waiters_get_it_in_the_order_in_which_they_asked),
	KUNIT_CASE(unlocking_hands_it_to_the_waiter_at_once),
	KUNIT_CASE(trylock_takes_what_is_free_and_never_waits),
	KUNIT_CASE(locking_twice_is_reported_and_does_not_hang),
	KUNIT_CASE(unlocking_what_is_free_is_reported),
	KUNIT_CASE(only_the_owner_unlocks),
	{},
};
static struct kunit_suite suite = { .name = "mutex", .init = reset, .test_cases = cases };
kunit_test_suite(suite);
