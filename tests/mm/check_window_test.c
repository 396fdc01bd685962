/*
 * mm/check_window.c: a fault is sown by hand, the walker must name the rule that it breaks, and all
 * is clean again when the fault is taken away. In between nothing may allocate: no EXPECT either.
 */
#include "check_tools.h"
#include <mm/check_window.h>
#include <mm/highmem.h>
#include <mm/pgalloc.h>
#include <mm/window.h>
#include <tests/expect_found.h>
#include <tests/kunit.h>
#include <asm/ioremap.h>
#include <asm/tlbflush.h>

/* Does the walker say that this rule is broken? */
static bool finds(const char *rule)
{
	walk_for(rule, check_window);
	return last_walk.hits;
}

static bool clean(void)
{
	walk_for("", check_window);
	return !last_walk.reports;
}

/* The same for a page-table entry, which is not one store under PAE. */
#define EXPECT_ENTRY_FOUND(test, rule, vaddr, wrong)                  \
	do {                                                          \
		pte_t *__entry = entry_of(vaddr), __right = *__entry; \
		bool __found;                                         \
                                                                      \
		pte_clear(__entry);                                   \
		set_pte(__entry, wrong);                              \
		__found = finds(rule);                                \
		pte_clear(__entry);                                   \
		set_pte(__entry, __right);                            \
		__flush_tlb_one(vaddr);                               \
		KUNIT_EXPECT_TRUE(test, __found);                     \
		KUNIT_EXPECT_TRUE(test, clean());                     \
	} while (0)

/* Between the parts of the window there may be no page table yet; one that is made stays. */
static pte_t *entry_of(unsigned long vaddr)
{
	return pte_alloc_kernel(pmd_alloc_k(vaddr), vaddr);
}

static pte_t entry_for(unsigned long pfn)
{
	return pfn_pte(pfn, PAGE_KERNEL);
}

static struct page *highmem_page(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN);

	if (page && PageHighMem(page))
		return page;
	if (page)
		__free_page(page);
	kunit_skip(test, "no high memory");
}

static struct vmap_area *area_of(const void *addr)
{
	struct vmap_area *va;

	list_for_each_entry (va, &vmap_area_list, list) {
		if (va->va_start == (unsigned long)addr)
			return va;
	}
	return NULL;
}

static void *three_pages(struct kunit *test)
{
	void *addr = vmalloc(3 * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, addr);
	return addr;
}

static void nothing_is_found_in_a_window_in_use(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	void *addr = three_pages(test), *freed = three_pages(test);
	void *shown = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	kmap(page);
	KUNIT_EXPECT_TRUE(test, clean());
	kunmap(page);
	vfree(freed);
	KUNIT_EXPECT_TRUE(test, clean());
	vunmap(shown);
	vfree(addr);
	__free_page(page);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void a_used_slot_whose_entry_shows_another_frame_is_found(struct kunit *test)
{
	struct page *page = highmem_page(test);
	unsigned long vaddr = (unsigned long)kmap(page);

	EXPECT_ENTRY_FOUND(test, "pkmap-entry-shows-its-frame", vaddr, entry_for(1));
	EXPECT_ENTRY_FOUND(test, "pkmap-entry-shows-its-frame", vaddr, __pte(0));
	kunmap(page);
	EXPECT_ENTRY_FOUND(test, "pkmap-entry-shows-its-frame", vaddr, __pte(0));
	__free_page(page);
}

static void a_count_that_does_not_fit_the_slot_is_found(struct kunit *test)
{
	struct page *page = highmem_page(test);
	int *count = &pkmap_count[PKMAP_NR((unsigned long)kmap(page))];

	EXPECT_FOUND(test, "pkmap-free-slot-empty", *count, 0);
	EXPECT_FOUND(test, "pkmap-count", *count, -1);
	kunmap(page);
	__free_page(page);
	kmap_flush_unused();
	EXPECT_FOUND(test, "pkmap-entry-shows-its-frame", *count, 1);
	EXPECT_ENTRY_FOUND(test, "pkmap-free-slot-empty", PKMAP_ADDR(count - pkmap_count),
			   entry_for(1));
}

/* The hash says a frame that the slot no longer has: its entry alone was cleared. */
static void a_free_slot_that_the_hash_still_knows_is_found(struct kunit *test)
{
	struct page *page = highmem_page(test);
	unsigned long vaddr = (unsigned long)kmap(page);
	pte_t *entry = entry_of(vaddr), right = *entry;
	int count = pkmap_count[PKMAP_NR(vaddr)];
	bool found;

	pte_clear(entry);
	pkmap_count[PKMAP_NR(vaddr)] = 0;
	found = finds("pkmap-free-slot-empty");
	pkmap_count[PKMAP_NR(vaddr)] = count;
	set_pte(entry, right);
	kunmap(page);
	__free_page(page);
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_TRUE(test, clean());
}

/* A frame is looked up in the bucket of its number: another number, another bucket. */
static void a_frame_that_the_hash_does_not_find_is_found(struct kunit *test)
{
	struct page *page = highmem_page(test);

	kmap(page);
	EXPECT_FOUND(test, "pkmap-frame-found-by-hash", page->flags,
		     page->flags & ((1UL << ZONES_PGSHIFT) - 1));
	kunmap(page);
	__free_page(page);
}

static void an_atomic_slot_that_is_held_is_found(struct kunit *test)
{
	struct page *page = highmem_page(test);
	void *vaddr = kmap_atomic(page);
	bool held = finds("no-atomic-slot-held"), mapped = finds("atomic-slots-empty");

	kunmap_atomic(vaddr);
	__free_page(page);
	KUNIT_EXPECT_TRUE(test, held);
	KUNIT_EXPECT_TRUE(test, mapped);
	KUNIT_EXPECT_TRUE(test, clean());
}

static void an_entry_left_in_an_atomic_slot_is_found(struct kunit *test)
{
	EXPECT_ENTRY_FOUND(test, "atomic-slots-empty", fix_to_virt(FIX_KMAP_END), entry_for(1));
}

static void a_wrong_gap_is_found(struct kunit *test)
{
	void *addr = three_pages(test);
	struct vmap_area *va = area_of(addr);

	EXPECT_FOUND(test, "subtree_max_gap", va->subtree_max_gap, va->subtree_max_gap + PAGE_SIZE);
	vfree(addr);
}

static void areas_that_overlap_are_found(struct kunit *test)
{
	void *addr = three_pages(test);
	struct vmap_area *va = area_of(addr);

	EXPECT_FOUND(test, "vmap-areas-apart", va->va_start, VMALLOC_START - PAGE_SIZE);
	EXPECT_FOUND(test, "vmap-areas-apart", va->va_start, va->va_end);
	EXPECT_FOUND(test, "vmap-areas-apart", va->va_end, VMALLOC_END + PAGE_SIZE);
	EXPECT_FOUND(test, "vmap-areas-apart", va->va_end, va->va_end + 1);
	vfree(addr);
}

static void a_list_that_leads_nowhere_is_not_followed(struct kunit *test)
{
	void *addr = three_pages(test);
	struct list_head *list = &area_of(addr)->list;

	EXPECT_FOUND(test, "vmap-list-links", list->next, NULL);
	EXPECT_FOUND(test, "vmap-list-links", list->next, LIST_POISON1);
	EXPECT_FOUND(test, "vmap-list-links", list->next, list);
	EXPECT_FOUND(test, "vmap-list-links", list->prev, list);
	vfree(addr);
}

static void a_tree_that_is_not_the_list_is_found(struct kunit *test)
{
	void *addr = three_pages(test);
	struct rb_node *root = vmap_area_root.rb_node;
	struct rb_node **link = root->rb_left ? &root->rb_left : &root->rb_right;

	EXPECT_FOUND(test, "vmap-tree-is-the-list", vmap_area_root.rb_node, NULL);
	EXPECT_FOUND(test, "vmap-tree-is-the-list", *link, NULL);
	EXPECT_FOUND(test, "vmap-tree-is-the-list", *link, root);
	EXPECT_FOUND(test, "vmap-tree-is-the-list", *link, (struct rb_node *)LIST_POISON1);
	vfree(addr);
}

static void an_area_with_another_vm_struct_is_found(struct kunit *test)
{
	void *addr = three_pages(test), *other = three_pages(test);
	struct vmap_area *va = area_of(addr);

	EXPECT_FOUND(test, "vmap-area-has-its-vm_struct", va->vm, area_of(other)->vm);
	EXPECT_FOUND(test, "vmap-area-has-its-vm_struct", va->vm, (struct vm_struct *)&va);
	EXPECT_FOUND(test, "vmap-area-has-its-vm_struct", va->vm->size, va->vm->size - PAGE_SIZE);
	vfree(other);
	vfree(addr);
}

static void a_page_of_an_area_that_is_mapped_wrongly_is_found(struct kunit *test)
{
	void *addr = three_pages(test);
	unsigned long second = (unsigned long)addr + PAGE_SIZE;
	struct vm_struct *vm = area_of(addr)->vm;

	EXPECT_ENTRY_FOUND(test, "area-mapped", second, __pte(0));
	EXPECT_ENTRY_FOUND(test, "area-mapped", second, entry_for(page_to_pfn(vm->pages[0])));
	EXPECT_FOUND(test, "area-mapped", vm->pages[2], vm->pages[1]);
	EXPECT_FOUND(test, "area-mapped", vm->nr_pages, 2);
	vfree(addr);
}

static void an_area_that_is_being_made_may_lack_pages(struct kunit *test)
{
	void *addr = three_pages(test);
	struct vm_struct *vm = area_of(addr)->vm;
	pte_t *entry = entry_of((unsigned long)addr), right = entry[2];
	bool found;

	KUNIT_EXPECT_EQ(test, vm->flags, VM_ALLOC);
	vm->flags |= VM_UNINITIALIZED;
	pte_clear(&entry[2]);
	found = finds("area-mapped");
	set_pte(&entry[2], right);
	vm->flags = VM_ALLOC;
	KUNIT_EXPECT_FALSE(test, found);
	KUNIT_EXPECT_TRUE(test, clean());
	vfree(addr);
}

static void a_device_that_is_mapped_wrongly_is_found(struct kunit *test)
{
	void __iomem *addr = ioremap(0xB8000, 2 * PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, addr);
	EXPECT_ENTRY_FOUND(test, "area-mapped", (unsigned long)addr + PAGE_SIZE, entry_for(0xB8));
	iounmap(addr);
}

static void a_frame_that_an_area_has_twice_is_found(struct kunit *test)
{
	void *addr = three_pages(test);
	struct vm_struct *vm = area_of(addr)->vm;
	pte_t *entry = entry_of((unsigned long)addr), right = entry[1];
	struct page *page = vm->pages[1];
	bool found;

	vm->pages[1] = vm->pages[0];
	set_pte(&entry[1], entry[0]);
	found = finds("area-frame-once");
	vm->pages[1] = page;
	set_pte(&entry[1], right);
	__flush_tlb_one((unsigned long)addr + PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, found);
	KUNIT_EXPECT_TRUE(test, clean());
	vfree(addr);
}

static void a_frame_of_an_area_that_is_free_is_found(struct kunit *test)
{
	void *addr = three_pages(test);
	const atomic_t none = { 0 };

	EXPECT_FOUND(test, "area-frame-once", vmalloc_to_page(addr)->_count, none);
	vfree(addr);
}

static void a_guard_page_that_is_mapped_is_found(struct kunit *test)
{
	void *addr = three_pages(test);

	EXPECT_ENTRY_FOUND(test, "guard-page-empty", (unsigned long)addr + 3 * PAGE_SIZE,
			   entry_for(1));
	vfree(addr);
}

static void an_area_that_was_let_go_of_must_be_empty_and_counted(struct kunit *test)
{
	void *addr = three_pages(test);

	vfree(addr);
	EXPECT_FOUND(test, "vmap_lazy_nr", vmap_lazy_nr, vmap_lazy_nr - 1);
	EXPECT_ENTRY_FOUND(test, "unpurged-area-empty", (unsigned long)addr, entry_for(1));
}

static void a_page_mapped_outside_of_all_areas_is_found(struct kunit *test)
{
	void *addr = three_pages(test), *next = three_pages(test);

	vfree(addr);
	vm_unmap_aliases();
	EXPECT_ENTRY_FOUND(test, "gap-empty", (unsigned long)addr, entry_for(1));
	vfree(next);
	vm_unmap_aliases();
	EXPECT_ENTRY_FOUND(test, "gap-empty", (unsigned long)next, entry_for(1));
	EXPECT_ENTRY_FOUND(test, "gap-empty", VMALLOC_END, entry_for(1));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(nothing_is_found_in_a_window_in_use),
	KUNIT_CASE(a_used_slot_whose_entry_shows_another_frame_is_found),
	KUNIT_CASE(a_count_that_does_not_fit_the_slot_is_found),
	KUNIT_CASE(a_free_slot_that_the_hash_still_knows_is_found),
	KUNIT_CASE(a_frame_that_the_hash_does_not_find_is_found),
	KUNIT_CASE(an_atomic_slot_that_is_held_is_found),
	KUNIT_CASE(an_entry_left_in_an_atomic_slot_is_found),
	KUNIT_CASE(a_wrong_gap_is_found),
	KUNIT_CASE(areas_that_overlap_are_found),
	KUNIT_CASE(a_list_that_leads_nowhere_is_not_followed),
	KUNIT_CASE(a_tree_that_is_not_the_list_is_found),
	KUNIT_CASE(an_area_with_another_vm_struct_is_found),
	KUNIT_CASE(a_page_of_an_area_that_is_mapped_wrongly_is_found),
	KUNIT_CASE(an_area_that_is_being_made_may_lack_pages),
	KUNIT_CASE(a_device_that_is_mapped_wrongly_is_found),
	KUNIT_CASE(a_frame_that_an_area_has_twice_is_found),
	KUNIT_CASE(a_frame_of_an_area_that_is_free_is_found),
	KUNIT_CASE(a_guard_page_that_is_mapped_is_found),
	KUNIT_CASE(an_area_that_was_let_go_of_must_be_empty_and_counted),
	KUNIT_CASE(a_page_mapped_outside_of_all_areas_is_found),
	{},
};
static struct kunit_suite suite = { .name = "check_window", .test_cases = cases };
kunit_test_suite(suite);
