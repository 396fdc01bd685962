/*
 * Where a process's things go. The program itself lies where it was linked to, its heap behind it.
 *
 *      0  64 KB                TASK_UNMAPPED_BASE           mmap_base            TASK_SIZE
 *      |  |  [program][heap -->    |                  <-- mmap] |  gap  <-- stack]
 *      nobody's                    where mmap() goes upwards,   as large as the stack may grow,
 *                                  once nothing is left below   within bounds
 */
#ifndef ASM_TASK_SIZE_H
#define ASM_TASK_SIZE_H

#include <asm/page.h>

#define STACK_TOP	   TASK_SIZE

#define TASK_UNMAPPED_BASE PAGE_ALIGN(TASK_SIZE / 3)

/* What is left free for the stack, whatever RLIMIT_STACK says. */
#define MMAP_GAP_MIN (128 * SZ_1M)
#define MMAP_GAP_MAX (TASK_SIZE / 6 * 5)

#endif
