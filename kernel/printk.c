/*
 * The log: one ring of text that printk() fills and dmesg reads.
 *
 *      log_buf    [ newer lines ... newest line\n|oldest lines ... old lines ... ]
 *                                                ^
 *                                                log_end % LOG_BUF_SIZE: the next byte goes here
 *
 * log_end counts all bytes ever logged, so a reader who remembers how far it came finds its place
 * again, and sees by how much it was overtaken. The consoles are fed from the ring, not from the
 * formatted line: an exception inside a console's write() may print, and the line that it broke
 * into still stands.
 *
 * Everyone calls in here, at any time. One CPU: interrupts off is all the lock there is.
 * Condenses kernel/printk.c of Linux 2.6. Left out: time stamps, the syslog call, console locking.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/kstrtox.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <asm/irqflags.h>
#include <kernel/console.h>
#include <kernel/init.h>
#include <kernel/printk.h>

#define LOG_BUF_SIZE   0x10000 /* a power of two: % on a u64 is then an AND */

#define LOGLEVEL_CONT  (-1)
#define LOGLEVEL_LIMIT 8 /* shows everything: one above KERN_DEBUG */

int console_loglevel = 7;

static char log_buf[LOG_BUF_SIZE];
static u64 log_end;
static int line_level = LOGLEVEL_DEFAULT; /* of the newest line, for KERN_CONT */

static int setup_loglevel(char *val)
{
	unsigned long level;

	if (kstrtoul(val, 10, &level) || level > LOGLEVEL_LIMIT)
		return -EINVAL;
	console_loglevel = (int)level;
	return 0;
}
early_param("loglevel=", setup_loglevel);

size_t log_read(u64 *seq, char *buf, size_t size)
{
	u64 oldest;
	size_t copied = 0;
	unsigned long flags;

	local_irq_save(flags);
	oldest = log_end > LOG_BUF_SIZE ? log_end - LOG_BUF_SIZE : 0;
	if (*seq < oldest)
		*seq = oldest;
	while (copied < size && *seq < log_end)
		buf[copied++] = log_buf[(*seq)++ % LOG_BUF_SIZE];
	local_irq_restore(flags);
	return copied;
}

static void show_on_consoles(u64 from, u64 to)
{
	char chunk[128];
	size_t count;

	while (from < to) {
		count = log_read(&from, chunk, min_t(u64, sizeof(chunk), to - from));
		console_write_log(chunk, count);
	}
}

static void log_text(int level, const char *text, size_t length)
{
	u64 from = log_end;

	while (length--)
		log_buf[log_end++ % LOG_BUF_SIZE] = *text++;
	if (level < console_loglevel)
		show_on_consoles(from, log_end);
}

static bool line_is_open(void)
{
	return log_end && log_buf[(log_end - 1) % LOG_BUF_SIZE] != '\n';
}

/* Takes the KERN_ prefix off the front of @text. */
static int split_level(const char **text)
{
	const char *s = *text;

	if (s[0] != KERN_SOH[0] || !s[1])
		return LOGLEVEL_DEFAULT;
	*text += 2;
	return s[1] == KERN_CONT[1] ? LOGLEVEL_CONT : s[1] - '0';
}

static size_t log_message(const char *text)
{
	int level = split_level(&text);
	size_t length = strlen(text);

	if (level == LOGLEVEL_CONT)
		level = line_level;
	else if (line_is_open())
		log_text(line_level, "\n", 1);
	line_level = level;
	log_text(level, text, length);
	return length;
}

int vprintk(const char *fmt, va_list args)
{
	/* Not on the stack: whoever prints from an exception may have little of it left. */
	static char text[LOG_LINE_MAX];
	unsigned long flags;
	size_t length;

	local_irq_save(flags);
	vsnprintf(text, sizeof(text), fmt, args);
	length = log_message(text);
	local_irq_restore(flags);
	return (int)length;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vprintk(fmt, args);
	va_end(args);
	return length;
}
