/*
 * The kernel's final page tables, looked at entry by entry, and tried: what must fault is really
 * written to, or called.
 */
#include <tests/kunit.h>
#include <mm/bootmem.h>
#include <mm/mm.h>
#include <mm/pagewalk.h>
#include <asm/highmem.h>
#include <asm/paging.h>
#include <asm/processor.h>
#include <asm/sections.h>
#include <asm/stack.h>
#include <asm/traps.h>

/* From one mapping, or hole, to the next. @walk holds what is at @vaddr. */
#define for_each_mapping(vaddr, end, walk)                                        \
	for (; (vaddr) < (end) && (page_walk(swapper_pg_dir, vaddr, walk), true); \
	     (vaddr) = page_walk_next(walk, vaddr))

static bool nx_in_use(void)
{
	return __supported_pte_mask & _PAGE_NX;
}

static unsigned long lowmem_end(void)
{
	return (unsigned long)high_memory;
}

/* Does the page or large page at @vaddr touch the image? */
static bool in_image(unsigned long vaddr, unsigned long size)
{
	return vaddr < (unsigned long)_end && vaddr + size > (unsigned long)_text;
}

/* What each part of the image is for; what is writable is data, and never runs. */
static const struct {
	const char *start, *end;
	bool writable, executable;
} parts[] = {
	{ _shead, _ehead, false, true },
	{ _sboot_tables, _eboot_tables, true, false },
	{ _skunit_text, _ekunit_text, false, true },
	{ _stext, _etext, false, true },
	{ _srodata, _erodata, false, false },
	{ _skunit_data, _ekunit_data, true, false },
	{ _sdata, _edata, true, false },
	{ _sbss, init_stack_guard, true, false },
	{ init_stack, _ebss, true, false },
};

/* A return instruction, where no instruction should be: in data. */
static u8 just_return[] = { 0xC3 };
static char spare_frames[2 * PAGE_SIZE] __aligned(PAGE_SIZE);
static const char constant[] = "not to be changed";

static void call(void *fn)
{
	((void (*)(void))fn)();
}

/* Volatile, so that the compiler keeps the store of what is there already. */
static void write_byte_back(void *where)
{
	*(volatile char *)where = *(volatile char *)where;
}

static void read_byte(void *where)
{
	(void)*(volatile char *)where;
}

/* The guard page splits bss in the middle: a frame of lowmem that is mapped nowhere. */
static bool is_stack_guard(unsigned long vaddr)
{
	return vaddr == (unsigned long)init_stack_guard;
}

static void every_frame_of_lowmem_is_at_page_offset_plus_its_address(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		KUNIT_ASSERT_EQ(test, walk.present, !is_stack_guard(vaddr));
		if (walk.present)
			KUNIT_ASSERT_EQ(test, walk.pa, vaddr - PAGE_OFFSET);
	}
	KUNIT_EXPECT_EQ(test, vaddr, lowmem_end());
}

static void nothing_is_mapped_between_lowmem_and_vmalloc(struct kunit *test)
{
	unsigned long vaddr = lowmem_end();
	struct page_walk walk;

	for_each_mapping(vaddr, VMALLOC_START, &walk) KUNIT_ASSERT_FALSE(test, walk.present);
}

static void reading_behind_lowmem_faults(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_EXPECT_FALSE(test, expect_trap(X86_TRAP_PF, read_byte, high_memory - 1, &seen));
	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, high_memory, &seen));
}

static void parts_of_the_image_allow_what_they_are_for(struct kunit *test)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		unsigned long vaddr = (unsigned long)parts[i].start;
		struct page_walk walk;

		for_each_mapping(vaddr, (unsigned long)parts[i].end, &walk)
		{
			KUNIT_ASSERT_TRUE(test, walk.present);
			KUNIT_ASSERT_EQ(test, walk.size, PAGE_SIZE);
			KUNIT_EXPECT_EQ(test, !!(walk.flags & _PAGE_RW), parts[i].writable);
			KUNIT_EXPECT_EQ(test, !(walk.flags & _PAGE_NX),
					parts[i].executable || !nx_in_use());
		}
	}
}

static void lowmem_outside_the_image_is_writable_data(struct kunit *test)
{
	const pteval_t wanted = pgprot_val(PAGE_KERNEL) & __supported_pte_mask;
	const pteval_t looked_at = wanted | _PAGE_USER | _PAGE_PCD | _PAGE_NX;
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		if (!in_image(vaddr, walk.size))
			KUNIT_ASSERT_EQ(test, walk.flags & looked_at, wanted);
	}
}

/* A user's access is refused by the last entry: the tables above it allow it, to be shared. */
static void no_page_of_lowmem_is_the_users(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
		KUNIT_ASSERT_FALSE(test, walk.flags & _PAGE_USER);
}

static void nothing_is_writable_and_executable(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	if (!nx_in_use())
		kunit_skip(test, "no-execute is not in use");
	do {
		page_walk(swapper_pg_dir, vaddr, &walk);
		KUNIT_ASSERT_FALSE(test, walk.present && (walk.flags & _PAGE_RW) &&
						 !(walk.flags & _PAGE_NX));
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr);
}

static void large_pages_map_lowmem_outside_the_image(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		unsigned long base = vaddr & PMD_MASK;
		bool large =
			cpu_has_pse && !in_image(base, PMD_SIZE) && lowmem_end() - base >= PMD_SIZE;

		KUNIT_ASSERT_EQ(test, walk.size, large ? PMD_SIZE : PAGE_SIZE);
	}
}

static void lowmem_is_global_where_the_cpu_has_that(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	for_each_mapping(vaddr, lowmem_end(), &walk)
	{
		if (walk.present)
			KUNIT_ASSERT_EQ(test, !!(walk.flags & _PAGE_GLOBAL), cpu_has_pge);
	}
}

static void the_cpu_is_told_what_the_entries_use(struct kunit *test)
{
	const bool pae = !pmd_folded;

	if (cpu_has_pse || cpu_has_pge || pae) {
		KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_PSE), cpu_has_pse);
		KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_PGE), cpu_has_pge);
		KUNIT_EXPECT_EQ(test, !!(read_cr4() & X86_CR4_PAE), pae);
	}
	if (cpu_has_nx)
		KUNIT_EXPECT_EQ(test, !!(rdmsr(MSR_EFER) & EFER_NXE), nx_in_use());
}

static void write_protection_and_caches_are_on(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, read_cr0() & (X86_CR0_PG | X86_CR0_WP), X86_CR0_PG | X86_CR0_WP);
	KUNIT_EXPECT_EQ(test, read_cr0() & (X86_CR0_CD | X86_CR0_NW), 0);
}

static void writing_to_text_faults(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, write_byte_back, paging_init, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT | X86_PF_WRITE);
	KUNIT_EXPECT_EQ(test, seen.cr2, (unsigned long)paging_init);
}

static void writing_to_read_only_data_faults(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, write_byte_back, (void *)constant, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT | X86_PF_WRITE);
	KUNIT_EXPECT_EQ(test, seen.cr2, (unsigned long)constant);
}

static void calling_into_data_faults_where_no_execute_is_in_use(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_EQ(test, expect_trap(X86_TRAP_PF, call, just_return, &seen), nx_in_use());
	if (!nx_in_use())
		kunit_skip(test, "no-execute is not in use: the call came back");
	KUNIT_EXPECT_EQ(test, seen.error_code, X86_PF_PROT | X86_PF_INSTR);
	KUNIT_EXPECT_EQ(test, seen.cr2, (unsigned long)just_return);
}

static void reading_through_null_faults(struct kunit *test)
{
	struct trap_seen seen;

	KUNIT_ASSERT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, NULL, &seen));
	KUNIT_EXPECT_EQ(test, seen.error_code, 0);
}

static void the_stack_guard_faults(struct kunit *test)
{
	char *const last_guarded = init_stack_guard + PAGE_SIZE - 1;
	struct trap_seen seen;

	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, init_stack_guard, &seen));
	KUNIT_EXPECT_TRUE(test, expect_trap(X86_TRAP_PF, read_byte, last_guarded, &seen));
	KUNIT_EXPECT_FALSE(test, expect_trap(X86_TRAP_PF, read_byte, init_stack, &seen));
}

static void swapper_pg_dir_lies_at_the_images_start_and_4096(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, (char *)swapper_pg_dir, _text + 0x1000);
	KUNIT_EXPECT_EQ(test, read_cr3(), __pa(swapper_pg_dir));
}

static void the_process_part_of_swapper_pg_dir_is_empty(struct kunit *test)
{
	for (unsigned int i = 0; i < pgd_index(PAGE_OFFSET); i++)
		KUNIT_EXPECT_EQ(test, pgd_val(swapper_pg_dir[i]), 0);
}

/* A CPU faults when it loads any other low bit. QEMU does not, and marks a PDPTE accessed itself. */
static void a_pdpte_holds_only_the_present_bit_and_cache_bits(struct kunit *test)
{
	const pteval_t allowed =
		_PAGE_PRESENT | _PAGE_PWT | _PAGE_PCD | _PAGE_ACCESSED | PTE_PFN_MASK;

	if (pmd_folded)
		kunit_skip(test, "two levels have no PDPTE");
	for (unsigned int i = 0; i < PTRS_PER_PGD; i++)
		KUNIT_EXPECT_EQ(test, pgd_val(swapper_pg_dir[i]) & ~allowed, 0);
	KUNIT_EXPECT_TRUE(test, pgd_val(swapper_pg_dir[PTRS_PER_PGD - 1]) & _PAGE_PRESENT);
}

static void pkmap_has_an_empty_page_table(struct kunit *test)
{
	struct page_walk walk;

	KUNIT_ASSERT_NOT_NULL(test, pkmap_page_table);
	page_walk(swapper_pg_dir, PKMAP_BASE, &walk);
	KUNIT_ASSERT_EQ(test, walk.size, PAGE_SIZE); /* there is a table, and it was asked */
	KUNIT_EXPECT_EQ(test, walk.steps[walk.nr_steps - 2].entry & PTE_PFN_MASK,
			__pa(pkmap_page_table));
	for (int i = 0; i < LAST_PKMAP; i++)
		KUNIT_EXPECT_TRUE(test, pte_none(pkmap_page_table[i]));
}

static void kmap_pte_is_the_entry_of_the_first_atomic_slot(struct kunit *test)
{
	__set_fixmap(FIX_KMAP_BEGIN, __pa(constant), PAGE_KERNEL_RO);
	KUNIT_EXPECT_EQ(test, pte_pfn(*kmap_pte), virt_to_pfn(constant));
	__set_fixmap(FIX_KMAP_BEGIN, 0, PAGE_NONE);
	KUNIT_EXPECT_TRUE(test, pte_none(*kmap_pte));
	__set_fixmap(FIX_KMAP_END, __pa(constant), PAGE_KERNEL_RO);
	KUNIT_EXPECT_EQ(test, pte_pfn(kmap_pte[FIX_KMAP_BEGIN - FIX_KMAP_END]),
			virt_to_pfn(constant));
	__set_fixmap(FIX_KMAP_END, 0, PAGE_NONE);
}

static void new_entries_carry_only_what_the_cpu_has(struct kunit *test)
{
	const pteval_t entry = pte_val(pfn_pte(0, PAGE_KERNEL));

	KUNIT_EXPECT_EQ(test, !!(entry & _PAGE_GLOBAL), cpu_has_pge);
	KUNIT_EXPECT_EQ(test, !!(entry & _PAGE_NX), nx_in_use());
	KUNIT_EXPECT_TRUE(test, cpu_has_nx || !nx_in_use());
}

/* bootmem, started again with two frames of ours to give: see bootmem_test.c. */
static void give_bootmem_two_frames(void)
{
	static char bitmap[PAGE_SIZE] __aligned(PAGE_SIZE);

	init_bootmem(virt_to_pfn(bitmap), virt_to_pfn(spare_frames) + 2);
	free_bootmem(__pa(spare_frames), sizeof(spare_frames));
}

static void missing_tables_are_made_once_with_the_bits_of_their_level(struct kunit *test)
{
	pgd_t pgd = __pgd(0);
	pmd_t *pmd;
	pte_t *page_table;

	give_bootmem_two_frames();
	pmd = one_md_table_init(&pgd);
	if (pmd_folded)
		KUNIT_EXPECT_PTR_EQ(test, pmd, &pgd);
	else
		KUNIT_EXPECT_EQ(test, pgd_val(pgd), __pa(pmd) | _PAGE_PRESENT);
	page_table = one_page_table_init(pmd);
	KUNIT_EXPECT_EQ(test, pmd_val(*pmd), __pa(page_table) | _PAGE_TABLE);
	KUNIT_EXPECT_TRUE(test, pte_none(page_table[0]));
	KUNIT_EXPECT_PTR_EQ(test, one_md_table_init(&pgd), pmd);
	KUNIT_EXPECT_PTR_EQ(test, one_page_table_init(pmd), page_table);
	KUNIT_EXPECT_EQ(test, bootmem_free_pages(), pmd_folded ? 1 : 0);
}

/* A frame that a table is in must not be free: the CPU would walk whatever is put there. */
static void frames_of_the_tables_are_not_free(struct kunit *test)
{
	unsigned long vaddr = PAGE_OFFSET;
	struct page_walk walk;

	do {
		page_walk(swapper_pg_dir, vaddr, &walk);
		for (unsigned int i = 0; i + 1 < walk.nr_steps; i++) {
			pteval_t table = walk.steps[i].entry & PTE_PFN_MASK;
			const struct page *page = pfn_to_page(PFN_DOWN(table));

			KUNIT_ASSERT_TRUE(test, PageReserved(page) || page_count(page) > 0);
		}
		vaddr = page_walk_next(&walk, vaddr);
	} while (vaddr);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(every_frame_of_lowmem_is_at_page_offset_plus_its_address),
	KUNIT_CASE(nothing_is_mapped_between_lowmem_and_vmalloc),
	KUNIT_CASE(reading_behind_lowmem_faults),
	KUNIT_CASE(parts_of_the_image_allow_what_they_are_for),
	KUNIT_CASE(lowmem_outside_the_image_is_writable_data),
	KUNIT_CASE(no_page_of_lowmem_is_the_users),
	KUNIT_CASE(nothing_is_writable_and_executable),
	KUNIT_CASE(large_pages_map_lowmem_outside_the_image),
	KUNIT_CASE(lowmem_is_global_where_the_cpu_has_that),
	KUNIT_CASE(the_cpu_is_told_what_the_entries_use),
	KUNIT_CASE(write_protection_and_caches_are_on),
	KUNIT_CASE(writing_to_text_faults),
	KUNIT_CASE(writing_to_read_only_data_faults),
	KUNIT_CASE(calling_into_data_faults_where_no_execute_is_in_use),
	KUNIT_CASE(reading_through_null_faults),
	KUNIT_CASE(the_stack_guard_faults),
	KUNIT_CASE(swapper_pg_dir_lies_at_the_images_start_and_4096),
	KUNIT_CASE(the_process_part_of_swapper_pg_dir_is_empty),
	KUNIT_CASE(a_pdpte_holds_only_the_present_bit_and_cache_bits),
	KUNIT_CASE(pkmap_has_an_empty_page_table),
	KUNIT_CASE(kmap_pte_is_the_entry_of_the_first_atomic_slot),
	KUNIT_CASE(new_entries_carry_only_what_the_cpu_has),
	KUNIT_CASE(missing_tables_are_made_once_with_the_bits_of_their_level),
	KUNIT_CASE(frames_of_the_tables_are_not_free),
	{},
};

static struct kunit_suite suite = { .name = "paging", .test_cases = cases };
kunit_test_suite(suite);
