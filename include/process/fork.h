/*
 * How threads begin and end.
 *
 *      kernel_thread(fn) -> copy_process() -> wake_up_process()
 *                            stack, number     fn(arg) -> do_exit() -> schedule()
 *                                                                      the next thread buries it
 *
 * Condenses the thread half of kernel/{fork,exit}.c of Linux 2.6.
 */
#ifndef PROCESS_FORK_H
#define PROCESS_FORK_H

#include <kernel/sched.h>

#define PID_MAX 32768

/* What a new thread shares with the one that makes it. */
#define CLONE_FS     0x00000200UL
#define CLONE_FILES  0x00000400UL

#define NUMA_NO_NODE (-1)

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

/* After kmem_cache_init(): the cache of task_structs; the thread that booted joins the list. */
void fork_init(void);

/* From task_struct_cachep; all fields are as the last owner left them. NULL without memory. */
struct task_struct *alloc_task_struct_node(int node);

/* THREAD_SIZE bytes, or NULL; the lowest one's address. free_thread_stack() never sleeps. */
void *alloc_thread_stack(void);
void free_thread_stack(void *stack);

/**
 * copy_process - make a kernel thread that does not run yet
 * @fn: its function, called with @arg; what it returns is the thread's exit code
 * @comm: its name, cut to TASK_COMM_LEN - 1
 *
 * It ends with do_exit(), or by returning; nobody needs to wait for it. wake_up_process() starts it.
 *
 * Returns the thread, or NULL without memory or with PID_MAX threads. May sleep.
 */
struct task_struct *copy_process(int (*fn)(void *), void *arg, const char *comm);

/**
 * kernel_thread - start a kernel thread
 * @fn: its function, called with @arg
 * @flags: CLONE_ bits; kernel threads have nothing of their own, so they share all
 *
 * It has the name of its maker until it takes its own with set_task_comm().
 *
 * Returns its number, or -ENOMEM. May sleep.
 */
pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags);

/* End the calling thread. Whoever waits in kthread_stop() gets @code. */
void do_exit(long code) __noreturn;

/* The thread of that number, or NULL. Keep preemption off as long as it is used. */
struct task_struct *find_task_by_pid(pid_t pid);

/* All threads, init_task counted. */
unsigned int nr_threads(void);

#endif
