/*
 * json [WHAT]: the kernel's structures for a program to read. tools/picture/ draws them.
 *
 *      k896> json pkmap
 *      {"pkmap":{"slots":1024,"last":1,"used":[
 *      [1,2,"0x7f00"]]}}
 *
 * Here: the writer, and the table of what can be told. Each part reads its structures as the command
 * for people does, under the same locks. Only reads.
 */
#include <lib/ctype.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <kernel/console.h>
#include <monitor/monitor.h>
#include "json.h"

/* ---- the writer ---- */

void (*json_write)(const char *text, size_t length) = console_write;

static bool follows; /* a value stands before this one: a comma is due */

static void __printf(1, 2) put(const char *fmt, ...)
{
	char text[32]; /* enough for any number */
	va_list args;

	va_start(args, fmt);
	json_write(text, (size_t)vsnprintf(text, sizeof(text), fmt, args));
	va_end(args);
}

static void put_text(const char *text)
{
	json_write("\"", 1);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			put("\\%c", *text);
		else if (isprint(*text))
			json_write(text, 1);
		else
			put("\\u%04x", (unsigned char)*text);
	}
	json_write("\"", 1);
}

/* What stands before a value. */
static void put_name(const char *name)
{
	if (follows)
		json_write(",", 1);
	follows = true;
	if (!name)
		return;
	put_text(name);
	json_write(":", 1);
}

void json_open(const char *name, char bracket)
{
	const bool element = !name && follows;

	put_name(name);
	put("%s%c", element ? "\n" : "", bracket);
	follows = false;
}

void json_close(char bracket)
{
	json_write(&bracket, 1);
	follows = true;
}

void json_ulong(const char *name, u64 value)
{
	put_name(name);
	put("%llu", value);
}

void json_hex(const char *name, u64 value)
{
	put_name(name);
	put("\"0x%llx\"", value);
}

void json_null(const char *name)
{
	put_name(name);
	put("null");
}

void json_string(const char *name, const char *text)
{
	put_name(name);
	put_text(text);
}

/* ---- the command ---- */

static const struct json_part {
	const char *name;
	void (*tell)(const char *name);
} parts[] = {
	{ "layout", json_layout },	 { "tables", json_tables }, { "iomem", json_iomem },
	{ "zones", json_zones },	 { "frames", json_frames }, { "slabs", json_slabs },
	{ "pkmap", json_pkmap },	 { "fixmap", json_fixmap }, { "vmalloc", json_vmalloc },
	{ "processes", json_processes },
};

#define for_each_part(part) for (part = parts; part < parts + ARRAY_SIZE(parts); part++)

static bool is_part(const char *word)
{
	const struct json_part *part;

	for_each_part(part)
	{
		if (!strcmp(word, part->name))
			return true;
	}
	return false;
}

static void refuse(const char *word)
{
	const struct json_part *part;

	monitor_printf("json: WHAT: '%s' is none of", word);
	for_each_part(part) monitor_printf(" %s", part->name);
	monitor_printf("\n");
}

static int run_json(int argc, char **argv)
{
	const struct json_part *part;

	if (argc > 1 && !is_part(argv[1])) {
		refuse(argv[1]);
		return -EINVAL;
	}
	follows = false;
	json_open(NULL, '{');
	for_each_part(part)
	{
		if (argc == 1 || !strcmp(argv[1], part->name))
			part->tell(part->name);
	}
	json_close('}');
	json_write("\n", 1);
	return 0;
}

static const struct monitor_command commands[] = {
	{ "json", "[WHAT]", "structures for a program to read; a wrong WHAT: the list of them", 0,
	  1, run_json },
};
monitor_group(json_group, "look", commands);
