/*
 * Temporary kernel mappings: kmap_atomic() on a stack of fixmap slots, one stack for each CPU.
 *
 *      FIX_KMAP_BEGIN      slot 0    <- the thread's first mapping
 *                          slot -1   <- its second, or that of an interrupt that came meanwhile
 *      kmap_atomic_idx ->  slot -2   free, its entry empty: a pointer kept too long faults
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

/* The next free slot of each CPU: 0, -1, -2 ..., as addresses and entries both run down. */
static int kmap_atomic_idx[NR_CPUS];

/* Lab 07 */
/* Where slot 0, -1, -2 ... of this CPU is seen. */
static unsigned long slot_vaddr(int slot)
{
	const unsigned long first = __fix_to_virt(FIX_KMAP_BEGIN + KM_TYPE_NR * smp_processor_id());

	return first + slot * PAGE_SIZE;
}

/* Lab 07 */
/* And its entry: kmap_pte is that of CPU 0's slot 0. */
static pte_t *slot_pte(int slot)
{
	return kmap_pte - KM_TYPE_NR * smp_processor_id() + slot;
}

int kmap_atomic_held(void)
{
	return -*this_cpu_ptr(kmap_atomic_idx);
}

/* Lab 07 */
__landmark void *kmap_atomic(struct page *page)
{
	int slot;

	pagefault_disable();
	if (!PageHighMem(page))
		return lowmem_page_address(page);
	slot = (*this_cpu_ptr(kmap_atomic_idx))--;
	BUG_ON(slot <= -KM_TYPE_NR);
	set_pte(slot_pte(slot), mk_pte(page, kmap_prot));
	return (void *)slot_vaddr(slot);
}

static noinline void refuse_kunmap_atomic(unsigned long vaddr)
{
	pr_err("kunmap_atomic: %#lx is not the newest of %d mappings; nothing unmapped\n", vaddr,
	       kmap_atomic_held());
	dump_stack();
}

/* Lab 07 */
/* The newest mapping goes; any other would leave a hole in the stack of slots. */
static void pop_slot(unsigned long vaddr)
{
	const int slot = *this_cpu_ptr(kmap_atomic_idx) + 1;

	if (unlikely(slot > 0 || (vaddr & PAGE_MASK) != slot_vaddr(slot))) {
		refuse_kunmap_atomic(vaddr);
		return;
	}
	pte_clear(slot_pte(slot));
	__flush_tlb_one(vaddr);
	*this_cpu_ptr(kmap_atomic_idx) = slot;
	pagefault_enable();
}

/* Lab 07 */
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
		       prev->comm, prev->pid, held, held > 1 ? "s" : "", slot_vaddr(1 - held));
}

static struct schedule_check schedule_check = { .check = check_at_schedule };

static void register_kmap_atomic_check(void)
{
	register_schedule_check(&schedule_check);
}
late_initcall(register_kmap_atomic_check);
