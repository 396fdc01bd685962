/*
 * Counters that interrupts may change too. One instruction cannot be cut in two by an interrupt; on
 * a single CPU that is all it takes, and the bus lock is left out.
 */
#ifndef ASM_ATOMIC_H
#define ASM_ATOMIC_H

#include <lib/types.h>
#include <lib/compiler.h>

typedef struct {
	int counter;
} atomic_t;

#define ATOMIC_INIT(i) \
	{              \
		(i)    \
	}

static inline int atomic_read(const atomic_t *v)
{
	return READ_ONCE(v->counter);
}

static inline void atomic_set(atomic_t *v, int i)
{
	WRITE_ONCE(v->counter, i);
}

static inline void atomic_inc(atomic_t *v)
{
	__asm__ volatile("incl %0" : "+m"(v->counter));
}

static inline void atomic_dec(atomic_t *v)
{
	__asm__ volatile("decl %0" : "+m"(v->counter));
}

/* Returns true if it is 0 now. */
static inline bool atomic_dec_and_test(atomic_t *v)
{
	bool zero;

	__asm__ volatile("decl %0 ; sete %1" : "+m"(v->counter), "=qm"(zero) : : "memory");
	return zero;
}

/* Sets it to @new if it is @old. Returns whether it was. */
static __always_inline bool atomic_try_cmpxchg(atomic_t *v, int old, int new)
{
	bool same;

	__asm__ volatile("cmpxchgl %3, %0"
			 : "+m"(v->counter), "=@ccz"(same), "+a"(old)
			 : "r"(new)
			 : "memory");
	return same;
}

/* These two return whether it is negative now: in an instruction and a jump. */
static __always_inline bool atomic_inc_negative(atomic_t *v)
{
	__asm__ goto("incl %0 ; js %l1" : : "m"(v->counter) : "memory", "cc" : negative);
	return false;
negative:
	return true;
}

static __always_inline bool atomic_dec_negative(atomic_t *v)
{
	__asm__ goto("decl %0 ; js %l1" : : "m"(v->counter) : "memory", "cc" : negative);
	return false;
negative:
	return true;
}

#endif
