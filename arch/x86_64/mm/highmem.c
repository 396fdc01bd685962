/*
 * kmap_atomic() where no frame is high: the linear mapping has them all. What it promises, that
 * nobody else runs meanwhile and a page fault fails, it keeps all the same.
 */
#include <mm/highmem.h>
#include <mm/uaccess.h>

pte_t pkmap_page_table[LAST_PKMAP];

void *kmap_atomic(struct page *page)
{
	pagefault_disable();
	return lowmem_page_address(page);
}

void kunmap_atomic(void *vaddr)
{
	(void)vaddr;
	pagefault_enable();
}

int kmap_atomic_held(void)
{
	return 0;
}
