/*
 * Page faults of an address space, told by frames and entries: what is brought in, what is refused,
 * and that the kernel's own mistakes stay mistakes.
 */
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/traps.h>
#include <mm/memory.h>
#include <mm/pagewalk.h>
#include <mm/uaccess.h>
#include "../mm/mm_tools.h"

#define STACK_PAGE  20 /* where a stack of so many pages begins */
#define STACK_PAGES 4
#define STACK_START at(STACK_PAGE)

static volatile int sink;

static bool write_char(unsigned long addr, char c)
{
	return !put_user(c, (char __user *)addr);
}

static bool read_char(unsigned long addr)
{
	return !get_user(sink, (char __user *)addr);
}

/* Memory from page @nr on, or from page 0; returns its address, 0 if there is none to be had. */
static unsigned long pages_at(unsigned long nr, unsigned long nr_pages, unsigned long prot)
{
	return map(nr, nr_pages, prot) ? 0 : at(nr);
}

static unsigned long pages(unsigned long nr_pages, unsigned long prot)
{
	return pages_at(0, nr_pages, prot);
}

/* The entry of an address; 0: none. */
static pteval_t entry_of(unsigned long addr)
{
	struct page_walk walk;

	return page_walk(current->mm->pgd, addr, &walk) ? walk.flags : 0;
}

static void a_write_brings_in_a_frame_of_its_own(struct kunit *test)
{
	const unsigned long addr = pages(2, PROT_RW);

	KUNIT_ASSERT_TRUE(test, addr);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, addr));
	KUNIT_EXPECT_TRUE(test, write_char(addr, 'x'));
	KUNIT_EXPECT_NOT_NULL(test, follow_page(current->mm, addr));
	KUNIT_EXPECT_PTR_NE(test, follow_page(current->mm, addr), zero_page);
	KUNIT_EXPECT_TRUE(test, entry_of(addr) & _PAGE_RW);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, addr + PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1UL);
}

static void a_read_shows_the_zero_page_until_it_is_written(struct kunit *test)
{
	const unsigned long addr = pages(1, PROT_RW);

	KUNIT_EXPECT_TRUE(test, read_char(addr));
	KUNIT_EXPECT_PTR_EQ(test, follow_page(current->mm, addr), zero_page);
	KUNIT_EXPECT_FALSE(test, entry_of(addr) & _PAGE_RW);
	KUNIT_EXPECT_TRUE(test, write_char(addr, 'x'));
	KUNIT_EXPECT_PTR_NE(test, follow_page(current->mm, addr), zero_page);
}

static void faults_that_were_served_are_counted(struct kunit *test)
{
	const unsigned long addr = pages(3, PROT_RW);
	const unsigned long before = current->min_flt;

	for (int i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, write_char(addr + i * PAGE_SIZE, 'x'));
	KUNIT_EXPECT_TRUE(test, write_char(addr, 'y')); /* no fault */
	KUNIT_EXPECT_FALSE(test, read_char(PAGE_SIZE)); /* not served */
	KUNIT_EXPECT_EQ(test, current->min_flt, before + 3);
}

static void what_the_vma_forbids_is_refused(struct kunit *test)
{
	const unsigned long readable = pages(1, PROT_READ);
	const unsigned long nothing = pages_at(5, 1, PROT_NONE);

	KUNIT_EXPECT_FALSE(test, write_char(readable, 'x'));
	KUNIT_EXPECT_TRUE(test, read_char(readable));
	KUNIT_EXPECT_FALSE(test, write_char(readable, 'x')); /* present now */
	KUNIT_EXPECT_FALSE(test, read_char(nothing));
	KUNIT_EXPECT_FALSE(test, write_char(nothing, 'x'));
	KUNIT_EXPECT_EQ(test, current->mm->rss, 0UL);
}

static void between_vmas_nothing_is_brought_in(struct kunit *test)
{
	const unsigned long addr = pages(3, PROT_RW);

	KUNIT_ASSERT_EQ(test, vm_munmap(addr + PAGE_SIZE, PAGE_SIZE), 0);
	KUNIT_EXPECT_TRUE(test, write_char(addr, 'x'));
	KUNIT_EXPECT_FALSE(test, write_char(addr + PAGE_SIZE, 'x'));
	KUNIT_EXPECT_TRUE(test, write_char(addr + 2 * PAGE_SIZE, 'x'));
	KUNIT_EXPECT_FALSE(test, write_char(addr + 3 * PAGE_SIZE, 'x'));
}

static void a_stack_grows_down_to_where_it_is_touched(struct kunit *test)
{
	const unsigned long addr = STACK_START - 3 * PAGE_SIZE;

	KUNIT_ASSERT_EQ(test, map_with(STACK_PAGE, STACK_PAGES, PROT_RW, MAP_GROWSDOWN), 0);
	KUNIT_EXPECT_TRUE(test, write_char(addr + 5, 'x'));
	KUNIT_EXPECT_EQ(test, find_vma(current->mm, addr)->vm_start, addr);
	KUNIT_EXPECT_EQ(test, current->mm->total_vm, STACK_PAGES + 3);
	KUNIT_EXPECT_EQ(test, current->mm->rss, 1UL);
}

static void a_stack_does_not_grow_beyond_its_limit(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, map_with(STACK_PAGE, STACK_PAGES, PROT_RW, MAP_GROWSDOWN), 0);
	current->rlim[RLIMIT_STACK].rlim_cur = (STACK_PAGES + 2) * PAGE_SIZE;
	KUNIT_EXPECT_FALSE(test, write_char(STACK_START - 3 * PAGE_SIZE, 'x'));
	KUNIT_EXPECT_EQ(test, find_vma(current->mm, 0)->vm_start, STACK_START);
	KUNIT_EXPECT_TRUE(test, write_char(STACK_START - 2 * PAGE_SIZE, 'x'));
}

static void other_memory_does_not_grow_down(struct kunit *test)
{
	const unsigned long addr = pages(1, PROT_RW);

	KUNIT_EXPECT_FALSE(test, write_char(addr - 1, 'x'));
}

static void who_must_not_sleep_gets_nothing_brought_in(struct kunit *test)
{
	const unsigned long addr = pages(1, PROT_RW);

	pagefault_disable();
	KUNIT_EXPECT_FALSE(test, write_char(addr, 'x'));
	pagefault_enable();
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, addr));
	KUNIT_EXPECT_TRUE(test, write_char(addr, 'x'));
	pagefault_disable();
	KUNIT_EXPECT_TRUE(test, write_char(addr, 'y')); /* it is there */
	pagefault_enable();
}

static void with_interrupts_off_nothing_is_brought_in(struct kunit *test)
{
	const unsigned long addr = pages(1, PROT_RW);
	bool written;

	local_irq_disable();
	written = write_char(addr, 'x');
	local_irq_enable();
	KUNIT_EXPECT_FALSE(test, written);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, addr));
}

static void the_semaphore_is_free_again_however_it_ended(struct kunit *test)
{
	const unsigned long addr = pages(1, PROT_READ);

	KUNIT_EXPECT_TRUE(test, read_char(addr));
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&current->mm->mmap_sem));
	KUNIT_EXPECT_FALSE(test, write_char(addr, 'x'));
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&current->mm->mmap_sem));
	KUNIT_EXPECT_FALSE(test, read_char(PAGE_SIZE));
	KUNIT_EXPECT_FALSE(test, rwsem_is_locked(&current->mm->mmap_sem));
}

static void read_directly(void *addr)
{
	sink = *(volatile char *)addr;
}

/* It could be brought in; but only copy_from_user() and its like may touch it. */
static void a_pointer_of_a_programs_followed_by_mistake_is_a_fault(struct kunit *test)
{
	const unsigned long addr = pages(1, PROT_RW);
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, addr);
	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_PF, read_directly, (void *)addr, &seen));
	KUNIT_EXPECT_EQ(test, seen.cr2, addr);
	KUNIT_EXPECT_NULL(test, follow_page(current->mm, addr));
}

static void smap_stops_the_kernel_where_the_page_is_there(struct kunit *test)
{
	const unsigned long addr = pages(1, PROT_RW);
	struct trap_seen seen;

	if (!cpu_has_smap)
		kunit_skip(test, "this CPU has no SMAP");
	KUNIT_EXPECT_TRUE(test, write_char(addr, 'x'));
	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, read_directly, (void *)addr, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT);
}

static void run_at(void *addr)
{
	((void (*)(void))addr)();
}

static void smep_stops_the_kernel_from_running_a_programs_page(struct kunit *test)
{
	const unsigned long addr = pages(1, PROT_RW | PROT_EXEC);
	struct trap_seen seen;

	if (!cpu_has_smep)
		kunit_skip(test, "this CPU has no SMEP");
	KUNIT_EXPECT_TRUE(test, write_char(addr, (char)0xC3)); /* RET */
	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, run_at, (void *)addr, &seen));
	KUNIT_EXPECT_EQ(test, seen.ip, addr);
	KUNIT_EXPECT_TRUE(test, seen.error_code & X86_PF_PROT);
}

#define EXPECT_WORDS(test, error_code, addr, words)                          \
	do {                                                                 \
		char __buf[128];                                             \
                                                                             \
		describe_page_fault(__buf, sizeof(__buf), error_code, addr); \
		KUNIT_EXPECT_NOT_NULL(test, strstr(__buf, words));           \
	} while (0)

static void reports_say_in_words_what_was_tried(struct kunit *test)
{
	EXPECT_WORDS(test, X86_PF_WRITE, TASK_SIZE, "write to");
	EXPECT_WORDS(test, X86_PF_PROT | X86_PF_INSTR, TASK_SIZE, "execution at");
	EXPECT_WORDS(test, X86_PF_PROT | X86_PF_USER, TASK_SIZE, "forbidden");
	EXPECT_WORDS(test, 0, TASK_SIZE, "not present");
	EXPECT_WORDS(test, X86_PF_PROT | X86_PF_INSTR, PAGE_SIZE, "SMEP");
	EXPECT_WORDS(test, X86_PF_PROT, PAGE_SIZE, "SMAP");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_write_brings_in_a_frame_of_its_own),
	KUNIT_CASE(a_read_shows_the_zero_page_until_it_is_written),
	KUNIT_CASE(faults_that_were_served_are_counted),
	KUNIT_CASE(what_the_vma_forbids_is_refused),
	KUNIT_CASE(between_vmas_nothing_is_brought_in),
	KUNIT_CASE(a_stack_grows_down_to_where_it_is_touched),
	KUNIT_CASE(a_stack_does_not_grow_beyond_its_limit),
	KUNIT_CASE(other_memory_does_not_grow_down),
	KUNIT_CASE(who_must_not_sleep_gets_nothing_brought_in),
	KUNIT_CASE(with_interrupts_off_nothing_is_brought_in),
	KUNIT_CASE(the_semaphore_is_free_again_however_it_ended),
	KUNIT_CASE(a_pointer_of_a_programs_followed_by_mistake_is_a_fault),
	KUNIT_CASE(smap_stops_the_kernel_where_the_page_is_there),
	KUNIT_CASE(smep_stops_the_kernel_from_running_a_programs_page),
	KUNIT_CASE(reports_say_in_words_what_was_tried),
	{},
};
static struct kunit_suite suite = {
	.name = "fault", .init = mm_begin, .exit = mm_end, .test_cases = cases
};
kunit_test_suite(suite);
