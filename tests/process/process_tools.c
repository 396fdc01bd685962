/* What the suites of processes share: see process_tools.h. */
#include <lib/err.h>
#include <kernel/signal.h>
#include <mm/fault_inject.h>
#include <mm/mm_alloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <asm/uaccess.h>
#include "../mm/slab_tools.h"
#include "process_tools.h"

struct image image;

static struct inode image_inode = { .i_mode = S_IFREG | 0755 };

/* --- a file in memory --------------------------------------------------------------------------- */

static ssize_t bytes_to_read(size_t count, loff_t pos)
{
	if ((size_t)pos + count > image.fail_after)
		return -EIO;
	if ((size_t)pos >= image.size)
		return 0;
	return (ssize_t)min(count, image.size - (size_t)pos);
}

static ssize_t image_kernel_read(struct file *file __unused, void *buf, size_t count, loff_t pos)
{
	const ssize_t size = bytes_to_read(count, pos);

	if (size > 0)
		memcpy(buf, image.bytes + pos, (size_t)size);
	return size;
}

static ssize_t image_read(struct file *file __unused, char __user *buf, size_t count, loff_t *pos)
{
	const ssize_t size = bytes_to_read(count, *pos);

	if (size > 0 && copy_to_user(buf, image.bytes + *pos, (size_t)size))
		return -EFAULT;
	return size;
}

static const struct file_operations image_fops = {
	.read = image_read,
	.kernel_read = image_kernel_read,
};

struct file *open_image(void)
{
	struct file *file = get_empty_filp(&image_fops, O_RDONLY);

	image_inode.i_size = image.size;
	if (file)
		file->f_inode = &image_inode;
	return file;
}

/* --- the program in it ---------------------------------------------------------------------------- */

void image_begin(const struct user_code *code)
{
	memset(&image, 0, sizeof(image));
	image.size = sizeof(image.bytes);
	image.fail_after = ~(size_t)0;
	image.header = (struct elfhdr *)image.bytes;
	*image.header = (struct elfhdr){
		.e_ident = { 0x7F, 'E', 'L', 'F', ELF_CLASS, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = ELF_ARCH,
		.e_version = EV_CURRENT,
		.e_entry = ENTRY_ADDR,
		.e_phoff = sizeof(struct elfhdr),
		.e_phentsize = sizeof(struct elf_phdr),
		.e_phnum = NR_PHDRS,
	};
	image.phdrs = (struct elf_phdr *)(image.header + 1);
	image.phdrs[TEXT] = (struct elf_phdr){ .p_type = PT_LOAD,
					       .p_vaddr = TEXT_ADDR,
					       .p_filesz = TEXT_SIZE,
					       .p_memsz = TEXT_SIZE,
					       .p_flags = PF_R | PF_X };
	image.phdrs[DATA] = (struct elf_phdr){ .p_type = PT_LOAD,
					       .p_offset = DATA_AT,
					       .p_vaddr = DATA_ADDR,
					       .p_filesz = DATA_SIZE,
					       .p_memsz = DATA_MEMSZ,
					       .p_flags = PF_R | PF_W };
	image.phdrs[GNU_STACK] =
		(struct elf_phdr){ .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W };
	memcpy(image.bytes + CODE_AT, code->start, (size_t)(code->end - code->start));
	memset(image.bytes + DATA_AT, 'd', DATA_SIZE);
}

/* --- running it ------------------------------------------------------------------------------------- */

struct running {
	const struct exec_plan *plan;
	struct exec_result result;
};

static int child(void *data)
{
	static const char *const argv[] = { "image", NULL }, *const envp[] = { NULL };
	struct running *running = data;
	const struct exec_plan *plan = running->plan;
	struct file *file = open_image();
	int code;

	if (plan->before)
		plan->before(plan->arg);
	running->result.err = -ENOMEM;
	if (file)
		running->result.err =
			kernel_execve_file(file, "/test/image", plan->argv ? plan->argv : argv,
					   plan->envp ? plan->envp : envp);
	running->result.had_mm = current->mm;
	running->result.doomed = current->mm && fatal_signal_pending(current);
	if (running->result.err)
		do_exit(0);
	code = plan->after ? plan->after(plan->arg) : 0;
	if (code)
		do_exit(code << 8);
	return 0;
}

struct exec_result run_image(const struct exec_plan *plan)
{
	struct running running = { .plan = plan };
	struct task_struct *task = copy_process(&(struct kernel_clone_args){
		.exit_signal = SIGCHLD, .fn = child, .arg = &running });

	if (IS_ERR(task)) {
		running.result.err = (int)PTR_ERR(task);
		return running.result;
	}
	get_task_struct(task);
	wake_up_process(task);
	do_wait(task->pid, 0, &running.result.status);
	running.result.exit_addr = task->exit_addr;
	put_task_struct(task);
	return running.result;
}

int exec_image(void)
{
	return run_image(&(struct exec_plan){ .argv = NULL }).err;
}

struct visit {
	int (*fn)(void *arg);
	void *arg;
};

static int run_visit(void *data)
{
	const struct visit *visit = data;

	visit->fn(visit->arg);
	return 1;
}

void in_a_program(int (*fn)(void *arg), void *arg)
{
	struct visit visit = { fn, arg };

	image_begin(&user_exit_42);
	run_image(&(struct exec_plan){ .after = run_visit, .arg = &visit });
}

/* --- what must not be lost -------------------------------------------------------------------------- */

static unsigned long frames_before, objects_before;
static unsigned int threads_before;

unsigned long frames_at_rest(void)
{
	free_vm_stack_cache();
	vm_unmap_aliases();
	return settled_free_pages();
}

/* Of all caches: a lost one need not cost a frame. After frames_at_rest(). */
static unsigned long objects_in_use(void)
{
	struct kmem_cache *cache;
	unsigned long nr = 0;

	for_each_kmem_cache (cache)
		nr += cache->node.total_objects - kmem_cache_free_objects(cache);
	return nr;
}

static unsigned int nr_mms(void)
{
	struct mm_struct *mm;
	unsigned int nr = 0;

	preempt_disable();
	for_each_mm (mm)
		nr++;
	preempt_enable();
	return nr;
}

/* A program once before: what it leaves for ever, such as page tables of the window, is no loss. */
int remember_resources(struct kunit *test)
{
	image_begin(&user_exit_42);
	KUNIT_ASSERT_EQ(test, exec_image(), 0);
	threads_before = nr_threads();
	frames_before = frames_at_rest();
	objects_before = objects_in_use();
	return 0;
}

void expect_resources(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, wait_until(nr_threads() == threads_before));
	KUNIT_EXPECT_EQ(test, nr_mms(), 0U);
	KUNIT_EXPECT_EQ(test, frames_at_rest(), frames_before);
	KUNIT_EXPECT_EQ(test, objects_in_use(), objects_before);
	KUNIT_EXPECT_TRUE(test, list_empty(&current->children));
}

static struct fault_attr the_nth_fails(unsigned int nth)
{
	return (struct fault_attr){ .probability = 100, .interval = nth, .times = 1 };
}

/* A block that is not to be had may be made up for by single frames, so none must be left. */
static struct fault_attr all_fail_after(unsigned int nth)
{
	return (struct fault_attr){ .probability = 100, .times = -1, .space = nth * PAGE_SIZE };
}

static unsigned int fail_in_turn(struct kunit *test, void (*set)(const struct fault_attr *attr),
				 struct fault_attr (*make)(unsigned int nth),
				 bool (*fn)(struct kunit *test))
{
	unsigned int nth = 0;
	bool well = false;

	while (!well && nth < 1000) {
		const struct fault_attr attr = make(++nth);

		set(&attr);
		well = fn(test);
		set(NULL);
		KUNIT_ASSERT_EQ(test, frames_at_rest(), frames_before);
		KUNIT_ASSERT_EQ(test, objects_in_use(), objects_before);
		KUNIT_ASSERT_EQ(test, nr_mms(), 0U);
	}
	KUNIT_EXPECT_TRUE(test, well);
	return nth;
}

void with_each_allocation_failing(struct kunit *test, bool (*fn)(struct kunit *test))
{
	KUNIT_EXPECT_GT(test, fail_in_turn(test, set_failslab, the_nth_fails, fn), 2U);
	KUNIT_EXPECT_GT(test, fail_in_turn(test, set_fail_page_alloc, all_fail_after, fn), 2U);
}
