/* Port I/O. */
#ifndef ASM_IO_H
#define ASM_IO_H

#include <lib/types.h>

static inline void outb(u8 value, u16 port)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outw(u16 value, u16 port)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* About a microsecond: old devices need it between two commands. Port 0x80 is the POST display. */
static inline void io_delay(void)
{
	outb(0, 0x80);
}

#endif
