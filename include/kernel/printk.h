/*
 * printk(): the kernel's voice.
 *
 *      printk(KERN_INFO "...")  ->  ring buffer (dmesg)  ->  every registered console
 *
 * A message begins with one of the KERN_ prefixes; without one it is KERN_DEFAULT. Messages whose
 * level is numerically below console_loglevel reach the consoles; the ring keeps all of them.
 */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <stdarg.h>
#include <lib/types.h>
#include <lib/compiler.h>

/* SOH and a digit, as in Linux since 3.6: it can not be mistaken for the message's own text. */
#define KERN_SOH	 "\001"
#define KERN_EMERG	 KERN_SOH "0" /* the machine stops */
#define KERN_ALERT	 KERN_SOH "1"
#define KERN_CRIT	 KERN_SOH "2"
#define KERN_ERR	 KERN_SOH "3" /* something was refused or failed */
#define KERN_WARNING	 KERN_SOH "4" /* bad input, replaced by a default */
#define KERN_NOTICE	 KERN_SOH "5"
#define KERN_INFO	 KERN_SOH "6" /* the story of boot */
#define KERN_DEBUG	 KERN_SOH "7"
#define KERN_CONT	 KERN_SOH "c" /* goes on with the line before */

#define LOGLEVEL_DEFAULT 4 /* of a message without a prefix */

/* A message is cut here: room for the longest command line, with a word before it. */
#define LOG_LINE_MAX 2304

/* Messages of a lower number than this are shown on the consoles. */
extern int console_loglevel;

/**
 * printk - log a message
 * @fmt: a KERN_ prefix and a format as for printf(); end the line with \n
 *
 * Returns the number of characters logged. Never sleeps, may be called anywhere, interrupts and
 * the earliest boot included: until a console is registered the ring alone takes the text.
 */
int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list args);

#define pr_err(fmt, ...)   printk(KERN_ERR fmt, ##__VA_ARGS__)
#define pr_warn(fmt, ...)  printk(KERN_WARNING fmt, ##__VA_ARGS__)
#define pr_info(fmt, ...)  printk(KERN_INFO fmt, ##__VA_ARGS__)
#define pr_cont(fmt, ...)  printk(KERN_CONT fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...) printk(KERN_DEBUG fmt, ##__VA_ARGS__)

/**
 * log_read - copy out part of the log ring
 * @seq: how many bytes of all that were ever logged to skip; moved past what was copied, and up to
 *       the oldest byte still kept if that is later
 * @buf: where to put text
 * @size: room in @buf, in bytes
 *
 * For dmesg: call with *seq = 0 and again until 0 comes back. Level prefixes are not in the text.
 * Returns the number of bytes copied. Never sleeps.
 */
size_t log_read(u64 *seq, char *buf, size_t size);

#endif
