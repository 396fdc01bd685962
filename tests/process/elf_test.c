/* ELF files: one in order becomes what its headers say; any other is refused in words, and nothing is lost. */
#include <mm/mm.h>
#include <mm/mmap.h>
#include <mm/slab.h>
#include <asm/task_size.h>
#include <asm/uaccess.h>
#include "process_tools.h"

/* A test's question to the program's task, and where the answers are checked. */
static struct kunit *asking;

static struct exec_result run_and_look(struct kunit *test, int (*look)(void *arg), void *arg)
{
	struct exec_result result;

	asking = test;
	result = run_image(&(struct exec_plan){ .after = look, .arg = arg });
	KUNIT_EXPECT_EQ(test, result.err, 0);
	return result;
}

static u8 user_byte(unsigned long addr)
{
	u8 value = 0xEE;

	if (get_user(value, (const u8 __user *)addr))
		KUNIT_FAIL(asking, "nothing at %#lx", addr);
	return value;
}

static unsigned long flags_at(unsigned long addr)
{
	struct vm_area_struct *vma = find_vma_intersection(current->mm, addr, addr + 1);

	return vma ? vma->vm_flags & VM_ACCESS_FLAGS : 0;
}

/* --- in order --------------------------------------------------------------------------------------- */

static void a_program_runs_in_ring_3(struct kunit *test)
{
	struct exec_result result;

	image_begin(&user_exit_42);
	result = run_image(&(struct exec_plan){ .argv = NULL });
	KUNIT_EXPECT_EQ(test, result.err, 0);
	KUNIT_EXPECT_EQ(test, result.status, 42 << 8);
}

static int look_at_segments(void *unused __unused)
{
	const struct mm_struct *mm = current->mm;

	KUNIT_EXPECT_EQ(asking, flags_at(TEXT_ADDR), VM_READ | VM_EXEC);
	KUNIT_EXPECT_EQ(asking, flags_at(DATA_ADDR), VM_READ | VM_WRITE);
	KUNIT_EXPECT_EQ(asking, flags_at(DATA_ADDR + DATA_MEMSZ), VM_READ | VM_WRITE);
	KUNIT_EXPECT_EQ(asking, flags_at(TEXT_ADDR - 1), 0UL);
	KUNIT_EXPECT_EQ(asking, flags_at(TEXT_ADDR + PAGE_SIZE), 0UL);
	KUNIT_EXPECT_EQ(asking, flags_at(PAGE_ALIGN(DATA_ADDR + DATA_MEMSZ)), 0UL);
	KUNIT_EXPECT_EQ(asking, mm->map_count, 3);
	KUNIT_EXPECT_EQ(asking, mm->start_code, TEXT_ADDR);
	KUNIT_EXPECT_EQ(asking, mm->end_code, TEXT_ADDR + TEXT_SIZE);
	KUNIT_EXPECT_EQ(asking, mm->start_data, DATA_ADDR);
	KUNIT_EXPECT_EQ(asking, mm->end_data, DATA_ADDR + DATA_SIZE);
	KUNIT_EXPECT_EQ(asking, mm->start_brk, PAGE_ALIGN(DATA_ADDR + DATA_MEMSZ) + PAGE_SIZE);
	KUNIT_EXPECT_EQ(asking, mm->brk, mm->start_brk);
	return 1;
}

static void segments_lie_where_the_headers_say_with_their_rights(struct kunit *test)
{
	image_begin(&user_exit_42);
	run_and_look(test, look_at_segments, NULL);
}

static int look_at_bytes(void *unused __unused)
{
	KUNIT_EXPECT_EQ(asking, user_byte(TEXT_ADDR), 0x7F);
	KUNIT_EXPECT_EQ(asking, user_byte(ENTRY_ADDR), *user_exit_42.start);
	KUNIT_EXPECT_EQ(asking, user_byte(DATA_ADDR), 'd');
	KUNIT_EXPECT_EQ(asking, user_byte(DATA_ADDR + DATA_SIZE / 2 - 1), 'd');
	for (unsigned long at = DATA_SIZE / 2; at < DATA_MEMSZ; at++)
		KUNIT_EXPECT_EQ(asking, user_byte(DATA_ADDR + at), 0);
	return 1;
}

/* The file goes on behind the data: that is not the program's business. */
static void bss_is_zero_from_its_first_byte(struct kunit *test)
{
	image_begin(&user_exit_42);
	image.phdrs[DATA].p_filesz = DATA_SIZE / 2;
	run_and_look(test, look_at_bytes, NULL);
}

static unsigned long word_at(unsigned long addr)
{
	unsigned long value = 0;

	if (get_user(value, (const unsigned long __user *)addr))
		KUNIT_FAIL(asking, "nothing at %#lx", addr);
	return value;
}

/* The value of one entry of auxv; 0 also if it is not there. */
static unsigned long auxv_value(unsigned long auxv, unsigned long type)
{
	while (word_at(auxv) != AT_NULL && word_at(auxv) != type)
		auxv += 2 * sizeof(long);
	return word_at(auxv) == type ? word_at(auxv + sizeof(long)) : 0;
}

static int look_at_moved(void *unused __unused)
{
	const unsigned long base = ELF_ET_DYN_BASE;
	const unsigned long auxv =
		current->mm->start_stack + 4 * sizeof(long); /* argc 1, no envp */

	KUNIT_EXPECT_EQ(asking, flags_at(base), VM_READ | VM_EXEC);
	KUNIT_EXPECT_EQ(asking, flags_at(base + DATA_ADDR - TEXT_ADDR), VM_READ | VM_WRITE);
	KUNIT_EXPECT_EQ(asking, user_byte(base + DATA_ADDR - TEXT_ADDR), 'd');
	KUNIT_EXPECT_EQ(asking, flags_at(TEXT_ADDR), 0UL);
	KUNIT_EXPECT_EQ(asking, auxv_value(auxv, AT_PHDR), base + sizeof(struct elfhdr));
	KUNIT_EXPECT_EQ(asking, auxv_value(auxv, AT_ENTRY), base + CODE_AT);
	return 0;
}

static void a_pie_is_moved_as_a_whole_and_runs_there(struct kunit *test)
{
	image_begin(&user_exit_42);
	image.header->e_type = ET_DYN;
	image.header->e_entry = CODE_AT;
	image.phdrs[TEXT].p_vaddr = 0;
	image.phdrs[DATA].p_vaddr = DATA_ADDR - TEXT_ADDR;
	KUNIT_EXPECT_EQ(test, run_and_look(test, look_at_moved, NULL).status, 42 << 8);
}

static int stack_flags(void *flags)
{
	*(unsigned long *)flags = flags_at(STACK_TOP - 1);
	return 1;
}

static void the_stack_is_executable_only_on_request(struct kunit *test)
{
	unsigned long flags;

	image_begin(&user_exit_42);
	run_and_look(test, stack_flags, &flags);
	KUNIT_EXPECT_EQ(test, flags, VM_READ | VM_WRITE);
	image.phdrs[GNU_STACK].p_flags |= PF_X;
	run_and_look(test, stack_flags, &flags);
	KUNIT_EXPECT_EQ(test, flags, VM_READ | VM_WRITE | VM_EXEC);
}

/* --- the stack -------------------------------------------------------------------------------------- */

static const char *const two_args[] = { "first", "second one", NULL };
static const char *const one_env[] = { "A=1", NULL };

static void expect_string(unsigned long addr, const char *expected)
{
	char text[32];

	KUNIT_EXPECT_GT(asking, strncpy_from_user(text, (const char __user *)addr, sizeof(text)),
			0);
	KUNIT_EXPECT_STREQ(asking, text, expected);
}

static void expect_auxv(unsigned long auxv)
{
	const struct {
		unsigned long type, value;
	} expected[] = {
		{ AT_PHDR, TEXT_ADDR + sizeof(struct elfhdr) },
		{ AT_PHENT, sizeof(struct elf_phdr) },
		{ AT_PHNUM, NR_PHDRS },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_ENTRY, ENTRY_ADDR },
		{ AT_HWCAP, boot_cpu_data.capability[0] },
		{ AT_CLKTCK, 100 },
		{ AT_BASE, 0 },
		{ AT_SECURE, 0 },
		{ AT_UID, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		KUNIT_EXPECT_EQ(asking, auxv_value(auxv, expected[i].type), expected[i].value);
	expect_string(auxv_value(auxv, AT_EXECFN), "/test/image");
	expect_string(auxv_value(auxv, AT_PLATFORM), ELF_PLATFORM);
	KUNIT_EXPECT_NE(asking, word_at(auxv_value(auxv, AT_RANDOM)), 0UL);
}

static int look_at_stack(void *unused __unused)
{
	const struct mm_struct *mm = current->mm;
	const unsigned long sp = mm->start_stack, word = sizeof(long);

	KUNIT_EXPECT_EQ(asking, sp % 16, 0UL);
	KUNIT_EXPECT_EQ(asking, word_at(sp), 2UL);
	expect_string(word_at(sp + word), "first");
	expect_string(word_at(sp + 2 * word), "second one");
	KUNIT_EXPECT_EQ(asking, word_at(sp + 3 * word), 0UL);
	expect_string(word_at(sp + 4 * word), "A=1");
	KUNIT_EXPECT_EQ(asking, word_at(sp + 5 * word), 0UL);
	expect_auxv(sp + 6 * word);
	KUNIT_EXPECT_EQ(asking, mm->arg_start, word_at(sp + word));
	KUNIT_EXPECT_EQ(asking, mm->arg_end - mm->arg_start,
			sizeof("first") + sizeof("second one"));
	KUNIT_EXPECT_EQ(asking, mm->env_start, mm->arg_end);
	KUNIT_EXPECT_EQ(asking, mm->env_end - mm->env_start, sizeof("A=1"));
	return 1;
}

static void the_stack_holds_arguments_environment_and_auxv(struct kunit *test)
{
	struct exec_result result;

	asking = test;
	image_begin(&user_exit_42);
	result = run_image(
		&(struct exec_plan){ .argv = two_args, .envp = one_env, .after = look_at_stack });
	KUNIT_EXPECT_EQ(test, result.status, 1 << 8);
}

/* --- not in order ----------------------------------------------------------------------------------- */

static void break_magic(void)
{
	image.bytes[1] = 'e';
}

static void make_script(void)
{
	memcpy(image.bytes, "#!/bin/sh\n", 10);
}

static void make_empty(void)
{
	image.size = 0;
}

static void cut_header(void)
{
	image.size = 20;
}

static void cut_phdrs(void)
{
	image.size = sizeof(struct elfhdr) + 10;
}

static void cut_data(void)
{
	image.size -= 1;
}

static void other_class(void)
{
	image.bytes[EI_CLASS] = ELFCLASS32 + ELFCLASS64 - ELF_CLASS;
}

static void other_byte_order(void)
{
	image.bytes[EI_DATA] = 2;
}

static void other_machine(void)
{
	image.header->e_machine = 40;
}

static void other_version(void)
{
	image.header->e_version = 0;
}

static void object_file(void)
{
	image.header->e_type = 1;
}

static void phdrs_of_other_size(void)
{
	image.header->e_phentsize--;
}

static void no_phdrs(void)
{
	image.header->e_phnum = 0;
}

static void too_many_phdrs(void)
{
	image.header->e_phnum = 0xFFFF;
}

static void phdrs_at_the_end_of_numbers(void)
{
	memset(&image.header->e_phoff, 0xFF, sizeof(image.header->e_phoff));
}

static void more_in_file_than_in_memory(void)
{
	image.phdrs[DATA].p_memsz = DATA_SIZE - 1;
}

static void offset_at_the_end_of_numbers(void)
{
	memset(&image.phdrs[DATA].p_offset, 0xFF, sizeof(image.phdrs[DATA].p_offset));
}

static void not_congruent(void)
{
	image.phdrs[DATA].p_vaddr += 4;
}

static void in_the_first_pages(void)
{
	image.phdrs[TEXT].p_vaddr = 0;
}

static void in_the_kernel(void)
{
	image.phdrs[DATA].p_vaddr = PAGE_OFFSET;
}

static void across_the_end_of_the_process(void)
{
	image.phdrs[DATA].p_vaddr = TASK_SIZE - PAGE_SIZE;
}

static void around_the_end_of_numbers(void)
{
	image.phdrs[DATA].p_memsz = ~0UL - 0x100;
}

static void more_than_all_ram(void)
{
	image.phdrs[DATA].p_memsz = totalram_pages << PAGE_SHIFT;
}

static void segments_overlap(void)
{
	image.phdrs[DATA].p_vaddr = TEXT_ADDR;
}

static void segments_share_a_page(void)
{
	image.phdrs[TEXT].p_memsz = DATA_ADDR - TEXT_ADDR + 1;
}

static void segments_go_down(void)
{
	image.phdrs[DATA].p_vaddr = TEXT_ADDR - 0x10000;
}

static void nothing_to_load(void)
{
	image.phdrs[TEXT].p_type = image.phdrs[DATA].p_type = 0;
}

static void entry_in_the_kernel(void)
{
	image.header->e_entry = PAGE_OFFSET;
}

static void entry_outside(void)
{
	image.header->e_entry = TEXT_ADDR + PAGE_SIZE;
}

static void entry_in_data(void)
{
	image.header->e_entry = DATA_ADDR;
}

static void interpreter(void)
{
	image.phdrs[GNU_STACK] = (struct elf_phdr){ .p_type = PT_INTERP,
						    .p_offset = DATA_AT,
						    .p_filesz = DATA_SIZE };
	strscpy((char *)image.bytes + DATA_AT, "/lib/ld.so", DATA_SIZE);
}

static const struct malformation {
	void (*make)(void);
	int err;
	const char *said;
} malformations[] = {
	{ break_magic, -ENOEXEC, "not an ELF program" },
	{ make_script, -ENOEXEC, "a script" },
	{ make_empty, -ENOEXEC, "not an ELF program" },
	{ cut_header, -ENOEXEC, "truncated: 20 bytes" },
	{ cut_phdrs, -ENOEXEC, "truncated: program headers" },
	{ cut_data, -ENOEXEC, "truncated: segment 1" },
	{ other_class, -ENOEXEC, "ELF class" },
	{ other_byte_order, -ENOEXEC, "big-endian" },
	{ other_machine, -ENOEXEC, "ELF machine 40" },
	{ other_version, -ENOEXEC, "ELF version 0" },
	{ object_file, -ENOEXEC, "ELF type 1" },
	{ phdrs_of_other_size, -ENOEXEC, "program headers of" },
	{ no_phdrs, -ENOEXEC, "0 program headers" },
	{ too_many_phdrs, -ENOEXEC, "65535 program headers" },
	{ phdrs_at_the_end_of_numbers, -ENOEXEC, "truncated: program headers" },
	{ more_in_file_than_in_memory, -ENOEXEC, "only 0xf in memory" },
	{ offset_at_the_end_of_numbers, -ENOEXEC, "truncated: segment 1" },
	{ not_congruent, -ENOEXEC, "differ within a page" },
	{ in_the_first_pages, -ENOEXEC, "nothing is mapped below" },
	{ in_the_kernel, -ENOMEM, "reach beyond" },
	{ across_the_end_of_the_process, -ENOMEM, "reach beyond" },
	{ around_the_end_of_numbers, -ENOMEM, "reach beyond" },
	{ more_than_all_ram, -ENOMEM, "" /* or no room below the stack for so much */ },
	{ segments_overlap, -ENOEXEC, "overlaps" },
	{ segments_share_a_page, -ENOEXEC, "overlaps" },
	{ segments_go_down, -ENOEXEC, "overlaps" },
	{ nothing_to_load, -ENOEXEC, "nothing in it" },
	{ entry_in_the_kernel, -ENOEXEC, "in the kernel" },
	{ entry_outside, -ENOEXEC, "in no executable segment" },
	{ entry_in_data, -ENOEXEC, "in no executable segment" },
	{ interpreter, -ENOENT, "needs /lib/ld.so" },
};

static void what_is_not_in_order_is_refused_in_words(struct kunit *test)
{
	const struct malformation *bad;
	struct exec_result result;
	u64 mark;

	for (bad = malformations; bad < malformations + ARRAY_SIZE(malformations); bad++) {
		image_begin(&user_exit_42);
		bad->make();
		mark = log_mark();
		result = run_image(&(struct exec_plan){ .argv = NULL });
		if (result.err == bad->err && !result.had_mm && logged_since(mark, bad->said) &&
		    logged_since(mark, "exec: /test/image: "))
			continue;
		KUNIT_FAIL(test, "%d: error %d, not %d with \"%s\"", (int)(bad - malformations),
			   result.err, bad->err, bad->said);
	}
}

static int exec_something_bad(void *same_mm)
{
	struct mm_struct *mm = current->mm;
	static const char *const none[] = { NULL };

	break_magic();
	KUNIT_EXPECT_EQ(asking, kernel_execve_file(open_image(), "/test/bad", none, none),
			-ENOEXEC);
	*(bool *)same_mm = current->mm == mm;
	return 0;
}

static void a_program_that_execs_in_vain_goes_on(struct kunit *test)
{
	bool same = false;

	image_begin(&user_exit_42);
	KUNIT_EXPECT_EQ(test, run_and_look(test, exec_something_bad, &same).status, 42 << 8);
	KUNIT_EXPECT_TRUE(test, same);
}

/* The headers can be read, the data can not. */
static void a_read_error_past_the_point_of_no_return_kills(struct kunit *test)
{
	struct exec_result result;

	image_begin(&user_exit_42);
	image.fail_after = DATA_AT;
	result = run_image(&(struct exec_plan){ .argv = NULL });
	KUNIT_EXPECT_EQ(test, result.err, -EIO);
	KUNIT_EXPECT_TRUE(test, result.had_mm);
	KUNIT_EXPECT_TRUE(test, result.doomed);
}

static bool image_runs(struct kunit *test __unused)
{
	const struct exec_result result = run_image(&(struct exec_plan){ .argv = NULL });

	return !result.err && result.status == 42 << 8;
}

static void nothing_is_lost_whichever_allocation_fails(struct kunit *test)
{
	image_begin(&user_exit_42);
	with_each_allocation_failing(test, image_runs);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_program_runs_in_ring_3),
	KUNIT_CASE(segments_lie_where_the_headers_say_with_their_rights),
	KUNIT_CASE(bss_is_zero_from_its_first_byte),
	KUNIT_CASE(a_pie_is_moved_as_a_whole_and_runs_there),
	KUNIT_CASE(the_stack_is_executable_only_on_request),
	KUNIT_CASE(the_stack_holds_arguments_environment_and_auxv),
	KUNIT_CASE(what_is_not_in_order_is_refused_in_words),
	KUNIT_CASE(a_program_that_execs_in_vain_goes_on),
	KUNIT_CASE(a_read_error_past_the_point_of_no_return_kills),
	KUNIT_CASE(nothing_is_lost_whichever_allocation_fails),
	{},
};
static struct kunit_suite suite = {
	.name = "elf",
	.init = remember_resources,
	.exit = expect_resources,
	.test_cases = cases,
};
kunit_test_suite(suite);
