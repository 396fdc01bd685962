/*
 * Taking signals: what happens to those that <kernel/signal.h> sent, on the way back to ring 3.
 *
 *      return_to_user --> do_notify_resume() --> do_signal() --> get_signal()
 *                                                  |               default action: nothing, or the end
 *                                                  v
 *                                                handle_signal(): a frame on the program's stack
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

#endif
