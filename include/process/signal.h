/*
 * Taking signals: what happens to those that <kernel/signal.h> sent, on the way back to ring 3.
 *
 *      return_to_user --> do_notify_resume() --> do_signal() --> get_signal()
 *                                                  |               default action: nothing, or the end
 *                                                  v
 *                                                setup_frame()     the program's registers go onto its
 *                                                                  stack, and the handler runs
 *      sys_rt_sigreturn()  <----------------------------------     and returns: they come back
 *
 * Condenses the receiving half of kernel/signal.c of Linux 2.6.
 */
#ifndef PROCESS_SIGNAL_H
#define PROCESS_SIGNAL_H

#include <kernel/signal.h>

/* A signal for a handler: which, why, and how it wants it. */
struct ksignal {
	int sig;
	struct kernel_siginfo info;
	struct k_sigaction action;
};

/**
 * get_signal - the next signal that the current task has a handler for
 * @ksig: filled in
 *
 * Does what is to be done by default with those before it; does not return if that is to end the
 * task. Interrupts on. Returns false if there is none left.
 */
bool get_signal(struct ksignal *ksig);

struct pt_regs;

/**
 * setup_frame - put the program's registers onto its stack, and its handler into their place
 * @mask: what was blocked before
 *
 * In arch/.../kernel/signal.c. Returns 0, or -EFAULT; then nothing of @regs is changed.
 */
int setup_frame(const struct ksignal *ksig, sigset_t mask, struct pt_regs *regs);

/* What a handler's frame is to bring back: what was blocked when the signal came. */
sigset_t sigmask_to_save(void);

/* No handler ran after sigsuspend(): what was blocked before it is so again. */
void restore_saved_sigmask(void);

/* The handler's frame is on the stack: what shall be blocked, and come of the action, meanwhile. */
void signal_delivered(const struct ksignal *ksig);

/*
 * There is no frame, or no room for one: the program ends, or gets a SIGSEGV if it has a handler for
 * that. @why: for the log, and the stack pointer is said behind it.
 */
void force_sigsegv(int sig, const char *why);

/* Change what is blocked; SIGKILL and SIGSTOP never are. */
void set_current_blocked(sigset_t blocked);

/* Is @sp on the other stack, and where does the frame go that is to be pushed below @sp? */
bool on_sig_stack(unsigned long sp);
unsigned long sigsp(unsigned long sp, const struct ksignal *ksig);

/* The other stack as sigaltstack() tells and takes it; @sp: where the program's stack is. */
void get_altstack(struct sigaltstack *stack, unsigned long sp);
int set_altstack(const struct sigaltstack *stack, unsigned long sp);

/* Why a signal came, for a program to read. */
void siginfo_for_user(struct siginfo *to, const struct kernel_siginfo *from);

/* Tell what comes of a signal, and unless @action is NULL have that come of it. 0 or -EINVAL. */
int do_sigaction(int sig, const struct k_sigaction *action, struct k_sigaction *old_action);

/* @size: of a sigset_t, or -EINVAL; -EFAULT for bad pointers. */
long sys_rt_sigaction(int sig, const struct k_sigaction __user *action,
		      struct k_sigaction __user *old_action, size_t size);
long sys_rt_sigprocmask(int how, const sigset_t __user *set, sigset_t __user *old_set, size_t size);
long sys_rt_sigpending(sigset_t __user *set, size_t size);
long sys_rt_sigsuspend(const sigset_t __user *set, size_t size);
long sys_pause(void);
long sys_sigaltstack(const struct sigaltstack __user *stack, struct sigaltstack __user *old_stack);

/* As kill_something_info(). A process has one thread: tkill() and tgkill() are kill() of that one. */
long sys_kill(int pid, int sig);
long sys_tkill(int tid, int sig);
long sys_tgkill(int tgid, int tid, int sig);

/* arch/.../kernel/signal.c: a handler has returned, or pretends to. Gives what the register had. */
long sys_rt_sigreturn(void);

#endif
