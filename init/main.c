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
static char init_args[256]; /* what stands behind `--`, for it */

#define MAX_INIT_ARGS 32 /* as in Linux */

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

/* Cuts init_args into words behind argv[0]. */
static void split_init_args(const char **argv)
{
	char *rest = init_args, *word;
	int argc = 1;

	while (argc <= MAX_INIT_ARGS && (word = strsep(&rest, " \t")))
		if (*word)
			argv[argc++] = word;
}

/* Pid 1 becomes that program. */
static void run_init_process(void)
{
	static const char *const envp[] = { "HOME=/", "PATH=/bin:/sbin", "TERM=vt100", NULL };
	static const char *argv[MAX_INIT_ARGS + 2] = { init_path };
	char words[EXEC_ERROR_WORDS];
	int err;

	init_has_ended = power_off_with_init;
	split_init_args(argv);
	err = kernel_execve(init_path, argv, envp);
	if (err && current->mm)
		do_group_exit(SIGKILL);
	if (!err)
		return;
	describe_exec_error(words, sizeof(words), init_path, err);
	panic("No working init found: %s: %s; without init= the monitor starts", init_path, words);
}

static int kernel_init(void *unused __unused)
{
	set_task_comm(current, "init");
	system_state = SYSTEM_RUNNING;
	chrdev_init();
	tty_init();
	fs_init();
	do_late_initcalls();
	if (!init_path[0])
		monitor_loop();
	run_init_process();
	return 0;
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
	early_console_init();
	trap_init();
	early_fixmap_init();
	pr_info("k896: a kernel in the " KERNEL_PLACE "\n");
	command_line = setup_arch();
	strscpy(init_args, parse_args(command_line), sizeof(init_args));
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
