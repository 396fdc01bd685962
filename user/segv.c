/*
 * SIGSEGV, caught: the handler learns where (si_addr) and why (si_code), runs on a stack of its own,
 * and may leave by siglongjmp(), or mend the page and return: then the instruction runs again.
 */
#include <sys/mman.h>
#include "touch.h"

#define NOWHERE ((char *)0x1000)
#define KERNEL	((char *)(sizeof(long) == 4 ? 0xC0100000UL : (unsigned long)0xFFFF888000100000ULL))

static volatile char *page;
static char own_stack[65536];

static void reasons(void)
{
	char *none = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(touch_read(NOWHERE) == SEGV_MAPERR && touched_address == NOWHERE);
	CHECK(touch_write(NOWHERE + 5) == SEGV_MAPERR && touched_address == NOWHERE + 5);
	CHECK(touch_read(none + 7) == SEGV_ACCERR && touched_address == none + 7);
	CHECK(touch_write(none) == SEGV_ACCERR && touched_address == none);
	CHECK(touch_write((void *)"a constant") == SEGV_ACCERR);
	CHECK(touch_write((void *)(unsigned long)reasons) == SEGV_ACCERR);
	CHECK(touch_read(KERNEL) == SEGV_MAPERR);
	CHECK(touch_write(KERNEL) == SEGV_MAPERR);
	CHECK(munmap(none, PAGE) == 0);
	CHECK(touch_read(none) == SEGV_MAPERR);
}

static volatile int times;

static void mend(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)context;
	times++;
	CHECK(info->si_addr == page + 123 && info->si_code == SEGV_ACCERR);
	CHECK(mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE) == 0);
}

static void a_handler_may_mend_the_page(void)
{
	catch_segv(mend, 0);
	for (int i = 1; i <= 100; i++) {
		CHECK(mprotect((void *)page, PAGE, PROT_READ) == 0);
		page[123] = (char)i;
		CHECK(page[123] == i && times == i);
	}
}

static void leave_own_stack(int signal, siginfo_t *info, void *context)
{
	char local;

	CHECK(&local >= own_stack && &local < own_stack + sizeof(own_stack));
	leave_touch(signal, info, context);
}

static void a_handler_has_its_own_stack(void)
{
	const stack_t stack = { .ss_sp = own_stack, .ss_size = sizeof(own_stack) };
	stack_t old;

	CHECK(sigaltstack(&stack, NULL) == 0);
	catch_segv(leave_own_stack, SA_ONSTACK);
	for (volatile int i = 0; i < 1000; i++)
		if (!sigsetjmp(touch_failed, 1)) {
			*(volatile char *)NOWHERE = 1;
			CHECK(!"stepped over");
		}
	CHECK(sigaltstack(NULL, &old) == 0 && old.ss_sp == own_stack && !old.ss_flags);
}

/* One that is blocked, as in its own handler, is not put off: the process ends. */
static void fault_again(int signal, siginfo_t *info, void *context)
{
	(void)signal, (void)info, (void)context;
	*(volatile char *)NOWHERE = 2;
}

static void faults_in_its_handler(void)
{
	catch_segv(fault_again, 0);
	*(volatile char *)NOWHERE = 1;
}

static void has_no_handler(void)
{
	signal(SIGSEGV, SIG_DFL);
	*(volatile char *)NOWHERE = 1;
}

static void ignores_it(void)
{
	signal(SIGSEGV, SIG_IGN);
	*(volatile char *)NOWHERE = 1;
}

/* The handler's frame has no place to go. */
static void has_no_stack(void)
{
	catch_segv(fault_again, 0);
	__asm__ volatile("xor %%eax, %%eax\n\t"
#ifdef __x86_64__
			 "xor %%esp, %%esp\n\t"
			 "mov %%eax, (%%rax)"
#else
			 "xor %%esp, %%esp\n\t"
			 "mov %%eax, (%%eax)"
#endif
			 ::
				 : "eax", "memory");
}

int main(int argc, char **argv)
{
	page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	reasons();
	a_handler_may_mend_the_page();
	a_handler_has_its_own_stack();
	CHECK(killed_by(status_of_child(faults_in_its_handler), SIGSEGV));
	CHECK(killed_by(status_of_child(has_no_handler), SIGSEGV));
	CHECK(killed_by(status_of_child(ignores_it), SIGSEGV));
	CHECK(killed_by(status_of_child(has_no_stack), SIGSEGV));
	return failures;
}
