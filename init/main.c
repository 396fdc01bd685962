/*
 * The story of boot, in order. head.asm calls start_kernel() with paging on, on the boot stack,
 * interrupts off.
 *
 *      start_kernel() -> rest_init() -> cpu_idle()      pid 0, for ever
 *                            \--> kernel_init()         pid 1: tests, init=PATH or the monitor
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <drivers/drivers.h>
#include <fs/fs.h>
#include <kernel/init.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <mm/mm.h>
#include <mm/mmap.h>
#include <mm/shmem.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <monitor/monitor.h>
#include <process/exec.h>
#include <process/exit.h>
#include <process/fork.h>
#include <asm/fixmap.h>
#include <asm/irq.h>
#include <asm/irqflags.h>
#include <asm/pgalloc.h>
#include <asm/processor.h>
#include <asm/setup.h>
#include <asm/traps.h>

void start_kernel(void) __noreturn;

static char init_path[128]; /* init=; empty: none was asked for */

static int setup_init(char *path)
{
	return strscpy(init_path, path, sizeof(init_path)) > 0 ? 0 : -EINVAL;
}
__setup("init=", setup_init);

/* A program that was pid 1 takes the machine with it. */
static void power_off_with_init(struct task_struct *task)
{
	char words[EXIT_WORDS];

	describe_exit(words, sizeof(words), task);
	pr_info("init: %s: %s\n", init_path, words);
	kernel_power_off(task->exit_code != 0);
}

/* Pid 1 becomes that program. Returns whether it has. */
static bool run_init_process(void)
{
	static const char *const envp[] = { "HOME=/", "PATH=/bin:/sbin", "TERM=vt100", NULL };
	const char *const argv[] = { init_path, NULL };
	char words[EXEC_ERROR_WORDS];
	int err;

	init_has_ended = power_off_with_init;
	err = kernel_execve(init_path, argv, envp);
	if (!err)
		return true;
	if (current->mm)
		do_group_exit(SIGKILL);
	describe_exec_error(words, sizeof(words), init_path, err);
	pr_err("init: %s: %s; starting the monitor\n", init_path, words);
	return false;
}

static int kernel_init(void *unused __unused)
{
	set_task_comm(current, "init");
	system_state = SYSTEM_RUNNING;
	chrdev_init();
	tty_init();
	fs_init();
	do_late_initcalls();
	if (init_path[0] && run_init_process())
		return 0;
	monitor_loop();
}

/* The first thread gets number 1. From here on the boot stack is the idle thread's. */
__landmark static void __noreturn rest_init(void)
{
	if (kernel_thread(kernel_init, NULL, CLONE_FS | CLONE_FILES) != 1)
		panic("rest_init: no memory for the first thread");
	cpu_idle();
}

/* Nothing before trap_init() may fault; from there on a fault is told in words. */
__landmark void start_kernel(void)
{
	const char *command_line;

	early_cpu_detect();
	early_fixmap_init();
	early_console_init();
	trap_init();
	pr_info("k896: a kernel in the " KERNEL_PLACE "\n");
	command_line = setup_arch();
	parse_args(command_line);
	mem_init();
	kmem_cache_init();
	vmalloc_init();
	pgtable_cache_init();
	shmem_init();
	mmap_init();
	vga_console_remap();
	fork_init();
	init_8259A();
	console_irq_init();
	pit_init();
	local_irq_enable();
	rest_init();
}
