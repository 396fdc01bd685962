/*
 * Memory in a row of addresses, made of frames from anywhere. Condenses include/linux/vmalloc.h.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H

#include <lib/list.h>
#include <lib/rbtree.h>
#include <mm/gfp.h>
#include <asm/pgtable.h>

/* vm_struct.flags: what an area is for. */
#define VM_IOREMAP	 0x01 /* device registers */
#define VM_ALLOC	 0x02 /* vmalloc() */
#define VM_MAP		 0x04 /* vmap() */
#define VM_DEFERRED	 0x08 /* an interrupt let go of it: as good as freed */
#define VM_UNINITIALIZED 0x20 /* its maker is still at it: mapped in part, or not yet */

/* An area as its user knows it. */
struct vm_struct {
	void *addr;
	unsigned long size;  /* bytes, the guard page behind it included */
	unsigned long flags; /* VM_ above */
	struct page **pages; /* VM_ALLOC: the frames, ours to free */
	unsigned int nr_pages;
	phys_addr_t phys_addr;	/* VM_IOREMAP */
	const void *caller;	/* who asked, for vmallocinfo */
	struct vm_struct *next; /* on the list of those that an interrupt let go of */
};

/* The addresses it takes, in the tree of all areas. */
struct vmap_area {
	unsigned long va_start, va_end; /* the end is exclusive, the guard page within */
	unsigned long subtree_max_gap;	/* the largest hole in front of any area of this subtree */
	struct rb_node rb_node;		/* sorted by address */
	struct list_head list;		/* the same order */
	struct vm_struct *vm;		/* NULL: let go of, and waiting for the TLB flush */
	struct vmap_area *next_lazy;	/* the next one that waits */
};

/* All areas, lowest address first, as a list and as a tree; with vmap_area_lock held. */
extern struct list_head vmap_area_list;
extern struct rb_root vmap_area_root;
extern spinlock_t vmap_area_lock;

/* Pages whose addresses wait for a flush. */
extern unsigned long vmap_lazy_nr;

/* The caches that areas come from; after kmem_cache_init(). */
void vmalloc_init(void);

/**
 * vmalloc - memory in a row of addresses
 * @size: bytes, rounded up to pages; 0, or more than the window has, is refused with a report
 *
 * Frames come one by one, from highmem first, so it works where kmalloc() finds none in a row; it
 * costs page-table entries, and its users more TLB misses.
 *
 * Returns the address of the first byte, or NULL. May sleep. Give it back with vfree().
 */
void *vmalloc(unsigned long size);

/* The same, zeroed. */
void *vzalloc(unsigned long size);

/* The same with GFP flags and page permissions of one's own. */
void *__vmalloc(unsigned long size, gfp_t gfp, pgprot_t prot);

/**
 * __vmalloc_node - the same, aligned
 * @align: a power of two, PAGE_SIZE or more
 * @node: there is only one; as in Linux
 * @caller: for vmallocinfo; normally __builtin_return_address(0)
 */
void *__vmalloc_node(unsigned long size, unsigned long align, gfp_t gfp, pgprot_t prot, int node,
		     const void *caller);

/* The same between two addresses. */
void *__vmalloc_node_range(unsigned long size, unsigned long align, unsigned long start,
			   unsigned long end, gfp_t gfp, pgprot_t prot, int node,
			   const void *caller);

/**
 * vfree - give back what vmalloc() gave
 * @addr: as it was returned; NULL does nothing, anything else is reported and left alone
 *
 * In an interrupt it is put off until somebody calls vmalloc() or vfree() in a thread.
 */
void vfree(const void *addr);

/**
 * vmap - let frames appear in a row of addresses
 * @pages: the frames; they stay the caller's
 * @count: how many, not 0
 * @flags: VM_MAP
 * @prot: PAGE_KERNEL ...
 *
 * Returns the address of the first, or NULL. May sleep. Undone by vunmap().
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot);

/**
 * vunmap - let go of the addresses that vmap() gave
 * @addr: as it was returned; NULL does nothing, anything else is reported and left alone
 *
 * Not for interrupts: that is reported, too, and nothing unmapped.
 */
void vunmap(const void *addr);

/* The frame behind an address of the window, or NULL. */
struct page *vmalloc_to_page(const void *addr);

/* Does the address lie between VMALLOC_START and VMALLOC_END? Says nothing of an area there. */
bool is_vmalloc_addr(const void *addr);

/**
 * get_vm_area - for ioremap(): addresses without frames
 * @size: bytes; @flags: VM_ above; @caller: for vmallocinfo
 *
 * VM_UNINITIALIZED until the caller, having mapped what it will, takes that away. Returns NULL where
 * there is no room. Back by remove_vm_area() and kfree().
 */
struct vm_struct *get_vm_area(unsigned long size, unsigned long flags, const void *caller);

/* The area is whole: `check` may hold it against the page tables from now on. */
static inline void clear_vm_uninitialized_flag(struct vm_struct *vm)
{
	barrier();
	vm->flags &= ~VM_UNINITIALIZED;
}

/* In an interrupt, which must not wait for the lock of the areas: false, with a report by @who. */
bool may_unmap_here(const char *who, const void *addr);

/**
 * remove_vm_area - unmap an area and let go of its addresses
 * @addr: where it begins
 * @flags: VM_ bits, one of which it must have
 *
 * Returns its vm_struct, the caller's to free; NULL if no such area begins there.
 */
struct vm_struct *remove_vm_area(const void *addr, unsigned long flags);

/* The area that begins at an address, or NULL. */
struct vm_struct *find_vm_area(const void *addr);

/**
 * vmap_page_range_noflush - write the entries for a range
 * @start: first address, @end: exclusive; pages of the window
 * @prot: permissions; @pages: a frame for each page
 *
 * Returns the number of pages mapped, or -ENOMEM for want of a page table.
 */
int vmap_page_range_noflush(unsigned long start, unsigned long end, pgprot_t prot,
			    struct page **pages);

/* Map an area's frames. Returns 0 or -ENOMEM. */
int map_vm_area(struct vm_struct *area, pgprot_t prot, struct page **pages);

/* Empty the entries of a range; the TLB is the caller's business. */
void unmap_kernel_range_noflush(unsigned long start, unsigned long size);

/* arch/.../mm/ioremap.c: physically contiguous frames, RAM or not. Returns 0 or -ENOMEM. */
int ioremap_page_range(unsigned long start, unsigned long end, phys_addr_t pa, pgprot_t prot);

/* Flush the TLB for all addresses that were let go of, so that they can be used again. */
void vm_unmap_aliases(void);

#endif
