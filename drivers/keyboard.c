/*
 * The PS/2 keyboard behind the 8042 controller, US layout.
 *
 *      key -> 8042 -> IRQ 1 -> scancode (set 1) -> character or VT100 sequence -> console_input()
 *
 * The controller translates to scancode set 1: 0x01 to 0x58 when a key goes down, the same + 0x80
 * when it comes up, 0xE0 before the keys that the first PC did not have. The keypad's keys have
 * the codes of those without the 0xE0, so both serve as arrows.
 */
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <asm/io.h>
#include <asm/irq.h>
#include <drivers/drivers.h>
#include <kernel/console.h>
#include <kernel/printk.h>

#define KEYBOARD_IRQ	     1

#define I8042_DATA	     0x60
#define I8042_STATUS	     0x64 /* reading */
#define I8042_COMMAND	     0x64 /* writing */

#define STATUS_OUTPUT_FULL   0x01 /* a byte waits for us */
#define STATUS_INPUT_FULL    0x02 /* our last byte is not taken yet */
#define STATUS_ABSENT	     0xFF /* what reading a port without a device gives */

#define COMMAND_READ_CONFIG  0x20
#define COMMAND_KEYBOARD_OFF 0xAD
#define COMMAND_KEYBOARD_ON  0xAE
#define COMMAND_WRITE_CONFIG 0x60
#define CONFIG_IRQ1	     0x01
#define CONFIG_CLOCK_OFF     0x10
#define CONFIG_TRANSLATE     0x40

#define WAIT_LIMIT	     100000

#define KEY_RELEASED	     0x80
#define KEY_CTRL	     0x1D
#define KEY_LSHIFT	     0x2A
#define KEY_RSHIFT	     0x36
#define KEY_CAPSLOCK	     0x3A
#define KEY_EXTENDED	     0xE0

/* Indexed by scancode: a row of the keyboard a line, \0 where a key types nothing. */
static const char plain_keys[] = "\0\033"
				 "1234567890-=\177\t"
				 "qwertyuiop[]\r\0"
				 "asdfghjkl;'`\0\\"
				 "zxcvbnm,./\0*\0 ";
static const char shift_keys[] = "\0\033"
				 "!@#$%^&*()_+\177\t"
				 "QWERTYUIOP{}\r\0"
				 "ASDFGHJKL:\"~\0|"
				 "ZXCVBNM<>?\0*\0 ";

/* Keys that send more than a character. */
static const struct {
	u8 scancode;
	const char *sequence;
} sequences[] = {
	{ 0x47, "\033[H" },  /* home */
	{ 0x48, "\033[A" },  /* up */
	{ 0x4A, "-" },	     /* on the keypad */
	{ 0x4B, "\033[D" },  /* left */
	{ 0x4D, "\033[C" },  /* right */
	{ 0x4E, "+" },	     /* on the keypad */
	{ 0x4F, "\033[F" },  /* end */
	{ 0x50, "\033[B" },  /* down */
	{ 0x53, "\033[3~" }, /* delete */
};

static bool shift, ctrl, caps_lock;
static bool extended; /* the byte before was 0xE0 */

static char key_to_char(u8 key)
{
	char c = plain_keys[key];

	if (shift != (caps_lock && isalpha(c)))
		c = shift_keys[key];
	return ctrl && (isalpha(c) || c == '\\') ? c & 0x1F : c;
}

static void type_sequence(u8 key)
{
	for (size_t i = 0; i < ARRAY_SIZE(sequences); i++)
		if (sequences[i].scancode == key)
			for (const char *s = sequences[i].sequence; *s; s++)
				console_input(*s);
}

static void type_key(u8 key)
{
	char c;

	if (key >= sizeof(plain_keys) - 1) {
		type_sequence(key);
		return;
	}
	c = key_to_char(key);
	if (c)
		console_input(c);
}

/* Returns whether it is a key that only changes what others type. */
static bool modifier(u8 key, bool down, bool was_extended)
{
	switch (key) {
	case KEY_CTRL:
		ctrl = down;
		return true;
	case KEY_LSHIFT:
	case KEY_RSHIFT:
		/* After 0xE0 it is a shift that the keyboard makes up around an arrow. */
		if (!was_extended)
			shift = down;
		return true;
	case KEY_CAPSLOCK:
		caps_lock ^= down;
		return true;
	}
	return false;
}

static void handle_scancode(u8 code)
{
	bool down = !(code & KEY_RELEASED);
	bool was_extended = extended;

	extended = code == KEY_EXTENDED;
	if (extended)
		return;
	code &= (u8)~KEY_RELEASED;
	if (!modifier(code, down, was_extended) && down)
		type_key(code);
}

static void keyboard_interrupt(int irq __unused, void *dev __unused)
{
	if (inb(I8042_STATUS) & STATUS_OUTPUT_FULL)
		handle_scancode(inb(I8042_DATA));
}

static bool wait_status(u8 mask, u8 value)
{
	for (int i = 0; i < WAIT_LIMIT; i++)
		if ((inb(I8042_STATUS) & mask) == value)
			return true;
	return false;
}

static void flush_output(void)
{
	for (int i = 0; i < 16 && inb(I8042_STATUS) & STATUS_OUTPUT_FULL; i++)
		inb(I8042_DATA);
}

static bool send(u8 value, u16 port)
{
	if (!wait_status(STATUS_INPUT_FULL, 0))
		return false;
	outb(value, port);
	return true;
}

static bool enable_controller(void)
{
	u8 config;

	/* While the keyboard is off, none of its bytes can pass for an answer. */
	if (!send(COMMAND_KEYBOARD_OFF, I8042_COMMAND))
		return false;
	flush_output();
	if (!send(COMMAND_READ_CONFIG, I8042_COMMAND) ||
	    !wait_status(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL))
		return false;
	config = inb(I8042_DATA) | CONFIG_IRQ1 | CONFIG_TRANSLATE;
	config &= (u8)~CONFIG_CLOCK_OFF;
	return send(COMMAND_WRITE_CONFIG, I8042_COMMAND) && send(config, I8042_DATA) &&
	       send(COMMAND_KEYBOARD_ON, I8042_COMMAND);
}

void keyboard_init(void)
{
	if (inb(I8042_STATUS) == STATUS_ABSENT || !enable_controller()) {
		pr_info("keyboard: no 8042 answers; only the serial line is heard\n");
		return;
	}
	if (request_irq(KEYBOARD_IRQ, keyboard_interrupt, NULL))
		pr_err("keyboard: IRQ %d is taken; no key will be heard\n", KEYBOARD_IRQ);
}
