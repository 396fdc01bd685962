/*
 * Where text meets the devices, in both directions.
 *
 *      printk()  -> console_write_log() --+--> serial   <--+--  console_write() <- the monitor
 *                                         +--> vga      <--+
 *                                         +--> debugcon (log_only)
 *
 *      serial interrupt   --+
 *                           +--> console_input() -> input ring -> console_getc() <- the monitor
 *      keyboard interrupt --+
 *
 * Knows no device: drivers/ registers a struct console for each.
 * Condenses the console half of kernel/printk.c of Linux 2.6, and the little of a tty we need.
 */
#include <asm/irqflags.h>
#include <kernel/console.h>
#include <kernel/printk.h>
#include <kernel/sched.h>

#define INPUT_SIZE 4096 /* a script pasted while a command runs fits in */

static struct console *console_list;

static char input_ring[INPUT_SIZE];
static volatile unsigned int input_head; /* bytes ever put in, by interrupt handlers */
static unsigned int input_tail;		 /* bytes ever taken out */
static DECLARE_WAIT_QUEUE_HEAD(input_wait);

static const struct console_prompt *prompt; /* whoever is asked now; NULL: nobody */
static bool prompt_hidden;

static void write_to(struct console *con, const char *s, size_t count)
{
	unsigned long flags;

	local_irq_save(flags);
	if (!con->busy) {
		con->busy = true;
		con->write(con, s, count);
		con->busy = false;
	}
	local_irq_restore(flags);
}

static void replay_log(struct console *con)
{
	char chunk[128];
	u64 seq = 0;
	size_t count;

	while ((count = log_read(&seq, chunk, sizeof(chunk))))
		write_to(con, chunk, count);
}

void register_console(struct console *con)
{
	struct console **link = &console_list;

	replay_log(con);
	while (*link)
		link = &(*link)->next;
	*link = con;
}

static void write_to_all(const char *s, size_t count, bool log)
{
	for (struct console *con = console_list; con; con = con->next)
		if (log || !con->log_only)
			write_to(con, s, count);
}

/* The prompt gives way to what is said meanwhile, and comes back below, once that has ended its line. */
static void write_above_prompt(const char *s, size_t count, bool log)
{
	const struct console_prompt *below;
	unsigned long flags;

	local_irq_save(flags);
	below = prompt;
	prompt = NULL; /* it is written by console_write() too */
	if (below && !prompt_hidden)
		below->hide();
	write_to_all(s, count, log);
	prompt_hidden = below && s[count - 1] != '\n';
	if (below && !prompt_hidden)
		below->show();
	prompt = below;
	local_irq_restore(flags);
}

void console_write_log(const char *s, size_t count)
{
	if (count)
		write_above_prompt(s, count, true);
}

void console_write(const char *s, size_t count)
{
	if (count)
		write_above_prompt(s, count, false);
}

void console_drain(void)
{
	for (struct console *con = console_list; con; con = con->next)
		if (con->drain)
			con->drain(con);
}

bool (*console_intercept)(char c);

void console_input(char c)
{
	if (console_intercept && console_intercept(c))
		return;
	if (input_head - input_tail < INPUT_SIZE)
		input_ring[input_head++ % INPUT_SIZE] = c;
	wake_up_interruptible(&input_wait);
}

void console_wake_readers(void)
{
	wake_up_all(&input_wait);
}

static char take_byte(void)
{
	return input_ring[input_tail++ % INPUT_SIZE];
}

int console_getc_while(bool (*may_read)(void), char *c)
{
	const int err =
		wait_event_interruptible(input_wait, !may_read() || input_head != input_tail);

	if (err || !may_read())
		return err ? err : -EIO;
	*c = take_byte();
	return 0;
}

/* Kernel threads get no signals: what wakes them is a byte. */
char console_getc(const struct console_prompt *asked)
{
	prompt_hidden = false;
	prompt = asked;
	wait_event_interruptible(input_wait, input_head != input_tail);
	prompt = NULL;
	return take_byte();
}
