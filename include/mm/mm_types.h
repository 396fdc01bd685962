/*
 * An address space, and the areas it is made of.
 *
 *      task->mm --> struct mm_struct
 *                     pgd      --> the tables that the CPU walks
 *                     mmap     --> [vma]--[vma]--[vma]--...      by address: vm_next, vm_prev
 *                     mm_rb    -->      a tree of the same        by address, in O(log n)
 *
 *      vma: [vm_start, vm_end)  what may be done there (vm_flags), whose contents it shows (vm_file,
 *                               vm_pgoff; none: anonymous memory, zero until written)
 *
 * A VMA says what is allowed, a page table what is there by now; the page fault handler turns the
 * one into the other. Condenses include/linux/mm_types.h; fields are those of Linux 2.6.11, the
 * gap of each subtree (rb_subtree_gap) that of 3.10.
 */
#ifndef MM_MM_TYPES_H
#define MM_MM_TYPES_H

#include <lib/rbtree.h>
#include <kernel/rwsem.h>
#include <kernel/spinlock.h>
#include <asm/atomic.h>
#include <asm/pgtable.h>

struct file;
struct page;
struct vm_operations_struct;

struct vm_area_struct {
	struct mm_struct *vm_mm;
	unsigned long vm_start; /* first byte; whole pages */
	unsigned long vm_end;	/* one past the last */
	struct vm_area_struct *vm_next, *vm_prev;
	struct rb_node vm_rb;
	unsigned long
		rb_subtree_gap; /* the largest free gap right below any VMA of this subtree, bytes */

	pgprot_t vm_page_prot; /* what a new entry for it gets */
	unsigned long vm_flags;
	unsigned long
		vm_pgoff; /* of vm_start, in pages: into the file; anonymous: vm_start >> PAGE_SHIFT */
	struct file *vm_file;			   /* NULL: anonymous */
	const struct vm_operations_struct *vm_ops; /* NULL: private anonymous memory */
	void *vm_private_data;			   /* vm_ops' */
};

/* vm_flags. The lower four, shifted by 4, say what mprotect() may turn on. */
#define VM_READ		      0x0001UL
#define VM_WRITE	      0x0002UL
#define VM_EXEC		      0x0004UL
#define VM_SHARED	      0x0008UL
#define VM_MAYREAD	      0x0010UL
#define VM_MAYWRITE	      0x0020UL
#define VM_MAYEXEC	      0x0040UL
#define VM_MAYSHARE	      0x0080UL
#define VM_GROWSDOWN	      0x0100UL /* a stack: a fault below it extends it */
#define VM_LOCKED	      0x2000UL
#define VM_SEQ_READ	      0x8000UL
#define VM_RAND_READ	      0x10000UL
#define VM_DONTCOPY	      0x20000UL	 /* not inherited by fork() */
#define VM_DONTEXPAND	      0x40000UL	 /* not grown by mremap() */
#define VM_NORESERVE	      0x200000UL /* MAP_NORESERVE: may be larger than all RAM */

#define VM_ACCESS_FLAGS	      (VM_READ | VM_WRITE | VM_EXEC)
#define VM_DATA_DEFAULT_FLAGS (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define VM_STACK_FLAGS	      (VM_GROWSDOWN | VM_DATA_DEFAULT_FLAGS)

/* What a fault wants, and what it got. */
struct vm_fault {
	unsigned int flags;    /* FAULT_FLAG_ */
	unsigned long pgoff;   /* which page of the object: vma->vm_pgoff counted in */
	unsigned long address; /* page-aligned */
	struct page *page;     /* out: the frame, with a count for the caller */
};

struct vm_operations_struct {
	/* A VMA that refers to the same object came into being: split, moved, or copied by fork(). */
	void (*open)(struct vm_area_struct *vma);
	/* One went away. */
	void (*close)(struct vm_area_struct *vma);
	/* Find or make the frame. 0 with vmf->page, or VM_FAULT_OOM, VM_FAULT_SIGBUS. May sleep. */
	int (*fault)(struct vm_area_struct *vma, struct vm_fault *vmf);
};

struct mm_struct {
	struct vm_area_struct *mmap; /* by address */
	struct rb_root mm_rb;
	struct vm_area_struct *mmap_cache; /* what find_vma() found last */
	unsigned long mmap_base;	   /* get_unmapped_area() goes down from here */
	unsigned long highest_vm_end;	   /* vm_end of the last VMA */
	pgd_t *pgd;

	atomic_t mm_users; /* tasks that run in it, and who looks at it: the last one ends it */
	atomic_t mm_count; /* who holds the structure; all of mm_users count as one */
	int map_count;	   /* VMAs */

	struct rw_semaphore mmap_sem; /* guards VMAs: read to look and to fault, write to change */
	spinlock_t page_table_lock;   /* guards the tables' entries, and rss */

	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;

	unsigned long rss;	 /* frames mapped, without the zero page */
	unsigned long total_vm;	 /* pages of all VMAs */
	unsigned long locked_vm; /* of those with VM_LOCKED */
	unsigned long nr_ptes;	 /* page tables, of the lowest level */

	struct list_head mmlist; /* all of them: for `check` */
};

#endif
