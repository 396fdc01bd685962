/*
 * The commands that run programs, and end them.
 *
 *      k896> exec /bin/hello a b          waits for it
 *      hello, a b
 *      exec: /bin/hello: exit 0
 *      k896> exec /bin/storm &            goes on; its last line comes when it ends
 *      exec: /bin/storm: runs as 7
 *
 *      run_program()                      the monitor's thread, or with & one of its own
 *        copy_process(become_program)     a child, which execs
 *        do_wait()                        for it alone
 *
 * Ctrl-C goes to the program that the monitor waits for; kill reaches all of them.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/kstrtox.h>
#include <lib/string.h>
#include <drivers/drivers.h>
#include <kernel/signal.h>
#include <mm/slab.h>
#include <monitor/monitor.h>
#include <process/exec.h>
#include <process/exit.h>
#include <process/fork.h>
#include <process/kthread.h>

/* The command line, which must outlive the monitor's own. */
struct program {
	const char *argv[MONITOR_MAX_ARGS + 1];
	bool background;
	int err; /* of kernel_execve() */
	char text[];
};

static const char *const environment[] = { "HOME=/", "PATH=/bin:/sbin", "TERM=vt100", NULL };

static struct program *copy_command_line(int argc, char **argv)
{
	struct program *program;
	size_t size = 0;
	char *text;

	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	program = kzalloc(sizeof(*program) + size, GFP_KERNEL);
	if (!program)
		return NULL;
	text = program->text;
	for (int i = 0; i < argc; i++) {
		program->argv[i] = text;
		text += strscpy(text, argv[i], size) + 1;
	}
	return program;
}

/* The child's function. Returning from it after an exec leads to ring 3. */
static int become_program(void *data)
{
	struct program *program = data;

	program->err = kernel_execve(program->argv[0], program->argv, environment);
	if (program->err)
		do_group_exit(SIGKILL);
	return 0;
}

static void report_end(const struct program *program, const struct task_struct *task)
{
	char words[EXEC_ERROR_WORDS];

	if (program->err)
		describe_exec_error(words, sizeof(words), program->argv[0], program->err);
	else
		describe_exit(words, sizeof(words), task);
	monitor_printf("exec: %s: %s\n", program->argv[0], words);
}

/* Until it has ended; the caller's use of @task is given back. */
static void wait_for_program(const struct program *program, struct task_struct *task)
{
	if (!program->background)
		tty_set_foreground(task);
	do_wait(task->pid, __WALL, NULL);
	if (!program->background)
		tty_set_foreground(NULL);
	report_end(program, task);
	put_task_struct(task);
}

static int run_program(void *data)
{
	struct program *program = data;
	struct task_struct *task = copy_process(&(struct kernel_clone_args){
		.exit_signal = SIGCHLD,
		.fn = become_program,
		.arg = program,
	});

	if (IS_ERR(task)) {
		monitor_printf("exec: %s: no memory for a task\n", program->argv[0]);
	} else {
		if (program->background)
			monitor_printf("exec: %s: runs as %d\n", program->argv[0], task->pid);
		get_task_struct(task);
		wake_up_process(task);
		wait_for_program(program, task);
	}
	kfree(program);
	return 0;
}

static int run_exec(int argc, char **argv)
{
	const bool background = argc > 2 && !strcmp(argv[argc - 1], "&");
	struct program *program = copy_command_line(argc - 1 - background, argv + 1);

	if (!program) {
		monitor_printf("exec: %s: no memory for its arguments\n", argv[1]);
		return -ENOMEM;
	}
	program->background = background;
	if (!background)
		return run_program(program);
	if (kthread_run(run_program, program, "exec"))
		return 0;
	kfree(program);
	monitor_printf("exec: %s: no memory for a thread\n", argv[1]);
	return -ENOMEM;
}

/* "SIGUSR1", "USR1", "10": the number; 0 if there is none such. */
static int parse_signal(const char *word)
{
	unsigned long number;

	if (!kstrtoul(word, 10, &number))
		return number <= _NSIG ? (int)number : 0;
	for (int sig = 1; sig <= SIGSYS; sig++)
		if (!strcmp(signal_name(sig), word) || !strcmp(signal_name(sig) + 3, word))
			return sig;
	return 0;
}

static bool send_to_pid(unsigned long pid, int sig)
{
	struct task_struct *task;
	bool sent = false;

	preempt_disable();
	task = pid <= PID_MAX ? find_task_by_pid((pid_t)pid) : NULL;
	if (task && task->mm)
		sent = !send_sig(sig, task);
	preempt_enable();
	return sent;
}

static int run_kill(int argc, char **argv)
{
	const int sig = argc > 2 ? parse_signal(argv[2]) : SIGTERM;
	unsigned long pid;

	if (monitor_parse_ulong("PID", argv[1], &pid))
		return -EINVAL;
	if (!sig) {
		monitor_printf("kill: SIGNAL: '%s' is neither a name nor a number of one\n",
			       argv[2]);
		return -EINVAL;
	}
	if (send_to_pid(pid, sig))
		return 0;
	monitor_printf("kill: PID: there is no program %lu; ps lists all\n", pid);
	return -ESRCH;
}

static const struct monitor_command run_commands[] = {
	{ "exec", "PATH [ARG...] [&]", "run a program of the ramdisk; & goes on meanwhile", 1,
	  MONITOR_MAX_ARGS - 1, run_exec },
	{ "kill", "PID [SIGNAL]", "send a program a signal: SIGTERM, or what is asked for", 1, 2,
	  run_kill },
};
monitor_group(exec_group, "run", run_commands);
