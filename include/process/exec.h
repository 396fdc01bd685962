/*
 * Programs: how a task becomes another one.
 *
 *      sys_execve, kernel_execve --> do_execve_file()
 *        a new mm with a stack, the strings of argv and envp copied there    may fail: nothing is lost
 *        load_elf_binary(): all headers checked                              may fail: nothing is lost
 *          flush_old_exec(): the new mm is current->mm                       the point of no return
 *          segments, auxv, start_thread()                                    what fails now kills
 *
 * Condenses include/linux/binfmts.h and fs/exec.c.
 */
#ifndef PROCESS_EXEC_H
#define PROCESS_EXEC_H

#include <lib/compiler.h>
#include <lib/types.h>
#include <asm/page.h>

struct file;
struct mm_struct;
struct vm_area_struct;

#define BINPRM_BUF_SIZE 128
#define MAX_ARG_STRLEN	(32 * PAGE_SIZE) /* of one string */

/* What is known of a program on its way in. */
struct linux_binprm {
	struct file *file;
	const char *filename;	    /* as execve() was given it: AT_EXECFN, and for messages */
	char buf[BINPRM_BUF_SIZE];  /* its first bytes, zeros behind its end */
	struct mm_struct *mm;	    /* the new one, until flush_old_exec() */
	struct vm_area_struct *vma; /* its stack */
	unsigned long p;	    /* how far down the stack is filled */
	unsigned long argc, envc;
	unsigned long exec; /* where the file's name is on the stack */
};

/* Strings for a new program, ended by a NULL: the kernel's, or ring 3's. */
struct arg_strings {
	const char *const *kernel; /* NULL: @user counts */
	const char __user *const __user *user;
};

/**
 * do_execve - run another program in this task
 * @filename: in the kernel's memory; gone after that, as @argv and @envp may be
 *
 * Returns 0, and the task goes on in the new program when it returns to ring 3; or an error:
 * -ENOENT, -ENOEXEC, -E2BIG, -ENOMEM, -EFAULT ... and it is as it was. Each refusal of a file has a
 * line in the log that says what is wrong with it. Past the point of no return an error is
 * returned too, with a SIGKILL on its way. May sleep.
 */
int do_execve(const char *filename, const struct arg_strings *argv, const struct arg_strings *envp);

/* The same with the file open already; takes over the caller's use of it. */
int do_execve_file(struct file *file, const char *filename, const struct arg_strings *argv,
		   const struct arg_strings *envp);

/**
 * kernel_execve - make a program of a kernel thread
 * @argv, @envp: in the kernel's memory, ended by a NULL
 *
 * Gives it the console as files 0, 1 and 2. Its function then returns 0, and it goes on in ring 3.
 * Returns as do_execve(); then it is the kernel thread it was, unless it has an mm: too late for that.
 */
int kernel_execve(const char *filename, const char *const argv[], const char *const envp[]);
int kernel_execve_file(struct file *file, const char *filename, const char *const argv[],
		       const char *const envp[]);

/* binfmt_elf.c: check the file, and if it is well, make a program of it. As do_execve(). */
int load_elf_binary(struct linux_binprm *bprm);

/* For load_elf_binary(), once all is checked: leave the old address space for bprm->mm. 0, -ENOMEM. */
int flush_old_exec(struct linux_binprm *bprm);

/**
 * describe_exec_error - why a program was not started, in words
 * @err: what kernel_execve() returned for @path
 *
 * "No such file (the ramdisk has 12 files)"
 */
void describe_exec_error(char *buf, size_t size, const char *path, int err);
#define EXEC_ERROR_WORDS 80 /* what that needs of @buf */

/* One line in the log: "exec: /bin/x: REASON; not started". Gives back @err. */
int refuse_exec(const struct linux_binprm *bprm, int err, const char *fmt, ...) __printf(3, 4);

#endif
