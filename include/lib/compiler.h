/* What we ask of the compiler, in Linux's words. */
#ifndef LIB_COMPILER_H
#define LIB_COMPILER_H

#define __noreturn	    __attribute__((noreturn))
#define __packed	    __attribute__((packed))
#define __aligned(n)	    __attribute__((aligned(n)))
#define __section(name)	    __attribute__((section(name)))
#define __used		    __attribute__((used))
#define __unused	    __attribute__((unused))
#define __always_inline	    inline __attribute__((always_inline))
#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))
#define noinline	    __attribute__((__noinline__))
#define __must_check	    __attribute__((warn_unused_result))

/* A pointer that a program handed us: never dereferenced, only given to the uaccess functions. */
#define __user

/*
 * A function that the books name. It stays out of line and is never cloned or merged, so that a
 * debugger can always stop at it.
 */
#ifdef __clang__
#define __landmark __attribute__((__noinline__, used))
#else
#define __landmark __attribute__((__noinline__, noclone, used, no_icf))
#endif

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Keeps the compiler, not the CPU, from moving memory accesses across this point. */
#define barrier()	 __asm__ volatile("" ::: "memory")

#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif
