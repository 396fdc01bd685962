/*
 * Permanent kernel mappings: kmap() and the page table of 1024 (512) slots behind it.
 *
 *      pkmap_page_table   | -  | f7 | -  | f3 | f9 | ...        slot n shows its frame at
 *      pkmap_count        | 0  | 2  | 0  | 1  | 3  | ...        PKMAP_ADDR(n)
 *                                          ^
 *                                          last_pkmap_nr: the search for a slot goes on here
 *
 *      0   free, and the TLB knows nothing of it
 *      1   nobody's any more, but mapped still: the TLB may remember it
 *      n   mapped, n - 1 users
 *
 * kunmap() only counts down to 1. When the search wraps round, all slots that stand at 1 are
 * cleared and the TLB is flushed once for all of them: a flush per 1024 mappings, not per call.
 * With every slot in use kmap() sleeps until somebody lets go of one.
 *
 * page_address() finds a highmem frame's slot through a hash of the frame. Threads call in here;
 * interrupts have kmap_atomic(). Condenses mm/highmem.c.
 */
#include <kernel/preempt.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/wait.h>
#include <mm/highmem.h>
#include <mm/pgalloc.h>
#include <asm/stack.h>
#include <asm/tlbflush.h>

/* Guards the slots, their counts and the hash. */
static spinlock_t kmap_lock = SPIN_LOCK_UNLOCKED;
static DECLARE_WAIT_QUEUE_HEAD(pkmap_map_wait);

int pkmap_count[LAST_PKMAP];
unsigned int last_pkmap_nr;

/* --- which slot shows a frame ----------------------------------------------------------------- */

#define PA_HASH_ORDER 7

/* One for each slot: the frame that it shows, and the chain of its bucket. */
static struct page_address_map {
	struct page *page;
	struct page_address_map *next;
} page_address_maps[LAST_PKMAP];

static struct page_address_map *page_address_htable[1 << PA_HASH_ORDER];

/* Neighbouring frames are mapped together: they must not meet in one bucket. */
static struct page_address_map **page_slot(const struct page *page)
{
	return &page_address_htable[page_to_pfn(page) & ((1 << PA_HASH_ORDER) - 1)];
}

static void *highmem_page_address(const struct page *page)
{
	const struct page_address_map *pam = *page_slot(page);

	while (pam && pam->page != page)
		pam = pam->next;
	return pam ? (void *)PKMAP_ADDR(pam - page_address_maps) : NULL;
}

void *page_address(const struct page *page)
{
	unsigned long flags;
	void *vaddr;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	spin_lock_irqsave(&kmap_lock, flags);
	vaddr = highmem_page_address(page);
	spin_unlock_irqrestore(&kmap_lock, flags);
	return vaddr;
}

static void add_page_address(unsigned int nr, struct page *page)
{
	struct page_address_map *pam = &page_address_maps[nr], **bucket = page_slot(page);

	pam->page = page;
	pam->next = *bucket;
	*bucket = pam;
}

static void del_page_address(unsigned int nr)
{
	struct page_address_map *pam = &page_address_maps[nr], **link = page_slot(pam->page);

	while (*link != pam)
		link = &(*link)->next;
	*link = pam->next;
	pam->page = NULL;
}

/* --- slots ------------------------------------------------------------------------------------ */

static void flush_all_zero_pkmaps(void)
{
	bool need_flush = false;

	for (unsigned int nr = 0; nr < LAST_PKMAP; nr++) {
		if (pkmap_count[nr] != 1)
			continue;
		pkmap_count[nr] = 0;
		pte_clear(&pkmap_page_table[nr]);
		del_page_address(nr);
		need_flush = true;
	}
	if (need_flush)
		flush_tlb_kernel_range(PKMAP_ADDR(0), PKMAP_ADDR(LAST_PKMAP));
}

void kmap_flush_unused(void)
{
	spin_lock(&kmap_lock);
	flush_all_zero_pkmaps();
	spin_unlock(&kmap_lock);
}

/* The next free slot's number, or LAST_PKMAP: once round, and one flush on the way. */
static unsigned int find_free_slot(void)
{
	for (unsigned int tries = 0; tries < LAST_PKMAP; tries++) {
		last_pkmap_nr = (last_pkmap_nr + 1) & (LAST_PKMAP - 1);
		if (!last_pkmap_nr)
			flush_all_zero_pkmaps();
		if (!pkmap_count[last_pkmap_nr])
			return last_pkmap_nr;
	}
	return LAST_PKMAP;
}

/* Without the lock: until somebody lets go of a slot. It may be gone again when we look. */
static void wait_for_slot(void)
{
	DECLARE_WAITQUEUE(wait, current);

	set_current_state(TASK_UNINTERRUPTIBLE);
	add_wait_queue(&pkmap_map_wait, &wait);
	spin_unlock(&kmap_lock);
	schedule();
	remove_wait_queue(&pkmap_map_wait, &wait);
	spin_lock(&kmap_lock);
}

/* A slot for a frame that has none; its count is 1 then. Another may map it while we sleep. */
static void *map_new_virtual(struct page *page)
{
	unsigned int nr;
	void *vaddr;

	while ((nr = find_free_slot()) == LAST_PKMAP) {
		wait_for_slot();
		vaddr = highmem_page_address(page);
		if (vaddr)
			return vaddr;
	}
	set_pte(&pkmap_page_table[nr], mk_pte(page, kmap_prot));
	pkmap_count[nr] = 1;
	add_page_address(nr, page);
	return (void *)PKMAP_ADDR(nr);
}

__landmark void *kmap_high(struct page *page)
{
	void *vaddr;

	spin_lock(&kmap_lock);
	vaddr = highmem_page_address(page);
	if (!vaddr)
		vaddr = map_new_virtual(page);
	pkmap_count[PKMAP_NR((unsigned long)vaddr)]++;
	spin_unlock(&kmap_lock);
	return vaddr;
}

void *kmap(struct page *page)
{
	if (!PageHighMem(page))
		return lowmem_page_address(page);
	if (unlikely(in_atomic() || irqs_disabled())) {
		pr_err("kmap: frame %#lx: it may sleep, and sleeping is not allowed here; nothing "
		       "mapped, use kmap_atomic\n",
		       page_to_pfn(page));
		dump_stack();
		return NULL;
	}
	return kmap_high(page);
}

static noinline void refuse_kunmap(const struct page *page)
{
	pr_err("kunmap: frame %#lx is not mapped by kmap; nothing unmapped\n", page_to_pfn(page));
	dump_stack();
}

__landmark void kunmap_high(struct page *page)
{
	bool freed = false;
	void *vaddr;
	int *count;

	spin_lock(&kmap_lock);
	vaddr = highmem_page_address(page);
	count = vaddr ? &pkmap_count[PKMAP_NR((unsigned long)vaddr)] : NULL;
	if (likely(count && *count > 1))
		freed = --*count == 1;
	else
		refuse_kunmap(page);
	spin_unlock(&kmap_lock);
	if (freed && waitqueue_active(&pkmap_map_wait))
		wake_up(&pkmap_map_wait);
}

void kunmap(struct page *page)
{
	if (PageHighMem(page))
		kunmap_high(page);
}
