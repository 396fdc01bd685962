/* Where the parts of the image begin and end: symbols of kernel.lds, addresses only. */
#ifndef ASM_SECTIONS_H
#define ASM_SECTIONS_H

extern char _text[], _end[];
extern char _shead[], _ehead[];		      /* head.asm: runs once, at its physical address too */
extern char _sboot_tables[], _eboot_tables[]; /* swapper_pg_dir and the tables below it */
extern char _stext[], _etext[];
extern char _skunit_text[], _ekunit_text[];
extern char _srodata[], _erodata[];
extern char _sdata[], _edata[];
extern char _skunit_data[], _ekunit_data[];
extern char _sbss[], _ebss[];

#endif
