/*
 * Threads, and who of them runs.
 *
 *                    schedule(): its turn
 *      TASK_RUNNING  ------------------>  TASK_RUNNING
 *      in the queue  <------------------  current
 *            ^        its slice is over      |  set_current_state(), schedule()
 *            |                               v
 *            +---- wake_up_process() ---- TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE
 *
 * Round robin: each thread in the queue runs for at most RR_TIMESLICE ticks, then goes to the
 * queue's end. Who wakes up begins there, but the kernel's own threads before all programs: so the
 * monitor answers however many programs there are. When nobody wants to run, the idle thread (pid 0, the one that booted) halts the CPU.
 * A thread is preempted wherever preempt_count is 0 and interrupts are on.
 *
 * Condenses include/linux/sched.h. Left out: priorities, groups, more than one CPU.
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <lib/errno.h>
#include <lib/list.h>
#include <asm/atomic.h>
#include <asm/switch_to.h>
#include <kernel/preempt.h>
#include <kernel/rlimit.h>
#include <kernel/signal_types.h>
#include <kernel/timer.h>
#include <kernel/wait.h>

typedef int pid_t;

#define TASK_RUNNING	     0U
#define TASK_INTERRUPTIBLE   1U
#define TASK_UNINTERRUPTIBLE 2U
#define TASK_ZOMBIE	     32U /* has ended; its parent has not asked for it yet */
#define TASK_DEAD	     64U /* never runs again, and nobody asks */
#define TASK_NORMAL	     (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

#define TASK_COMM_LEN	     16
#define RR_TIMESLICE	     5 /* ticks */
#define MAX_SCHEDULE_TIMEOUT ((long)(~0UL >> 1))

/* A function that puts the caller to sleep: not what `ps` wants to name. */
#define __sched __section(".sched.text")

struct mm_struct;
struct files_struct;

struct task_struct {
	struct thread_info thread_info; /* first: current_thread_info() counts on it */
	volatile unsigned int state;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	atomic_t usage; /* who still reads this structure */

	struct list_head run_list; /* in the run queue; empty while it sleeps */
	struct list_head tasks;	   /* all threads */
	unsigned int time_slice;   /* ticks left */

	void *stack; /* its lowest byte; THREAD_SIZE of them */
	struct thread_struct thread;

	struct mm_struct *mm;	    /* its address space; NULL: a kernel thread */
	struct files_struct *files; /* what it has open */
	struct rlimit rlim[RLIM_NLIMITS];
	unsigned long min_flt; /* page faults that were served */

	/* The family, guarded by tasklist_lock. Groups are what a key or kill(-PGRP) reaches. */
	pid_t pgrp, session; /* the numbers of those who founded them; 0: the kernel's own */
	bool did_exec;	     /* its parent can not put it into another group any more */
	struct task_struct *parent;
	struct list_head children, sibling;
	wait_queue_head_t wait_chldexit; /* wait4() sleeps here */
	struct completion *vfork_done;	 /* vfork()'s parent waits for it */
	int exit_signal;		 /* sent to the parent when it ends; 0: none */
	int __user *set_child_tid, *clear_child_tid;

	struct signal_state signal;
	struct timer_list real_timer; /* alarm(): sends SIGALRM */
	unsigned long it_real_incr;   /* ticks to the next one after that; 0: it is the last */

	int (*fn)(void *arg); /* a kernel thread's own function */
	void *arg;
	bool should_stop; /* kthread_stop() asked */
	long exit_code;
	unsigned long exit_addr; /* where the signal that ended it struck; 0: not known */
	struct completion exited;

	/* Called when it has given up all it had, for who wants to know without waiting; or NULL. */
	void (*ended)(struct task_struct *task);

	/* Takes back the stack of a task that has ended, and all else that nobody asks for. */
	void (*release)(struct task_struct *task);
	void (*free)(struct task_struct *task);
};

/* The thread that booted, and idles. */
extern struct task_struct init_task;

/* All threads, init_task first. Whoever walks it keeps preemption off. */
extern struct list_head task_list;

#define for_each_process(p) list_for_each_entry (p, &task_list, tasks)

/* Changes once: from there on the scheduler runs, and who must not sleep is told so. */
extern enum system_states { SYSTEM_BOOTING, SYSTEM_RUNNING } system_state;

#define set_current_state(value)          \
	do {                              \
		current->state = (value); \
		barrier();                \
	} while (0)

/* How much of it the current process may use. */
static inline unsigned long rlimit(unsigned int limit)
{
	return current->rlim[limit].rlim_cur;
}

void set_task_comm(struct task_struct *task, const char *comm);

static inline void get_task_struct(struct task_struct *task)
{
	atomic_inc(&task->usage);
}

static inline void put_task_struct(struct task_struct *task)
{
	if (atomic_dec_and_test(&task->usage))
		task->free(task);
}

/* Is there something for the task to take? A long wait ends with -EINTR then. */
static inline bool signal_pending(const struct task_struct *task)
{
	return task->thread_info.flags & _TIF_SIGPENDING;
}

/* Is it to die whatever it wants? */
static inline bool fatal_signal_pending(const struct task_struct *task)
{
	return task->signal.pending & sigmask(SIGKILL);
}

/* What a wait that a signal ends gives: 0, or -ERESTARTSYS. */
static inline int signal_to_take(const struct task_struct *task)
{
	return signal_pending(task) ? -ERESTARTSYS : 0;
}

/* Let another thread run; the caller too, later, unless it has set its state to sleep. */
void schedule(void);

/**
 * schedule_timeout - sleep for a time
 * @timeout: in jiffies; MAX_SCHEDULE_TIMEOUT for no limit. Set the state before
 *
 * Returns what was left when it was woken, 0 if nothing.
 */
long schedule_timeout(long timeout);

/* To the end of the queue. */
void yield(void);

/* In a long loop: schedule() if another thread is due. Returns whether. */
bool cond_resched(void);

/**
 * wake_up_process - make a sleeping thread run, or a new one for the first time
 *
 * Returns false if it was running already, or dead. May be called in an interrupt.
 */
bool wake_up_process(struct task_struct *task);

/* The same, if its state is one of @mode. */
bool try_to_wake_up(struct task_struct *task, unsigned int mode);

/* The clock's part: the running thread has used up another tick. */
void scheduler_tick(void);

/* entry.asm: an interrupt returns to a thread that has to give way. Interrupts off. */
void preempt_schedule_irq(void);

/* What the first function of a new thread calls first, with what switch_to() gave it. */
void schedule_tail(struct task_struct *prev);

/* The idle thread's loop. */
void cpu_idle(void) __noreturn;

/* Is @addr in a __sched function? */
bool in_sched_functions(unsigned long addr);

/* Threads in the queue, the running one counted. */
unsigned int nr_running(void);

/*
 * Something that a thread must not hold when it gives up the CPU. check() is called by each
 * schedule(), interrupts in any state, and reports it.
 */
struct schedule_check {
	void (*check)(const struct task_struct *prev);
	struct schedule_check *next;
};
void register_schedule_check(struct schedule_check *check);

#endif
