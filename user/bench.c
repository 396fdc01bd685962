/*
 * What the memory manager costs a program, in instructions: the time-stamp counter counts them under
 * QEMU's -icount shift=0. `make bench` runs it.
 *
 *      # SLUG
 *      UB|title|ops|batches|min|median|mean|max            hundredths of an instruction per operation
 *
 *      setup() --> [ rdtsc run() rdtsc ] --> teardown()     batches times
 *
 * Linux's costs, and what ours are to be, are in tools/targets.json by the same titles.
 */
#include <stdint.h>
#include <sys/mman.h>
#include "check.h"
#include "raw.h"

#define MB	    (1L << 20)
#define RW	    (PROT_READ | PROT_WRITE)
#define ANON	    (MAP_PRIVATE | MAP_ANONYMOUS)
#define MAX_BATCHES 100

/* --- the clock ------------------------------------------------------------------------------- */

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

/* What two rdtsc cost with nothing between. */
static uint64_t overhead = UINT64_MAX;

static uint64_t measure(void (*run)(void))
{
	const uint64_t start = rdtsc();

	run();
	return rdtsc() - start;
}

static void nothing(void)
{
}

#define CLOCK_ROUNDS 100000U

static void dec_jnz(void)
{
	uint32_t rounds = CLOCK_ROUNDS;

	__asm__ volatile("1: decl %0 ; jnz 1b" : "+r"(rounds));
}

/* Two instructions a round. A tick of the kernel's may come in between. */
static bool clock_counts_instructions(void)
{
	uint64_t cost = UINT64_MAX, sample;

	for (int i = 0; i < 100; i++) {
		sample = measure(nothing);
		overhead = sample < overhead ? sample : overhead;
	}
	for (int i = 0; i < 10; i++) {
		sample = measure(dec_jnz) - overhead;
		cost = sample < cost ? sample : cost;
	}
	return cost * 100 / CLOCK_ROUNDS == 200;
}

/* --- memory to work on ------------------------------------------------------------------------- */

static char *area;
static long area_size;
static long nr_vmas; /* of make_vmas(); 0: none */

static void unmap_area(void)
{
	raw_munmap((long)area, area_size);
	area = NULL;
	nr_vmas = 0;
}

/* In the last one's place. */
static void map_area(long size)
{
	if (area)
		unmap_area();
	area = (char *)raw_mmap(0, size, RW, ANON);
	area_size = size;
}

static void write_area(void)
{
	for (long i = 0; i < area_size; i += PAGE)
		((volatile char *)area)[i] = 1;
}

static void read_area(void)
{
	for (long i = 0; i < area_size; i += PAGE)
		(void)((volatile char *)area)[i];
}

/* Setups: an area of that size, and one that has been written to. */
#define MAPPED(name, size)              \
	static void mapped_##name(void) \
	{                               \
		map_area(size);         \
	}
#define WRITTEN(name, size)              \
	static void written_##name(void) \
	{                                \
		map_area(size);          \
		write_area();            \
	}
MAPPED(256_pages, 256 * (long)PAGE)
MAPPED(64_mb, 64 * MB)
WRITTEN(1_page, (long)PAGE)
WRITTEN(64_pages, 64 * (long)PAGE)
WRITTEN(256_pages, 256 * (long)PAGE)
WRITTEN(1_mb, 1 * MB)
WRITTEN(64_mb, 64 * MB)

static void read_256_pages(void)
{
	mapped_256_pages();
	read_area();
}

/* --- calls and faults ------------------------------------------------------------------------- */

#define NR_CALLS 100

static void getpid_100(void)
{
	for (int i = 0; i < NR_CALLS; i++)
		raw_call(SYS_getpid, 0, 0, 0);
}

/* Each time the next page of one table: once in a while it is the one that has to fetch frames. */
static long next_page;

static void choose_next_page(void)
{
	next_page += PAGE;
	if (area)
		return;
	mapped_256_pages();
	*(volatile char *)area = 1;
	next_page = PAGE;
}

static void write_next_page(void)
{
	((volatile char *)area)[next_page] = 1;
}

static inline void map_touch_unmap(long nr_pages, long nr_touched)
{
	volatile char *pages = (char *)raw_mmap(0, nr_pages * (long)PAGE, RW, ANON);

	for (long i = 0; i < nr_touched; i++)
		pages[i * (long)PAGE] = 1;
	raw_munmap((long)pages, nr_pages * (long)PAGE);
}

#define MAP_ROW(name, nr_pages, nr_touched)                    \
	static void name(void)                                 \
	{                                                      \
		for (int i = 0; i < NR_CALLS; i++)             \
			map_touch_unmap(nr_pages, nr_touched); \
	}
MAP_ROW(map_1_page_100, 1, 0)
MAP_ROW(map_64_pages_100, 64, 0)
MAP_ROW(map_touch_1_page_100, 1, 1)
MAP_ROW(map_touch_64_pages_100, 64, 64)

/* Forth to read-only and back again. */
static void protect_100(long first, long nr_pages)
{
	for (int i = 0; i < NR_CALLS; i++) {
		raw_mprotect((long)area + first * (long)PAGE, nr_pages * (long)PAGE, PROT_READ);
		raw_mprotect((long)area + first * (long)PAGE, nr_pages * (long)PAGE, RW);
	}
}

static void protect_1_page(void)
{
	protect_100(0, 1);
}

static void protect_middle_of_64(void)
{
	protect_100(32, 1);
}

static void protect_64_pages(void)
{
	protect_100(0, 64);
}

static long heap;

static void find_heap(void)
{
	heap = (raw_brk(0) + (long)PAGE - 1) & -(long)PAGE;
	raw_brk(heap);
}

static void shrink_heap(void)
{
	raw_brk(heap);
}

static void grow_100(void)
{
	for (int i = 1; i <= NR_CALLS; i++)
		raw_brk(heap + i * (long)PAGE);
}

static void grow_touch_100(void)
{
	for (int i = 0; i < NR_CALLS; i++) {
		raw_brk(heap + (i + 1) * (long)PAGE);
		((volatile char *)heap)[i * (long)PAGE] = 1;
	}
}

static void grow_touch_shrink_100(void)
{
	for (int i = 0; i < NR_CALLS; i++) {
		raw_brk(heap + (long)PAGE);
		*(volatile char *)heap = 1;
		raw_brk(heap);
	}
}

/* --- processes -------------------------------------------------------------------------------- */

static void fork_exit_wait(void)
{
	const long pid = raw_fork();

	if (!pid)
		raw_exit();
	raw_wait(pid);
}

static void vfork_exit_wait(void)
{
	raw_wait(raw_vfork_exit());
}

static long forked;

static void fork_alone(void)
{
	forked = raw_fork();
	if (!forked)
		raw_exit();
}

static void wait_for_forked(void)
{
	raw_wait(forked);
}

/* What a child measured comes to us through shared memory. */
static volatile uint64_t *shared_sample;

static uint64_t cow_in_child(void)
{
	long pid;

	written_256_pages();
	pid = raw_fork();
	if (!pid) {
		*shared_sample = measure(write_area) - overhead;
		raw_exit();
	}
	raw_wait(pid);
	return *shared_sample;
}

static void written_and_forked_256_pages(void)
{
	written_256_pages();
	fork_exit_wait();
}

/* --- many VMAs -------------------------------------------------------------------------------- */

/*
 * Pages in a row of which every second may be written: so many VMAs that cannot become one. The
 * calls below visit 100 that lie far from each other.
 */

static void make_vmas(long nr)
{
	if (nr_vmas == nr)
		return;
	map_area(nr * (long)PAGE);
	raw_mprotect((long)area, area_size, PROT_NONE);
	for (long i = 0; i < nr; i += 2)
		raw_mprotect((long)area + i * (long)PAGE, (long)PAGE, RW);
	nr_vmas = nr;
}

static void make_10_vmas(void)
{
	make_vmas(10);
}

static void make_1000_vmas(void)
{
	make_vmas(1000);
}

static void make_60000_vmas(void)
{
	make_vmas(60000);
}

/* The address of the @i-th visit: always one that may be written. */
static inline long spread(int i)
{
	return (long)area + (i * 7919L * 2) % nr_vmas * (long)PAGE;
}

static void find_100(void)
{
	for (int i = 0; i < NR_CALLS; i++)
		raw_mprotect(spread(i), (long)PAGE, RW);
}

static void map_100_among(void)
{
	for (int i = 0; i < NR_CALLS; i++)
		raw_munmap(raw_mmap(0, (long)PAGE, RW, ANON), (long)PAGE);
}

/* Of 10 VMAs there are no more. */
#define NR_SPREAD_FAULTS 5

static void fault_5_spread(void)
{
	for (int i = 0; i < NR_SPREAD_FAULTS; i++)
		*(volatile char *)spread(i) = 1;
}

static void forget_5_spread(void)
{
	for (int i = 0; i < NR_SPREAD_FAULTS; i++)
		raw_call(SYS_madvise, spread(i), (long)PAGE, MADV_DONTNEED);
}

/* --- the rows ----------------------------------------------------------------------------------- */

static const struct row {
	const char *slug, *title;
	long ops, batches;
	void (*setup)(void), (*run)(void), (*teardown)(void);
	uint64_t (*value)(void); /* in place of the three: measures by itself */
} rows[] = {
	{ "getpid", "getpid by int 0x80", NR_CALLS, 100, NULL, getpid_100, NULL, NULL },
	{ "fault-write-64m", "anonymous write fault, 64 MB mapping, per page", 16384, 5,
	  mapped_64_mb, write_area, NULL, NULL },
	{ "fault-write-256", "anonymous write fault, 256-page mapping, per page", 256, 50,
	  mapped_256_pages, write_area, NULL, NULL },
	{ "fault-write-one", "anonymous write fault, one at a time in a populated table", 1, 100,
	  choose_next_page, write_next_page, NULL, NULL },
	{ "fault-read-256", "anonymous read fault (zero page), 256-page mapping, per page", 256, 50,
	  mapped_256_pages, read_area, NULL, NULL },
	{ "fault-write-zero", "write fault on a page mapped to the zero page", 256, 50,
	  read_256_pages, write_area, NULL, NULL },
	{ "munmap-256", "munmap of 256 touched anonymous pages, per page", 256, 50,
	  written_256_pages, unmap_area, NULL, NULL },
	{ "munmap-64m", "munmap of 64 MB touched anonymous pages, per page", 16384, 5,
	  written_64_mb, unmap_area, NULL, NULL },
	{ "mmap-1", "mmap+munmap 1 page, untouched", NR_CALLS, 50, NULL, map_1_page_100, NULL,
	  NULL },
	{ "mmap-64", "mmap+munmap 64 pages, untouched", NR_CALLS, 50, NULL, map_64_pages_100, NULL,
	  NULL },
	{ "mmap-touch-1", "mmap+touch+munmap 1 page", NR_CALLS, 50, NULL, map_touch_1_page_100,
	  NULL, NULL },
	{ "mmap-touch-64", "mmap+touch all+munmap 64 pages", NR_CALLS, 10, NULL,
	  map_touch_64_pages_100, NULL, NULL },
	{ "mprotect-1", "mprotect RW->R->RW, a whole 1-page VMA, touched (two calls)", NR_CALLS, 50,
	  written_1_page, protect_1_page, NULL, NULL },
	{ "mprotect-middle",
	  "mprotect RW->R->RW, the middle page of 64, touched: split+merge (two calls)", NR_CALLS,
	  50, written_64_pages, protect_middle_of_64, NULL, NULL },
	{ "mprotect-64", "mprotect RW->R->RW, a whole 64-page VMA, touched (two calls)", NR_CALLS,
	  50, written_64_pages, protect_64_pages, NULL, NULL },
	{ "brk", "brk grow by 1 page, untouched", NR_CALLS, 50, find_heap, grow_100, shrink_heap,
	  NULL },
	{ "brk-touch", "brk grow by 1 page + touch", NR_CALLS, 50, find_heap, grow_touch_100,
	  shrink_heap, NULL },
	{ "brk-touch-shrink", "brk grow 1 page + touch + shrink", NR_CALLS, 50, find_heap,
	  grow_touch_shrink_100, shrink_heap, NULL },
	{ "fork", "fork+exit+wait, small process", 1, 100, NULL, fork_exit_wait, NULL, NULL },
	{ "vfork", "vfork+exit+wait, small process", 1, 100, NULL, vfork_exit_wait, NULL, NULL },
	{ "fork-1m", "fork+exit+wait, 1 MB touched", 1, 50, written_1_mb, fork_exit_wait, NULL,
	  NULL },
	{ "fork-64m", "fork+exit+wait, 64 MB touched", 1, 5, written_64_mb, fork_exit_wait, NULL,
	  NULL },
	{ "fork-alone-64m", "fork alone (to its return in the parent), 64 MB touched", 1, 5,
	  written_64_mb, fork_alone, wait_for_forked, NULL },
	{ "cow-child", "COW write fault in the child (copies), per page", 256, 20, NULL, NULL, NULL,
	  cow_in_child },
	{ "cow-parent", "COW write fault in the parent after the child's exit (reuses), per page",
	  256, 20, written_and_forked_256_pages, write_area, NULL, NULL },
#define VMA_ROWS(nr)                                                                             \
	{ "find-vmas-" #nr,                                                                      \
	  "mprotect that changes nothing (find_vma), " #nr " VMAs, spread",                      \
	  NR_CALLS,                                                                              \
	  20,                                                                                    \
	  make_##nr##_vmas,                                                                      \
	  find_100,                                                                              \
	  NULL,                                                                                  \
	  NULL },                                                                                \
		{ "mmap-vmas-" #nr,                                                              \
		  "mmap+munmap 1 page, untouched, among " #nr " VMAs",                           \
		  NR_CALLS,                                                                      \
		  20,                                                                            \
		  make_##nr##_vmas,                                                              \
		  map_100_among,                                                                 \
		  NULL,                                                                          \
		  NULL },                                                                        \
	{                                                                                        \
		"fault-vmas-" #nr,                                                               \
			"anonymous write fault among " #nr " VMAs, spread, table there",         \
			NR_SPREAD_FAULTS, 20, make_##nr##_vmas, fault_5_spread, forget_5_spread, \
			NULL                                                                     \
	}
	VMA_ROWS(10),
	VMA_ROWS(1000),
	VMA_ROWS(60000),
};

/* --- the report -------------------------------------------------------------------------------- */

static uint64_t samples[MAX_BATCHES];

/* Keeps the first @nr samples in order when one more comes. */
static void insert_sample(long nr, uint64_t sample)
{
	while (nr > 0 && samples[nr - 1] > sample) {
		samples[nr] = samples[nr - 1];
		nr--;
	}
	samples[nr] = sample;
}

static uint64_t take_sample(const struct row *row)
{
	uint64_t sample;

	if (row->value)
		return row->value();
	if (row->setup)
		row->setup();
	sample = measure(row->run) - overhead;
	if (row->teardown)
		row->teardown();
	return sample;
}

static void run_row(const struct row *row)
{
	const uint64_t ops = (uint64_t)row->ops, nr = (uint64_t)row->batches;
	uint64_t sum = 0;

	take_sample(row); /* the first pays for what is then there */
	for (long i = 0; i < row->batches; i++)
		insert_sample(i, take_sample(row));
	if (area)
		unmap_area();
	for (uint64_t i = 0; i < nr; i++)
		sum += samples[i];
	printf("# %s\nUB|%s|%ld|%ld|%llu|%llu|%llu|%llu\n", row->slug, row->title, row->ops,
	       row->batches, (unsigned long long)(samples[0] * 100 / ops),
	       (unsigned long long)(samples[nr / 2] * 100 / ops),
	       (unsigned long long)(sum * 100 / nr / ops),
	       (unsigned long long)(samples[nr - 1] * 100 / ops));
	fflush(stdout);
}

static bool is_wanted(const struct row *row, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strncmp(row->slug, argv[i], strlen(argv[i])))
			return true;
	return argc < 2;
}

/* `bench fork mmap` runs the rows whose slugs begin so. */
int main(int argc, char **argv)
{
	if (!clock_counts_instructions()) {
		fprintf(stderr,
			"bench: the time-stamp counter does not count instructions; nothing "
			"measured, use qemu -icount shift=0\n");
		return 1;
	}
	shared_sample = (uint64_t *)raw_mmap(0, (long)PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);
	*shared_sample = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_wanted(&rows[i], argc, argv))
			run_row(&rows[i]);
	return failures;
}
