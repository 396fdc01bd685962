/*
 * The numbers that a program passes to mmap() and its relatives: Linux's own, the same on i386 and
 * x86_64. Condenses include/uapi/asm-generic/mman.h.
 */
#ifndef MM_MMAN_H
#define MM_MMAN_H

#define PROT_NONE	    0x0
#define PROT_READ	    0x1
#define PROT_WRITE	    0x2
#define PROT_EXEC	    0x4
#define PROT_SEM	    0x8	       /* means nothing on x86, and is allowed */
#define PROT_GROWSDOWN	    0x01000000 /* mprotect: down to the start of a stack */
#define PROT_GROWSUP	    0x02000000

#define MAP_SHARED	    0x01
#define MAP_PRIVATE	    0x02
#define MAP_TYPE	    0x0F
#define MAP_FIXED	    0x10
#define MAP_ANONYMOUS	    0x20
#define MAP_GROWSDOWN	    0x0100
#define MAP_LOCKED	    0x2000
#define MAP_NORESERVE	    0x4000
#define MAP_POPULATE	    0x8000
#define MAP_STACK	    0x20000
#define MAP_FIXED_NOREPLACE 0x100000

#define MREMAP_MAYMOVE	    1
#define MREMAP_FIXED	    2

#define MADV_NORMAL	    0
#define MADV_RANDOM	    1
#define MADV_SEQUENTIAL	    2
#define MADV_WILLNEED	    3
#define MADV_DONTNEED	    4
#define MADV_DONTFORK	    10
#define MADV_DOFORK	    11

#endif
