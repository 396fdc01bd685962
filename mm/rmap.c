/*
 * How many page table entries lead to a frame: the rare cases. <mm/rmap.h> tells the matter.
 *
 * Called wherever an entry of a process comes or goes. Condenses mm/rmap.c.
 */
#include <kernel/printk.h>
#include <mm/mmap.h>
#include <mm/rmap.h>
#include <asm/stack.h>

/* Nobody else knows of the frame yet, so the count is set, not raised. */
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address)
{
	atomic_set(&page->_mapcount, 0);
	page->index = linear_page_index(vma, address);
}

void report_mapcount_underflow(struct page *page)
{
	pr_err("page_remove_rmap: frame %#lx loses an entry, but none led to it; count set to 0\n",
	       page_to_pfn(page));
	dump_stack();
	atomic_set(&page->_mapcount, -1);
}
