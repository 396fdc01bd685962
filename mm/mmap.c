/*
 * mmap() and munmap(): what a program may use, told in VMAs. Frames come later, one page fault at a
 * time.
 *
 *      sys_mmap_pgoff -> do_mmap_pgoff -> get_unmapped_area     where
 *                          +- mmap_region                       a neighbour grows, or a new VMA
 *      sys_munmap ----> do_munmap -> split_vma                  at both ends of the hole
 *                          +- detach_vmas                       out of list and tree
 *                          +- unmap_region                      mm/memory.c: entries and frames
 *
 * The VMAs themselves are kept by vma.c. Each call checks what it can before it changes anything, in
 * Linux's order, since that order decides which error a program sees. Condenses the upper half of
 * mm/mmap.c of Linux 3.10. Left out: accounting of overcommit beyond its plainest rule, file mappings.
 */
#include <lib/err.h>
#include <lib/errno.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/memory.h>
#include "vma.h"

/* By VM_READ, VM_WRITE, VM_EXEC and VM_SHARED, the four lowest bits of vm_flags. */
static const pgprot_t protection_map[] = {
	[0] = PAGE_NONE,
	[VM_READ] = PAGE_READONLY,
	[VM_WRITE] = PAGE_COPY,
	[VM_WRITE | VM_READ] = PAGE_COPY,
	[VM_EXEC] = PAGE_READONLY_EXEC,
	[VM_EXEC | VM_READ] = PAGE_READONLY_EXEC,
	[VM_EXEC | VM_WRITE] = PAGE_COPY_EXEC,
	[VM_EXEC | VM_WRITE | VM_READ] = PAGE_COPY_EXEC,
	[VM_SHARED] = PAGE_NONE,
	[VM_SHARED | VM_READ] = PAGE_READONLY,
	[VM_SHARED | VM_WRITE] = PAGE_SHARED,
	[VM_SHARED | VM_WRITE | VM_READ] = PAGE_SHARED,
	[VM_SHARED | VM_EXEC] = PAGE_READONLY_EXEC,
	[VM_SHARED | VM_EXEC | VM_READ] = PAGE_READONLY_EXEC,
	[VM_SHARED | VM_EXEC | VM_WRITE] = PAGE_SHARED_EXEC,
	[VM_SHARED | VM_EXEC | VM_WRITE | VM_READ] = PAGE_SHARED_EXEC,
};

pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	return protection_map[vm_flags & (VM_ACCESS_FLAGS | VM_SHARED)];
}

/* --- limits ----------------------------------------------------------------------------------- */

bool may_expand_vm(const struct mm_struct *mm, unsigned long nr_pages)
{
	return mm->total_vm + nr_pages <= rlimit(RLIMIT_AS) >> PAGE_SHIFT;
}

/* Linux's heuristic: refuse only what is hopeless. What nobody can write to takes no frames. */
bool vm_enough_memory(unsigned long nr_pages, unsigned long vm_flags)
{
	if (vm_flags & VM_NORESERVE || !(vm_flags & (VM_WRITE | VM_SHARED)))
		return true;
	return nr_pages <= totalram_pages;
}

/* --- where ------------------------------------------------------------------------------------ */

void arch_pick_mmap_layout(struct mm_struct *mm)
{
	const unsigned long gap = max(min(rlimit(RLIMIT_STACK), MMAP_GAP_MAX), MMAP_GAP_MIN);

	mm->mmap_base = PAGE_ALIGN(TASK_SIZE - gap);
}

static unsigned long find_room(struct mm_struct *mm, unsigned long len)
{
	struct vm_unmapped_area_info info = {
		.length = len,
		.low_limit = MMAP_MIN_ADDR,
		.high_limit = mm->mmap_base,
		.topdown = true,
	};
	unsigned long addr = vm_unmapped_area(mm, &info);

	if (!IS_ERR_VALUE(addr))
		return addr;
	info.low_limit = TASK_UNMAPPED_BASE;
	info.high_limit = TASK_SIZE;
	info.topdown = false;
	return vm_unmapped_area(mm, &info);
}

static bool hint_is_free(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	const struct vm_area_struct *vma;

	if (addr < MMAP_MIN_ADDR || addr > TASK_SIZE - len)
		return false;
	vma = find_vma(mm, addr);
	return !vma || addr + len <= vm_start_gap(vma);
}

unsigned long get_unmapped_area(struct file *file __unused, unsigned long addr, unsigned long len,
				unsigned long pgoff __unused, unsigned long flags)
{
	if (len > TASK_SIZE)
		return -ENOMEM;
	if (!(flags & MAP_FIXED)) {
		addr = PAGE_ALIGN(addr);
		return hint_is_free(current->mm, addr, len) ? addr : find_room(current->mm, len);
	}
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	return addr < MMAP_MIN_ADDR ? (unsigned long)-EPERM : addr;
}

/* --- mmap ------------------------------------------------------------------------------------- */

/* A VMA of its own for a range that no neighbour could take over. */
static int new_region(struct mm_struct *mm, struct vm_area_struct *prev, unsigned long addr,
		      unsigned long end, unsigned long vm_flags, unsigned long pgoff)
{
	struct vm_area_struct *vma = vma_alloc(mm);
	int err = 0;

	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = end;
	vma->vm_flags = vm_flags;
	vma->vm_pgoff = pgoff;
	vma->vm_page_prot = vm_get_page_prot(vm_flags);
	if (vm_flags & VM_SHARED)
		err = shmem_zero_setup(vma);
	if (err)
		vma_free(vma);
	else
		vma_link(mm, vma, prev);
	return err;
}

int fill_gap(struct mm_struct *mm, struct vm_area_struct *prev, unsigned long addr,
	     unsigned long end, unsigned long vm_flags, unsigned long pgoff)
{
	if (!(vm_flags & VM_SHARED) && vma_merge(mm, prev, addr, end, vm_flags, NULL, pgoff))
		return 0;
	return new_region(mm, prev, addr, end, vm_flags, pgoff);
}

unsigned long mmap_region(unsigned long addr, unsigned long len, unsigned long vm_flags,
			  unsigned long pgoff)
{
	const unsigned long nr_pages = len >> PAGE_SHIFT, end = addr + len;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *prev, *next = find_vma_prev(mm, addr, &prev);
	int err;

	if (!may_expand_vm(mm, nr_pages) &&
	    !may_expand_vm(mm, nr_pages - count_vma_pages_range(mm, addr, end, 0)))
		return -ENOMEM;
	if (!vm_enough_memory(nr_pages, vm_flags))
		return -ENOMEM;
	if (next && next->vm_start < end) {
		if (do_munmap(mm, addr, len))
			return -ENOMEM;
		find_vma_prev(mm, addr, &prev);
	}
	err = fill_gap(mm, prev, addr, end, vm_flags, pgoff);
	if (err)
		return err;
	if (vm_flags & VM_LOCKED)
		make_pages_present(addr, end);
	return addr;
}

/* What MAP_ and PROT_ say, in VM_ flags; both may be whatever the program passed. */
static unsigned long calc_vm_flags(unsigned long prot, unsigned long flags)
{
	static const struct {
		unsigned long map, vm;
	} bits[] = {
		{ MAP_GROWSDOWN, VM_GROWSDOWN },
		{ MAP_LOCKED, VM_LOCKED },
		{ MAP_NORESERVE, VM_NORESERVE },
	};
	unsigned long vm_flags = prot & VM_ACCESS_FLAGS;

	for (unsigned int i = 0; i < ARRAY_SIZE(bits); i++) {
		if (flags & bits[i].map)
			vm_flags |= bits[i].vm;
	}
	return vm_flags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
}

/* Anonymous memory at an address that get_unmapped_area() has passed. */
static unsigned long mmap_anonymous(unsigned long addr, unsigned long len, unsigned long prot,
				    unsigned long flags)
{
	unsigned long vm_flags = calc_vm_flags(prot, flags);

	if (flags & MAP_LOCKED) {
		if (!rlimit(RLIMIT_MEMLOCK))
			return -EPERM;
		if (!may_lock_vm(current->mm, len >> PAGE_SHIFT))
			return -EAGAIN;
	}
	switch (flags & MAP_TYPE) {
	case MAP_SHARED:
		if (vm_flags & VM_GROWSDOWN)
			return -EINVAL;
		return mmap_region(addr, len, vm_flags | VM_SHARED | VM_MAYSHARE, 0);
	case MAP_PRIVATE:
		return mmap_region(addr, len, vm_flags, addr >> PAGE_SHIFT);
	default:
		return -EINVAL;
	}
}

unsigned long do_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len,
			    unsigned long prot, unsigned long flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;

	if (!len)
		return -EINVAL;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	if (!(flags & MAP_FIXED) && addr)
		addr = max(addr & PAGE_MASK, MMAP_MIN_ADDR);
	len = PAGE_ALIGN(len);
	if (!len)
		return -ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (mm->map_count > DEFAULT_MAX_MAP_COUNT)
		return -ENOMEM;
	addr = get_unmapped_area(file, addr, len, pgoff, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (flags & MAP_FIXED_NOREPLACE && find_vma_intersection(mm, addr, addr + len))
		return -EEXIST;
	if (file)
		return -ENODEV;
	addr = mmap_anonymous(addr, len, prot, flags);
	if (flags & MAP_POPULATE && !IS_ERR_VALUE(addr))
		make_pages_present(addr, addr + len);
	return addr;
}

unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset)
{
	struct mm_struct *mm = current->mm;
	unsigned long ret;

	if (offset + PAGE_ALIGN(len) < offset || offset & ~PAGE_MASK)
		return -EINVAL;
	down_write(&mm->mmap_sem);
	ret = do_mmap_pgoff(file, addr, len, prot, flags, offset >> PAGE_SHIFT);
	up_write(&mm->mmap_sem);
	return ret;
}

/* A number that is open leads to a file, and files have no mappings yet. */
long sys_mmap_pgoff(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
		    unsigned long fd, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	unsigned long ret;

	if (!(flags & MAP_ANONYMOUS))
		return (int)fd < 0 ? -EBADF : -ENODEV;
	down_write(&mm->mmap_sem);
	ret = do_mmap_pgoff(NULL, addr, len, prot, flags, pgoff);
	up_write(&mm->mmap_sem);
	return (long)ret;
}

/* --- munmap ----------------------------------------------------------------------------------- */

/* Lab 11 */
/*
 * Make [start, end), of which @vma has the first byte that is mapped, begin and end where VMAs do.
 * Returns the first VMA of it, or NULL: no memory, or one VMA too many.
 */
static struct vm_area_struct *split_at_ends(struct mm_struct *mm, struct vm_area_struct *vma,
					    unsigned long start, unsigned long end)
{
	struct vm_area_struct *last;

	if (start > vma->vm_start) {
		/* A hole in the middle is two splits: do not begin what the limit will not let end. */
		if (end < vma->vm_end && mm->map_count + 1 >= DEFAULT_MAX_MAP_COUNT)
			return NULL;
		if (split_vma(mm, vma, start, 0))
			return NULL;
		vma = vma->vm_next;
	}
	last = end <= vma->vm_end ? vma : find_vma(mm, end);
	if (last && last->vm_start < end && end < last->vm_end && split_vma(mm, last, end, 0))
		return NULL;
	return vma;
}

/* Lab 11 */
/* All from @vma on that begin below @end. They stay chained to each other. */
static void detach_vmas(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long end)
{
	struct vm_area_struct *last = NULL;

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		vma_unlink(mm, vma);
		last = vma;
	}
	if (last)
		last->vm_next = NULL;
}

static void free_vmas(struct vm_area_struct *vma)
{
	struct vm_area_struct *next;

	for (; vma; vma = next) {
		next = vma->vm_next;
		vma_free(vma);
	}
}

/* Lab 11 */
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	struct vm_area_struct *vma, *prev;
	unsigned long end;

	if (start & ~PAGE_MASK || start > TASK_SIZE || len > TASK_SIZE - start)
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	if (end == start)
		return -EINVAL;
	vma = find_vma_intersection(mm, start, end);
	if (!vma)
		return 0;
	vma = split_at_ends(mm, vma, start, end);
	if (!vma)
		return -ENOMEM;
	prev = vma->vm_prev;
	detach_vmas(mm, vma, end);
	unmap_region(mm, vma, prev, start, end);
	free_vmas(vma);
	return 0;
}

int vm_munmap(unsigned long start, size_t len)
{
	struct mm_struct *mm = current->mm;
	int ret;

	down_write(&mm->mmap_sem);
	ret = do_munmap(mm, start, len);
	up_write(&mm->mmap_sem);
	return ret;
}

long sys_munmap(unsigned long addr, size_t len)
{
	return vm_munmap(addr, len);
}

/* --- whole address spaces --------------------------------------------------------------------- */

/* Whoever walks all address spaces may still come by: what is freed must not be found. */
void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma = mm->mmap;

	unmap_all(mm, vma);
	mm->mmap = mm->mmap_cache = NULL;
	mm->mm_rb = RB_ROOT;
	mm->highest_vm_end = mm->total_vm = mm->locked_vm = 0;
	mm->map_count = 0;
	free_vmas(vma);
}

/* A lock is not inherited: it is the parent's page that must not go. */
static struct vm_area_struct *dup_vma_for_child(struct mm_struct *mm, struct vm_area_struct *vma,
						struct vm_area_struct *prev)
{
	struct vm_area_struct *new = vma_dup(vma, mm);

	if (!new)
		return NULL;
	new->vm_flags &= ~VM_LOCKED;
	vma_link(mm, new, prev);
	return new;
}

int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm)
{
	struct vm_area_struct *vma, *prev = NULL;
	int err = 0;

	for_each_vma (oldmm, vma) {
		if (vma->vm_flags & VM_DONTCOPY)
			continue;
		prev = dup_vma_for_child(mm, vma, prev);
		err = prev ? copy_page_range(mm, oldmm, vma) : -ENOMEM;
		if (err)
			break;
	}
	return err;
}
