/*
 * How tasks begin: kernel threads, and the processes that fork() makes of one another.
 *
 *      sys_fork, sys_vfork, sys_clone --> do_fork() --+
 *                                                     +--> copy_process() --> wake_up_process()
 *      kernel_thread(), kthread_create() -------------+     mm, files, signals, stack, number
 *
 * How they end is in <process/exit.h>. Condenses kernel/fork.c of Linux 2.6.
 */
#ifndef PROCESS_FORK_H
#define PROCESS_FORK_H

#include <kernel/sched.h>

#define PID_MAX 32768

/* What a new task shares with the one that makes it; the rest of the word is Linux's and refused. */
#define CSIGNAL		     0x000000FFUL /* the signal that its parent gets when it ends */
#define CLONE_VM	     0x00000100UL /* the address space */
#define CLONE_FS	     0x00000200UL /* the working directory, which lies in the files_struct */
#define CLONE_FILES	     0x00000400UL /* what is open */
#define CLONE_VFORK	     0x00004000UL /* the parent waits until it execs or ends */
#define CLONE_SETTLS	     0x00080000UL /* thread-local storage: kernel_clone_args.tls */
#define CLONE_PARENT_SETTID  0x00100000UL /* its number goes to *parent_tid */
#define CLONE_CHILD_CLEARTID 0x00200000UL /* *child_tid becomes 0 when it leaves the mm */
#define CLONE_CHILD_SETTID   0x01000000UL /* its number goes to *child_tid, in its own memory */

/* exit_signal of a task that nobody waits for: it is gone as soon as it ends. */
#define EXIT_AUTOREAP (-1)

#define NUMA_NO_NODE  (-1)

/* What clone() is asked for, and with @fn what kernel_thread() is. */
struct kernel_clone_args {
	unsigned long flags; /* CLONE_, without CSIGNAL */
	int exit_signal;     /* or EXIT_AUTOREAP */
	unsigned long stack; /* ring 3's stack pointer; 0: the parent's */
	unsigned long tls;   /* CLONE_SETTLS: i386 a struct user_desc __user *, x86_64 fs_base */
	int __user *parent_tid, *child_tid;
	int (*fn)(
		void *arg); /* a kernel thread's own function; NULL: a copy of the caller in ring 3 */
	void *arg;
};

/* After kmem_cache_init(): the caches; the thread that booted joins the list. */
void fork_init(void);

/* From task_struct_cachep; all fields are as the last owner left them. NULL without memory. */
struct task_struct *alloc_task_struct_node(int node);

/**
 * copy_process - make a task that does not run yet
 *
 * A kernel thread ends with do_exit(), or by returning from its function; with EXIT_AUTOREAP it is
 * nobody's child. One whose function has called kernel_execve() with success and returns 0 goes on
 * in ring 3. It has the name of its maker until set_task_comm(). wake_up_process() starts it.
 *
 * Returns the task, or ERR_PTR(-ENOMEM; -EAGAIN: too many tasks; -EINVAL: flags that make no sense,
 * or threads). May sleep.
 */
struct task_struct *copy_process(const struct kernel_clone_args *args);

/**
 * do_fork - make a task, and start it
 *
 * With CLONE_VFORK waits until it has left the caller's address space.
 *
 * Returns its number, or an error as copy_process(). May sleep.
 */
long do_fork(const struct kernel_clone_args *args);

/**
 * kernel_thread - start a kernel thread
 * @fn: its function, called with @arg
 * @flags: CLONE_ bits. With a signal in CSIGNAL it is the caller's child: do_wait() for it
 *
 * Returns its number, or -ENOMEM, -EAGAIN. May sleep.
 */
pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags);

/*
 * The address space is left, by exec or exit: tells a vfork()ing parent, and *clear_child_tid.
 * Called while it is still loaded.
 */
void mm_release(struct task_struct *task);

/* Out of the list; its number and, when the last reader lets go, its structure are free again. */
void release_task(struct task_struct *task);

/* Gives back the stacks that are kept for the next tasks: for whoever counts frames or holes. */
void free_vm_stack_cache(void);

/* The task of that number, or NULL. Keep preemption off as long as it is used. */
struct task_struct *find_task_by_pid(pid_t pid);

/*
 * How many tasks there may be at most: programs get -EAGAIN at RLIMIT_NPROC, which begins as half of
 * that, so that the monitor can always start what ends them. All count: there is one user.
 */
extern unsigned long max_threads;

/* All tasks, init_task counted, and those that have ended and were not asked for. */
unsigned int nr_threads(void);

/*
 * Guards the map of numbers, the list of tasks and the family: parent, children, sibling, groups. The
 * list changes with interrupts off, for the terminal's walks it to find a group.
 */
extern spinlock_t tasklist_lock;

#endif
