/* How many CPUs there are: one, by design. */
#ifndef LIB_THREADS_H
#define LIB_THREADS_H

#define NR_CPUS 1

#endif
