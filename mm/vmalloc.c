/*
 * vmalloc: a row of addresses in the window, frames from anywhere behind it.
 *
 *      VMALLOC_START                                                        VMALLOC_END
 *      | [area|g]    [area        |g][area|g]                 [area|g]      |
 *           \__ gap __/                     \____ gap ________/
 *
 *      vmalloc -> __vmalloc_node_flags -> __vmalloc_node -> __vmalloc_node_range
 *                   +- __get_vm_area_node -> alloc_vmap_area     addresses
 *                   +- __vmalloc_area_node                       frames, highmem first
 *                        +- map_vm_area -> vmap_page_range -> vmap_page_range_noflush
 *                             +- vmap_pud_range -> vmap_pmd_range -> vmap_pte_range
 *
 * Areas are in an rbtree, each with the gap before it, each subtree with its largest: the lowest
 * gap that is large enough is found in O(log n). A guard page (g) behind each area is never mapped.
 *
 * vfree() clears the entries and frees the frames at once, but the CPU may remember the old
 * entries: the addresses stay taken until one flush of the TLB serves many areas (purge).
 *
 * The kernel's half of every pgd is complete from boot on (arch/.../mm/init.c), and all levels below
 * it are shared: an area that appears here appears in every process at the same moment.
 *
 * An area stands in the tree before its pages are mapped: VM_UNINITIALIZED till all of them are.
 *
 * Threads call in here, interrupts only vfree(). Condenses mm/vmalloc.c of Linux 3.10.
 */
#include <kernel/panic.h>
#include <kernel/preempt.h>
#include <kernel/ratelimit.h>
#include <lib/errno.h>
#include <lib/rbtree_augmented.h>
#include <mm/gfp.h>
#include <mm/pgalloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <asm/highmem.h>
#include <asm/stack.h>
#include <asm/tlbflush.h>

/* So many pages may wait for a flush, if nobody needs their addresses before. As in Linux: 32 MB. */
#define LAZY_MAX_PAGES (32 * SZ_1M / PAGE_SIZE)

spinlock_t vmap_area_lock = SPIN_LOCK_UNLOCKED;
LIST_HEAD(vmap_area_list);
struct rb_root vmap_area_root = RB_ROOT;
unsigned long vmap_lazy_nr;

static struct kmem_cache *vmap_area_cachep;
static struct vmap_area *lazy_list;	/* without an owner, in wait for the flush */
static struct vm_struct *deferred_list; /* what interrupts let go of */
static DEFINE_SPINLOCK(page_table_lock);
static struct ratelimit_state vmap_report_limit = RATELIMIT_STATE_INIT;

/* --- page tables ------------------------------------------------------------------------------ */

/* Two threads may find the same pmd empty: the one that comes second gives its table back. */
int __pte_alloc_kernel(pmd_t *pmd)
{
	unsigned long table = get_zeroed_page(GFP_KERNEL);

	if (!table)
		return -ENOMEM;
	spin_lock(&page_table_lock);
	if (pmd_none(*pmd)) {
		set_pmd(pmd, __pmd(__pa(table) | _PAGE_TABLE));
		table = 0;
	}
	spin_unlock(&page_table_lock);
	free_page(table);
	return 0;
}

int __pmd_alloc_kernel(pud_t *pud)
{
	unsigned long table = get_zeroed_page(GFP_KERNEL);

	if (!table)
		return -ENOMEM;
	spin_lock(&page_table_lock);
	if (!pud_present(*pud)) {
		set_pud(pud, __pud(__pa(table) | _PAGE_TABLE));
		table = 0;
	}
	spin_unlock(&page_table_lock);
	free_page(table);
	return 0;
}

/* Lab 09 */
/*
 * The entries of one page table, from @addr to @end; @pages moves on, a frame for each. -ENOMEM for
 * want of the table.
 */
static int vmap_pte_range(pmd_t *pmd, unsigned long addr, unsigned long end, pgprot_t prot,
			  struct page ***pages)
{
	pte_t *pte = pte_alloc_kernel(pmd, addr);

	if (!pte)
		return -ENOMEM;
	for (; addr != end; pte++, addr += PAGE_SIZE)
		set_pte(pte, mk_pte(*(*pages)++, prot));
	return 0;
}

/* Lab 09 */
/* The same for one table of pmds, a page table at a time. */
static int vmap_pmd_range(pud_t *pud, unsigned long addr, unsigned long end, pgprot_t prot,
			  struct page ***pages)
{
	pmd_t *pmd = pmd_alloc_kernel(pud, addr);
	unsigned long next;
	int err = pmd ? 0 : -ENOMEM;

	for (; !err && addr != end; pmd++, addr = next) {
		next = pmd_addr_end(addr, end);
		err = vmap_pte_range(pmd, addr, next, prot, pages);
	}
	return err;
}

static int vmap_pud_range(pgd_t *pgd, unsigned long addr, unsigned long end, pgprot_t prot,
			  struct page ***pages)
{
	pud_t *pud = pud_alloc_kernel(pgd, addr);
	unsigned long next;
	int err = pud ? 0 : -ENOMEM;

	for (; !err && addr != end; pud++, addr = next) {
		next = pud_addr_end(addr, end);
		err = vmap_pmd_range(pud, addr, next, prot, pages);
	}
	return err;
}

/* Lab 09 */
/* From the top: what each entry of the pgd covers of the range is vmap_pud_range()'s. */
__landmark int vmap_page_range_noflush(unsigned long start, unsigned long end, pgprot_t prot,
				       struct page **pages)
{
	pgd_t *pgd = pgd_offset_k(start);
	unsigned long next;
	int err = 0;

	for (unsigned long addr = start; !err && addr != end; pgd++, addr = next) {
		next = pgd_addr_end(addr, end);
		err = vmap_pud_range(pgd, addr, next, prot, &pages);
	}
	return err ? err : (int)((end - start) >> PAGE_SHIFT);
}

/* Entries that were empty: the CPU remembers none of those, so nothing is owed to the TLB. */
static int vmap_page_range(unsigned long start, unsigned long end, pgprot_t prot,
			   struct page **pages)
{
	int nr = vmap_page_range_noflush(start, end, prot, pages);

	flush_cache_vmap(start, end);
	return nr;
}

int map_vm_area(struct vm_struct *area, pgprot_t prot, struct page **pages)
{
	unsigned long start = (unsigned long)area->addr;
	int nr = vmap_page_range(start, start + area->size - PAGE_SIZE, prot, pages);

	return nr < 0 ? nr : 0;
}

static void vunmap_pte_range(pmd_t *pmd, unsigned long addr, unsigned long end)
{
	for (pte_t *pte = pte_offset_kernel(pmd, addr); addr != end; pte++, addr += PAGE_SIZE)
		pte_clear(pte);
}

/* Lab 09 */
/* A pmd at a time: where an area was mapped only in part, some have no page table. */
void unmap_kernel_range_noflush(unsigned long start, unsigned long size)
{
	unsigned long end = start + size, next;

	for (unsigned long addr = start; addr != end; addr = next) {
		pmd_t *pmd = pmd_offset_k(addr);

		next = pmd_addr_end(addr, end);
		if (pmd && pmd_present(*pmd))
			vunmap_pte_range(pmd, addr, next);
	}
}

struct page *vmalloc_to_page(const void *addr)
{
	unsigned long vaddr = (unsigned long)addr;
	pmd_t *pmd = is_vmalloc_addr(addr) ? pmd_offset_k(vaddr) : NULL;
	pte_t pte;

	if (!pmd || !pmd_present(*pmd))
		return NULL;
	pte = *pte_offset_kernel(pmd, vaddr);
	return pte_present(pte) && pfn_valid(pte_pfn(pte)) ? pfn_to_page(pte_pfn(pte)) : NULL;
}

bool is_vmalloc_addr(const void *addr)
{
	return (unsigned long)addr >= VMALLOC_START && (unsigned long)addr < VMALLOC_END;
}

/* --- addresses -------------------------------------------------------------------------------- */

static struct vmap_area *prev_area(const struct vmap_area *va)
{
	return va->list.prev == &vmap_area_list ? NULL
						: list_entry(va->list.prev, struct vmap_area, list);
}

static struct vmap_area *next_area(const struct vmap_area *va)
{
	return va->list.next == &vmap_area_list ? NULL
						: list_entry(va->list.next, struct vmap_area, list);
}

/* The hole between an area and the one before it. */
static unsigned long area_gap(const struct vmap_area *va)
{
	const struct vmap_area *prev = prev_area(va);

	return va->va_start - (prev ? prev->va_end : VMALLOC_START);
}

RB_DECLARE_CALLBACKS_MAX(static, gap_callbacks, struct vmap_area, rb_node, unsigned long,
			 subtree_max_gap, area_gap);

#define rb_to_area(node) rb_entry(node, struct vmap_area, rb_node)

/* An area came before it or went: its gap is another now, and so may be the maxima above it. */
static void update_gap(struct vmap_area *va)
{
	if (va)
		gap_callbacks.propagate(&va->rb_node, NULL);
}

/*
 * Tree and list are changed with interrupts off, for vfree_deferred(). The gap behind shrinks before
 * the new node comes in: the rotations that follow copy what the nodes say.
 */
static void insert_vmap_area(struct vmap_area *va)
{
	struct rb_node **link = &vmap_area_root.rb_node, *parent = NULL;
	struct list_head *before = &vmap_area_list;
	unsigned long flags;

	while (*link) {
		struct vmap_area *here = rb_to_area(*link);

		parent = *link;
		if (va->va_start < here->va_start) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			before = &here->list;
		}
	}
	local_irq_save(flags);
	list_add(&va->list, before);
	update_gap(next_area(va));
	va->subtree_max_gap = area_gap(va);
	rb_link_node(&va->rb_node, parent, link);
	rb_insert_augmented(&va->rb_node, &vmap_area_root, &gap_callbacks);
	local_irq_restore(flags);
}

static void erase_vmap_area(struct vmap_area *va)
{
	struct vmap_area *next = next_area(va);
	unsigned long flags;

	local_irq_save(flags);
	rb_erase_augmented(&va->rb_node, &vmap_area_root, &gap_callbacks);
	list_del(&va->list);
	update_gap(next);
	local_irq_restore(flags);
	kmem_cache_free(vmap_area_cachep, va);
}

/* The area that an address lies in, one that waits for the flush included. */
static struct vmap_area *find_vmap_area(unsigned long addr)
{
	struct rb_node *node = vmap_area_root.rb_node;

	while (node) {
		struct vmap_area *va = rb_to_area(node);

		if (addr < va->va_start)
			node = node->rb_left;
		else if (addr >= va->va_end)
			node = node->rb_right;
		else
			return va;
	}
	return NULL;
}

/* The area in use that begins at an address. */
static struct vm_struct *area_at(const void *addr)
{
	struct vmap_area *va = find_vmap_area((unsigned long)addr);

	return va && va->va_start == (unsigned long)addr ? va->vm : NULL;
}

/* What is looked for: room for @size bytes on a multiple of @align between two addresses. */
struct room {
	unsigned long size, align, low, high;
};

/* The room's first address in the hole [start, end), or 0. */
static unsigned long fit(const struct room *room, unsigned long start, unsigned long end)
{
	unsigned long addr = ALIGN(max(start, room->low), room->align);

	end = min(end, room->high);
	return addr >= start && addr < end && end - addr >= room->size ? addr : 0;
}

/* Lab 09 */
/*
 * The lowest hole of a subtree that fits: its first address with room, or 0. A subtree without a
 * large enough gap is not entered, so for page alignment the way down is the only one taken.
 */
static unsigned long find_room(struct rb_node *node, const struct room *room)
{
	const struct vmap_area *va;
	unsigned long addr;

	if (!node || rb_to_area(node)->subtree_max_gap < room->size)
		return 0;
	va = rb_to_area(node);
	addr = va->va_start > room->low ? find_room(node->rb_left, room) : 0;
	if (!addr)
		addr = fit(room, va->va_start - area_gap(va), va->va_start);
	if (!addr && va->va_end < room->high)
		addr = find_room(node->rb_right, room);
	return addr;
}

/* Behind the last area there is a hole too, that no area has as its gap. */
static unsigned long find_address(const struct room *room)
{
	unsigned long addr = find_room(vmap_area_root.rb_node, room);
	unsigned long last_end = VMALLOC_START;

	if (addr)
		return addr;
	if (!list_empty(&vmap_area_list))
		last_end = list_last_entry(&vmap_area_list, struct vmap_area, list)->va_end;
	return fit(room, last_end, VMALLOC_END);
}

/* Lab 09 */
/* One flush for all that was let go of since the last; then their addresses are free. With the lock. */
static void __purge_vmap_area_lazy(void)
{
	unsigned long start = VMALLOC_END, end = VMALLOC_START;
	struct vmap_area *va;

	while ((va = lazy_list)) {
		lazy_list = va->next_lazy;
		start = min(start, va->va_start);
		end = max(end, va->va_end);
		erase_vmap_area(va);
	}
	vmap_lazy_nr = 0;
	if (start < end)
		flush_tlb_kernel_range(start, end);
}

void vm_unmap_aliases(void)
{
	spin_lock(&vmap_area_lock);
	__purge_vmap_area_lazy();
	spin_unlock(&vmap_area_lock);
}

/* Does @va wait for the flush, and does the other begin where it ends? */
static bool waits_before(const struct vmap_area *va, const struct vmap_area *other)
{
	return va && !va->vm && va->va_end == other->va_start;
}

/* Lab 09 */
/*
 * The area, nobody's by now, keeps its place until the flush: when LAZY_MAX_PAGES are passed, if not
 * before. A run of such areas becomes one: the tree is for those in use.
 */
static void free_vmap_area_noflush(struct vmap_area *va)
{
	struct vmap_area *prev = prev_area(va);

	vmap_lazy_nr += (va->va_end - va->va_start) >> PAGE_SHIFT;
	if (waits_before(prev, va)) {
		va->va_start = prev->va_end = va->va_end;
		erase_vmap_area(va);
	} else {
		va->next_lazy = lazy_list;
		lazy_list = va;
	}
	if (vmap_lazy_nr > LAZY_MAX_PAGES)
		__purge_vmap_area_lazy();
}

/* Lab 09 */
/*
 * Room for the area, which is in the tree from then on. Where there is none, the addresses that wait
 * for a flush may help. Returns the first address, or 0, and the area is nowhere.
 */
static unsigned long place_vmap_area(struct vmap_area *va, const struct room *room)
{
	unsigned long addr;

	spin_lock(&vmap_area_lock);
	addr = find_address(room);
	if (!addr && vmap_lazy_nr) {
		__purge_vmap_area_lazy();
		addr = find_address(room);
	}
	if (addr) {
		va->va_start = addr;
		va->va_end = addr + room->size;
		va->vm->addr = (void *)addr;
		insert_vmap_area(va);
	}
	spin_unlock(&vmap_area_lock);
	return addr;
}

/*
 * Room for an area, taken, and @vm found there from now on. NULL, with a report unless
 * __GFP_NOWARN, where there is none.
 */
static struct vmap_area *alloc_vmap_area(const struct room *room, struct vm_struct *vm, gfp_t gfp)
{
	struct vmap_area *va = kmem_cache_alloc(vmap_area_cachep, gfp & GFP_RECLAIM_MASK);

	if (!va)
		return NULL;
	va->vm = vm;
	if (place_vmap_area(va, room))
		return va;
	kmem_cache_free(vmap_area_cachep, va);
	if (!(gfp & __GFP_NOWARN) && __ratelimit(&vmap_report_limit))
		pr_warn("vmalloc: no room for %lu bytes between %#lx and %#lx; boot with a larger "
			"vmalloc= than %luM\n",
			room->size, room->low, room->high, __VMALLOC_RESERVE / SZ_1M);
	return NULL;
}

static struct vm_struct *__get_vm_area_node(const struct room *room, unsigned long flags, gfp_t gfp,
					    const void *caller)
{
	struct vm_struct *vm = kmalloc(sizeof(*vm), gfp & GFP_RECLAIM_MASK);

	if (!vm)
		return NULL;
	*vm = (struct vm_struct){
		.size = room->size,
		.flags = flags | VM_UNINITIALIZED,
		.caller = caller,
	};
	if (alloc_vmap_area(room, vm, gfp))
		return vm;
	kfree(vm);
	return NULL;
}

struct vm_struct *get_vm_area(unsigned long size, unsigned long flags, const void *caller)
{
	struct room room = { PAGE_ALIGN(size) + PAGE_SIZE, PAGE_SIZE, VMALLOC_START, VMALLOC_END };

	return __get_vm_area_node(&room, flags, GFP_KERNEL, caller);
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct vm_struct *vm;

	spin_lock(&vmap_area_lock);
	vm = area_at(addr);
	spin_unlock(&vmap_area_lock);
	return vm;
}

/* Interrupts off: one whose vfree() comes a moment later must find the area gone. */
static struct vm_struct *claim_vm_struct(struct vmap_area *va, unsigned long flags)
{
	struct vm_struct *vm;
	unsigned long irq_flags;

	local_irq_save(irq_flags);
	vm = va->vm;
	if (vm && vm->flags & flags && !(vm->flags & VM_DEFERRED))
		va->vm = NULL;
	else
		vm = NULL;
	local_irq_restore(irq_flags);
	return vm;
}

struct vm_struct *remove_vm_area(const void *addr, unsigned long flags)
{
	struct vmap_area *va;
	struct vm_struct *vm = NULL;

	spin_lock(&vmap_area_lock);
	va = find_vmap_area((unsigned long)addr);
	if (va && va->va_start == (unsigned long)addr)
		vm = claim_vm_struct(va, flags);
	if (vm) {
		unmap_kernel_range_noflush(va->va_start, vm->size - PAGE_SIZE);
		free_vmap_area_noflush(va);
	}
	spin_unlock(&vmap_area_lock);
	return vm;
}

/* --- what is asked for in vain, by name ------------------------------------------------------- */

static bool size_is_possible(const char *who, unsigned long size)
{
	const char *why = NULL;

	if (!size)
		why = "that is nothing";
	else if (size > VMALLOC_END - VMALLOC_START - PAGE_SIZE)
		why = "the window is smaller";
	else if (size >> PAGE_SHIFT > totalram_pages)
		why = "there is less RAM";
	if (likely(!why))
		return true;
	pr_err("%s: %lu bytes: %s; nothing allocated\n", who, size, why);
	dump_stack();
	return false;
}

static bool align_is_possible(unsigned long align)
{
	if (likely(align >= PAGE_SIZE && !(align & (align - 1))))
		return true;
	pr_err("vmalloc: alignment %#lx: no power of two, or less than a page; nothing allocated\n",
	       align);
	dump_stack();
	return false;
}

static const char *why_not_freed(const struct vmap_area *va, unsigned long addr)
{
	if (!va)
		return "lies in no area";
	if (!va->vm)
		return "was let go of already";
	return va->va_start == addr ? "is of another kind, or is being freed:" : "lies inside";
}

/* An interrupt may ask, too: no lock, but nobody else runs meanwhile. */
static noinline void refuse_addr(const char *who, const void *addr)
{
	const unsigned long vaddr = (unsigned long)addr;
	const struct vmap_area *va;
	unsigned long flags;

	local_irq_save(flags);
	va = find_vmap_area(vaddr);
	pr_err("%s: 0x%08lx %s", who, vaddr, why_not_freed(va, vaddr));
	if (va && va->vm)
		pr_cont(" the area at 0x%08lx (%lu pages, taken by %pS)", va->va_start,
			(va->vm->size >> PAGE_SHIFT) - 1, va->vm->caller);
	pr_cont("; nothing freed\n");
	local_irq_restore(flags);
	dump_stack();
}

bool may_unmap_here(const char *who, const void *addr)
{
	if (likely(!in_interrupt()))
		return true;
	pr_err("%s: %p: an interrupt must not unmap; nothing unmapped\n", who, addr);
	dump_stack();
	return false;
}

/* --- vmap ------------------------------------------------------------------------------------- */

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	const unsigned long size = min((u64)count << PAGE_SHIFT, (u64)~0UL);
	struct vm_struct *area;

	might_sleep();
	if (!size_is_possible("vmap", size))
		return NULL;
	area = get_vm_area(size, flags, __builtin_return_address(0));
	if (!area)
		return NULL;
	if (map_vm_area(area, prot, pages)) {
		vunmap(area->addr);
		return NULL;
	}
	clear_vm_uninitialized_flag(area);
	return area->addr;
}

void vunmap(const void *addr)
{
	struct vm_struct *area;

	if (!addr || !may_unmap_here("vunmap", addr))
		return;
	area = remove_vm_area(addr, VM_MAP);
	if (area)
		kfree(area);
	else
		refuse_addr("vunmap", addr);
}

/* --- vmalloc ---------------------------------------------------------------------------------- */

static void __vunmap(const void *addr);

static void free_vm_pages(struct vm_struct *area)
{
	release_pages(area->pages, area->nr_pages);
	if (is_vmalloc_addr(area->pages))
		__vunmap(area->pages);
	else
		kfree(area->pages);
}

static void __vunmap(const void *addr)
{
	struct vm_struct *area = remove_vm_area(addr, VM_ALLOC);

	if (!area) {
		refuse_addr("vfree", addr);
		return;
	}
	free_vm_pages(area);
	kfree(area);
}

/* The next area that an interrupt let go of, or NULL. Other threads ask, too. */
static struct vm_struct *pop_deferred(void)
{
	struct vm_struct *area;
	unsigned long flags;

	local_irq_save(flags);
	area = deferred_list;
	if (area) {
		deferred_list = area->next;
		area->flags &= ~VM_DEFERRED;
	}
	local_irq_restore(flags);
	return area;
}

/* What interrupts let go of since the last call. */
static void free_deferred(void)
{
	struct vm_struct *area;

	while (unlikely(deferred_list) && (area = pop_deferred()))
		__vunmap(area->addr);
}

/*
 * An interrupt may have come while a thread held the lock: it may look the area up, for the tree is
 * always whole when interrupts are on, but it only leaves a note.
 */
static void vfree_deferred(const void *addr)
{
	struct vm_struct *area = area_at(addr);

	if (!area || !(area->flags & VM_ALLOC) || area->flags & VM_DEFERRED) {
		refuse_addr("vfree", addr);
		return;
	}
	area->flags |= VM_DEFERRED;
	area->next = deferred_list;
	deferred_list = area;
}

void vfree(const void *addr)
{
	if (!addr)
		return;
	if (in_interrupt()) {
		vfree_deferred(addr);
		return;
	}
	free_deferred();
	__vunmap(addr);
}

/* The array of frames is itself vmalloc'ed where it is larger than a page. */
static struct page **alloc_page_array(unsigned int nr_pages, gfp_t gfp, const void *caller)
{
	unsigned long size = nr_pages * sizeof(struct page *);

	if (size <= PAGE_SIZE)
		return kzalloc(size, gfp & GFP_RECLAIM_MASK);
	return __vmalloc_node(size, PAGE_SIZE,
			      (gfp & GFP_RECLAIM_MASK) | __GFP_HIGHMEM | __GFP_ZERO, PAGE_KERNEL, 0,
			      caller);
}

/* Frames for an area that has addresses; all of it or nothing. */
static void *__vmalloc_area_node(struct vm_struct *area, gfp_t gfp, pgprot_t prot,
				 const void *caller)
{
	unsigned int nr_pages = (unsigned int)((area->size - PAGE_SIZE) >> PAGE_SHIFT);

	area->pages = alloc_page_array(nr_pages, gfp, caller);
	if (!area->pages)
		goto fail;
	area->nr_pages = (unsigned int)alloc_pages_bulk(gfp, nr_pages, area->pages);
	if (area->nr_pages < nr_pages || map_vm_area(area, prot, area->pages))
		goto fail;
	clear_vm_uninitialized_flag(area);
	return area->addr;
fail:
	__vunmap(area->addr);
	return NULL;
}

__landmark void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start,
				      unsigned long end, gfp_t gfp, pgprot_t prot, int node,
				      const void *caller)
{
	struct room room = { PAGE_ALIGN(size) + PAGE_SIZE, align, start, end };
	struct vm_struct *area;

	(void)node;
	might_sleep();
	free_deferred();
	if (!size_is_possible("vmalloc", size) || !align_is_possible(align))
		return NULL;
	area = __get_vm_area_node(&room, VM_ALLOC, gfp, caller);
	return area ? __vmalloc_area_node(area, gfp, prot, caller) : NULL;
}

__landmark void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp, pgprot_t prot,
				int node, const void *caller)
{
	return __vmalloc_node_range(size, align, VMALLOC_START, VMALLOC_END, gfp, prot, node,
				    caller);
}

void *__vmalloc(unsigned long size, gfp_t gfp, pgprot_t prot)
{
	return __vmalloc_node(size, PAGE_SIZE, gfp, prot, 0, __builtin_return_address(0));
}

static __always_inline void *__vmalloc_node_flags(unsigned long size, int node, gfp_t gfp)
{
	return __vmalloc_node(size, PAGE_SIZE, gfp, PAGE_KERNEL, node, __builtin_return_address(0));
}

__landmark void *vmalloc(unsigned long size)
{
	return __vmalloc_node_flags(size, 0, GFP_KERNEL | __GFP_HIGHMEM);
}

void *vzalloc(unsigned long size)
{
	return __vmalloc_node_flags(size, 0, GFP_KERNEL | __GFP_HIGHMEM | __GFP_ZERO);
}

void vmalloc_init(void)
{
	vmap_area_cachep =
		kmem_cache_create("vmap_area", sizeof(struct vmap_area), 0, SLAB_PANIC, NULL);
}
