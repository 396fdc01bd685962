/*
 * For the functions of a lab that a student has not written yet. No file of the reference includes
 * it: `make lab` and `make handout` put it at the head of the files that they take answers out of.
 */
#ifndef KERNEL_LAB_H
#define KERNEL_LAB_H

#include <kernel/panic.h>

#define lab_todo(lab, function) \
	panic("lab %s: %s() is not written yet: see %s", lab, function, __FILE__)

/* A stub leaves its arguments, and the helpers that its answer would call, without a user. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-variable"
#ifndef __clang__ /* nor a variable a value, says gcc, behind a stub in a header */
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#endif
