/*
 * The commands that run programs, and end them.
 *
 *      k896> exec /bin/hello a b          waits for it
 *      hello, a b
 *      exec: /bin/hello: exit 0
 *      k896> exec /bin/storm &            goes on; its last line comes when it ends
 *      exec: /bin/storm: runs as 7
 *
 *      run_program()
 *        make_task(become_program)        a child, which execs, first of a process group
 *        do_wait()                        for it alone; with & nobody waits, and it reports itself
 *
 * The keys that are signals go to the group that the monitor waits for (drivers/tty.c); kill reaches
 * all of them.
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

/* The command line, which must outlive the monitor's own. */
struct program {
	const char *argv[MONITOR_MAX_ARGS + 1];
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

/* One in the background tells of its end itself: nobody waits for it. */
static void background_ended(struct task_struct *task)
{
	report_end(task->arg, task);
	kfree(task->arg);
}

/* A child, or with @background nobody's, at the head of a group of its own. ERR_PTR() as always. */
static struct task_struct *make_task(struct program *program, bool background)
{
	struct task_struct *task = copy_process(&(struct kernel_clone_args){
		.exit_signal = background ? EXIT_AUTOREAP : SIGCHLD,
		.fn = become_program,
		.arg = program,
	});

	if (IS_ERR(task))
		return task;
	task->pgrp = task->pid;
	if (background)
		task->ended = background_ended;
	return task;
}

static void run_in_foreground(struct program *program, struct task_struct *task)
{
	get_task_struct(task);
	tty_set_foreground(task);
	wake_up_process(task);
	do_wait(task->pid, __WALL, NULL);
	tty_set_foreground(current);
	report_end(program, task);
	put_task_struct(task);
	kfree(program);
}

static int run_program(struct program *program, bool background)
{
	struct task_struct *task = make_task(program, background);

	if (IS_ERR(task)) {
		monitor_printf("exec: %s: no %s for it; ps lists programs, kill PID KILL ends one, "
			       "kill -PGRP KILL a group\n",
			       program->argv[0],
			       PTR_ERR(task) == -EAGAIN ? "task is left" : "memory");
		kfree(program);
		return (int)PTR_ERR(task);
	}
	if (background) {
		monitor_printf("exec: %s: runs as %d\n", program->argv[0], task->pid);
		wake_up_process(task);
	} else {
		run_in_foreground(program, task);
	}
	return 0;
}

static int run_exec(int argc, char **argv)
{
	const bool background = argc > 2 && !strcmp(argv[argc - 1], "&");
	struct program *program = copy_command_line(argc - 1 - background, argv + 1);

	if (program)
		return run_program(program, background);
	monitor_printf("exec: %s: no memory for its arguments\n", argv[1]);
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

static pid_t no_victim(const char *word)
{
	monitor_printf("kill: '%s' is no %s; ps lists all, and the kernel's own threads\n", word,
		       *word == '-' ? "group of programs" : "program");
	return 0;
}

/* A process, or with a minus before it a group. 0: neither, and that was said. */
static pid_t parse_pid(const char *word)
{
	const bool group = *word == '-';
	unsigned long pid;

	if (monitor_parse_ulong(group ? "PGRP" : "PID", word + group, &pid))
		return 0;
	if (pid > group && pid <= PID_MAX)
		return group ? -(pid_t)pid : (pid_t)pid;
	return no_victim(word);
}

static int run_kill(int argc, char **argv)
{
	const int sig = argc > 2 ? parse_signal(argv[2]) : SIGTERM;
	const pid_t pid = parse_pid(argv[1]);

	if (!pid)
		return -EINVAL;
	if (!sig) {
		monitor_printf("kill: SIGNAL: '%s' is neither a name nor a number of one\n",
			       argv[2]);
		return -EINVAL;
	}
	if (kill_proc(pid, sig)) {
		no_victim(argv[1]);
		return -ESRCH;
	}
	return 0;
}

static const struct monitor_command run_commands[] = {
	{ "exec", "PATH [ARG...] [&]",
	  "run a program; & goes on meanwhile. Ctrl-C, Ctrl-\\ end it; Ctrl-\\ thrice kills", 1,
	  MONITOR_MAX_ARGS - 1, run_exec },
	{ "kill", "PID|-PGRP [SIGNAL]", "send a program, or a group, a signal: SIGTERM if not said",
	  1, 2, run_kill },
};
monitor_group(exec_group, "run", run_commands);
