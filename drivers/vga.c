/*
 * The screen: 80x25 characters of VGA text memory, and as much of a VT100 as the line editor uses.
 *
 *      0xB8000  [char][attribute] [char][attribute] ...    80 pairs a row, 25 rows
 *
 *      vga_write() -> put_byte() -> TEXT  printable, \n \r \b \t
 *                                -> ESC   ESC seen
 *                                -> CSI   ESC [ seen: a number, then the letter that acts
 *
 * As on a VT100, the cursor stays beyond the last column until the next character wraps it.
 * At first it is written through the linear mapping, and needs nothing else; from
 * vga_console_remap() on through addresses of its own, not cached, as befits device memory.
 */
#include <lib/kernel.h>
#include <lib/string.h>
#include <asm/io.h>
#include <asm/ioremap.h>
#include <asm/page.h>
#include <drivers/drivers.h>
#include <kernel/console.h>

#define VGA_TEXT_PHYS	 0xB8000
#define COLUMNS		 80
#define ROWS		 25
#define TAB_WIDTH	 8
#define BLANK		 (0x0700 | ' ') /* light grey on black, in the high byte */

#define CRTC_INDEX	 0x3D4
#define CRTC_DATA	 0x3D5
#define CRTC_CURSOR_HIGH 0x0E
#define CRTC_CURSOR_LOW	 0x0F

static u16 *screen;
static unsigned int row, column;
static enum { TEXT, ESC, CSI } state;
static unsigned int csi_number;

static u16 *cell(unsigned int r, unsigned int c)
{
	return screen + r * COLUMNS + c;
}

static void blank(u16 *from, u16 *to)
{
	while (from < to)
		*(volatile u16 *)from++ = BLANK;
}

static void scroll(void)
{
	memmove(cell(0, 0), cell(1, 0), (ROWS - 1) * COLUMNS * sizeof(u16));
	blank(cell(ROWS - 1, 0), cell(ROWS, 0));
}

static void line_feed(void)
{
	column = 0;
	if (row < ROWS - 1)
		row++;
	else
		scroll();
}

static void put_glyph(char c)
{
	if (column == COLUMNS)
		line_feed();
	*cell(row, column++) = (BLANK & 0xFF00) | (u8)c;
}

static void put_text(char c)
{
	switch (c) {
	case '\033':
		state = ESC;
		return;
	case '\n':
		line_feed();
		return;
	case '\r':
		column = 0;
		return;
	case '\b':
		column -= column > 0;
		return;
	case '\t':
		column = min_t(unsigned int, ALIGN(column + 1, TAB_WIDTH), COLUMNS - 1);
		return;
	}
	if ((u8)c >= ' ')
		put_glyph(c);
}

static void start_csi(char c)
{
	state = c == '[' ? CSI : TEXT;
	csi_number = 0;
}

static void run_csi(char c)
{
	unsigned int steps = csi_number ? csi_number : 1;

	switch (c) {
	case 'C':
		column = min_t(unsigned int, column + steps, COLUMNS - 1);
		return;
	case 'D':
		column -= min(column, steps);
		return;
	case 'H':
		row = column = 0;
		return;
	case 'J':
		blank(cell(row, column), cell(ROWS, 0));
		return;
	case 'K':
		blank(cell(row, column), cell(row + 1, 0));
		return;
	}
}

static void put_csi(char c)
{
	if (c >= '0' && c <= '9') {
		csi_number = min_t(unsigned int, csi_number * 10 + (c - '0'), COLUMNS);
		return;
	}
	state = TEXT;
	run_csi(c);
}

static void put_byte(char c)
{
	static void (*const put[])(
		char) = { [TEXT] = put_text, [ESC] = start_csi, [CSI] = put_csi };

	put[state](c);
}

static void move_cursor(void)
{
	unsigned int at = row * COLUMNS + min_t(unsigned int, column, COLUMNS - 1);

	outb(CRTC_CURSOR_HIGH, CRTC_INDEX);
	outb((u8)(at >> 8), CRTC_DATA);
	outb(CRTC_CURSOR_LOW, CRTC_INDEX);
	outb((u8)at, CRTC_DATA);
}

static void vga_write(struct console *con __unused, const char *s, size_t count)
{
	while (count--)
		put_byte(*s++);
	move_cursor();
}

static struct console vga_console = {
	.name = "vga",
	.write = vga_write,
};

void vga_console_init(void)
{
	screen = __va(VGA_TEXT_PHYS);
	blank(cell(0, 0), cell(ROWS, 0));
	register_console(&vga_console);
}

void vga_console_remap(void)
{
	u16 __iomem *mapped = ioremap(VGA_TEXT_PHYS, ROWS * COLUMNS * sizeof(u16));

	if (mapped)
		screen = (u16 *)mapped;
}
