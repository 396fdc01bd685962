/*
 * The few devices that the kernel brings up by name. What they do they do through tables of the
 * core: struct console, machine_ops, request_irq().
 */
#ifndef DRIVERS_DRIVERS_H
#define DRIVERS_DRIVERS_H

#include <lib/types.h>

/**
 * early_console_init - register serial line, screen and port E9 as consoles
 *
 * They poll, and need no interrupts, no allocator, and of paging only the first megabyte at
 * PAGE_OFFSET. A device that is not there is left out.
 */
void early_console_init(void);

/**
 * console_irq_init - have the serial line and the keyboard deliver what is typed
 *
 * After init_8259A(); a line that can not be had is named in the log.
 */
void console_irq_init(void);

/**
 * vga_console_remap - let the screen be written through the window, as device memory is
 *
 * Until here it was reached through the linear mapping, and stays there if there is no room. After
 * vmalloc_init().
 */
void vga_console_remap(void);

/* Start the clock: from here on timer_tick() is called HZ times a second. After init_8259A(). */
void pit_init(void);

struct task_struct;

/* Register the terminal with fs/. Before fs_init(). */
void tty_init(void);

/**
 * tty_set_foreground - say whose terminal it is
 * @task: it and its process group read, and get the signals that are keys; a kernel thread takes those
 * as keys. NULL, as at boot: all may read, and keys are no signals
 *
 * Whoever reads, and is not of the group, gets -EIO at once. The caller keeps @task from going away.
 */
void tty_set_foreground(struct task_struct *task);

/* Is it that one, whom the user waits for? */
bool tty_is_foreground(const struct task_struct *task);

/* One of each per device; called by the first two above. */
void serial_console_init(void);
void vga_console_init(void);
void debugcon_console_init(void);
void serial_irq_init(void);
void keyboard_init(void);

#endif
