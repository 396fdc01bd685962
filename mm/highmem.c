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

/* Guards the slots, their counts and, against each other, those who change the hash. */
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
	void *vaddr;

	if (!PageHighMem(page))
		return lowmem_page_address(page);
	preempt_disable();
	vaddr = highmem_page_address(page);
	preempt_enable();
	return vaddr;
}

struct page *pkmap_page(unsigned int nr)
{
	return page_address_maps[nr].page;
}

/* Chains change by one store each: an interrupt finds them whole at any time, without a lock. */
static void add_page_address(unsigned int nr, struct page *page)
{
	struct page_address_map *pam = &page_address_maps[nr], **bucket = page_slot(page);

	pam->page = page;
	pam->next = *bucket;
	barrier();
	WRITE_ONCE(*bucket, pam);
}

static void del_page_address(unsigned int nr)
{
	struct page_address_map *pam = &page_address_maps[nr], **link = page_slot(pam->page);

	while (*link != pam)
		link = &(*link)->next;
	WRITE_ONCE(*link, pam->next);
	pam->page = NULL;
}

/* --- slots ------------------------------------------------------------------------------------ */

/* Lab 08 */
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

/* Lab 08 */
/*
 * The next free slot's number, or LAST_PKMAP. On to the wrap, one flush there, and then once round:
 * it may have freed slots that were passed before.
 */
static unsigned int find_free_slot(void)
{
	for (unsigned int tries = 0; tries < LAST_PKMAP; tries++) {
		last_pkmap_nr = (last_pkmap_nr + 1) & (LAST_PKMAP - 1);
		if (!last_pkmap_nr) {
			flush_all_zero_pkmaps();
			tries = 0;
		}
		if (!pkmap_count[last_pkmap_nr])
			return last_pkmap_nr;
	}
	return LAST_PKMAP;
}

/* Lab 08 */
/*
 * Sleep, without the lock, until it is our turn and there is a slot. First come, first served: who
 * lets go of a slot wakes the longest waiting, who was served wakes the next, for there may be
 * another. If somebody maps the frame meanwhile no slot is needed, and LAST_PKMAP is returned.
 */
__sched static unsigned int wait_for_slot(const struct page *page)
{
	unsigned int nr = LAST_PKMAP;
	DEFINE_WAIT(wait);

	while (nr == LAST_PKMAP && !highmem_page_address(page)) {
		prepare_to_wait_exclusive(&pkmap_map_wait, &wait, TASK_UNINTERRUPTIBLE);
		spin_unlock(&kmap_lock);
		schedule();
		spin_lock(&kmap_lock);
		if (!highmem_page_address(page))
			nr = find_free_slot();
	}
	finish_wait(&pkmap_map_wait, &wait);
	wake_up(&pkmap_map_wait);
	return nr;
}

/* Lab 08 */
/* A slot for a frame that has none; its count is 1 then. Nobody overtakes those who wait. */
static void *map_new_virtual(struct page *page)
{
	unsigned int nr = waitqueue_active(&pkmap_map_wait) ? LAST_PKMAP : find_free_slot();

	if (unlikely(nr == LAST_PKMAP))
		nr = wait_for_slot(page);
	if (unlikely(nr == LAST_PKMAP))
		return highmem_page_address(page);
	set_pte(&pkmap_page_table[nr], mk_pte(page, kmap_prot));
	pkmap_count[nr] = 1;
	add_page_address(nr, page);
	return (void *)PKMAP_ADDR(nr);
}

/* Lab 08 */
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

/* Lab 08 */
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
