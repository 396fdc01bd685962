/*
 * What a student's boot code does cannot be asked at a prompt that it never reaches: so there is one
 * before it.
 *
 *      setup_arch()
 *        +- parse_early_param()      "before_paging": early_prompt(), and nobody comes back
 *        +- paging_init()            the student's functions, for good
 *
 * The grader boots one machine with the option, to try functions one by one, and another without.
 */
#include <kernel/console.h>
#include <monitor/monitor.h>
#include <asm/io.h>
#include "early_prompt.h"

enum {
	UART_RBR = 0x3F8, /* received byte */
	UART_LSR = 0x3FD,
};

#define LSR_RX_READY 0x01

static char read_char(void)
{
	while (!(inb(UART_LSR) & LSR_RX_READY))
		;
	return (char)inb(UART_RBR);
}

/* Echoes, as the grader expects of a terminal. What does not fit is lost. */
static void read_line(char *line, size_t size)
{
	size_t length = 0;

	for (char c = read_char(); c != '\r'; c = read_char()) {
		console_write(&c, 1);
		if (length < size - 1)
			line[length++] = c;
	}
	line[length] = '\0';
	console_write("\n", 1);
}

void early_prompt(void)
{
	static char line[128];

	for (;;) {
		monitor_printf("k896> ");
		read_line(line, sizeof(line));
		monitor_run_line(line);
	}
}
