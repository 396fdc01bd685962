/*
 * printf's engine: one pass over the format, each %-directive read into a struct spec and then
 * printed by the function for its conversion.
 *
 *      "%-8s|%#06x"  ->  { left, width 8 } 's'  ->  put_string()
 *                        { alt, zero, width 6 } 'x'  ->  put_unsigned()
 *
 * printk(), the monitor and the tests call in here; it calls string.c, and kallsyms through
 * vsprintf_symbol. No allocation, no lock, no floating point: usable from the first instruction.
 * Condenses lib/vsprintf.c of Linux. Left out: %n, wide characters, the other %p extensions.
 */
#include <lib/printf.h>
#include <lib/ctype.h>
#include <lib/kernel.h>
#include <lib/string.h>

#define MAX_DIGITS   22 /* of a u64 in octal */
#define MAX_SYMBOL   128
#define NO_PRECISION (-1)

int (*vsprintf_symbol)(char *buf, size_t size, unsigned long addr);

/* Where the text goes, and where the arguments come from. */
struct printer {
	char *buf;
	size_t size;
	size_t len; /* of the whole text, also of what did not fit */
	va_list args;
};

struct spec {
	bool left, zero, plus, space, alternate;
	int width;
	int precision;
	size_t bytes; /* size of an integer argument */
};

static void put_char(struct printer *out, char c)
{
	if (out->len < out->size)
		out->buf[out->len] = c;
	out->len++;
}

static void put_repeated(struct printer *out, char c, int times)
{
	while (times-- > 0)
		put_char(out, c);
}

static void put_chars(struct printer *out, const char *s, int len)
{
	while (len-- > 0)
		put_char(out, *s++);
}

static void put_padded(struct printer *out, const struct spec *spec, const char *s, int len)
{
	if (!spec->left)
		put_repeated(out, ' ', spec->width - len);
	put_chars(out, s, len);
	if (spec->left)
		put_repeated(out, ' ', spec->width - len);
}

static void put_string(struct printer *out, const struct spec *spec, const char *s)
{
	size_t max = spec->precision == NO_PRECISION ? SIZE_MAX : (size_t)spec->precision;

	if (!s)
		s = "(null)";
	put_padded(out, spec, s, (int)strnlen(s, max));
}

/* Writes @value's digits so that they end at @end; returns where they begin. None for 0. */
static char *write_digits(char *end, u64 value, unsigned int base, const char *digits)
{
	for (; value; value /= base)
		*--end = digits[value % base];
	return end;
}

/*
 * [blanks][prefix][zeros][digits][blanks]: the zeros fill up to the precision, or, where none is
 * given and the flag 0 is, up to the width.
 */
static void put_number(struct printer *out, const struct spec *spec, const char *prefix,
		       const char *digits, int nr_digits)
{
	int nr_prefix = (int)strlen(prefix);
	int zeros = max(0, (spec->precision == NO_PRECISION ? 1 : spec->precision) - nr_digits);
	int blanks = max(0, spec->width - nr_prefix - zeros - nr_digits);

	if (spec->zero && !spec->left && spec->precision == NO_PRECISION) {
		zeros += blanks;
		blanks = 0;
	}
	put_repeated(out, ' ', spec->left ? 0 : blanks);
	put_chars(out, prefix, nr_prefix);
	put_repeated(out, '0', zeros);
	put_chars(out, digits, nr_digits);
	put_repeated(out, ' ', spec->left ? blanks : 0);
}

static void put_decimal(struct printer *out, const struct spec *spec, const char *sign, u64 value)
{
	char buf[MAX_DIGITS];
	char *end = buf + MAX_DIGITS;
	char *digits = write_digits(end, value, 10, "0123456789");

	put_number(out, spec, sign, digits, (int)(end - digits));
}

static void put_signed(struct printer *out, const struct spec *spec, s64 value)
{
	if (value < 0)
		put_decimal(out, spec, "-", -(u64)value);
	else
		put_decimal(out, spec, spec->plus ? "+" : spec->space ? " " : "", (u64)value);
}

static void put_hex(struct printer *out, const struct spec *spec, u64 value, bool upper)
{
	const char *alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	const char *prefix = upper ? "0X" : "0x";
	char buf[MAX_DIGITS];
	char *end = buf + MAX_DIGITS;
	char *digits = write_digits(end, value, 16, alphabet);

	put_number(out, spec, spec->alternate && value ? prefix : "", digits, (int)(end - digits));
}

/* The flag # asks for a leading 0, which is a digit more and not a prefix. */
static void put_octal(struct printer *out, const struct spec *spec, u64 value)
{
	char buf[MAX_DIGITS + 1];
	char *end = buf + MAX_DIGITS + 1;
	char *digits = write_digits(end, value, 8, "01234567");

	if (spec->alternate)
		*--digits = '0';
	put_number(out, spec, "", digits, (int)(end - digits));
}

static void put_pointer(struct printer *out, const struct spec *spec, unsigned long addr)
{
	char text[2 + 2 * sizeof(addr) + 1];

	snprintf(text, sizeof(text), "0x%0*lx", (int)(2 * sizeof(addr)), addr);
	put_padded(out, spec, text, (int)strlen(text));
}

static void put_symbol(struct printer *out, const struct spec *spec, unsigned long addr)
{
	char text[MAX_SYMBOL];
	int len = vsprintf_symbol ? vsprintf_symbol(text, sizeof(text), addr) : 0;

	if (len > 0)
		put_padded(out, spec, text, len);
	else
		put_pointer(out, spec, addr);
}

/* An integer of spec->bytes bytes; what is narrower than an int was passed as an int. */
static u64 next_unsigned(struct printer *out, const struct spec *spec)
{
	int unused_bits = (int)(sizeof(u64) - spec->bytes) * BITS_PER_BYTE;
	u64 value;

	if (spec->bytes == sizeof(u64))
		value = va_arg(out->args, u64);
	else
		value = va_arg(out->args, unsigned int);
	return value << unused_bits >> unused_bits;
}

static s64 next_signed(struct printer *out, const struct spec *spec)
{
	int unused_bits = (int)(sizeof(u64) - spec->bytes) * BITS_PER_BYTE;

	return (s64)(next_unsigned(out, spec) << unused_bits) >> unused_bits;
}

static void put_char_argument(struct printer *out, const struct spec *spec)
{
	char c = (char)va_arg(out->args, int);

	put_padded(out, spec, &c, 1);
}

static bool *flag_of(struct spec *spec, char c)
{
	switch (c) {
	case '-':
		return &spec->left;
	case '0':
		return &spec->zero;
	case '+':
		return &spec->plus;
	case ' ':
		return &spec->space;
	case '#':
		return &spec->alternate;
	default:
		return NULL;
	}
}

static const char *parse_flags(const char *fmt, struct spec *spec)
{
	bool *flag;

	while ((flag = flag_of(spec, *fmt))) {
		*flag = true;
		fmt++;
	}
	return fmt;
}

/* Digits, or a * that stands for an argument. */
static const char *parse_count(const char *fmt, struct printer *out, int *count)
{
	*count = 0;
	if (*fmt == '*') {
		*count = va_arg(out->args, int);
		return fmt + 1;
	}
	while (isdigit(*fmt))
		*count = *count * 10 + (*fmt++ - '0');
	return fmt;
}

static const char *parse_width(const char *fmt, struct printer *out, struct spec *spec)
{
	fmt = parse_count(fmt, out, &spec->width);
	if (spec->width < 0) {
		spec->left = true;
		spec->width = -spec->width;
	}
	return fmt;
}

static const char *parse_precision(const char *fmt, struct printer *out, struct spec *spec)
{
	if (*fmt != '.')
		return fmt;
	fmt = parse_count(fmt + 1, out, &spec->precision);
	if (spec->precision < 0)
		spec->precision = NO_PRECISION;
	return fmt;
}

static const char *parse_length(const char *fmt, struct spec *spec)
{
	static const struct {
		const char *modifier;
		size_t bytes;
	} lengths[] = {
		{ "hh", sizeof(char) }, { "h", sizeof(short) },	 { "ll", sizeof(u64) },
		{ "l", sizeof(long) },	{ "z", sizeof(size_t) }, { "t", sizeof(ptrdiff_t) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		size_t len = strlen(lengths[i].modifier);

		if (strncmp(fmt, lengths[i].modifier, len))
			continue;
		spec->bytes = lengths[i].bytes;
		return fmt + len;
	}
	return fmt;
}

static const char *parse_spec(const char *fmt, struct printer *out, struct spec *spec)
{
	*spec = (struct spec){ .precision = NO_PRECISION, .bytes = sizeof(int) };
	fmt = parse_flags(fmt, spec);
	fmt = parse_width(fmt, out, spec);
	fmt = parse_precision(fmt, out, spec);
	return parse_length(fmt, spec);
}

static const char *put_address(const char *fmt, struct printer *out, const struct spec *spec)
{
	unsigned long addr = (unsigned long)va_arg(out->args, void *);

	if (*fmt != 'S') {
		put_pointer(out, spec, addr);
		return fmt;
	}
	put_symbol(out, spec, addr);
	return fmt + 1;
}

/* @fmt stands behind the %. Returns what follows the directive. */
static const char *put_directive(const char *fmt, struct printer *out)
{
	struct spec spec;
	char conversion;

	fmt = parse_spec(fmt, out, &spec);
	conversion = *fmt;
	if (!conversion)
		return fmt;
	fmt++;
	switch (conversion) {
	case 'd':
	case 'i':
		put_signed(out, &spec, next_signed(out, &spec));
		return fmt;
	case 'u':
		put_decimal(out, &spec, "", next_unsigned(out, &spec));
		return fmt;
	case 'x':
	case 'X':
		put_hex(out, &spec, next_unsigned(out, &spec), conversion == 'X');
		return fmt;
	case 'o':
		put_octal(out, &spec, next_unsigned(out, &spec));
		return fmt;
	case 'c':
		put_char_argument(out, &spec);
		return fmt;
	case 's':
		put_string(out, &spec, va_arg(out->args, const char *));
		return fmt;
	case 'p':
		return put_address(fmt, out, &spec);
	case '%':
		put_char(out, '%');
		return fmt;
	default: /* a mistake in the format: make it seen */
		put_char(out, '%');
		put_char(out, conversion);
		return fmt;
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct printer out = { .buf = buf, .size = size };

	va_copy(out.args, args);
	while (*fmt) {
		if (*fmt == '%')
			fmt = put_directive(fmt + 1, &out);
		else
			put_char(&out, *fmt++);
	}
	va_end(out.args);
	if (size)
		buf[min(out.len, size - 1)] = '\0';
	return (int)out.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return size ? min(len, (int)size - 1) : 0;
}
