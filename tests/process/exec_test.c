/* execve(): what a new program takes over from the old one, what not, and the strings that go with it. */
#include <kernel/signal.h>
#include <mm/slab.h>
#include <process/syscalls.h>
#include <asm/i387.h>
#include <asm/ptrace.h>
#include <asm/uaccess.h>
#include "process_tools.h"

#define SMALL_STACK (512UL * 1024) /* a quarter of it is 128 KB: ARG_MAX */

static struct kunit *asking;

static int begin(struct kunit *test)
{
	asking = test;
	return remember_resources(test);
}

static void a_file_that_is_not_there_is_told_so(struct kunit *test)
{
	static const char *const none[] = { NULL };
	char words[EXEC_ERROR_WORDS];

	KUNIT_EXPECT_EQ(test, kernel_execve("/no/such/file", none, none), -ENOENT);
	describe_exec_error(words, sizeof(words), "/no/such/file", -ENOENT);
	KUNIT_EXPECT_PTR_EQ(test, strstr(words, "No such file (the ramdisk has "), words);
	KUNIT_EXPECT_NULL(test, current->files);
	KUNIT_EXPECT_NULL(test, current->signal.sighand);
}

/* Not even the files and signals are left that it was given for the try. */
static void a_kernel_thread_that_execs_in_vain_stays_one(struct kunit *test)
{
	static const char *const none[] = { NULL };

	image_begin(&user_exit_42);
	image.header->e_machine = 0;
	KUNIT_EXPECT_EQ(test, kernel_execve_file(open_image(), "/test/x", none, none), -ENOEXEC);
	KUNIT_EXPECT_NULL(test, current->mm);
	KUNIT_EXPECT_NULL(test, current->files);
	KUNIT_EXPECT_NULL(test, current->signal.sighand);
	KUNIT_EXPECT_STREQ(test, current->comm, "init");
}

/* --- strings ---------------------------------------------------------------------------------------- */

static char *long_string(struct kunit *test, size_t length)
{
	char *text = kmalloc(length + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, 'x', length);
	text[length] = '\0';
	return text;
}

static int exec_with(const char *const argv[])
{
	image_begin(&user_exit_42);
	return run_image(&(struct exec_plan){ .argv = argv }).err;
}

static int measure_first_arg(void *length)
{
	const unsigned long start = current->mm->arg_start;

	*(long *)length = strnlen_user((const char __user *)start, 1L << 20);
	return 1;
}

static void a_string_may_be_128_kb_long_and_lies_over_many_pages(struct kunit *test)
{
	char *text = long_string(test, 32 * PAGE_SIZE);
	const char *const argv[] = { text, NULL };
	long length = 0;

	KUNIT_EXPECT_EQ(test, exec_with(argv), -E2BIG);
	text[32 * PAGE_SIZE - 1] = '\0';
	run_image(&(struct exec_plan){ .argv = argv, .after = measure_first_arg, .arg = &length });
	KUNIT_EXPECT_EQ(test, length, (long)(32 * PAGE_SIZE));
	kfree(text);
}

/* Each string is short enough, and so is one less of them. */
static void all_strings_together_are_bounded_by_the_stack_limit(struct kunit *test)
{
	const struct rlimit old = current->rlim[RLIMIT_STACK];
	char *text = long_string(test, 32 * 1024 - 1);
	const char *const argv[] = { text, text, text, "", NULL };
	const char *const one_more[] = { text, text, text, text, "", NULL };

	current->rlim[RLIMIT_STACK].rlim_cur = SMALL_STACK;
	KUNIT_EXPECT_EQ(test, exec_with(argv), 0);
	KUNIT_EXPECT_EQ(test, exec_with(one_more), -E2BIG);
	current->rlim[RLIMIT_STACK] = old;
	KUNIT_EXPECT_EQ(test, exec_with(one_more), 0);
	kfree(text);
}

static int exec_bad_pointers(void *unused __unused)
{
	const char __user *const __user *nowhere = (void __user *)PAGE_SIZE;
	const char __user *const __user *in_kernel = (void __user *)PAGE_OFFSET;
	const char __user *name = (const char __user *)current->mm->arg_start;

	KUNIT_EXPECT_EQ(asking, sys_execve((const char __user *)nowhere, NULL, NULL), -EFAULT);
	KUNIT_EXPECT_EQ(asking, sys_execve(name, NULL, NULL), -ENOENT);
	KUNIT_EXPECT_EQ(asking,
			do_execve_file(open_image(), "x", &(struct arg_strings){ .user = nowhere },
				       &(struct arg_strings){ NULL, NULL }),
			-EFAULT);
	KUNIT_EXPECT_EQ(asking,
			do_execve_file(open_image(), "x",
				       &(struct arg_strings){ .user = in_kernel },
				       &(struct arg_strings){ NULL, NULL }),
			-EFAULT);
	return 1;
}

static void pointers_that_lead_nowhere_or_to_the_kernel_are_efault(struct kunit *test)
{
	in_a_program(exec_bad_pointers, test);
}

/* An argv of ring 3's: pointers that we write onto its stack. */
static int exec_itself_again(void *unused __unused)
{
	unsigned long __user *argv = (unsigned long __user *)(current->mm->start_stack - 64);
	const unsigned long name = current->mm->arg_start;

	if (put_user(name, argv) || put_user(name, argv + 1) || put_user(0UL, argv + 2))
		return 1;
	return do_execve_file(
		open_image(), "/test/again",
		&(struct arg_strings){ .user = (const char __user *const __user *)argv },
		&(struct arg_strings){ NULL, NULL });
}

static int exec_again_and_look(void *unused __unused)
{
	struct mm_struct *old = current->mm;
	char text[8];

	KUNIT_EXPECT_EQ(asking, exec_itself_again(NULL), 0);
	KUNIT_EXPECT_PTR_NE(asking, current->mm, old);
	KUNIT_EXPECT_STREQ(asking, current->comm, "again");
	KUNIT_EXPECT_EQ(asking, current->mm->arg_end - current->mm->arg_start, 2 * sizeof("image"));
	KUNIT_EXPECT_EQ(asking,
			strncpy_from_user(text, (const char __user *)current->mm->arg_start, 8), 5);
	KUNIT_EXPECT_STREQ(asking, text, "image");
	return 0;
}

static void a_program_can_become_another_with_strings_of_its_own(struct kunit *test)
{
	struct exec_result result;

	image_begin(&user_exit_42);
	result = run_image(&(struct exec_plan){ .after = exec_again_and_look });
	KUNIT_EXPECT_EQ(test, result.status, 42 << 8);
}

/* --- what is taken over -------------------------------------------------------------------------------- */

static int change_signals_and_exec(void *unused __unused)
{
	struct signal_state *signal = &current->signal;
	struct k_sigaction *action = signal->sighand->action;

	action[SIGUSR1 - 1].sa_handler = (sighandler_user_t)TEXT_ADDR;
	action[SIGUSR1 - 1].sa_flags = SA_RESTART;
	action[SIGUSR2 - 1].sa_handler = SIG_IGN;
	signal->blocked = sigmask(SIGHUP);
	signal->sas_ss_size = PAGE_SIZE;
	KUNIT_EXPECT_EQ(asking, exec_itself_again(NULL), 0);
	KUNIT_EXPECT_TRUE(asking, action[SIGUSR1 - 1].sa_handler == SIG_DFL);
	KUNIT_EXPECT_EQ(asking, action[SIGUSR1 - 1].sa_flags, 0UL);
	KUNIT_EXPECT_TRUE(asking, action[SIGUSR2 - 1].sa_handler == SIG_IGN);
	KUNIT_EXPECT_EQ(asking, signal->blocked, sigmask(SIGHUP));
	KUNIT_EXPECT_EQ(asking, signal->sas_ss_size, 0UL);
	return 1;
}

static void handlers_go_but_what_is_ignored_or_blocked_stays(struct kunit *test)
{
	in_a_program(change_signals_and_exec, test);
}

static int calculate_and_exec(void *unused __unused)
{
	if (!make_fpu_state())
		return 1; /* no FPU */
	KUNIT_EXPECT_EQ(asking, exec_itself_again(NULL), 0);
	KUNIT_EXPECT_NULL(asking, fpu_state());
	return 1;
}

static void the_registers_of_the_fpu_are_left_behind(struct kunit *test)
{
	in_a_program(calculate_and_exec, test);
}

static int look_at_files(void *unused __unused)
{
	struct files_struct *files = current->files;

	__set_bit(1, files->close_on_exec);
	KUNIT_EXPECT_TRUE(asking, test_bit(0, files->open_fds) && test_bit(1, files->open_fds) &&
					  test_bit(2, files->open_fds));
	KUNIT_EXPECT_EQ(asking, exec_itself_again(NULL), 0);
	KUNIT_EXPECT_TRUE(asking, test_bit(0, files->open_fds));
	KUNIT_EXPECT_FALSE(asking, test_bit(1, files->open_fds));
	return 1;
}

static void files_stay_open_but_those_marked_close_on_exec(struct kunit *test)
{
	in_a_program(look_at_files, test);
}

static int look_at_regs(void *unused __unused)
{
	const struct pt_regs *regs = task_pt_regs(current);

	KUNIT_EXPECT_EQ(asking, instruction_pointer(regs), ENTRY_ADDR);
	KUNIT_EXPECT_EQ(asking, kernel_stack_pointer(regs), current->mm->start_stack);
	KUNIT_EXPECT_TRUE(asking, user_mode(regs));
	KUNIT_EXPECT_STREQ(asking, current->comm, "image");
	KUNIT_EXPECT_EQ(asking, current->parent->pid, 1);
	return 1;
}

static void it_begins_at_its_entry_on_its_stack(struct kunit *test)
{
	in_a_program(look_at_regs, test);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_file_that_is_not_there_is_told_so),
	KUNIT_CASE(a_kernel_thread_that_execs_in_vain_stays_one),
	KUNIT_CASE(a_string_may_be_128_kb_long_and_lies_over_many_pages),
	KUNIT_CASE(all_strings_together_are_bounded_by_the_stack_limit),
	KUNIT_CASE(pointers_that_lead_nowhere_or_to_the_kernel_are_efault),
	KUNIT_CASE(a_program_can_become_another_with_strings_of_its_own),
	KUNIT_CASE(handlers_go_but_what_is_ignored_or_blocked_stays),
	KUNIT_CASE(the_registers_of_the_fpu_are_left_behind),
	KUNIT_CASE(files_stay_open_but_those_marked_close_on_exec),
	KUNIT_CASE(it_begins_at_its_entry_on_its_stack),
	{},
};
static struct kunit_suite suite = {
	.name = "exec",
	.init = begin,
	.exit = expect_resources,
	.test_cases = cases,
};
kunit_test_suite(suite);
