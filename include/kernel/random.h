/*
 * Numbers that a program cannot guess by accident. No cryptography: whoever wants to, can. The
 * generator is xorshift64, stirred at each call by the CPU's clock. Condenses drivers/char/random.c
 * by what it is called.
 */
#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H

#include <lib/types.h>

/* Fills @buf. May be called anywhere. */
void get_random_bytes(void *buf, size_t size);

#endif
