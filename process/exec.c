/*
 * execve(): the way of a program into a task, up to its own format, which is binfmt_elf.c's.
 *
 *      STACK_TOP  +--------------------+
 *                 | 0                  |  one word
 *                 | "/bin/prog"        |  bprm->exec: AT_EXECFN
 *                 | envp's strings     |  copied one by one, the last one first,
 *                 | argv's strings     |  into frames of the new address space,
 *      bprm->p -->|                    |  which is not loaded yet: get_user_pages(), kmap()
 *                 | ...                |  argc, argv, envp, auxv: binfmt_elf.c
 *
 * So the strings are where they shall be before the old program, whose memory they come from, is
 * gone. Called by ring 3 and, through kernel_execve(), by kernel threads. Condenses fs/exec.c of
 * Linux 2.6.23. Left out: other formats, set-user-id, credentials.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <kernel/printk.h>
#include <kernel/signal.h>
#include <mm/highmem.h>
#include <mm/memory.h>
#include <mm/mm_alloc.h>
#include <mm/mmap.h>
#include <mm/slab.h>
#include <fs/fs.h>
#include <process/exec.h>
#include <process/fork.h>
#include <process/syscalls.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>
#include <asm/task_size.h>
#include <asm/uaccess.h>
#include "internal.h"

#define ARG_MAX (128UL * 1024) /* of all of them, if the stack may not be large */

int refuse_exec(const struct linux_binprm *bprm, int err, const char *fmt, ...)
{
	char why[96];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	pr_info("exec: %s: %s; not started\n", bprm->filename, why);
	return err;
}

/* --- the new stack -------------------------------------------------------------------------------- */

static struct vm_area_struct *new_stack(struct mm_struct *mm)
{
	struct vm_area_struct *vma = vma_alloc(mm);

	if (!vma)
		return NULL;
	vma->vm_start = STACK_TOP - PAGE_SIZE;
	vma->vm_end = STACK_TOP;
	vma->vm_flags = VM_STACK_FLAGS;
	vma->vm_page_prot = vm_get_page_prot(VM_STACK_FLAGS);
	insert_vm_struct(mm, vma); /* nothing else is there */
	return vma;
}

static int bprm_mm_init(struct linux_binprm *bprm)
{
	bprm->mm = mm_alloc();
	if (!bprm->mm)
		return -ENOMEM;
	arch_pick_mmap_layout(bprm->mm);
	bprm->vma = new_stack(bprm->mm);
	if (!bprm->vma)
		return -ENOMEM;
	bprm->p = STACK_TOP - sizeof(long);
	return 0;
}

/* Linux's bound: a quarter of what the stack may become. */
static unsigned long arg_limit(void)
{
	return max(rlimit(RLIMIT_STACK) / 4, ARG_MAX);
}

/* The frame of the new stack at @addr, with a count; the stack is grown down to there. */
static struct page *get_arg_page(struct linux_binprm *bprm, unsigned long addr)
{
	struct page *page;
	long found = 0;

	down_write(&bprm->mm->mmap_sem);
	if (addr >= bprm->vma->vm_start || !expand_stack(bprm->vma, addr))
		found = get_user_pages(bprm->mm, addr & PAGE_MASK, 1, true, &page);
	up_write(&bprm->mm->mmap_sem);
	return found == 1 ? page : NULL;
}

/* --- strings ---------------------------------------------------------------------------------------- */

/* A string of the kernel's or of ring 3's. */
struct arg_string {
	const char *kernel; /* NULL: @user counts */
	const char __user *user;
};

/* The @i-th one; neither kernel's nor user's: the end of the list. */
static int get_arg(const struct arg_strings *args, unsigned long i, struct arg_string *arg)
{
	*arg = (struct arg_string){ NULL, NULL };
	if (args->kernel)
		arg->kernel = args->kernel[i];
	else if (args->user && get_user(arg->user, args->user + i))
		return -EFAULT;
	return 0;
}

static int count_args(const struct arg_strings *args, unsigned long *count)
{
	const unsigned long max = arg_limit() / sizeof(long);
	struct arg_string arg;

	for (*count = 0; *count <= max; ++*count) {
		if (get_arg(args, *count, &arg))
			return -EFAULT;
		if (!arg.kernel && !arg.user)
			return 0;
	}
	return -E2BIG;
}

/* Its NUL included; 0: ring 3 has no such string; more than MAX_ARG_STRLEN: too long. */
static size_t arg_length(const struct arg_string *arg)
{
	if (arg->kernel)
		return strlen(arg->kernel) + 1;
	return (size_t)strnlen_user(arg->user, MAX_ARG_STRLEN);
}

static int copy_arg_chunk(struct linux_binprm *bprm, unsigned long to, const struct arg_string *arg,
			  size_t offset, size_t size)
{
	struct page *page = get_arg_page(bprm, to);
	unsigned long left = 0;
	char *vaddr;

	if (!page)
		return -ENOMEM;
	vaddr = (char *)kmap(page) + (to & ~PAGE_MASK);
	if (arg->kernel)
		memcpy(vaddr, arg->kernel + offset, size);
	else
		left = copy_from_user(vaddr, arg->user + offset, size);
	kunmap(page);
	put_page(page);
	return left ? -EFAULT : 0;
}

static int copy_string(struct linux_binprm *bprm, const struct arg_string *arg)
{
	const size_t length = arg_length(arg);
	size_t done, chunk, room;
	int err = 0;

	if (!length)
		return -EFAULT;
	if (length > MAX_ARG_STRLEN || STACK_TOP - bprm->p + length > arg_limit())
		return -E2BIG;
	bprm->p -= length;
	for (done = 0; done < length && !err; done += chunk) {
		room = PAGE_SIZE - ((bprm->p + done) & ~PAGE_MASK);
		chunk = min(length - done, room);
		err = copy_arg_chunk(bprm, bprm->p + done, arg, done, chunk);
	}
	return err;
}

/* The last one first, so that they lie in order. */
static int copy_strings(struct linux_binprm *bprm, const struct arg_strings *args,
			unsigned long count)
{
	struct arg_string arg;
	int err = 0;

	while (count-- && !err) {
		err = get_arg(args, count, &arg);
		if (!err)
			err = copy_string(bprm, &arg);
	}
	return err;
}

static int copy_all_strings(struct linux_binprm *bprm, const struct arg_strings *argv,
			    const struct arg_strings *envp)
{
	int err = count_args(argv, &bprm->argc);

	if (!err)
		err = count_args(envp, &bprm->envc);
	if (!err && (bprm->argc + bprm->envc) * sizeof(long) > arg_limit())
		err = -E2BIG;
	if (!err)
		err = copy_string(bprm, &(struct arg_string){ .kernel = bprm->filename });
	bprm->exec = bprm->p;
	if (!err)
		err = copy_strings(bprm, envp, bprm->envc);
	if (!err)
		err = copy_strings(bprm, argv, bprm->argc);
	return err;
}

/* --- the point of no return --------------------------------------------------------------------------- */

static void exec_mmap(struct mm_struct *mm)
{
	struct mm_struct *old = current->mm;

	if (old)
		mm_release(current);
	local_irq_disable();
	current->mm = mm;
	switch_mm(mm);
	local_irq_enable();
	if (old)
		mmput(old);
}

/* A handler is an address in the old program. What was ignored stays so. */
static void flush_signal_handlers(struct task_struct *task)
{
	struct k_sigaction *action;

	for (int sig = 1; sig <= _NSIG; sig++) {
		action = &task->signal.sighand->action[sig - 1];
		*action = (struct k_sigaction){
			.sa_handler = action->sa_handler == SIG_IGN ? SIG_IGN : SIG_DFL,
		};
	}
	task->signal.sas_ss_sp = task->signal.sas_ss_size = 0;
}

static const char *basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int flush_old_exec(struct linux_binprm *bprm)
{
	int err = unshare_files();

	if (err)
		return err;
	exec_mmap(bprm->mm);
	bprm->mm = NULL;
	flush_thread();
	flush_signal_handlers(current);
	flush_old_files();
	current->did_exec = true;
	set_task_comm(current, basename(bprm->filename));
	return 0;
}

/* --- execve ------------------------------------------------------------------------------------------- */

static int read_head(struct linux_binprm *bprm)
{
	const ssize_t count = kernel_read(bprm->file, 0, bprm->buf, BINPRM_BUF_SIZE);

	return count < 0 ? (int)count : 0;
}

static int exec_binprm(struct linux_binprm *bprm, const struct arg_strings *argv,
		       const struct arg_strings *envp)
{
	int err = read_head(bprm);

	if (!err)
		err = bprm_mm_init(bprm);
	if (!err)
		err = copy_all_strings(bprm, argv, envp);
	return err ? err : load_elf_binary(bprm);
}

int do_execve_file(struct file *file, const char *filename, const struct arg_strings *argv,
		   const struct arg_strings *envp)
{
	struct linux_binprm *bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);
	int err = -ENOMEM;

	if (bprm) {
		bprm->file = file;
		bprm->filename = filename;
		err = exec_binprm(bprm, argv, envp);
		if (bprm->mm)
			mmput(bprm->mm);
		kfree(bprm);
	}
	fput(file);
	return err;
}

__landmark int do_execve(const char *filename, const struct arg_strings *argv,
			 const struct arg_strings *envp)
{
	struct file *file = open_exec(filename);

	return IS_ERR(file) ? (int)PTR_ERR(file) : do_execve_file(file, filename, argv, envp);
}

static const struct exec_error {
	int err;
	const char *words;
} exec_errors[] = {
	{ -ENOENT, "the interpreter that it wants is not here; the log says which" },
	{ -EACCES, "not a file that may be executed" },
	{ -ENOTDIR, "a part of the path is no directory" },
	{ -ELOOP, "too many symbolic links" },
	{ -ENAMETOOLONG, "the name is too long" },
	{ -E2BIG, "too many arguments" },
	{ -ENOMEM, "not enough memory; kill ends other programs, ps lists them" },
	{ -ENOEXEC, "not a program that this kernel can run; the log says why" },
};

static bool is_folder(const char *path)
{
	struct dentry *dentry;

	return !path_lookup(root_dentry, path, true, &dentry) && S_ISDIR(dentry->d_inode->i_mode);
}

/* A file that is there, but lacks its interpreter, gives -ENOENT too. */
void describe_exec_error(char *buf, size_t size, const char *path, int err)
{
	struct file *file = open_exec(path);

	if (IS_ERR(file))
		err = (int)PTR_ERR(file);
	else
		fput(file);
	if (err == -ENOENT && IS_ERR(file)) {
		snprintf(buf, size, "No such file (the ramdisk has %u files)", ramdisk_files());
		return;
	}
	if (err == -EACCES && is_folder(path)) {
		strscpy(buf, "a directory, not a program", size);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(exec_errors); i++) {
		if (err != exec_errors[i].err)
			continue;
		strscpy(buf, exec_errors[i].words, size);
		return;
	}
	snprintf(buf, size, "error %d; the log may say why", -err);
}

/* What a kernel thread lacks of a process, but for the address space. */
static int become_process(struct task_struct *task)
{
	if (!task->signal.sighand && alloc_sighand(task))
		return -ENOMEM;
	if (task->files)
		return 0;
	task->files = alloc_files();
	return task->files ? open_console(task->files) : -ENOMEM;
}

int kernel_execve_file(struct file *file, const char *filename, const char *const argv[],
		       const char *const envp[])
{
	int err = become_process(current);

	if (err)
		fput(file);
	else
		err = do_execve_file(file, filename, &(struct arg_strings){ .kernel = argv },
				     &(struct arg_strings){ .kernel = envp });
	if (err && !current->mm)
		exit_resources(current);
	return err;
}

int kernel_execve(const char *filename, const char *const argv[], const char *const envp[])
{
	struct file *file = open_exec(filename);

	return IS_ERR(file) ? (int)PTR_ERR(file) : kernel_execve_file(file, filename, argv, envp);
}

long sys_execve(const char __user *filename, const char __user *const __user *argv,
		const char __user *const __user *envp)
{
	char *name = getname(filename);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_execve(name, &(struct arg_strings){ .user = argv },
			&(struct arg_strings){ .user = envp });
	putname(name);
	return err;
}
