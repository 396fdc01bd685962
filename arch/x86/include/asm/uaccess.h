/*
 * The kernel's only way to a program's memory. Its pointers are never followed: they are handed to
 * these functions, which see that they do not lead into the kernel, and survive that they lead
 * nowhere.
 *
 *      copy_to_user()  -->  access_ok()?  -->  STAC, copy, CLAC
 *                                                   |  page fault
 *                                                   v
 *                              do_page_fault(): brings the page in, and the copy goes on;
 *                              nothing belongs there: goes on at the fixup, with what is left
 *
 * All may sleep, for the page may have to be made, or fetched; none may be called with
 * mm->mmap_sem held. With pagefault_disable() in force nothing is brought in: a page that is not
 * there is as bad as none. Condenses include/asm-i386/uaccess.h of Linux 2.6.
 */
#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

#include <lib/errno.h>
#include <lib/kernel.h>
#include <asm/layout.h>
#include <asm/smap.h>

/* Does [addr, addr + size) lie where programs live? Says nothing about whether anything is there. */
static inline bool access_ok(const void __user *addr, unsigned long size)
{
	return size <= TASK_SIZE && (unsigned long)addr <= TASK_SIZE - size;
}

/**
 * copy_to_user - give a program bytes of the kernel's
 * @to: the program's pointer; @from: the kernel's; @n: bytes
 *
 * Returns how many of the bytes were not copied, the last ones: 0 is well. The caller makes -EFAULT
 * of anything else.
 */
unsigned long __must_check copy_to_user(void __user *to, const void *from, unsigned long n);

/* The other way. What cannot be read is zero in @to, so that nothing old is taken for it. */
unsigned long __must_check copy_from_user(void *to, const void __user *from, unsigned long n);

/* Zeros; returns how many of the @n bytes were not written. */
unsigned long __must_check clear_user(void __user *to, unsigned long n);

/**
 * strncpy_from_user - copy a program's string
 * @to: room for @count bytes; @count: more than 0
 *
 * Returns its length without the NUL; @count if there is no NUL among so many bytes, which are
 * copied; -EFAULT if it cannot be read so far.
 */
long __must_check strncpy_from_user(char *to, const char __user *from, long count);

/* The length of a program's string with its NUL; more than @count if it is longer; 0: a fault. */
long __must_check strnlen_user(const char __user *s, long count);

/*
 * One value, by one instruction: no more of it is touched than its size. A fault goes on behind the
 * XOR, with the error still in place. The names end in the assembler's letters for the size.
 */
#define DEFINE_USER_MOV(letter, type)                                               \
	static inline int __get_user_##letter(type *value, const void __user *from) \
	{                                                                           \
		int error = -EFAULT;                                                \
		type got = 0;                                                       \
                                                                                    \
		__asm__ volatile(ASM_STAC "1:	mov" #letter " %2, %1\n"            \
					  "	xorl %0, %0\n"                          \
					  "2:\n" ASM_CLAC ASM_EXTABLE(1b, 2b)       \
				 : "+r"(error), "+q"(got)                           \
				 : "m"(*(const type *)from)                         \
				 : "cc");                                           \
		*value = got;                                                       \
		return error;                                                       \
	}                                                                           \
	static inline int __put_user_##letter(const type *value, void __user *to)   \
	{                                                                           \
		int error = -EFAULT;                                                \
                                                                                    \
		__asm__ volatile(ASM_STAC "1:	mov" #letter " %2, %1\n"            \
					  "	xorl %0, %0\n"                          \
					  "2:\n" ASM_CLAC ASM_EXTABLE(1b, 2b)       \
				 : "+r"(error), "=m"(*(type *)to)                   \
				 : "q"(*value)                                      \
				 : "cc");                                           \
		return error;                                                       \
	}

DEFINE_USER_MOV(b, u8)
DEFINE_USER_MOV(w, u16)
DEFINE_USER_MOV(l, u32)

#ifdef CONFIG_X86_64
DEFINE_USER_MOV(q, u64)
#else
/* Two halves; a value that is not whole is none. */
static inline int __get_user_q(u64 *value, const void __user *from)
{
	u32 *half = (u32 *)value;

	if (!__get_user_l(&half[0], from) && !__get_user_l(&half[1], (const u32 *)from + 1))
		return 0;
	*value = 0;
	return -EFAULT;
}

static inline int __put_user_q(const u64 *value, void __user *to)
{
	const u32 *half = (const u32 *)value;

	if (!__put_user_l(&half[0], to) && !__put_user_l(&half[1], (u32 *)to + 1))
		return 0;
	return -EFAULT;
}
#endif
#undef DEFINE_USER_MOV

/* Never defined: a size that no instruction has does not link. */
int __bad_user_access(void);

static __always_inline int __get_user(void *value, const void __user *from, unsigned long size)
{
	if (unlikely(!access_ok(from, size)))
		return -EFAULT;
	switch (size) {
	case 1:
		return __get_user_b(value, from);
	case 2:
		return __get_user_w(value, from);
	case 4:
		return __get_user_l(value, from);
	case 8:
		return __get_user_q(value, from);
	}
	return __bad_user_access();
}

static __always_inline int __put_user(const void *value, void __user *to, unsigned long size)
{
	if (unlikely(!access_ok(to, size)))
		return -EFAULT;
	switch (size) {
	case 1:
		return __put_user_b(value, to);
	case 2:
		return __put_user_w(value, to);
	case 4:
		return __put_user_l(value, to);
	case 8:
		return __put_user_q(value, to);
	}
	return __bad_user_access();
}

/* An unsigned integer that holds a value of @x's type, be it a pointer. */
#define __word_for(x) __typeof__(__builtin_choose_expr(sizeof(x) > sizeof(long), 0ULL, 0UL))

/**
 * get_user - read a value of a program's
 * @x: the variable; 0 after an error
 * @ptr: the program's pointer; its type says how many bytes: 1, 2, 4 or 8
 *
 * Returns 0 or -EFAULT. May sleep.
 */
#define get_user(x, ptr)                                                \
	({                                                              \
		__word_for(*(ptr)) __word = 0;                          \
		int __err = __get_user(&__word, (ptr), sizeof(*(ptr))); \
                                                                        \
		(x) = (__typeof__(*(ptr)))__word;                       \
		__err;                                                  \
	})

/* Write a value @x to the place of a program's that @ptr leads to. Returns 0 or -EFAULT. */
#define put_user(x, ptr)                                                     \
	({                                                                   \
		__typeof__(*(ptr)) __new = (x);                              \
		const __word_for(*(ptr)) __word = (__word_for(*(ptr)))__new; \
                                                                             \
		__put_user(&__word, (ptr), sizeof(*(ptr)));                  \
	})

#endif
