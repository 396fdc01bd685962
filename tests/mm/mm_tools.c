/* What the suites of address spaces share. */
#include "mm_tools.h"
#include "slab_tools.h"
#include <mm/check_vma.h>
#include <mm/mm_alloc.h>
#include <asm/irqflags.h>
#include <asm/mmu_context.h>

static struct kunit *reported_to;
static unsigned long violations, free_before;
static struct rlimit old_limits[RLIM_NLIMITS];

static void note_violation(const char *rule, const char *function, unsigned long pfn,
			   const char *fact)
{
	violations++;
	if (reported_to)
		KUNIT_FAIL(reported_to, "%s at %s: frame %#lx %s", rule, function, pfn, fact);
}

unsigned long vma_violations(struct kunit *test)
{
	unsigned long flags;

	violations = 0;
	reported_to = test;
	local_irq_save(flags);
	check_vmas(current->mm, note_violation);
	local_irq_restore(flags);
	return violations;
}

/* --- an address space ------------------------------------------------------------------------- */

static void live_in(struct mm_struct *mm)
{
	unsigned long flags;

	local_irq_save(flags);
	current->mm = mm;
	switch_mm(mm);
	local_irq_restore(flags);
}

int mm_begin(struct kunit *test)
{
	struct mm_struct *mm;

	free_before = settled_free_pages();
	mm = mm_alloc();
	KUNIT_ASSERT_NOT_NULL(test, mm);
	memcpy(old_limits, current->rlim, sizeof(old_limits));
	for (int i = 0; i < RLIM_NLIMITS; i++)
		current->rlim[i] = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	current->rlim[RLIMIT_STACK].rlim_cur = _STK_LIM;
	arch_pick_mmap_layout(mm);
	live_in(mm);
	return 0;
}

void mm_end(struct kunit *test)
{
	struct mm_struct *mm = current->mm;

	if (!mm)
		return;
	KUNIT_EXPECT_EQ(test, vma_violations(test), 0);
	current->mm = NULL;
	mmput(mm);
	memcpy(current->rlim, old_limits, sizeof(old_limits));
	KUNIT_EXPECT_EQ(test, settled_free_pages(), free_before);
}

/* --- calls, in pages -------------------------------------------------------------------------- */

long map_with(unsigned long nr, unsigned long nr_pages, unsigned long prot, unsigned long flags)
{
	long ret;

	if (!(flags & MAP_TYPE))
		flags |= MAP_PRIVATE;
	ret = sys_mmap_pgoff(at(nr), nr_pages << PAGE_SHIFT, prot,
			     MAP_ANONYMOUS | MAP_FIXED | flags, -1UL, 0);
	return (unsigned long)ret == at(nr) ? 0 : ret;
}

long map(unsigned long nr, unsigned long nr_pages, unsigned long prot)
{
	return map_with(nr, nr_pages, prot, 0);
}

long unmap(unsigned long nr, unsigned long nr_pages)
{
	return sys_munmap(at(nr), nr_pages << PAGE_SHIFT);
}

long protect(unsigned long nr, unsigned long nr_pages, unsigned long prot)
{
	return sys_mprotect(at(nr), nr_pages << PAGE_SHIFT, prot);
}

long remap(unsigned long nr, unsigned long old_pages, unsigned long new_pages, unsigned long flags,
	   unsigned long to)
{
	const long ret =
		sys_mremap(at(nr), old_pages << PAGE_SHIFT, new_pages << PAGE_SHIFT, flags, at(to));

	return ret < 0 && ret > -200 ? ret : (long)((unsigned long)ret - SHOWN_BASE) >> PAGE_SHIFT;
}

/* --- the picture ------------------------------------------------------------------------------ */

static char letter_of(unsigned long vm_flags)
{
	static const struct {
		unsigned long flag;
		char letter;
	} letters[] = {
		{ VM_LOCKED, 'l' }, { VM_GROWSDOWN, 's' }, { VM_SHARED, 'S' },
		{ VM_EXEC, 'x' },   { VM_WRITE, 'w' },	   { VM_READ, 'r' },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(letters); i++) {
		if (vm_flags & letters[i].flag)
			return letters[i].letter;
	}
	return '-';
}

const char *vmas(void)
{
	static char picture[3 * NR_SHOWN + 1];
	char *out = picture;
	const struct vm_area_struct *vma = find_vma(current->mm, SHOWN_BASE);
	unsigned long addr = SHOWN_BASE;

	for (; vma && vma->vm_end <= at(NR_SHOWN); vma = vma->vm_next) {
		for (; addr < vma->vm_start; addr += PAGE_SIZE)
			*out++ = '.';
		*out++ = '[';
		for (; addr < vma->vm_end; addr += PAGE_SIZE)
			*out++ = letter_of(vma->vm_flags);
		*out++ = ']';
	}
	*out = '\0';
	return picture;
}
