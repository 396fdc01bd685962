/*
 * Making threads: structure, stack, number; and taking them back.
 *
 *      copy_process()           release_task()                  free_task()
 *        task_struct  <- cache    number, stack, list              task_struct -> cache
 *        stack        <- frames   by finish_task_switch(),         by the last
 *        number       <- pidmap   off the dead thread's stack      put_task_struct()
 *
 * Called by init/, kthread.c and whoever wants a thread of its own. Condenses kernel/{fork,pid}.c of
 * Linux 2.6. Left out, until there are processes: everything that a thread can own.
 */
#include <lib/bitmap.h>
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/panic.h>
#include <mm/gfp.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <process/fork.h>

static struct kmem_cache *task_struct_cachep;

/* Guards the map of numbers and the list of threads. */
DEFINE_SPINLOCK(tasklist_lock);
static DECLARE_BITMAP(pidmap, PID_MAX);
static pid_t last_pid;
static unsigned int nr_tasks;

struct task_struct *alloc_task_struct_node(int node __unused)
{
	return kmem_cache_alloc(task_struct_cachep, GFP_KERNEL);
}

static void free_task(struct task_struct *task)
{
	kmem_cache_free(task_struct_cachep, task);
}

static void *alloc_thread_stack(void)
{
	return vmalloc(THREAD_SIZE);
}

static void free_thread_stack(void *stack)
{
	vfree(stack);
}

/* The next one upwards, so that a number is not used again soon; then from the start. -1: none. */
static pid_t alloc_pid(void)
{
	unsigned long pid = find_next_zero_bit(pidmap, PID_MAX, (unsigned long)last_pid + 1);

	if (pid == PID_MAX)
		pid = find_next_zero_bit(pidmap, PID_MAX, 1);
	if (pid == PID_MAX)
		return -1;
	__set_bit(pid, pidmap);
	last_pid = (pid_t)pid;
	return last_pid;
}

/* Number and place in the list; false if there is no number left. */
static bool enlist(struct task_struct *task)
{
	spin_lock(&tasklist_lock);
	task->pid = alloc_pid();
	if (task->pid > 0) {
		list_add_tail(&task->tasks, &task_list);
		nr_tasks++;
	}
	spin_unlock(&tasklist_lock);
	return task->pid > 0;
}

void release_task(struct task_struct *task)
{
	spin_lock(&tasklist_lock);
	list_del(&task->tasks);
	__clear_bit((unsigned long)task->pid, pidmap);
	nr_tasks--;
	spin_unlock(&tasklist_lock);
	free_thread_stack(task->stack);
	task->stack = NULL;
}

static void init_task_struct(struct task_struct *task, const char *comm)
{
	memset(task, 0, sizeof(*task));
	task->state = TASK_UNINTERRUPTIBLE;
	atomic_set(&task->usage, 1);
	INIT_LIST_HEAD(&task->run_list);
	init_completion(&task->exited);
	task->release = release_task;
	task->free = free_task;
	set_task_comm(task, comm);
}

__landmark struct task_struct *copy_process(const struct kernel_clone_args *args)
{
	struct task_struct *task = alloc_task_struct_node(NUMA_NO_NODE);

	if (!task)
		return ERR_PTR(-ENOMEM);
	init_task_struct(task, current->comm);
	task->fn = args->fn;
	task->arg = args->arg;
	task->stack = alloc_thread_stack();
	if (!task->stack)
		goto no_stack;
	copy_thread(task, args);
	if (!enlist(task))
		goto no_pid;
	return task;

no_pid:
	free_thread_stack(task->stack);
no_stack:
	free_task(task);
	return ERR_PTR(-ENOMEM);
}

__landmark pid_t kernel_thread(int (*fn)(void *), void *arg, unsigned long flags __unused)
{
	const struct kernel_clone_args args = {
		.exit_signal = EXIT_AUTOREAP,
		.fn = fn,
		.arg = arg,
	};
	struct task_struct *task = copy_process(&args);
	pid_t pid;

	if (IS_ERR(task))
		return (pid_t)PTR_ERR(task);
	pid = task->pid; /* it may have ended before we look again */
	wake_up_process(task);
	return pid;
}

struct task_struct *find_task_by_pid(pid_t pid)
{
	struct task_struct *task;

	for_each_process(task) if (task->pid == pid) return task;
	return NULL;
}

unsigned int nr_threads(void)
{
	return nr_tasks;
}

__landmark void fork_init(void)
{
	task_struct_cachep = kmem_cache_create("task_struct", sizeof(struct task_struct),
					       __alignof__(struct task_struct), SLAB_PANIC, NULL);
	__set_bit(0, pidmap);
	nr_tasks = 1;
}
