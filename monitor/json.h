/*
 * JSON, one value at a time: a small writer, and what the command json can tell.
 *
 *      json_open("zones", '[');                {"zones":[
 *      json_open(NULL, '{');                   {"name":"DMA","free":3968},
 *      json_string("name", "DMA");             {"name":"Normal", ...
 *      json_ulong("free", 3968);
 *      json_close('}');
 *
 * Commas come by themselves, and a line for each value that is an object or array itself. Inside an
 * array a value has no name: NULL. Addresses and entries are strings in hexadecimal: they can be
 * pasted into `walk`, and a reader whose numbers have 53 bits does not spoil them.
 */
#ifndef MONITOR_JSON_H
#define MONITOR_JSON_H

#include <asm/pgtable.h>

/* Where the text goes: console_write(), or a test's own. */
extern void (*json_write)(const char *text, size_t length);

/* @bracket: '{' for an object, '[' for an array. */
void json_open(const char *name, char bracket);
/* @bracket: '}' or ']', of the one that was opened last. */
void json_close(char bracket);

void json_ulong(const char *name, u64 value);
void json_hex(const char *name, u64 value);
void json_null(const char *name);
/* @text: any bytes; those that JSON has no letter for are escaped. */
void json_string(const char *name, const char *text);

/* Each tells one value, called by its name: see the file. */
void json_layout(const char *name); /* json_window.c */
void json_pkmap(const char *name);
void json_fixmap(const char *name);
void json_vmalloc(const char *name);
void json_iomem(const char *name); /* json_memory.c */
void json_zones(const char *name);
void json_frames(const char *name);
void json_slabs(const char *name);
void json_tables(const char *name);    /* json_tables.c */
void json_processes(const char *name); /* json_processes.c */

/**
 * json_table_rows - the entries below a top table, in the order of a walk
 * @pgd: the table
 * @end: the first address that is not asked about; 0: all are
 *
 * An array of [level, index, count, entry]: see json_tables.c.
 */
void json_table_rows(const char *name, pgd_t *pgd, unsigned long end);

#endif
