/* Read-write semaphores: readers together, writers alone, all in order, and misuse told. */
#include <kernel/rwsem.h>
#include <tests/kunit.h>
#include <tests/threads.h>

#define NR_THREADS 6
#define NR_ROUNDS  50

static DECLARE_RWSEM(sem);
static volatile unsigned int readers, writers, worst_readers, worst_writers, mixed, nr_ended;
static char order[8];
static volatile unsigned int order_length;

static int reset(struct kunit *test __unused)
{
	init_rwsem(&sem);
	readers = writers = worst_readers = worst_writers = mixed = nr_ended = order_length = 0;
	memset(order, 0, sizeof(order));
	return 0;
}

static int read_and_note(void *letter)
{
	down_read(&sem);
	order[order_length++] = *(const char *)letter;
	up_read(&sem);
	return 0;
}

static int write_and_note(void *letter)
{
	down_write(&sem);
	order[order_length++] = *(const char *)letter;
	up_write(&sem);
	return 0;
}

/* Starts a thread, and gives way until it waits or has ended. */
static void start(struct kunit *test, int (*fn)(void *), const char *letter)
{
	KUNIT_EXPECT_GT(test, kernel_thread(fn, (void *)letter, 0), 0);
	while (nr_running() > 1)
		yield();
}

static void readers_are_counted_and_the_last_leaves_it_free(struct kunit *test)
{
	down_read(&sem);
	down_read(&sem);
	KUNIT_EXPECT_EQ(test, atomic_read(&sem.count), 2);
	up_read(&sem);
	KUNIT_EXPECT_TRUE(test, rwsem_is_locked(&sem));
	up_read(&sem);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&sem));
}

static void a_reader_comes_in_beside_a_reader(struct kunit *test)
{
	down_read(&sem);
	start(test, read_and_note, "r");
	KUNIT_EXPECT_STREQ(test, order, "r");
	up_read(&sem);
	KUNIT_EXPECT_EQ(test, atomic_read(&sem.count), 0);
}

static void a_writer_keeps_readers_and_writers_out(struct kunit *test)
{
	down_write(&sem);
	start(test, read_and_note, "r");
	start(test, write_and_note, "w");
	KUNIT_EXPECT_STREQ(test, order, "");
	KUNIT_EXPECT_PTR_EQ(test, sem.writer, current);
	up_write(&sem);
	KUNIT_EXPECT_TRUE(test, wait_until(order_length == 2));
	KUNIT_EXPECT_STREQ(test, order, "rw");
	KUNIT_EXPECT_EQ(test, atomic_read(&sem.count), 0);
}

static void a_writer_waits_for_the_last_reader(struct kunit *test)
{
	down_read(&sem);
	down_read(&sem);
	start(test, write_and_note, "w");
	up_read(&sem);
	while (nr_running() > 1)
		yield();
	KUNIT_EXPECT_STREQ(test, order, "");
	up_read(&sem);
	KUNIT_EXPECT_TRUE(test, wait_until(order_length == 1));
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&sem));
}

static void a_reader_waits_behind_a_writer_that_waits(struct kunit *test)
{
	down_read(&sem);
	start(test, write_and_note, "w");
	start(test, read_and_note, "r");
	KUNIT_EXPECT_STREQ(test, order, "");
	up_read(&sem);
	KUNIT_EXPECT_TRUE(test, wait_until(order_length == 2));
	KUNIT_EXPECT_STREQ(test, order, "wr");
}

static int read_until_told(void *go)
{
	down_read(&sem);
	readers++;
	worst_readers = max(worst_readers, readers);
	wait_until(*(volatile bool *)go);
	readers--;
	up_read(&sem);
	nr_ended++;
	return 0;
}

static void all_readers_up_to_the_next_writer_are_let_in_together(struct kunit *test)
{
	static volatile bool go;

	go = false;
	down_write(&sem);
	start(test, read_until_told, (const char *)&go);
	start(test, read_until_told, (const char *)&go);
	start(test, write_and_note, "w");
	start(test, read_and_note, "r");
	up_write(&sem);
	KUNIT_EXPECT_TRUE(test, wait_until(readers == 2));
	KUNIT_EXPECT_STREQ(test, order, "");
	go = true;
	KUNIT_EXPECT_TRUE(test, wait_until(nr_ended == 2 && order_length == 2));
	KUNIT_EXPECT_EQ(test, worst_readers, 2U);
	KUNIT_EXPECT_STREQ(test, order, "wr");
	KUNIT_EXPECT_EQ(test, atomic_read(&sem.count), 0);
}

static void trylock_never_waits(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, down_read_trylock(&sem));
	KUNIT_EXPECT_TRUE(test, down_read_trylock(&sem));
	up_read(&sem);
	up_read(&sem);
	down_write(&sem);
	KUNIT_EXPECT_FALSE(test, down_read_trylock(&sem));
	up_write(&sem);
	KUNIT_EXPECT_EQ(test, atomic_read(&sem.count), 0);
}

static void trylock_does_not_overtake_a_writer_that_waits(struct kunit *test)
{
	down_read(&sem);
	start(test, write_and_note, "w");
	KUNIT_EXPECT_FALSE(test, down_read_trylock(&sem));
	up_read(&sem);
	KUNIT_EXPECT_TRUE(test, wait_until(order_length == 1));
}

/* A reader that was preempted between its first instruction and the rest, while a writer left. */
static void a_reader_counted_in_while_the_writer_left_is_inside(struct kunit *test)
{
	down_write(&sem);
	KUNIT_EXPECT_TRUE(test, atomic_inc_negative(&sem.count));
	up_write(&sem);
	rwsem_down_read_slow(&sem);
	KUNIT_EXPECT_EQ(test, atomic_read(&sem.count), 1);
	up_read(&sem);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&sem));
}

/* The same while the last reader left: nobody but it can let the writer in. */
static void a_reader_that_takes_its_count_back_lets_the_writer_in(struct kunit *test)
{
	down_read(&sem);
	start(test, write_and_note, "w");
	KUNIT_EXPECT_TRUE(test, atomic_inc_negative(&sem.count));
	up_read(&sem);
	KUNIT_EXPECT_STREQ(test, order, "");
	rwsem_down_read_slow(&sem);
	KUNIT_EXPECT_STREQ(test, order, "w");
	up_read(&sem);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&sem));
}

static void note_who_is_inside(void)
{
	worst_readers = max(worst_readers, readers);
	worst_writers = max(worst_writers, writers);
	mixed += readers && writers;
	yield(); /* into the arms of the others */
}

static int go_in_and_out(void *number)
{
	for (unsigned long i = 0; i < NR_ROUNDS; i++) {
		if ((i + (unsigned long)number) % 4) {
			down_read(&sem);
			readers++;
			note_who_is_inside();
			readers--;
			up_read(&sem);
		} else {
			down_write(&sem);
			writers++;
			note_who_is_inside();
			writers--;
			up_write(&sem);
		}
	}
	nr_ended++;
	return 0;
}

static void many_threads_mix_readers_and_writers_never(struct kunit *test)
{
	for (unsigned long i = 0; i < NR_THREADS; i++)
		KUNIT_ASSERT_TRUE(test, kernel_thread(go_in_and_out, (void *)i, 0) > 0);
	KUNIT_ASSERT_TRUE(test, wait_until(nr_ended == NR_THREADS));
	KUNIT_EXPECT_EQ(test, mixed, 0U);
	KUNIT_EXPECT_EQ(test, worst_writers, 1U);
	KUNIT_EXPECT_GT(test, worst_readers, 1U);
	KUNIT_EXPECT_EQ(test, atomic_read(&sem.count), 0);
}

static void one_up_read_too_many_is_reported(struct kunit *test)
{
	const u64 mark = log_mark();

	up_read(&sem);
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "has no reader; nothing released"));
	KUNIT_EXPECT_EQ(test, atomic_read(&sem.count), 0);
}

static void up_read_of_what_a_writer_holds_is_reported(struct kunit *test)
{
	const u64 mark = log_mark();

	down_write(&sem);
	up_read(&sem);
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "has no reader; nothing released"));
	up_write(&sem);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&sem));
}

static void up_write_by_a_reader_is_reported(struct kunit *test)
{
	const u64 mark = log_mark();

	down_read(&sem);
	up_write(&sem);
	KUNIT_EXPECT_TRUE(test, logged_since(mark, "is not held for writing by the caller"));
	up_read(&sem);
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&sem));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(readers_are_counted_and_the_last_leaves_it_free),
	KUNIT_CASE(a_reader_comes_in_beside_a_reader),
	KUNIT_CASE(a_writer_keeps_readers_and_writers_out),
	KUNIT_CASE(a_writer_waits_for_the_last_reader),
	KUNIT_CASE(a_reader_waits_behind_a_writer_that_waits),
	KUNIT_CASE(all_readers_up_to_the_next_writer_are_let_in_together),
	KUNIT_CASE(trylock_never_waits),
	KUNIT_CASE(trylock_does_not_overtake_a_writer_that_waits),
	KUNIT_CASE(a_reader_counted_in_while_the_writer_left_is_inside),
	KUNIT_CASE(a_reader_that_takes_its_count_back_lets_the_writer_in),
	KUNIT_CASE(many_threads_mix_readers_and_writers_never),
	KUNIT_CASE(one_up_read_too_many_is_reported),
	KUNIT_CASE(up_read_of_what_a_writer_holds_is_reported),
	KUNIT_CASE(up_write_by_a_reader_is_reported),
	{},
};
static struct kunit_suite suite = { .name = "rwsem", .init = reset, .test_cases = cases };
kunit_test_suite(suite);
