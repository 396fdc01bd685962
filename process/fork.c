/*
 * Making tasks: structure, stack, number, and what a process owns; and taking them back.
 *
 *      copy_process()             do_exit()              bury_task()          release_task()
 *        task_struct  <- cache                                                  -> cache
 *        stack        <- vmalloc                           -> two are kept
 *        number       <- pidmap                                                 -> pidmap
 *        mm, files, signals         given up here
 *
 * bury_task() is called by the next task, in finish_task_switch(): nobody can give back the stack he
 * stands on. A task that nobody waits for is released there too; a zombie waits for its parent.
 *
 * Called by init/, kthread.c, entry.asm's table of system calls. Condenses kernel/fork.c of Linux 2.6;
 * the kept stacks are those of 4.9. Left out: threads of one process.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/ratelimit.h>
#include <kernel/signal.h>
#include <mm/gfp.h>
#include <mm/mm.h>
#include <mm/mm_alloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <fs/fs.h>
#include <process/fork.h>
#include <process/syscalls.h>
#include <asm/highmem.h>
#include <asm/uaccess.h>
#include "internal.h"

/* CLONE_UNTRACED, CLONE_DETACHED, CLONE_SYSVSEM: about what there is none of, so they change nothing. */
#define CLONE_IGNORED 0x00C40000UL
#define CLONE_SUPPORTED                                                                         \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_VFORK | CLONE_SETTLS | CLONE_PARENT_SETTID | \
	 CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_IGNORED)

#define MIN_THREADS 20UL /* as Linux */

static struct kmem_cache *task_struct_cachep, *sighand_cachep;

unsigned long max_threads;

/* --- stacks ----------------------------------------------------------------------------------- */

#define NR_CACHED_STACKS 2 /* as Linux keeps for each CPU */

/* Guarded by preemption off. */
static void *cached_stacks[NR_CACHED_STACKS];
static unsigned int nr_cached_stacks;

static void *take_cached_stack(void)
{
	void *stack = NULL;

	preempt_disable();
	if (nr_cached_stacks)
		stack = cached_stacks[--nr_cached_stacks];
	preempt_enable();
	return stack;
}

static __always_inline void *alloc_thread_stack(void)
{
	void *stack = take_cached_stack();

	return stack ? stack : vmalloc(THREAD_SIZE);
}

/* Never sleeps. */
static void free_thread_stack(void *stack)
{
	preempt_disable();
	if (stack && nr_cached_stacks < NR_CACHED_STACKS) {
		cached_stacks[nr_cached_stacks++] = stack;
		stack = NULL;
	}
	preempt_enable();
	vfree(stack);
}

void free_vm_stack_cache(void)
{
	void *stack;

	while ((stack = take_cached_stack()))
		vfree(stack);
}

/* --- the task alone --------------------------------------------------------------------------- */

struct task_struct *alloc_task_struct_node(int node __unused)
{
	return kmem_cache_alloc(task_struct_cachep, GFP_KERNEL);
}

static void free_task(struct task_struct *task)
{
	kmem_cache_free(task_struct_cachep, task);
}

void __release_task(struct task_struct *task)
{
	detach_pid(task);
	list_del_init(&task->sibling);
	put_task_struct(task);
}

void release_task(struct task_struct *task)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	__release_task(task);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

static void bury_task(struct task_struct *task)
{
	free_thread_stack(task->stack);
	task->stack = NULL;
	if (task->state == TASK_DEAD)
		release_task(task);
}

static void init_task_struct(struct task_struct *task, const struct kernel_clone_args *args)
{
	memset(task, 0, sizeof(*task));
	task->state = TASK_UNINTERRUPTIBLE;
	set_task_comm(task, current->comm);
	atomic_set(&task->usage, 1);
	INIT_LIST_HEAD(&task->run_list);
	task->pgrp = current->pgrp;
	task->session = current->session;
	memcpy(task->rlim, current->rlim, sizeof(task->rlim));
	INIT_LIST_HEAD(&task->children);
	INIT_LIST_HEAD(&task->sibling);
	init_waitqueue_head(&task->wait_chldexit);
	setup_timer(&task->real_timer, it_real_fn, (unsigned long)task);
	task->exit_signal = args->exit_signal;
	task->fn = args->fn;
	task->arg = args->arg;
	init_completion(&task->exited);
	task->release = bury_task;
	task->free = free_task;
}

/* --- what a process owns ------------------------------------------------------------------------ */

int alloc_sighand(struct task_struct *task)
{
	task->signal.sighand = kmem_cache_zalloc(sighand_cachep, GFP_KERNEL);
	return task->signal.sighand ? 0 : -ENOMEM;
}

/* Actions, what is blocked and the other stack are the parent's; what is pending is not. */
static int copy_signals(struct task_struct *task)
{
	const struct signal_state *ours = &current->signal;

	task->signal.sighand = kmem_cache_alloc(sighand_cachep, GFP_KERNEL);
	if (!task->signal.sighand)
		return -ENOMEM;
	memcpy(task->signal.sighand->action, ours->sighand->action, sizeof(ours->sighand->action));
	task->signal.blocked = ours->blocked;
	task->signal.sas_ss_sp = ours->sas_ss_sp;
	task->signal.sas_ss_size = ours->sas_ss_size;
	return 0;
}

static int copy_mm(struct task_struct *task, unsigned long flags)
{
	task->mm = current->mm;
	if (flags & CLONE_VM)
		atomic_inc(&task->mm->mm_users);
	else
		task->mm = dup_mm(current->mm);
	return task->mm ? 0 : -ENOMEM;
}

static int copy_resources(struct task_struct *task, const struct kernel_clone_args *args)
{
	int err = copy_files(task, args->flags & CLONE_FILES);

	if (!err && !args->fn)
		err = copy_signals(task);
	if (!err && !args->fn)
		err = copy_mm(task, args->flags);
	if (!err)
		err = copy_thread(task, args);
	return err;
}

static void exit_mm(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	if (!mm)
		return;
	mm_release(task);
	task->mm = NULL;
	mmput(mm);
}

static void exit_signals(struct task_struct *task)
{
	struct sighand_struct *sighand = task->signal.sighand;

	task->signal.sighand = NULL;
	if (sighand)
		kmem_cache_free(sighand_cachep, sighand);
}

void exit_resources(struct task_struct *task)
{
	exit_mm(task);
	exit_files(task);
	exit_signals(task);
	exit_thread(task);
}

/* --- copy_process ------------------------------------------------------------------------------- */

static int check_clone_flags(const struct kernel_clone_args *args)
{
	static struct ratelimit_state limit = RATELIMIT_STATE_INIT;
	const unsigned long unknown = args->flags & ~CLONE_SUPPORTED;

	if (!unknown && args->exit_signal <= _NSIG)
		return 0;
	if (__ratelimit(&limit))
		pr_info("clone: flags 0x%08lx of %s/%d: threads of one process and namespaces are "
			"not there; refused\n",
			unknown, current->comm, current->pid);
	return -EINVAL;
}

/* Number, family, and a place in the list: from here on others can find it, and signals reach it. */
static int enlist(struct task_struct *task)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&tasklist_lock, flags);
	err = attach_pid(task);
	task->parent = task->exit_signal == EXIT_AUTOREAP ? &init_task : current;
	if (!err && task->exit_signal != EXIT_AUTOREAP)
		list_add_tail(&task->sibling, &current->children);
	if (!err && task->signal.sighand)
		copy_group_signals(task);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

/* The kernel's own threads get what programs leave. */
static bool is_one_too_many(const struct kernel_clone_args *args)
{
	return nr_threads() >= (args->fn ? max_threads : min(rlimit(RLIMIT_NPROC), max_threads));
}

static void note_tid_addresses(struct task_struct *task, const struct kernel_clone_args *args)
{
	if (args->flags & CLONE_CHILD_SETTID)
		task->set_child_tid = args->child_tid;
	if (args->flags & CLONE_CHILD_CLEARTID)
		task->clear_child_tid = args->child_tid;
}

__landmark struct task_struct *copy_process(const struct kernel_clone_args *args)
{
	struct task_struct *task;
	int err = check_clone_flags(args);

	if (err)
		return ERR_PTR(err);
	if (is_one_too_many(args))
		return ERR_PTR(-EAGAIN);
	task = alloc_task_struct_node(NUMA_NO_NODE);
	if (!task)
		return ERR_PTR(-ENOMEM);
	init_task_struct(task, args);
	task->stack = alloc_thread_stack();
	err = task->stack ? copy_resources(task, args) : -ENOMEM;
	if (!err)
		err = enlist(task);
	if (err)
		goto failed;
	note_tid_addresses(task, args);
	return task;

failed:
	exit_resources(task);
	free_thread_stack(task->stack);
	free_task(task);
	return ERR_PTR(err);
}

/* --- vfork ---------------------------------------------------------------------------------------- */

/* Preemption off: the parent does not leave, and take the completion on its stack with it. */
static void complete_vfork_done(struct task_struct *task)
{
	preempt_disable();
	if (task->vfork_done)
		complete(task->vfork_done);
	task->vfork_done = NULL;
	preempt_enable();
}

void mm_release(struct task_struct *task)
{
	if (task->clear_child_tid && atomic_read(&task->mm->mm_users) > 1)
		put_user(0, task->clear_child_tid);
	task->clear_child_tid = NULL;
	complete_vfork_done(task);
}

/* Signals wake it, but only SIGKILL ends it before the child has gone its own way. */
static void wait_for_vfork_done(struct task_struct *child, struct completion *vfork)
{
	__wait_event(vfork->wait, vfork->done || fatal_signal_pending(current), TASK_INTERRUPTIBLE,
		     schedule());
	preempt_disable();
	child->vfork_done = NULL;
	preempt_enable();
	put_task_struct(child);
}

__landmark long do_fork(const struct kernel_clone_args *args)
{
	struct task_struct *task = copy_process(args);
	struct completion vfork;
	pid_t pid;

	if (IS_ERR(task))
		return PTR_ERR(task);
	pid = task->pid; /* it may have ended before we look again */
	if (args->flags & CLONE_PARENT_SETTID)
		put_user(pid, args->parent_tid);
	if (args->flags & CLONE_VFORK) {
		init_completion(&vfork);
		task->vfork_done = &vfork;
		get_task_struct(task);
	}
	wake_up_process(task);
	if (args->flags & CLONE_VFORK)
		wait_for_vfork_done(task, &vfork);
	return pid;
}

__landmark pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	const struct kernel_clone_args args = {
		.flags = flags & ~CSIGNAL,
		.exit_signal = flags & CSIGNAL ? (int)(flags & CSIGNAL) : EXIT_AUTOREAP,
		.fn = fn,
		.arg = arg,
	};

	return (pid_t)do_fork(&args);
}

/* --- system calls --------------------------------------------------------------------------------- */

long sys_fork(void)
{
	return do_fork(&(struct kernel_clone_args){ .exit_signal = SIGCHLD });
}

long sys_vfork(void)
{
	return do_fork(&(struct kernel_clone_args){
		.flags = CLONE_VFORK | CLONE_VM,
		.exit_signal = SIGCHLD,
	});
}

long sys_clone(unsigned long flags, unsigned long stack, int __user *parent_tid,
	       int __user *child_tid, unsigned long tls)
{
	return do_fork(&(struct kernel_clone_args){
		.flags = flags & ~CSIGNAL,
		.exit_signal = (int)(flags & CSIGNAL),
		.stack = stack,
		.tls = tls,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
	});
}

long sys_clone_backwards(unsigned long flags, unsigned long stack, int __user *parent_tid,
			 unsigned long tls, int __user *child_tid)
{
	return sys_clone(flags, stack, parent_tid, child_tid, tls);
}

/* --- boot ----------------------------------------------------------------------------------------- */

/*
 * As many as have room on an eighth of RAM with their stacks, and with a guard page each on half of
 * the window; processes, half of that.
 */
static void set_max_threads(void)
{
	const unsigned long stack_pages = THREAD_SIZE / PAGE_SIZE;
	const unsigned long window = (VMALLOC_END - VMALLOC_START) / PAGE_SIZE;

	max_threads = min(totalram_pages / (8 * stack_pages), window / 2 / (stack_pages + 1));
	max_threads = min(max(max_threads, MIN_THREADS), PID_MAX - 1UL);
	init_task.rlim[RLIMIT_NPROC].rlim_cur = init_task.rlim[RLIMIT_NPROC].rlim_max =
		max_threads / 2;
}

/* What pid 0 has, all others inherit. */
static void init_first_task(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		init_task.rlim[i] = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	init_task.rlim[RLIMIT_STACK].rlim_cur = _STK_LIM;
	init_task.rlim[RLIMIT_NOFILE] = (struct rlimit){ NR_OPEN_DEFAULT, NR_OPEN_DEFAULT };
	init_task.parent = &init_task;
	INIT_LIST_HEAD(&init_task.children);
	INIT_LIST_HEAD(&init_task.sibling);
	init_waitqueue_head(&init_task.wait_chldexit);
}

__landmark void fork_init(void)
{
	task_struct_cachep = kmem_cache_create("task_struct", sizeof(struct task_struct),
					       __alignof__(struct task_struct), SLAB_PANIC, NULL);
	sighand_cachep =
		kmem_cache_create("sighand", sizeof(struct sighand_struct), 0, SLAB_PANIC, NULL);
	pidmap_init();
	init_first_task();
	set_max_threads();
}
