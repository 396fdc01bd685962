/* A prompt in the midst of boot, for functions without which no machine comes to its real one. */
#ifndef LABS_EARLY_PROMPT_H
#define LABS_EARLY_PROMPT_H

/**
 * early_prompt - run the monitor's commands until the grader has seen enough
 *
 * To be called by the handler of an option that a lab's steps add to the command line: an early_param()
 * stops before paging_init(), a __setup() before mem_init(). Neither threads nor interrupts work yet, so
 * the serial line is polled, and a command must not sleep. Does not return.
 */
void early_prompt(void) __attribute__((__noreturn__));

#endif
