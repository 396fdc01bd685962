/*
 * Thread-local storage on x86_64: the bases of FS and GS, in a register of the CPU each (an MSR),
 * which a program sets by arch_prctl().
 *
 *      FS_BASE --> the thread's control block
 */
#ifndef ASM_TLS_H
#define ASM_TLS_H

struct thread_tls {
	unsigned long fsbase, gsbase;
};

#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
#define ARCH_GET_GS 0x1004

/* What the CPU holds, to and from a thread's. Interrupts off. */
void save_tls(struct thread_tls *tls);
void load_tls(const struct thread_tls *tls);

/* clone(): a child's, which begins with a copy of its parent's. 0, -EPERM: no program's address. */
int set_tls(struct thread_tls *tls, unsigned long fsbase);

/* @addr: the base; ARCH_GET_: where to write it. 0, -EPERM: no program's address; -EFAULT, -EINVAL. */
long sys_arch_prctl(int code, unsigned long addr);

#endif
