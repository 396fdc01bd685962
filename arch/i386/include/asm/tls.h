/*
 * Thread-local storage on i386: three descriptors of the GDT, which a program fills by
 * set_thread_area() and reaches through GS.
 *
 *      GS = 0x33 --> GDT entry 6 --> base: the thread's control block
 */
#ifndef ASM_TLS_H
#define ASM_TLS_H

#include <lib/compiler.h>
#include <lib/types.h>

#define GDT_ENTRY_TLS_MIN     6
#define GDT_ENTRY_TLS_ENTRIES 3

struct thread_tls {
	u64 desc[GDT_ENTRY_TLS_ENTRIES];
	u16 fs, gs; /* while it does not run */
};

/* What set_thread_area() is asked for. Linux's layout. */
struct user_desc {
	unsigned int entry_number; /* of the GDT; -1: any that is free, and which is told */
	u32 base_addr, limit;
	unsigned int seg_32bit : 1;
	unsigned int
		contents : 2; /* 0: data, 1: a stack (grows down), 2, 3: code, which is refused */
	unsigned int read_exec_only : 1;
	unsigned int limit_in_pages : 1;
	unsigned int seg_not_present : 1;
	unsigned int useable : 1; /* a bit of the descriptor that the CPU leaves alone */
};

/* What the CPU holds, to and from a thread's. Interrupts off. */
void save_tls(struct thread_tls *tls);
void load_tls(const struct thread_tls *tls);

/* clone(): a child's, which begins with a copy of its parent's. 0, -EFAULT, -EINVAL. */
int set_tls(struct thread_tls *tls, unsigned long user_desc);

/* 0, -EFAULT; -EINVAL: no such entry, or no such segment; -ESRCH: no entry is free. */
long sys_set_thread_area(struct user_desc __user *desc);
long sys_get_thread_area(struct user_desc __user *desc);

#endif
