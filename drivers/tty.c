/*
 * The terminal as a file: /dev/console, /dev/tty.
 *
 *      read()   <-- line being edited <-- console_getc()      erase, kill, end of file
 *      write()  --> console_write()                           serial line and screen alike
 *
 * In canonical mode a line is handed over when Enter ends it; without ICANON each byte at once. One
 * terminal, whichever device its bytes come from. The monitor's exec says which program is in front;
 * of its process group are all whose keys these are:
 *
 *      Ctrl-C           SIGINT, where c_lflag has ISIG
 *      Ctrl-\           SIGQUIT, the same
 *      Ctrl-\ thrice    SIGKILL, whatever the program has made of signals and of its terminal
 *
 * Others may write, but read -EIO. Condenses drivers/tty/n_tty.c of Linux. Left out: SIGTTIN, for
 * nobody stops, and would be told to go on.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <drivers/drivers.h>
#include <kernel/console.h>
#include <kernel/mutex.h>
#include <kernel/signal.h>
#include <mm/uaccess.h>
#include <fs/fs.h>

#define TTY_MAJOR   5
#define LINE_MAX    256
#define WRITE_CHUNK 128

#define TCGETS	    0x5401
#define TCSETS	    0x5402
#define TCSETSW	    0x5403
#define TCSETSF	    0x5404
#define TIOCGWINSZ  0x5413

#define ICRNL	    0000400
#define OPOST	    0000001
#define ONLCR	    0000004
#define ISIG	    0000001
#define ICANON	    0000002
#define ECHO	    0000010
#define ECHOE	    0000020
#define CS8_B38400  0000077
#define CREAD	    0000200

#define NCCS	    19
enum { VINTR = 0, VQUIT = 1, VERASE = 2, VKILL = 3, VEOF = 4, VTIME = 5, VMIN = 6 };
#define CTRL(letter)	((letter)&0x1F)

#define QUITS_THAT_KILL 3 /* in a row */

/* The kernel's form, which the C library translates. */
struct termios {
	u32 c_iflag, c_oflag, c_cflag, c_lflag;
	u8 c_line, c_cc[NCCS];
};

struct winsize {
	u16 ws_row, ws_col, ws_xpixel, ws_ypixel;
};

static const struct termios tty_std_termios = {
	.c_iflag = ICRNL,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = CS8_B38400 | CREAD,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE,
	.c_cc = { [VINTR] = CTRL('C'),
		  [VQUIT] = CTRL('\\'),
		  [VERASE] = 0x7F,
		  [VKILL] = CTRL('U'),
		  [VEOF] = CTRL('D'),
		  [VMIN] = 1 },
};

static struct termios tty_termios;

/* Its process group has the terminal; NULL: everybody has. */
static struct task_struct *foreground;

/* Readers take turns; a line that a small read() left over is the next one's. */
static DEFINE_MUTEX(tty_mutex);
static struct {
	char text[LINE_MAX];
	size_t length, taken;
} line;

/* The monitor, which goes before programs, may let go of that task between two looks at it. */
static bool in_foreground(void)
{
	bool in_front;

	preempt_disable();
	in_front = !foreground || current->pgrp == foreground->pgrp;
	preempt_enable();
	return in_front;
}

/* What the last one has made of the terminal is no business of the next. */
void tty_set_foreground(struct task_struct *task)
{
	foreground = task;
	tty_termios = tty_std_termios;
	console_wake_readers();
}

bool tty_is_foreground(const struct task_struct *task)
{
	return task == foreground;
}

static void say(const char *words)
{
	console_write(words, strlen(words));
}

/* The signal that a key is; 0: none. */
static int signal_of(char c)
{
	if (!(tty_termios.c_lflag & ISIG))
		return 0;
	if (c == (char)tty_termios.c_cc[VINTR])
		return SIGINT;
	return c == (char)tty_termios.c_cc[VQUIT] ? SIGQUIT : 0;
}

/* Counted by the key itself: a program may have made another one, or none, the terminal's. */
static bool kills(char c)
{
	static unsigned int quits_in_a_row;

	quits_in_a_row = c == CTRL('\\') ? quits_in_a_row + 1 : 0;
	if (quits_in_a_row < QUITS_THAT_KILL)
		return false;
	quits_in_a_row = 0;
	return true;
}

/* Called in the interrupt that brought the byte. The monitor, a kernel thread, takes keys itself. */
static bool tty_intercept(char c)
{
	int sig = signal_of(c);

	if (kills(c))
		sig = SIGKILL;
	if (!sig || !foreground || !foreground->mm)
		return false;
	if (sig == SIGKILL)
		say("^\\ three times: all in front get SIGKILL\n");
	else
		say(sig == SIGINT ? "^C\n" : "^\\\n");
	kill_proc(-foreground->pgrp, sig);
	return true;
}

static void echo(const char *s, size_t count)
{
	if (tty_termios.c_lflag & ECHO)
		console_write(s, count);
}

static void erase_last(void)
{
	if (line.length) {
		line.length--;
		echo("\b \b", 3);
	}
}

static void erase_all(void)
{
	while (line.length)
		erase_last();
}

/* Returns true when the line is complete. The last place is kept for the line's end. */
static bool edit_line(char c)
{
	if (c == '\r' && (tty_termios.c_iflag & ICRNL))
		c = '\n';
	if (c == (char)tty_termios.c_cc[VERASE] || c == '\b') {
		erase_last();
	} else if (c == (char)tty_termios.c_cc[VKILL]) {
		erase_all();
	} else if (c == (char)tty_termios.c_cc[VEOF]) {
		return true;
	} else if (c == '\n' || line.length < LINE_MAX - 1) {
		line.text[line.length++] = c;
		echo(&c, 1);
	}
	return c == '\n';
}

/*
 * Sleep until there is something to hand over: a line, its end of file, or a byte. Of a line that is not
 * finished the next reader gets nothing: Ctrl-C takes back what was typed.
 */
static int fill_line(void)
{
	char c;
	int err;

	line.length = line.taken = 0;
	do {
		err = console_getc_while(in_foreground, &c);
		if (err) {
			line.length = 0;
			return err;
		}
		if (!(tty_termios.c_lflag & ICANON)) {
			line.text[line.length++] = c;
			echo(&c, 1);
			return 0;
		}
	} while (!edit_line(c));
	return 0;
}

static ssize_t take_line(char __user *buf, size_t count)
{
	count = min(count, line.length - line.taken);
	if (copy_to_user(buf, line.text + line.taken, count))
		return -EFAULT;
	line.taken += count;
	return (ssize_t)count;
}

static ssize_t tty_read(struct file *file __unused, char __user *buf, size_t count,
			loff_t *pos __unused)
{
	ssize_t result = 0;

	if (!in_foreground())
		return -EIO;
	mutex_lock(&tty_mutex);
	if (!in_foreground()) /* no longer, when its turn came */
		result = -EIO;
	else if (line.taken == line.length)
		result = fill_line();
	if (!result)
		result = take_line(buf, count);
	mutex_unlock(&tty_mutex);
	return result;
}

static ssize_t tty_write(struct file *file __unused, const char __user *buf, size_t count,
			 loff_t *pos __unused)
{
	char chunk[WRITE_CHUNK];
	size_t done = 0, size;

	while (done < count) {
		size = min(count - done, sizeof(chunk));
		if (copy_from_user(chunk, buf + done, size))
			return done ? (ssize_t)done : -EFAULT;
		console_write(chunk, size);
		done += size;
	}
	return (ssize_t)done;
}

static long set_termios(const struct termios __user *from)
{
	struct termios new;

	if (copy_from_user(&new, from, sizeof(new)))
		return -EFAULT;
	tty_termios = new;
	return 0;
}

static long tty_ioctl(struct file *file __unused, unsigned int cmd, unsigned long arg)
{
	const struct winsize winsize = { .ws_row = 25, .ws_col = 80 };
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case TCGETS:
		return copy_to_user(user, &tty_termios, sizeof(tty_termios)) ? -EFAULT : 0;
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_termios(user);
	case TIOCGWINSZ:
		return copy_to_user(user, &winsize, sizeof(winsize)) ? -EFAULT : 0;
	}
	return -ENOTTY;
}

static const struct file_operations tty_fops = {
	.read = tty_read,
	.write = tty_write,
	.ioctl = tty_ioctl,
};

void tty_init(void)
{
	tty_termios = tty_std_termios;
	register_chrdev(MKDEV(TTY_MAJOR, 0), "/dev/tty", &tty_fops);
	register_chrdev(MKDEV(TTY_MAJOR, 1), "/dev/console", &tty_fops);
	console_intercept = tty_intercept;
}
