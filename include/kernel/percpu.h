/*
 * Per-CPU data. There is one CPU, but whoever has data of its own for each says so here, and the
 * day there are more the code that uses them need not change.
 */
#ifndef KERNEL_PERCPU_H
#define KERNEL_PERCPU_H

#include <lib/threads.h>

#define smp_processor_id() 0

/* An array with an element for each CPU -> this CPU's. Valid until the thread may be moved. */
#define this_cpu_ptr(array) (&(array)[smp_processor_id()])

#endif
