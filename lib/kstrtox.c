/*
 * Text to numbers.
 *
 *      "0x1fg"  ->  parse_prefix(): base 16  ->  parse_digits(): 0x1f, stops at the g
 *
 * Command line, Multiboot strings and monitor call in here. Condenses lib/kstrtox.c and the
 * memparse() of lib/cmdline.c of Linux.
 */
#include <lib/kstrtox.h>
#include <lib/ctype.h>
#include <lib/errno.h>
#include <lib/string.h>

/* What a character is worth as a digit; 16 if it is none. */
static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return (unsigned int)(c - '0');
	if (isxdigit(c))
		return (unsigned int)(tolower(c) - 'a') + 10;
	return 16;
}

/* "0x" alone is the number 0 and an x: it is a prefix only if a digit follows. */
static const char *parse_prefix(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return *base == 16 && hex ? s + 2 : s;
}

/* Returns what follows the digits; *overflow says that the number does not fit into a u64. */
static const char *parse_digits(const char *s, unsigned int base, u64 *value, bool *overflow)
{
	*value = 0;
	*overflow = false;
	for (; digit_value(*s) < base; s++) {
		unsigned int digit = digit_value(*s);

		if (*value > (UINT64_MAX - digit) / base)
			*overflow = true;
		*value = *value * base + digit;
	}
	return s;
}

int kstrtoull(const char *s, unsigned int base, u64 *res)
{
	const char *digits, *end;
	bool overflow;
	u64 value;

	digits = parse_prefix(*s == '+' ? s + 1 : s, &base);
	end = parse_digits(digits, base, &value, &overflow);
	if (end == digits)
		return -EINVAL;
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	*res = value;
	return 0;
}

int kstrtoul(const char *s, unsigned int base, unsigned long *res)
{
	u64 value;
	int err = kstrtoull(s, base, &value);

	if (err)
		return err;
	if (value != (unsigned long)value)
		return -ERANGE;
	*res = (unsigned long)value;
	return 0;
}

u64 simple_strtoull(const char *s, char **endp, unsigned int base)
{
	const char *digits = parse_prefix(s, &base);
	bool overflow;
	u64 value;
	const char *end = parse_digits(digits, base, &value, &overflow);

	if (endp)
		*endp = (char *)end;
	return value;
}

u64 memparse(const char *ptr, char **retptr)
{
	static const char suffixes[] = "kmgt";
	unsigned int base = 0, shift = 0;
	const char *digits = parse_prefix(ptr, &base), *end, *suffix;
	bool overflow;
	u64 size;

	end = parse_digits(digits, base, &size, &overflow);
	suffix = memchr(suffixes, tolower(*end), strlen(suffixes));
	if (suffix && end != ptr) {
		shift = 10 * (suffix - suffixes + 1);
		end++;
	}
	if (retptr)
		*retptr = (char *)end;
	return overflow || size > ~0ULL >> shift ? ~0ULL : size << shift;
}
