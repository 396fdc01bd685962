/*
 * Page faults: mended, told to the program as a signal, or told to whoever reads the log.
 *
 *      do_page_fault()
 *        kernel's address, no address space, or in the midst of what must not sleep? --+
 *        find_vma()             no VMA there, and no stack that could grow there? -----+--> bad_access()
 *        access_error()         the VMA forbids it? -----------------------------------+      |
 *        handle_mm_fault()      no memory: out_of_memory(), and once more              |      |
 *                               beyond the object's end: SIGBUS -----------------------+      |
 *                                                                                             v
 *          ring 3: SIGSEGV, SIGBUS     ring 0: fixup of copy_to_user() and its like, or die()
 *
 * Of the kernel's own instructions only those that have a fixup may touch a program's memory: any
 * other that faults there is a mistake, whether or not the page could be brought in. Called by
 * do_trap(); the second half of this file describes faults for reports. Condenses
 * arch/i386/mm/fault.c of Linux 2.6.
 */
#include <lib/kernel.h>
#include <lib/printf.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <mm/memory.h>
#include <mm/mmap.h>
#include <mm/oom.h>
#include <mm/pagewalk.h>
#include <mm/uaccess.h>
#include <asm/extable.h>
#include <asm/irqflags.h>
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

/* A page that is there, and the kernel's instruction: what a program's pages are kept from. */
static const char *kernel_refusal_name(unsigned long error_code, unsigned long address)
{
	if (address >= TASK_SIZE || !(error_code & X86_PF_PROT) || error_code & X86_PF_RSVD)
		return refusal_name(error_code);
	if (error_code & X86_PF_INSTR)
		return "a program's page, which the kernel must not run (SMEP)";
	return "a program's page, read-only or touched by mistake (SMAP)";
}

size_t describe_page_fault(char *buf, size_t size, unsigned long error_code, unsigned long cr2)
{
	return scnprintf(buf, size, "%s %p, %s", access_name(error_code), (void *)cr2,
			 error_code & X86_PF_USER ? refusal_name(error_code)
						  : kernel_refusal_name(error_code, cr2));
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

/* --- bad accesses -------------------------------------------------------------------------------- */

/* The kernel's own. Another fault may have been served since, and the reports read CR2. */
static void bad_kernel_access(struct pt_regs *regs, unsigned long address)
{
	if (fixup_exception(regs))
		return;
	local_irq_disable();
	write_cr2(address);
	die_of_fault(regs);
}

/* A program's, or the kernel's on behalf of one. */
static void bad_access(struct pt_regs *regs, unsigned long address, int sig, int code)
{
	if (!user_mode(regs)) {
		bad_kernel_access(regs, address);
		return;
	}
	current->thread.cr2 = address;
	signal_fault(regs, sig, code, address);
}

/* --- faults ---------------------------------------------------------------------------------- */

/* What x86 cannot refuse is not asked: who may write or run may read. */
static bool access_error(const struct vm_area_struct *vma, unsigned long error_code)
{
	if (error_code & X86_PF_WRITE)
		return !(vma->vm_flags & VM_WRITE);
	if (error_code & X86_PF_INSTR)
		return !(vma->vm_flags & VM_EXEC);
	return !(vma->vm_flags & VM_ACCESS_FLAGS);
}

/* May this fault be served at all? Interrupts off or a bit of an entry that must not be set: no. */
static bool may_be_served(const struct pt_regs *regs, unsigned long address)
{
	if (address >= TASK_SIZE || !current->mm || regs->error_code & X86_PF_RSVD)
		return false;
	if (user_mode(regs))
		return true;
	return !pagefault_disabled() && regs->eflags & X86_EFLAGS_IF &&
	       search_exception_table(instruction_pointer(regs));
}

/*
 * Memory is out. Once the killer has been at work the instruction is run again, and faults again;
 * but a task that is to die itself goes no further on the kernel's account.
 */
static void fault_out_of_memory(struct pt_regs *regs, unsigned long address)
{
	if (fatal_signal_pending(current) && !user_mode(regs))
		bad_kernel_access(regs, address);
	else
		pagefault_out_of_memory();
}

/* Returns 0, or the si_code of the SIGSEGV. Locked for reading. */
static int find_vma_for_access(struct mm_struct *mm, unsigned long address,
			       unsigned long error_code, struct vm_area_struct **vma)
{
	*vma = find_vma(mm, address);
	if (!*vma)
		return SEGV_MAPERR;
	if (address < (*vma)->vm_start &&
	    (!((*vma)->vm_flags & VM_GROWSDOWN) || expand_stack(*vma, address)))
		return SEGV_MAPERR;
	return access_error(*vma, error_code) ? SEGV_ACCERR : 0;
}

static unsigned int fault_flags(unsigned long error_code)
{
	return (error_code & X86_PF_WRITE ? FAULT_FLAG_WRITE : 0) |
	       (error_code & X86_PF_USER ? FAULT_FLAG_USER : 0);
}

/* Interrupts are off until CR2 is read: another fault would change it. */
__landmark void do_page_fault(struct pt_regs *regs)
{
	const unsigned long address = read_cr2();
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int code, fault = 0;

	if (unlikely(!may_be_served(regs, address))) {
		bad_access(regs, address, SIGSEGV, SEGV_MAPERR);
		return;
	}
	local_irq_enable();
	__down_read(&mm->mmap_sem);
	code = find_vma_for_access(mm, address, regs->error_code, &vma);
	if (likely(!code))
		fault = handle_mm_fault(mm, vma, address, fault_flags(regs->error_code));
	up_read(&mm->mmap_sem);
	if (unlikely(code))
		bad_access(regs, address, SIGSEGV, code);
	else if (unlikely(fault & VM_FAULT_OOM))
		fault_out_of_memory(regs, address);
	else if (unlikely(fault & VM_FAULT_SIGBUS))
		bad_access(regs, address, SIGBUS, BUS_ADRERR);
	else
		current->min_flt++;
}
