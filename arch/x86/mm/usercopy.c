/*
 * Copies between the kernel and a program: see <asm/uaccess.h>.
 *
 *      rep movsl     whole words      a fault leaves in ECX how many are not copied yet,
 *      rep movsb     the rest         and its fixup is the next instruction
 *
 * Called by system calls. Condenses arch/i386/lib/usercopy.c of Linux 2.6.
 */
#include <lib/string.h>
#include <kernel/preempt.h>
#include <mm/uaccess.h>

#define WORD ((unsigned long)sizeof(long))

/* The pointers move on; returns how many are left. */
#define DEFINE_REP_MOVS(name, unit)                                             \
	static __always_inline unsigned long name(void **to, const void **from, \
						  unsigned long count)          \
	{                                                                       \
		__asm__ volatile("1:	rep movs" unit "\n"                     \
				 "2:\n" ASM_EXTABLE(1b, 2b)                     \
				 : "+D"(*to), "+S"(*from), "+c"(count)          \
				 :                                              \
				 : "memory");                                   \
		return count;                                                   \
	}
DEFINE_REP_MOVS(move_words, ASM_WORD_SUFFIX)
DEFINE_REP_MOVS(move_bytes, "b")

#define DEFINE_REP_STOS(name, unit)                                               \
	static __always_inline unsigned long name(void **to, unsigned long count) \
	{                                                                         \
		__asm__ volatile("1:	rep stos" unit "\n"                       \
				 "2:\n" ASM_EXTABLE(1b, 2b)                       \
				 : "+D"(*to), "+c"(count)                         \
				 : "a"(0UL)                                       \
				 : "memory");                                     \
		return count;                                                     \
	}
DEFINE_REP_STOS(zero_words, ASM_WORD_SUFFIX)
DEFINE_REP_STOS(zero_bytes, "b")

/*
 * One of the two pointers is a program's. A word that cannot be copied is tried once more by bytes,
 * so that what is left begins at the very byte that faults. Returns how many are left.
 */
static unsigned long copy_user(void *to, const void *from, unsigned long n)
{
	unsigned long left, tail;

	stac();
	left = move_words(&to, &from, n / WORD) * WORD + n % WORD;
	tail = min(left, WORD - 1);
	left -= tail - move_bytes(&to, &from, tail);
	clac();
	return left;
}

static unsigned long zero_user(void *to, unsigned long n)
{
	unsigned long left, tail;

	stac();
	left = zero_words(&to, n / WORD) * WORD + n % WORD;
	tail = min(left, WORD - 1);
	left -= tail - zero_bytes(&to, tail);
	clac();
	return left;
}

unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)
{
	might_sleep();
	return access_ok(to, n) ? copy_user(to, from, n) : n;
}

unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)
{
	unsigned long left;

	might_sleep();
	left = access_ok(from, n) ? copy_user(to, from, n) : n;
	if (unlikely(left))
		memset((char *)to + n - left, 0, left);
	return left;
}

unsigned long clear_user(void __user *to, unsigned long n)
{
	might_sleep();
	return access_ok(to, n) ? zero_user(to, n) : n;
}

long strncpy_from_user(char *to, const char __user *from, long count)
{
	might_sleep();
	for (long length = 0; length < count; length++) {
		if (get_user(to[length], from + length))
			return -EFAULT;
		if (!to[length])
			return length;
	}
	return count;
}

long strnlen_user(const char __user *s, long count)
{
	char c;

	might_sleep();
	for (long length = 1; length <= count; length++) {
		if (get_user(c, s + length - 1))
			return 0;
		if (!c)
			return length;
	}
	return count + 1;
}
