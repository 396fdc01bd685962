/* What the suites of page tables share. */
#include <mm/highmem.h>
#include "memory_tools.h"
#include "slab_tools.h"

int fault_in(struct mm_struct *mm, unsigned long nr, unsigned int flags)
{
	struct vm_area_struct *vma;
	int ret = VM_FAULT_SIGBUS;

	down_read(&mm->mmap_sem);
	vma = find_vma(mm, at(nr));
	if (vma && vma->vm_start <= at(nr))
		ret = handle_mm_fault(mm, vma, at(nr), flags);
	up_read(&mm->mmap_sem);
	return ret;
}

int fault(unsigned long nr, unsigned int flags)
{
	return fault_in(current->mm, nr, flags);
}

int fault_range(unsigned long nr, unsigned long nr_pages, unsigned int flags)
{
	int ret = 0;

	for (unsigned long i = 0; i < nr_pages && !ret; i++)
		ret = fault(nr + i, flags);
	return ret;
}

pte_t pte_in(struct mm_struct *mm, unsigned long nr)
{
	pmd_t *pmd = mm_find_pmd(mm, at(nr));
	pte_t *pte, entry;

	if (!pmd)
		return __pte(0);
	pte = pte_offset_map(pmd, at(nr));
	entry = *pte;
	pte_unmap(pte);
	return entry;
}

pte_t pte_at(unsigned long nr)
{
	return pte_in(current->mm, nr);
}

struct page *page_in(struct mm_struct *mm, unsigned long nr)
{
	pte_t pte = pte_in(mm, nr);

	return pte_present(pte) ? pte_page(pte) : NULL;
}

struct page *page_at(unsigned long nr)
{
	return page_in(current->mm, nr);
}

struct page *table_of(unsigned long nr)
{
	pmd_t *pmd = mm_find_pmd(current->mm, at(nr));

	return pmd ? pmd_page(*pmd) : NULL;
}

void fill_page(struct page *page, u8 value)
{
	memset_page(page, 0, value, PAGE_SIZE);
}

bool page_is_filled(struct page *page, u8 value)
{
	void *vaddr = kmap_atomic(page);
	bool filled = is_filled(vaddr, value, PAGE_SIZE);

	kunmap_atomic(vaddr);
	return filled;
}

int succeeds_at_last(void (*inject)(const struct fault_attr *attr), bool (*attempt)(void))
{
	struct fault_attr attr = { .probability = 100, .times = 1 };

	for (int failures = 0; failures < 100; failures++) {
		bool worked;

		attr.interval = (unsigned int)failures + 1;
		inject(&attr);
		worked = attempt();
		inject(NULL);
		if (worked)
			return failures;
	}
	return -1;
}
