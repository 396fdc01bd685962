/*
 * What the suites of processes share: programs made in memory, tasks that run them, and what must be
 * as before when all is over.
 *
 *      image_begin(&user_exit_42);
 *      image.header->e_entry = 0;
 *      KUNIT_EXPECT_EQ(test, exec_image(), -ENOEXEC);
 */
#ifndef TESTS_PROCESS_TOOLS_H
#define TESTS_PROCESS_TOOLS_H

#include <lib/errno.h>
#include <lib/string.h>
#include <mm/mm_types.h>
#include <fs/fs.h>
#include <process/elf.h>
#include <process/exec.h>
#include <process/exit.h>
#include <process/fork.h>
#include <asm/page.h>
#include <tests/kunit.h>
#include <tests/threads.h>
#include <tests/user_code.h>

/*
 *      file      0 [headers, code][ ... ]  0x1000 [data 16 bytes]
 *      memory    TEXT_ADDR r-x             DATA_ADDR rw-, bss up to DATA_ADDR + DATA_MEMSZ
 */
#define TEXT_ADDR  0x08048000UL
#define ENTRY_ADDR (TEXT_ADDR + CODE_AT)
#define CODE_AT	   0x200UL
#define TEXT_SIZE  0x240UL
#define DATA_AT	   0x1000UL
#define DATA_ADDR  0x0804A000UL
#define DATA_SIZE  16UL
#define DATA_MEMSZ 0x2800UL

enum { TEXT, DATA, GNU_STACK, NR_PHDRS };

struct image {
	u8 bytes[DATA_AT + DATA_SIZE];
	size_t size;	   /* of the file */
	size_t fail_after; /* reads beyond that give -EIO */
	struct elfhdr *header;
	struct elf_phdr *phdrs;
};
extern struct image image;

/* A file with what is in the image now; or NULL. */
struct file *open_image(void);

/* A program in order, that runs @code. */
void image_begin(const struct user_code *code);

/* How a program is started, and what is looked at. */
struct exec_plan {
	const char *const *argv, *const *envp; /* NULL: none but the name */
	void (*before)(void *arg);	       /* in the kernel thread, before it execs */
	int (*after)(
		void *arg); /* in the program's task, before it is in ring 3; 0: it goes there */
	void *arg;
};

struct exec_result {
	int err;     /* of exec */
	bool had_mm; /* afterwards: an address space */
	bool doomed; /* afterwards: a SIGKILL on its way */
	int status;  /* as wait4() tells it */
	unsigned long exit_addr;
};

/* Start the image as a child, wait for its end. @after's result, if not 0, is what it exits with. */
struct exec_result run_image(const struct exec_plan *plan);

/* The same with nothing to look at; exec's error. */
int exec_image(void);

/* In a program's task: run @fn there; nothing comes to ring 3. */
void in_a_program(int (*fn)(void *arg), void *arg);

/* So that nothing is missing afterwards: for .init and .exit of a suite. */
int remember_resources(struct kunit *test);
void expect_resources(struct kunit *test);

/* Frames that are free, when nothing is kept for later use. */
unsigned long frames_at_rest(void);

/*
 * Call @fn, which returns whether all went well, with the first allocation failing, the second ... until
 * it succeeds; each time nothing may be lost. Objects first, then frames.
 */
void with_each_allocation_failing(struct kunit *test, bool (*fn)(struct kunit *test));

#endif
