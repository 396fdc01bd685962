/*
 * A task's state in a letter, as ps shows it.
 */
#ifndef MONITOR_TASKS_H
#define MONITOR_TASKS_H

/* R, S, D, Z of Linux's ps, or X; @state: a TASK_ value. */
char task_state_letter(unsigned int state);

#endif
