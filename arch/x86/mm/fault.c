/*
 * Page faults in words: what was tried, and what the tables say of the address.
 *
 *      error code + CR2  -->  "write to 0xc0100000, forbidden, ring 0"
 *      CR3 --> pgd --> pmd --> pte, an entry a line, until one leads nowhere
 *
 * Called by the reports of arch/x86/kernel/traps.c. Every fault is fatal for now; this is where
 * demand paging comes in with processes. Condenses arch/i386/mm/fault.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <kernel/printk.h>
#include <kernel/signal.h>
#include <mm/pagewalk.h>
#include <asm/extable.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <asm/traps.h>

/* The tables that the CPU walks now, which need not be swapper_pg_dir. Low bits of CR3 are flags. */
static pgd_t *current_pgd(void)
{
	return __va(read_cr3() & ~(sizeof(pgd_t) * PTRS_PER_PGD - 1));
}

bool vaddr_mapped(unsigned long vaddr)
{
	struct page_walk walk;

	return page_walk(current_pgd(), vaddr, &walk);
}

static const char *access_name(unsigned long error_code)
{
	if (error_code & X86_PF_INSTR)
		return "execution at";
	return error_code & X86_PF_WRITE ? "write to" : "read of";
}

static const char *refusal_name(unsigned long error_code)
{
	if (error_code & X86_PF_RSVD)
		return "reserved bit set in an entry";
	return error_code & X86_PF_PROT ? "forbidden" : "not present";
}

void do_page_fault(struct pt_regs *regs)
{
	if (user_mode(regs))
		signal_fault(regs, SIGSEGV, SEGV_MAPERR, read_cr2());
	else if (!fixup_exception(regs))
		die_of_fault(regs);
}

void describe_page_fault(char *buf, size_t size, unsigned long error_code, unsigned long cr2)
{
	scnprintf(buf, size, "%s %p, %s, ring %d", access_name(error_code), (void *)cr2,
		  refusal_name(error_code), error_code & X86_PF_USER ? 3 : 0);
}

static void show_step(const struct page_walk_step *step)
{
	const int digits = 2 * sizeof(step->entry);

	printk(KERN_EMERG "  %s[%u] 0x%0*llx\n", step->level, step->index, digits,
	       (u64)step->entry);
}

void show_pte_walk(unsigned long vaddr)
{
	struct page_walk walk;
	unsigned int i;

	page_walk(current_pgd(), vaddr, &walk);
	printk(KERN_EMERG "Walk of %p:\n", (void *)vaddr);
	for (i = 0; i < walk.nr_steps; i++)
		show_step(&walk.steps[i]);
	if (walk.present)
		printk(KERN_EMERG "  -> physical 0x%08llx, %s, %s\n", (u64)walk.pa,
		       walk.flags & _PAGE_RW ? "writable" : "read-only",
		       walk.flags & _PAGE_NX ? "no execute" : "executable");
	else
		printk(KERN_EMERG "  -> not present\n");
}
