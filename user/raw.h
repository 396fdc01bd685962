/*
 * System calls without a C library between: the instruction itself, and nothing that would have to be
 * measured with it.
 *
 *      i386     int $0x80   number EAX, arguments EBX ECX EDX ESI EDI EBP
 *      x86_64   syscall     number RAX, arguments RDI RSI RDX R10 R8 R9
 */
#ifndef USER_RAW_H
#define USER_RAW_H

#include <sys/syscall.h>

#ifdef __i386__
static inline long raw_call(long number, long a, long b, long c)
{
	__asm__ volatile("int $0x80" : "+a"(number) : "b"(a), "c"(b), "d"(c) : "memory");
	return number;
}

/* The offset, in EBP, is 0. */
static inline long raw_mmap(long address, long size, long prot, long flags)
{
	long result = SYS_mmap2;

	__asm__ volatile("push %%ebp; xor %%ebp, %%ebp; int $0x80; pop %%ebp"
			 : "+a"(result)
			 : "b"(address), "c"(size), "d"(prot), "S"(flags), "D"(-1)
			 : "memory");
	return result;
}

/* The child shares our stack: it must not return from here. */
static inline long raw_vfork_exit(void)
{
	long result = SYS_vfork;

	__asm__ volatile("int $0x80; test %%eax, %%eax; jnz 1f\n\t"
			 "mov %1, %%eax; xor %%ebx, %%ebx; int $0x80\n"
			 "1:"
			 : "+a"(result)
			 : "i"(SYS_exit)
			 : "ebx", "memory");
	return result;
}
#else
static inline long raw_call(long number, long a, long b, long c)
{
	__asm__ volatile("syscall"
			 : "+a"(number)
			 : "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return number;
}

static inline long raw_mmap(long address, long size, long prot, long flags)
{
	register long r10 __asm__("r10") = flags;
	register long r8 __asm__("r8") = -1;
	register long r9 __asm__("r9") = 0;
	long result = SYS_mmap;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(address), "S"(size), "d"(prot), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static inline long raw_vfork_exit(void)
{
	long result = SYS_vfork;

	__asm__ volatile("syscall; test %%eax, %%eax; jnz 1f\n\t"
			 "mov %1, %%eax; xor %%edi, %%edi; syscall\n"
			 "1:"
			 : "+a"(result)
			 : "i"(SYS_exit)
			 : "rdi", "rcx", "r11", "memory");
	return result;
}
#endif

static inline long raw_munmap(long address, long size)
{
	return raw_call(SYS_munmap, address, size, 0);
}

static inline long raw_mprotect(long address, long size, long prot)
{
	return raw_call(SYS_mprotect, address, size, prot);
}

static inline long raw_brk(long address)
{
	return raw_call(SYS_brk, address, 0, 0);
}

/* All four arguments of wait4(pid, NULL, 0, NULL): the last is in ESI, or R10. */
static inline long raw_wait(long pid)
{
	long result = SYS_wait4;

#ifdef __i386__
	__asm__ volatile("int $0x80" : "+a"(result) : "b"(pid), "c"(0), "d"(0), "S"(0) : "memory");
#else
	register long r10 __asm__("r10") = 0;

	__asm__ volatile("syscall"
			 : "+a"(result)
			 : "D"(pid), "S"(0), "d"(0), "r"(r10)
			 : "rcx", "r11", "memory");
#endif
	return result;
}

/* Without a word of the C library's about threads, locks and buffers. */
static inline long raw_fork(void)
{
	return raw_call(SYS_fork, 0, 0, 0);
}

static inline void raw_exit(void)
{
	raw_call(SYS_exit, 0, 0, 0);
}

#endif
