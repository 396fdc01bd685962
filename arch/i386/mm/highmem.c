/*
 * Temporary kernel mappings: kmap_atomic() on a stack of fixmap slots, one stack for each CPU.
 *
 *      FIX_KMAP_BEGIN      slot 0   <- the thread's first mapping
 *                          slot 1   <- its second, or that of an interrupt that came meanwhile
 *      kmap_atomic_idx ->  slot 2   free, its entry empty: a pointer kept too long faults
 *
 * Last in, first out: an interrupt has let go of all its slots when the thread runs on. (Until
 * 2.6.36 each caller named its slot instead, KM_USER0, KM_IRQ0 ..., and two callers that named the
 * same one destroyed each other's mapping.) Preemption is off meanwhile, so nobody else runs on
 * the same stack of slots. Condenses arch/x86/mm/highmem_32.c.
 */
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/panic.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <mm/highmem.h>
#include <mm/pgalloc.h>
#include <mm/uaccess.h>
#include <asm/stack.h>
#include <asm/tlbflush.h>

static int kmap_atomic_idx[NR_CPUS];

/* Slots of one CPU follow each other; their entries run down as their addresses do. */
static unsigned int slot_number(int idx)
{
	return KM_TYPE_NR * smp_processor_id() + idx;
}

static unsigned long slot_vaddr(int idx)
{
	return __fix_to_virt(FIX_KMAP_BEGIN + slot_number(idx));
}

int kmap_atomic_held(void)
{
	return *this_cpu_ptr(kmap_atomic_idx);
}

__landmark void *kmap_atomic(struct page *page)
{
	int idx;

	pagefault_disable();
	if (!PageHighMem(page))
		return lowmem_page_address(page);
	idx = (*this_cpu_ptr(kmap_atomic_idx))++;
	BUG_ON(idx >= KM_TYPE_NR);
	set_pte(kmap_pte - slot_number(idx), mk_pte(page, kmap_prot));
	return (void *)slot_vaddr(idx);
}

static noinline void refuse_kunmap_atomic(unsigned long vaddr, int held)
{
	pr_err("kunmap_atomic: %#lx is not the newest of %d mappings; nothing unmapped\n", vaddr,
	       held);
	dump_stack();
}

/* The newest mapping goes; any other would leave a hole in the stack of slots. */
static void pop_slot(unsigned long vaddr)
{
	int held = kmap_atomic_held();

	if (unlikely(!held || (vaddr & PAGE_MASK) != slot_vaddr(held - 1))) {
		refuse_kunmap_atomic(vaddr, held);
		return;
	}
	pte_clear(kmap_pte - slot_number(held - 1));
	__flush_tlb_one(vaddr);
	*this_cpu_ptr(kmap_atomic_idx) = held - 1;
	pagefault_enable();
}

void kunmap_atomic(void *vaddr)
{
	if (unlikely((unsigned long)vaddr >= (unsigned long)high_memory))
		pop_slot((unsigned long)vaddr);
	else
		pagefault_enable();
}

/* Whoever runs next would find the slot's owner on top of the stack of slots. */
static void check_at_schedule(const struct task_struct *prev)
{
	const int held = kmap_atomic_held();

	if (unlikely(held))
		pr_err("schedule: %s/%d gives up the CPU with %d atomic kmap%s held, the newest at "
		       "0x%08lx\n",
		       prev->comm, prev->pid, held, held > 1 ? "s" : "", slot_vaddr(held - 1));
}

static struct schedule_check schedule_check = { .check = check_at_schedule };

static void register_kmap_atomic_check(void)
{
	register_schedule_check(&schedule_check);
}
late_initcall(register_kmap_atomic_check);
