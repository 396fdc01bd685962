/*
 * The kernel's command line: blank-separated words, each handed to the option of that name.
 *
 *      mem=512M nopse kunit="printk params" typo -- a b
 *      |        |     |                     |    |
 *      |        |     |                     |    +-- what stands behind is for the first program
 *      |        |     |                     +-- no row in .init.setup: named in the log
 *      |        |     +-- __setup("kunit=")       value: printk params
 *      |        +-- early_param("nopse")          value: empty
 *      +-- early_param("mem=")                    value: 512M
 *
 * The line is read twice: by parse_early_param() before memory is set up, and by parse_args() once
 * the rest works. Complaints about words that are nobody's come from the second reading alone.
 * Condenses kernel/params.c and init/main.c of Linux 2.6.
 */
#include <lib/ctype.h>
#include <lib/string.h>
#include <kernel/init.h>
#include <kernel/printk.h>

#define WORD_MAX 127

extern const struct obs_kernel_param __init_setup_start[], __init_setup_end[];

#define for_each_kernel_param(param) \
	for (param = __init_setup_start; param < __init_setup_end; param++)

/* One word without its quotes. @length counts all of it, @text holds what fits. */
struct word {
	char text[WORD_MAX + 1];
	size_t length;
};

/* Reads the next word from *line and moves past it; false at the end of the line. */
static bool next_word(const char **line, struct word *word)
{
	const char *s = *line;
	bool quoted = false;

	while (isspace(*s))
		s++;
	if (!*s)
		return false;
	word->length = 0;
	for (; *s && (quoted || !isspace(*s)); s++) {
		if (*s == '"')
			quoted = !quoted;
		else if (word->length++ < WORD_MAX)
			word->text[word->length - 1] = *s;
	}
	word->text[word->length < WORD_MAX ? word->length : WORD_MAX] = '\0';
	*line = s;
	return true;
}

/* "mem=" is the option of every word that begins so, "nopse" only of the word itself. */
static bool option_of(const struct obs_kernel_param *param, const char *word)
{
	size_t length = strlen(param->str);

	if (strncmp(word, param->str, length))
		return false;
	return param->str[length - 1] == '=' || !word[length];
}

static void run_option(const struct obs_kernel_param *param, char *word)
{
	char value[WORD_MAX + 1];

	/* A copy, as handlers may cut their value up and the message wants it whole. */
	strscpy(value, word + strlen(param->str), sizeof(value));
	if (param->setup_func(value))
		pr_warn("params: '%s': bad value; ignored\n", word);
}

/* Returns whether anybody knows the word, early or not. */
static bool run_options(char *word, bool early)
{
	const struct obs_kernel_param *param;
	bool known = false;

	for_each_kernel_param (param) {
		if (!option_of(param, word))
			continue;
		known = true;
		if (!!param->early == early)
			run_option(param, word);
	}
	return known;
}

/* The next word that may be an option. */
static bool next_option(const char **line, struct word *word)
{
	return next_word(line, word) && strcmp(word->text, "--");
}

void parse_early_param(const char *cmdline)
{
	struct word word;

	while (next_option(&cmdline, &word))
		if (word.length <= WORD_MAX)
			run_options(word.text, true);
}

const char *parse_args(const char *cmdline)
{
	struct word word;

	while (next_option(&cmdline, &word)) {
		if (word.length > WORD_MAX)
			pr_warn("params: '%.20s...' is %zu characters long, more than %d; "
				"ignored\n",
				word.text, word.length, WORD_MAX);
		else if (!run_options(word.text, false))
			pr_warn("params: '%s' is not an option of this kernel; ignored\n",
				word.text);
	}
	return cmdline;
}
