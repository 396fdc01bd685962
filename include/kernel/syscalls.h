/*
 * System calls: the functions that sys_call_table of each architecture leads to.
 *
 *      int 0x80, syscall --> entry.asm --> sys_call_table[number] --> sys_getpid()
 *
 * Each is an ordinary function of the number of arguments that the call has, returns a value or
 * -ERRNO, and lies in the folder of what it is about. Pointers come from ring 3: they are read and
 * written with copy_from_user() and its like only. Condenses include/linux/syscalls.h.
 */
#ifndef KERNEL_SYSCALLS_H
#define KERNEL_SYSCALLS_H

#include <lib/types.h>
#include <lib/compiler.h>

/* mm/ */
long sys_brk(unsigned long brk);
long sys_mmap_pgoff(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
		    unsigned long fd, unsigned long pgoff);
long sys_munmap(unsigned long addr, size_t len);
long sys_mprotect(unsigned long start, size_t len, unsigned long prot);
long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr);
long sys_madvise(unsigned long start, size_t len, int behaviour);
long sys_mlock(unsigned long start, size_t len);
long sys_munlock(unsigned long start, size_t len);

#endif
